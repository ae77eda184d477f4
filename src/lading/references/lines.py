"""From a byte offset to the line and column that an editor shows."""

from __future__ import annotations

import re
from bisect import bisect_right

_NEWLINE = re.compile(rb"\r\n?|\n")
_BOM = b"\xef\xbb\xbf"


class Lines:
    """Looks positions up in one file's bytes; cheapest for offsets in increasing order."""

    __slots__ = ("_ascii", "_data", "_last", "_starts")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._starts = [0, *(match.end() for match in _NEWLINE.finditer(data))]
        if data.startswith(_BOM):
            self._starts[0] = len(_BOM)
        self._ascii = data.isascii()
        # Line index, offset, column: where the last look-up ended.
        self._last = (0, self._starts[0], 1)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of ``data[offset]``, both from 1; columns count characters, not bytes.

        Lines end at LF, CR LF and CR. An offset beyond the end gives the position of the end.
        """
        offset = min(max(offset, self._starts[0]), len(self._data))
        line = bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        if self._ascii:
            return line + 1, offset - start + 1
        at, column = start, 1
        if self._last[0] == line and self._last[1] <= offset:
            _, at, column = self._last
        column += len(self._data[at:offset].decode(errors="replace"))
        self._last = (line, offset, column)
        return line + 1, column
