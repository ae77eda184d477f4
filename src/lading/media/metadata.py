"""Images without what they tell beside the picture: places, times, devices, names, thumbnails, comments.

The picture's own bytes are copied, never encoded again. What decides how it looks is kept: colour profiles,
animation, and which side is up.
"""

from __future__ import annotations

import zlib
from typing import Final

from lading.media.parts import (
    Part,
    Readable,
    counted,
    gif_parts,
    jpeg_parts,
    png_parts,
    riff_parts,
)

Piece = bytes | tuple[int, int]
"""What to write: bytes, or a span of the file that is read."""

WITHOUT: Final = frozenset({"bmp", "ico"})
"""Kinds of images that have no metadata."""

_PNG_KEPT: Final = frozenset(
    b"tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs hIST cICP mDCV cLLI acTL fcTL fdAT".split()
)
_WEBP_KEPT: Final = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"})
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04  # flags of VP8X (RFC 9649 §2.7)
_LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")  # how often a GIF is repeated
_APP0, _APP1, _APP2, _APP14 = b"\xe0", b"\xe1", b"\xe2", b"\xee"
_LARGEST_EXIF: Final = 1 << 16


def strippable(kind: str) -> bool:
    """Whether ``stripped`` knows images of a kind that ``lading.media.sniffing.sniff`` tells."""
    return kind in _STRIP or kind in WITHOUT


def stripped(file: Readable, kind: str) -> list[Piece]:
    """What to write instead of an image. Raises ``DamagedError``, and ``KeyError`` for an unknown kind."""
    if kind in WITHOUT:
        return [(0, 1 << 62)]  # all there is
    return _merged(_STRIP[kind](file))


def _merged(pieces: list[Piece]) -> list[Piece]:
    """The same with spans that touch made one."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else b""
        if isinstance(piece, tuple) and isinstance(last, tuple) and last[1] == piece[0]:
            merged[-1] = (last[0], piece[1])
        else:
            merged.append(piece)
    return merged


def _jpeg(file: Readable) -> list[Piece]:
    """All that stands after the picture's end goes too: films of "live" photographs, second pictures."""
    kept: list[Piece] = [(0, 2)]
    side, place = 1, 1
    for part in list(counted(jpeg_parts(file))):
        if part.name == _APP1 and part.head.startswith(b"Exif\0\0"):
            side = _side_up(_content(file, part)[6:]) or side
        if _is_of_the_picture(part):
            kept.append((part.start, part.stop))
            if part.name == _APP0 and place == 1:
                place = len(kept)
    if side != 1:
        exif = b"Exif\0\0" + _only_side(side)
        kept.insert(place, b"\xff" + _APP1 + (len(exif) + 2).to_bytes(2, "big") + exif)
    return kept


def _is_of_the_picture(part: Part) -> bool:
    if part.name == _APP0:
        return part.head.startswith(b"JFIF\0")  # "JFXX" is a thumbnail
    if part.name == _APP2:
        return part.head.startswith(b"ICC_PROFILE\0")
    if part.name == _APP14:
        return part.head.startswith(b"Adobe")
    return not (b"\xe1" <= part.name <= b"\xef" or part.name == b"\xfe")


def _png(file: Readable) -> list[Piece]:
    kept: list[Piece] = [(0, 8)]
    side = 1
    for part in list(counted(png_parts(file))):
        if part.name == b"eXIf":
            side = _side_up(_content(file, part)) or side
        elif part.name[:1].isupper() or part.name in _PNG_KEPT:
            kept.append((part.start, part.stop))
    if side != 1:
        exif = _only_side(side)
        crc = zlib.crc32(b"eXIf" + exif).to_bytes(4, "big")
        kept.insert(2, len(exif).to_bytes(4, "big") + b"eXIf" + exif + crc)  # after IHDR
    return kept


def _webp(file: Readable) -> list[Piece]:
    kept: list[Piece] = []
    side, flags, length = 1, b"", 4
    for part in list(counted(riff_parts(file))):
        if part.name == b"EXIF":
            side = _side_up(_content(file, part).removeprefix(b"Exif\0\0")) or side
        if part.name not in _WEBP_KEPT:
            continue
        length += part.stop - part.start
        if part.name == b"VP8X":
            flags = part.head[:10]
        else:
            kept.append((part.start, part.stop))
    if flags:
        exif = _only_side(side) if side != 1 else b""
        plain = flags[0] & ~(_WEBP_EXIF | _WEBP_XMP) | (_WEBP_EXIF if exif else 0)
        kept.insert(0, b"VP8X\x0a\0\0\0" + bytes([plain]) + flags[1:])
        if exif:
            kept.append(b"EXIF" + len(exif).to_bytes(4, "little") + exif)
            length += 8 + len(exif)
    return [b"RIFF" + length.to_bytes(4, "little") + b"WEBP", *kept]


def _gif(file: Readable) -> list[Piece]:
    kept: list[Piece] = []
    for part in counted(gif_parts(file)):
        is_control = part.name == b"!\xf9" or (
            part.name == b"!\xff" and part.head.startswith(_LOOPS)
        )
        if part.name[:1] != b"!" or is_control:
            kept.append((part.start, part.stop))
    return kept


def _content(file: Readable, part: Part) -> bytes:
    file.seek(part.content, 0)
    return file.read(min(part.stop - part.content, _LARGEST_EXIF))


def _side_up(exif: bytes) -> int:
    """The orientation that Exif data tells (TIFF 6.0, tag 274), 0 if none or nonsense."""
    order = {b"II": "little", b"MM": "big"}.get(exif[:2])
    if order is None:
        return 0

    def number(start: int, size: int) -> int:
        return int.from_bytes(exif[start : start + size], "little" if order == "little" else "big")

    first = number(4, 4)
    for entry in range(min(number(first, 2), 500)):
        start = first + 2 + 12 * entry
        if number(start, 2) == 0x0112:
            side = number(start + 8, 2)
            return side if 1 <= side <= 8 else 0
    return 0


def _only_side(side: int) -> bytes:
    """Exif data that tells the orientation and nothing else; of an even length, as RIFF wants."""
    entry = b"\x01\x12\0\x03\0\0\0\x01" + side.to_bytes(2, "big") + b"\0\0"
    return b"MM\0*\0\0\0\x08\0\x01" + entry + b"\0\0\0\0"


_STRIP: Final = {"jpeg": _jpeg, "png": _png, "webp": _webp, "gif": _gif}
