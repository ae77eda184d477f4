"""Lines that several texts have in common, in order: what could be a layout of theirs.

Lines that occur once in both texts tell where these correspond (Bram Cohen's patience diff); lines around
them that are equal, too, follow. So ``</div>`` does not pair with just any other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence


def common(texts: Sequence[Sequence[bytes]]) -> list[tuple[int, ...]]:
    """The lines that all texts have in common: for each, its index in every text, increasing in all."""
    rows = [(index,) for index in range(len(texts[0]))]
    for text in texts[1:]:
        skeleton = [texts[0][row[0]] for row in rows]
        rows = [(*rows[one], other) for one, other in pairs(skeleton, text)]
    return rows


def pairs(one: Sequence[bytes], other: Sequence[bytes]) -> list[tuple[int, int]]:
    """The indexes of lines that correspond in two texts, increasing in both."""
    found: list[tuple[int, int]] = []
    start, begin = 0, 0
    for i, j in [*_anchors(one, other), (len(one), len(other))]:
        found += _between(one, other, (start, i), (begin, j))
        if i < len(one) and j < len(other):
            found.append((i, j))
        start, begin = i + 1, j + 1
    return found


def _anchors(one: Sequence[bytes], other: Sequence[bytes]) -> list[tuple[int, int]]:
    """Lines that occur once in each: the longest run of them that increases in both."""
    unique = {line for line, count in Counter(one).items() if count == 1}
    unique &= {line for line, count in Counter(other).items() if count == 1}
    places = {line: index for index, line in enumerate(other) if line in unique}
    candidates = [(index, places[line]) for index, line in enumerate(one) if line in unique]
    ends: list[int] = []  # the smallest end of a run of each length, and which candidate it is
    last: list[int] = []
    previous = [-1] * len(candidates)
    for number, (_, place) in enumerate(candidates):
        length = bisect_left(ends, place)
        previous[number] = last[length - 1] if length else -1
        ends[length:] = [place]
        last[length:] = [number]
    found: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(candidates[number])
        number = previous[number]
    return found[::-1]


def _between(
    one: Sequence[bytes], other: Sequence[bytes], span: tuple[int, int], against: tuple[int, int]
) -> list[tuple[int, int]]:
    """Equal lines at both ends of what lies between two anchors."""
    (start, end), (begin, stop) = span, against
    head: list[tuple[int, int]] = []
    while start < end and begin < stop and one[start] == other[begin]:
        head.append((start, begin))
        start, begin = start + 1, begin + 1
    tail: list[tuple[int, int]] = []
    while start < end and begin < stop and one[end - 1] == other[stop - 1]:
        end, stop = end - 1, stop - 1
        tail.append((end, stop))
    return [*head, *tail[::-1]]
