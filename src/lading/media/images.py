"""How large images get when they are unpacked, and whether they and others are whole, by their structure.

Nothing is decoded, so that an image that unpacks to gigabytes costs no more than any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from lading.media.parts import (
    BLOCK,
    CUT,
    DamagedError,
    Readable,
    counted,
    gif_parts,
    jpeg_parts,
    png_parts,
    riff_parts,
    take,
)

_WIDTH, _HEIGHT = 256, 257  # tags of TIFF
_INTEGERS: Final = {3: 2, 4: 4, 16: 8}  # its types of numbers, and their bytes
_FIELDS: Final = 1024  # of a page
_PAGES: Final = 100  # that are looked at

_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # T.81, table B.1


@dataclass(frozen=True, slots=True)
class Shape:
    """Width and height in pixels, 0 if they are not known; the number of frames of an animation."""

    width: int = 0
    height: int = 0
    frames: int = 1


def shape(file: Readable, kind: str) -> Shape:
    """The shape of a file of a kind that ``lading.media.sniffing.sniff`` tells; of kinds that are not looked
    into, ``Shape()``. Raises ``DamagedError``.
    """
    read = _SHAPES.get(kind)
    return read(file) if read is not None else Shape()


def _size(file: Readable) -> int:
    file.seek(0, 2)
    return getattr(file, "tell")()  # noqa: B009


def _png(file: Readable) -> Shape:
    found, data = Shape(), False
    for part in counted(png_parts(file, verify=True)):
        if part.name == b"IHDR" and len(part.head) == 13:
            found = Shape(
                int.from_bytes(part.head[:4], "big"), int.from_bytes(part.head[4:8], "big")
            )
        elif part.name == b"acTL" and len(part.head) == 8:
            found = Shape(found.width, found.height, int.from_bytes(part.head[:4], "big"))
        data = data or part.name == b"IDAT"
    if not (found.width and found.height and data):
        raise DamagedError("has no picture in it")
    return found


def _jpeg(file: Readable) -> Shape:
    """Most end with the marker of their end; where something stands behind it, it is looked for."""
    found, scanned = Shape(), False
    for part in counted(jpeg_parts(file)):
        if part.name and part.name[0] in _FRAMES and len(part.head) > 5:
            found = Shape(
                int.from_bytes(part.head[3:5], "big"), int.from_bytes(part.head[1:3], "big")
            )
        elif part.name == b"\xda":
            scanned = True
            if _ends_with(file, b"\xff\xd9"):
                break
            file.seek(part.stop, 0)
    if not (found.width and scanned):
        raise DamagedError("has no picture in it")
    return found


def _ends_with(file: Readable, mark: bytes) -> bool:
    size = _size(file)
    file.seek(max(size - 16, 0), 0)
    return file.read(16).rstrip(b"\0\r\n").endswith(mark)


def _gif(file: Readable) -> Shape:
    width = height = frames = 0
    for part in counted(gif_parts(file)):
        if part.name == b"":
            width = int.from_bytes(part.head[6:8], "little")
            height = int.from_bytes(part.head[8:10], "little")
        elif part.name == b",":
            frames += 1
            width = max(width, int.from_bytes(part.head[4:6], "little"))
            height = max(height, int.from_bytes(part.head[6:8], "little"))
    if not (width and height and frames):
        raise DamagedError("has no picture in it")
    return Shape(width, height, frames)


def _webp(file: Readable) -> Shape:
    width = height = frames = 0
    seen = False
    for part in counted(riff_parts(file)):
        head = part.head
        if part.name == b"VP8X" and len(head) >= 10:
            width = 1 + int.from_bytes(head[4:7], "little")
            height = 1 + int.from_bytes(head[7:10], "little")
        elif part.name == b"VP8 " and len(head) >= 10:
            seen = True
            width = max(width, int.from_bytes(head[6:8], "little") & 0x3FFF)
            height = max(height, int.from_bytes(head[8:10], "little") & 0x3FFF)
        elif part.name == b"VP8L" and len(head) >= 5:
            seen = True
            bits = int.from_bytes(head[1:5], "little")
            width, height = max(width, (bits & 0x3FFF) + 1), max(height, (bits >> 14 & 0x3FFF) + 1)
        elif part.name == b"ANMF":
            seen = True
            frames += 1
    if not (width and height and seen):
        raise DamagedError("has no picture in it")
    return Shape(width, height, max(frames, 1))


def _riff(file: Readable) -> Shape:
    for _ in counted(riff_parts(file)):
        pass
    return Shape()


# ISO base media files (ISO/IEC 14496-12 §4.2): AVIF, HEIF, MP4


_BOXES: Final = frozenset(
    b"ftyp styp moov moof mdat meta free skip wide uuid udta sidx mfra pnot".split()
)


def _iso(file: Readable) -> Shape:
    """Films: boxes, one of which describes the others. Cameras and editors put more behind them."""
    end, start, names = _size(file), 0, set[bytes]()
    while start < end:
        file.seek(start, 0)
        head = take(file, min(8, end - start))
        length, name = int.from_bytes(head[:4], "big"), head[4:]
        if length == 1:
            length = int.from_bytes(take(file, 8), "big")
        is_junk = name not in _BOXES and (length < 8 or start + length > end)
        if is_junk and b"mdat" in names:
            return _described(names)
        names.add(name)
        if length == 0:  # up to the end
            return _described(names)
        if length < 8 or start + length > end:
            raise DamagedError(CUT)
        start += length
    return _described(names)


def _described(names: set[bytes]) -> Shape:
    if names.isdisjoint({b"moov", b"moof", b"meta"}):
        raise DamagedError(CUT)
    return Shape()


def _picture_in_iso(file: Readable) -> Shape:
    """AVIF, HEIF: the largest of the sizes that the properties of its images give ("ispe")."""
    _iso(file)
    file.seek(0, 0)
    head, width, height = file.read(BLOCK), 0, 0
    for found in re.finditer(rb"\0\0\0\x14ispe\0\0\0\0(.{4})(.{4})", head, re.DOTALL):
        width = max(width, int.from_bytes(found[1], "big"))
        height = max(height, int.from_bytes(found[2], "big"))
    return Shape(width, height)


# Others


def _bmp(file: Readable) -> Shape:
    """Microsoft, "Bitmap Storage": rows are filled up to four bytes."""
    file.seek(0, 0)
    head = take(file, 34)
    old = int.from_bytes(head[14:18], "little") < 40
    fields = (18, 20, 22, 24, 26) if old else (18, 22, 26, 28, 30)
    width, height, _, depth = (
        abs(int.from_bytes(head[start:stop], "little", signed=not old))
        for start, stop in pairwise(fields)
    )
    is_plain = old or int.from_bytes(head[30:34], "little") in (0, 3)
    data = (width * depth + 31) // 32 * 4 * height if is_plain else 1
    if int.from_bytes(head[10:14], "little") + data > _size(file):
        raise DamagedError(CUT)
    return Shape(width, height)


def _tiff(file: Readable) -> Shape:
    """The largest page, by the directories that each tells where the next one is (TIFF 6.0, section 2;
    BigTIFF has longer fields).
    """
    file.seek(0, 0)
    head = take(file, 8)
    order: Literal["little", "big"] = "little" if head.startswith(b"II") else "big"
    is_big = 43 in (head[2], head[3])
    count_size, entry_size, field = (8, 20, 8) if is_big else (2, 12, 4)
    start = int.from_bytes(take(file, 8) if is_big else head[4:], order)
    width = height = pages = 0
    while start and pages < _PAGES:
        pages += 1
        file.seek(start, 0)
        count = int.from_bytes(take(file, count_size), order)
        if count > _FIELDS:
            raise DamagedError("has a directory that is none")
        entries = take(file, count * entry_size)
        for place in range(0, len(entries), entry_size):
            tag, kind = (int.from_bytes(entries[place + n : place + n + 2], order) for n in (0, 2))
            if tag in (_WIDTH, _HEIGHT) and kind in _INTEGERS:
                begin = place + entry_size - field
                value = int.from_bytes(entries[begin : begin + _INTEGERS[kind]], order)
                width, height = (
                    max(width, value * (tag == _WIDTH)),
                    max(height, value * (tag == _HEIGHT)),
                )
        start = int.from_bytes(file.read(field), order)
    return Shape(width, height)


def _jp2(file: Readable) -> Shape:
    """The header's box stands near the start (ITU-T T.800, I.5.3.1)."""
    file.seek(0, 0)
    found = re.search(rb"ihdr(.{4})(.{4})", file.read(BLOCK), re.DOTALL)
    if found is None:
        return Shape()
    return Shape(int.from_bytes(found[2], "big"), int.from_bytes(found[1], "big"))


def _pdf(file: Readable) -> Shape:
    """Readers search the end of the file for this mark (ISO 32000-2 §7.5.5, and Adobe's notes on it)."""
    end = _size(file)
    while end > 0:  # some transfers fill up the last block with zeros
        start = max(end - BLOCK, 0)
        file.seek(start, 0)
        if block := file.read(end - start).rstrip(b"\0"):
            end = start + len(block)
            break
        end = start
    file.seek(max(end - 2048, 0), 0)
    if b"%%EOF" not in file.read(2048):
        raise DamagedError(CUT)
    return Shape()


_SHAPES: Final = {
    "png": _png,
    "jpeg": _jpeg,
    "gif": _gif,
    "webp": _webp,
    "wav": _riff,
    "iso": _iso,
    "avif": _picture_in_iso,
    "heif": _picture_in_iso,
    "bmp": _bmp,
    "tiff": _tiff,
    "jp2": _jp2,
    "pdf": _pdf,
}
