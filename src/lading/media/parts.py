"""The parts that images are made of, by their own length fields: chunks, segments, blocks.

Nothing is decoded. Linear time; a file is read once, in blocks, whatever it says of itself.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

BLOCK: Final = 64 << 10
"""Bytes read at a time."""

CUT: Final = "ends too early: it was not transferred or saved whole"

_MOST: Final = 100_000  # parts of a file; long animations have some thousands


class Readable(Protocol):
    """What is asked of a file: those of Python, and Django's files."""

    def read(self, size: int = ..., /) -> bytes: ...

    def seek(self, offset: int, whence: int = ..., /) -> object: ...


class DamagedError(Exception):
    """A file ends too early, or is not built as its kind is. ``str(error)``: how, as the end of a sentence
    that begins with "It".
    """


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file: what it is called, its first and last byte (as a span), where its content starts and
    the beginning of that, at most 64 bytes.
    """

    name: bytes
    start: int
    stop: int
    content: int
    head: bytes


def take(file: Readable, size: int) -> bytes:
    """The next bytes, exactly so many. Raises ``DamagedError``."""
    data = file.read(size)
    if len(data) < size:
        raise DamagedError(CUT)
    return data


def counted(parts: Iterator[Part]) -> Iterator[Part]:
    """The parts, as long as there are not more than any tool makes. Raises ``DamagedError``."""
    for number, part in enumerate(parts):
        if number >= _MOST:
            raise DamagedError(f"is made of more than {_MOST} parts")
        yield part


# PNG (W3C PNG, third edition, §5)


def png_parts(file: Readable, *, verify: bool = False) -> Iterator[Part]:
    """The chunks of a PNG up to its end. ``verify`` their checksums. Raises ``DamagedError``."""
    file.seek(8, 0)
    start = 8
    while True:
        head = take(file, 8)
        length, name = int.from_bytes(head[:4], "big"), head[4:]
        if length > 0x7FFFFFFF or not name.isalpha():
            raise DamagedError("has a chunk that is none")
        kept = take(file, min(length, 64))
        crc = zlib.crc32(kept, zlib.crc32(name))
        crc = _pass(file, length - len(kept), crc if verify else None)
        if int.from_bytes(take(file, 4), "big") != crc and verify:
            raise DamagedError("has a chunk with a wrong checksum")
        stop = start + length + 12
        yield Part(name, start, stop, start + 8, kept)
        if name == b"IEND":
            return
        start = stop


def _pass(file: Readable, size: int, crc: int | None) -> int:
    """Read over so many bytes; their checksum, if that was begun."""
    while size > 0:
        block = take(file, min(size, BLOCK))
        size -= len(block)
        if crc is not None:
            crc = zlib.crc32(block, crc)
    return crc or 0


# JPEG (ITU-T T.81, annex B)

_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})


def jpeg_parts(file: Readable) -> Iterator[Part]:
    """The segments of a JPEG, named by their marker's second byte, and its scans' data (``b""``), up to its
    end. Raises ``DamagedError``.
    """
    file.seek(2, 0)
    start = 2
    while True:
        if take(file, 1) != b"\xff":  # junk, which every decoder skips
            start = _scan_end(file, start)
            file.seek(start + 1, 0)
        fill = start
        marker = take(file, 1)
        while marker == b"\xff":  # fill bytes
            marker, fill = take(file, 1), fill + 1
        stop = fill + 2
        if marker == b"\xd9":
            yield Part(marker, start, stop, stop, b"")
            return
        if marker[0] in _STANDALONE:
            yield Part(marker, start, stop, stop, b"")
            start = stop
            continue
        length = int.from_bytes(take(file, 2), "big")
        if length < 2:
            raise DamagedError("has a segment that is none")
        head = take(file, min(length - 2, 64))
        _pass(file, length - 2 - len(head), None)
        yield Part(marker, start, stop + length, stop + 2, head)
        start = stop + length
        if marker == b"\xda":
            stop = _scan_end(file, start)
            yield Part(b"", start, stop, start, b"")
            start = stop
            file.seek(start, 0)


def _scan_end(file: Readable, start: int) -> int:
    """Where the next marker stands after a scan's data."""
    file.seek(start, 0)
    ahead = 512  # what is read too far is read again
    block = file.read(ahead)
    while len(block) > 1:
        if found := _MARKER.search(block):
            return start + found.start()
        start += len(block) - 1
        ahead = min(2 * ahead, BLOCK)
        block = block[-1:] + file.read(ahead)
    raise DamagedError(CUT)


# GIF (GIF89a specification, appendices A and F)


def gif_parts(file: Readable) -> Iterator[Part]:
    """The header (``b""``), images (``b","``), extensions (``b"!"`` and their label) and trailer (``b";"``)
    of a GIF. Raises ``DamagedError``.
    """
    file.seek(0, 0)
    head = take(file, 13)
    stop = 13 + _colours(file, head[10])
    yield Part(b"", 0, stop, 0, head)
    while True:
        start = stop
        name = take(file, 1)
        if name == b";":
            yield Part(name, start, start + 1, start + 1, b"")
            return
        if name == b"!":
            name += take(file, 1)
            stop, content = start + 2, b""
        elif name == b",":
            content = take(file, 9)
            stop = start + 10 + _colours(file, content[8]) + len(take(file, 1))
        else:
            raise DamagedError("has a block that is none")
        inside = stop
        stop, data = _blocks(file, stop)
        if name[:1] == b"!":
            content = data
        yield Part(name, start, stop, inside, content)


def _blocks(file: Readable, start: int) -> tuple[int, bytes]:
    """Where a chain of data blocks ends, and the first of its bytes; the file is left at its end."""
    stop, first, at, data, ahead = start, b"", 0, b"", 512
    while True:
        if at >= len(data):
            # Most chains are short; all are read again from their end on.
            at, data, ahead = (
                at - len(data),
                take(file, 1) + file.read(ahead),
                min(2 * ahead, BLOCK),
            )
            if at >= len(data):
                raise DamagedError(CUT)
        size = data[at]
        if len(first) < 64:
            first += data[at + 1 : at + 1 + min(size, 64 - len(first))]
        stop += size + 1
        if size == 0:
            file.seek(stop, 0)
            return stop, first
        at += size + 1


def _colours(file: Readable, flags: int) -> int:
    """The length of the table of colours that flags tell of."""
    return len(take(file, 3 << ((flags & 7) + 1))) if flags & 0x80 else 0


# WebP (RFC 9649 §2) and other RIFF files

_ENDLESS: Final = 0x7FFFF000
"""From here on, the length of a sound that was written into a pipe, when nobody knew it yet."""


def riff_parts(file: Readable) -> Iterator[Part]:
    """The chunks of a RIFF file, as long as it says it is. Raises ``DamagedError``."""
    file.seek(0, 0)
    end = 8 + int.from_bytes(take(file, 12)[4:8], "little")
    start = 12
    while start + 8 <= end:
        head = take(file, 8)
        length = int.from_bytes(head[4:], "little")
        if head[:4] == b"data" and length >= _ENDLESS:
            return
        kept = take(file, min(length, 64))
        _pass(file, length - len(kept), None)
        stop = start + 8 + length + (length & 1)
        if length & 1 and not file.read(1) and stop < end:
            raise DamagedError(CUT)
        yield Part(head[:4], start, stop, start + 8, kept)
        start = stop
