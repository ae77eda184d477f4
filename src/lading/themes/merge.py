"""A three-way merge of lines: what both sides made of their common base."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lading.themes.alignment import pairs


def merge(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Both sides' changes to ``base``, or ``None`` where they changed the same lines differently."""
    texts = [text.splitlines(keepends=True) for text in (base, ours, theirs)]
    old, one, two = texts
    merged: list[bytes] = []
    position = (0, 0, 0)
    for start, end in _anchors(old, one, two):
        piece = _resolve(*(text[a:b] for text, a, b in zip(texts, position, start, strict=True)))
        if piece is None:
            return None
        merged += piece
        merged += old[start[0] : end[0]]
        position = end
    return b"".join(merged)


_Point = tuple[int, int, int]


def _anchors(
    old: Sequence[bytes], one: Sequence[bytes], two: Sequence[bytes]
) -> Iterator[tuple[_Point, _Point]]:
    """The runs of lines that all three have in common, as points in the three; the ends come last."""
    ours, theirs = _matches(old, one), _matches(old, two)
    i = j = 0
    while i < len(ours) and j < len(theirs):
        (a, b, n), (c, d, m) = ours[i], theirs[j]
        start, end = max(a, c), min(a + n, c + m)
        if start < end:
            shift_one, shift_two = b - a, d - c
            yield (
                (start, start + shift_one, start + shift_two),
                (end, end + shift_one, end + shift_two),
            )
        if a + n < c + m:
            i += 1
        else:
            j += 1
    last = (len(old), len(one), len(two))
    yield last, last


def _matches(old: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, int, int]]:
    """The runs of equal lines: where each begins in both, and how many lines it has."""
    runs: list[tuple[int, int, int]] = []
    for a, b in pairs(old, new):
        if runs and runs[-1][0] + runs[-1][2] == a and runs[-1][1] + runs[-1][2] == b:
            first, other, length = runs.pop()
            runs.append((first, other, length + 1))
        else:
            runs.append((a, b, 1))
    return runs


def _resolve(
    old: Sequence[bytes], one: Sequence[bytes], two: Sequence[bytes]
) -> Sequence[bytes] | None:
    if one == two or two == old:
        return one
    return two if one == old else None
