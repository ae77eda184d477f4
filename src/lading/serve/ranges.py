"""Byte ranges of a representation (RFC 9110 §14): which of its bytes a request asks for."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

Span = tuple[int, int]
"""Bytes from the first offset up to and without the second."""

MOST_RANGES: Final = 32
"""A set of more ranges is ignored, as RFC 9110 §14.2 and §17.15 advise."""

GAP: Final = 128
"""Ranges nearer to each other than this are sent as one: a part's own head is about as long."""

_RANGE = re.compile(r"([0-9]*)-([0-9]*)")
_DIGITS = 18  # no file is longer than 10**18 bytes, and int() is quadratic in the number of digits


def resolve(value: str, size: int) -> list[Span] | None:
    """The spans that a ``Range`` header asks for, of ``size`` bytes.

    ``None``: ignore the header, because the unit is not ``bytes``, the syntax is wrong, the set is too
    large, or the representation is empty (its whole is then the better answer). An empty list: nothing
    of it can be satisfied, status 416. Spans that overlap or nearly touch are joined, and come in
    ascending order then, else in the order asked for (RFC 9110 §15.3.7.2).
    """
    unit, equals, specs = value.strip(" \t").partition("=")
    if not equals or unit.lower() != "bytes" or size == 0:
        return None
    if specs.count(",") >= MOST_RANGES:
        return None
    members = [member.strip(" \t") for member in specs.split(",")]
    members = [member for member in members if member]  # empty ones are let pass (§5.6.1.2)
    spans: list[Span] = []
    for member in members:
        match = _RANGE.fullmatch(member)
        if match is None or member == "-":
            return None
        first, last = match.groups()
        if not first:
            span = (max(size - _number(last), 0), size)
        else:
            start, stop = _number(first), _number(last) + 1 if last else size
            if last and stop <= start:
                return None  # the last position is before the first: invalid (§14.1.2)
            span = (start, min(stop, size))
        if span[0] < span[1]:
            spans.append(span)
    return _joined(spans) if members else None


def _number(digits: str) -> int:
    if len(digits) > _DIGITS:
        digits = digits.lstrip("0")
    return int(digits or "0") if len(digits) <= _DIGITS else 10**_DIGITS


def _joined(spans: list[Span]) -> list[Span]:
    if len(spans) < 2:
        return spans
    in_order = sorted(spans)
    if all(after[0] - before[1] >= GAP for before, after in pairwise(in_order)):
        return spans
    joined = in_order[:1]
    for start, stop in in_order[1:]:
        if start - joined[-1][1] < GAP:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((start, stop))
    return joined
