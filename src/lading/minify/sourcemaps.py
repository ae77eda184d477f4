"""Source maps (ECMA-426) that minification makes: written, chained to an earlier map, and moved."""

from __future__ import annotations

import bisect
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final, NamedTuple, cast

_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_VALUES: Final = {digit: value for value, digit in enumerate(_DIGITS)}


class Segment(NamedTuple):
    """One mapping: a column of a generated line, and where it comes from (all from 0; columns in UTF-16
    code units). ``source`` is an index into the map's sources, -1 for a column that comes from nowhere;
    ``name`` one into its names, -1 for none.
    """

    column: int
    source: int = -1
    source_line: int = 0
    source_column: int = 0
    name: int = -1


Lines = list[list[Segment]]
"""The segments of each generated line, by column."""


class Edit(NamedTuple):
    """A replacement in a generated file: ``start`` and ``end`` are byte offsets before it (no line break
    between them), ``width`` the UTF-16 code units that stand there after it.
    """

    start: int
    end: int
    width: int


def encode(lines: Iterable[Iterable[Segment]]) -> str:
    """The ``mappings`` of a map (ECMA-426 §9.2, "Mappings grammar": Base64 VLQ, relative numbers)."""
    state = [0, 0, 0, 0]  # source, source line, source column, name
    texts: list[str] = []
    for line in lines:
        column = 0
        parts: list[str] = []
        for segment in line:
            text = _vlq(segment.column - column)
            column = segment.column
            if segment.source >= 0:
                for index, value in enumerate(segment[1:]):
                    if index == 3 and segment.name < 0:
                        break
                    text += _vlq(value - state[index])
                    state[index] = value
            parts.append(text)
        texts.append(",".join(parts))
    return ";".join(texts)


def decode(mappings: str) -> Lines:
    """The segments of a map's ``mappings``. Raises ``ValueError`` when they are malformed."""
    state = [0, 0, 0, 0]
    lines: Lines = []
    for text in mappings.split(";"):
        line: list[Segment] = []
        column = 0
        for part in text.split(",") if text else ():
            numbers = _numbers(part)
            if len(numbers) not in (1, 4, 5):
                raise ValueError(f"a mapping of {len(numbers)} numbers")
            column += numbers[0]
            for index, number in enumerate(numbers[1:]):
                state[index] += number
            if column < 0 or min(state) < 0:
                raise ValueError("a mapping before the beginning")
            if len(numbers) == 1:
                line.append(Segment(column))
            else:
                source, row, place, name = state
                line.append(Segment(column, source, row, place, name if len(numbers) == 5 else -1))
        line.sort(key=lambda segment: segment.column)
        lines.append(line)
    return lines


def dump(
    lines: Iterable[Iterable[Segment]],
    sources: Sequence[str | None],
    contents: Sequence[str | None],
    names: Sequence[str] = (),
) -> bytes:
    """A map as JSON, with its sources' contents in it."""
    document = {
        "version": 3,
        "sources": list(sources),
        "sourcesContent": list(contents),
        "names": list(names),
        "mappings": encode(lines),
    }
    return to_json(document)


