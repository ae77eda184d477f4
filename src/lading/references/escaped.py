"""Text in which characters are written as escapes: its plain form, and where each byte of that stood."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable


class Offsets:
    """Where each offset of an unescaped text was in the escaped one."""

    __slots__ = ("escaped", "plain")

    def __init__(self) -> None:
        self.plain = [0]  # from each of these on, the other's offsets go in step
        self.escaped = [0]

    def of(self, offset: int) -> int:
        part = bisect_right(self.plain, offset) - 1
        return self.escaped[part] + offset - self.plain[part]


def unescape(
    raw: bytes, pattern: re.Pattern[bytes], character: Callable[[re.Match[bytes]], bytes]
) -> tuple[bytes, Offsets]:
    """``raw`` with each match of ``pattern`` replaced by what ``character`` makes of it."""
    offsets = Offsets()
    pieces: list[bytes] = []
    position = length = 0
    for match in pattern.finditer(raw):
        plain = character(match)
        pieces += raw[position : match.start()], plain
        length += match.start() - position + len(plain)
        position = match.end()
        offsets.plain.append(length)
        offsets.escaped.append(position)
    pieces.append(raw[position:])
    return b"".join(pieces), offsets
