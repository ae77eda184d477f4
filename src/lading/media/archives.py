"""Zip archives, which office documents are too: whether they are whole, and how large they get when unpacked.

Only the directory at the end is read, nothing is unpacked.
"""

from __future__ import annotations

from typing import Final

from lading.media.parts import CUT, DamagedError, Readable, take

DOCUMENTS: Final = frozenset(
    {
        *("doc", "docm", "docx", "dotm", "dotx", "epub", "odg", "odp", "ods", "odt", "otp", "ots"),
        *("ott", "potm", "potx", "ppsm", "ppsx", "ppt", "pptm", "pptx", "xls", "xlsb", "xlsm"),
        *("xlsx", "xltm", "xltx"),
    }
)
"""Extensions of documents that are zip archives: whoever opens one unpacks all of it, and in memory."""

# XML shrinks to a tenth or a twentieth. A table of zeros may shrink to a three-hundredth, if each cell is
# written out; it has two million of them before it is refused.
_LARGEST: Final = 200 << 20
_RATIO: Final = 200
_ENTRIES: Final = 100_000
_TAIL: Final = 22 + 65_535  # the end of the directory, and the comment after it


def check_whole(file: Readable) -> None:
    """Raises ``DamagedError`` for an archive without its end (APPNOTE §4.3.16)."""
    _directory(file)


def unpacked(file: Readable) -> int:
    """The bytes of all files in an archive, as it says itself (APPNOTE §4.3.12). Raises ``DamagedError``."""
    start, left = _directory(file)
    file.seek(start, 0)
    total = entries = 0
    while left >= 46 and (head := take(file, 46)).startswith(b"PK\1\2"):
        entries += 1
        if entries > _ENTRIES:
            raise DamagedError(f"is made of more than {_ENTRIES:,} files")
        name, extra, comment = (_number(head, place, 2) for place in (28, 30, 32))
        rest = take(file, name + extra + comment)
        size = _number(head, 24, 4)
        total += _large(rest[name : name + extra]) if size == 0xFFFFFFFF else size
        left -= 46 + len(rest)
    return total


def is_bomb(size: int, unpacked: int) -> bool:
    """Whether a document of so many bytes unpacks to more than any honest one."""
    return unpacked > _LARGEST and unpacked > _RATIO * size


def _directory(file: Readable) -> tuple[int, int]:
    """Where the directory begins, and its length. It stands right before its end, wherever it says: other
    data may stand before an archive.
    """
    file.seek(0, 2)
    size: int = getattr(file, "tell")()  # noqa: B009
    begin = max(size - _TAIL - 20 - 56, 0)
    file.seek(begin, 0)
    tail = file.read(_TAIL + 20 + 56)
    end = tail.rfind(b"PK\5\6")
    if end < 0 or len(tail) < end + 22:
        raise DamagedError(CUT)
    length = _number(tail, end + 12, 4)
    if end >= 76 and tail.startswith(b"PK\6\7", end - 20):  # of more than 4 GB, or 65,535 files
        end -= 76
        length = _number(tail, end + 40, 8)
    start = begin + end - length
    if start < 0:
        raise DamagedError(CUT)
    return start, length


def _large(extra: bytes) -> int:
    """The size in an entry's field for sizes of 4 GB and more (APPNOTE §4.5.3)."""
    place = 0
    while place + 12 <= len(extra):
        if _number(extra, place, 2) == 1:
            return _number(extra, place + 4, 8)
        place += 4 + _number(extra, place + 2, 2)
    return 0xFFFFFFFF


def _number(data: bytes, start: int, size: int) -> int:
    return int.from_bytes(data[start : start + size], "little")