def to_json(document: Mapping[str, Any]) -> bytes:
    """A map as compact JSON."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace")  # a lone surrogate may come out of another map's escapes


def is_readable(source_map: bytes) -> bool:
    """Whether this is a source map of version 3 with mappings of its own."""
    try:
        decode(_load(source_map)["mappings"])
    except ValueError:
        return False
    return True


def chain(outer: Lines, inner: bytes) -> bytes:
    """The map of two steps: ``outer`` leads to one file, and ``inner`` is that file's own map.

    Raises ``ValueError`` when ``inner`` is no map of version 3 with mappings of its own.
    """
    document = _load(inner)
    table = decode(document["mappings"])
    columns = [[segment.column for segment in line] for line in table]
    chained: Lines = []
    for line in outer:
        made: list[Segment] = []
        for segment in line:
            origin = _origin(table, columns, segment)
            if origin is not None:
                made.append(origin._replace(column=segment.column))
        chained.append(made)
    return to_json({**document, "mappings": encode(chained)})


def moved(source_map: bytes, content: bytes, edits: Iterable[Edit]) -> bytes:
    """The map of ``content`` (UTF-8) after ``edits`` of it, such as other URLs in it, in any order.

    Raises ``ValueError`` when ``source_map`` is no map of version 3 with mappings of its own.
    """
    document = _load(source_map)
    lines = document["mappings"].split(";")
    starts = [0, *accumulate(len(line) for line in content.splitlines(keepends=True))]
    shifts: dict[int, list[tuple[int, int]]] = {}
    place = column = 0  # as far as columns are counted
    for edit in sorted(edits):
        number = bisect.bisect_right(starts, edit.start) - 1
        if place < starts[number]:
            place, column = starts[number], 0
        old = width(content[edit.start : edit.end])
        column += width(content[place : edit.start]) + old
        place = edit.end
        shifts.setdefault(number, []).append((column, edit.width - old))
    for number, changes in shifts.items():
        if number < len(lines):
            lines[number] = _shifted(lines[number], changes)
    return to_json({**document, "mappings": ";".join(lines)})


def _vlq(number: int) -> str:
    rest = (-number << 1) | 1 if number < 0 else number << 1
    text = ""
    while True:
        digit, rest = rest & 31, rest >> 5
        text += _DIGITS[digit | 32 if rest else digit]
        if not rest:
            return text


def _numbers(text: str) -> list[int]:
    numbers: list[int] = []
    value = shift = 0
    for character in text:
        try:
            digit = _VALUES[character]
        except KeyError:
            raise ValueError(f"no Base64 VLQ: {text[:40]!r}") from None
        value |= (digit & 31) << shift
        shift += 5
        if shift > 35:
            raise ValueError(f"a number of more than 32 bits: {text[:40]!r}")
        if not digit & 32:
            numbers.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    if shift:
        raise ValueError(f"an unfinished number: {text[:40]!r}")
    return numbers


def _load(data: bytes) -> dict[str, Any]:
    try:
        document: Any = json.loads(data)
    except RecursionError:
        document = None
    if (
        not isinstance(document, dict)
        or cast("dict[str, Any]", document).get("version") != 3
        or not isinstance(cast("dict[str, Any]", document).get("mappings"), str)
    ):
        raise ValueError("no source map of version 3 with mappings")
    return cast("dict[str, Any]", document)


def _origin(table: Lines, columns: list[list[int]], segment: Segment) -> Segment | None:
    """The last mapping at or before the place in the middle file that a segment leads to."""
    if segment.source < 0 or segment.source_line >= len(table):
        return None
    index = bisect.bisect_right(columns[segment.source_line], segment.source_column) - 1
    if index < 0 or table[segment.source_line][index].source < 0:
        return None
    return table[segment.source_line][index]


def _shifted(line: str, changes: list[tuple[int, int]]) -> str:
    """A line's mappings, those at or behind each (end column, change) moved by the change. Columns are
    relative to the segment before, so that one number is written anew for each change, and what follows
    the last is not even read: a map may have millions of segments.
    """
    parts = line.split(",") if line else []
    column = index = 0
    for number, part in enumerate(parts):
        end = 1
        while _VALUES.get(part[end - 1 : end], 0) & 32:
            end += 1
        [delta] = _numbers(part[:end])
        column += delta
        moved_by = 0
        while index < len(changes) and changes[index][0] <= column:
            moved_by += changes[index][1]
            index += 1
        if moved_by:
            parts[number] = _vlq(delta + moved_by) + part[end:]
        if index == len(changes):
            break
    return ",".join(parts)


def width(text: bytes) -> int:
    """UTF-16 code units of UTF-8 text; bytes that are none count as one."""
    return len(text.decode(errors="replace").encode("utf-16-le")) // 2
