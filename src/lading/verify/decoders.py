"""Decoding variants piece by piece, so that neither a large one nor a hostile one fills the memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

from lading import encoders
from lading.encoders import Coding

_PIECE: Final = 1 << 18  # bytes read at a time, and about the most that is decoded at a time


class NotDecodableError(ValueError):
    """The bytes are no whole encoding: damaged, cut off, or followed by others."""


def decode(source: BinaryIO, coding: Coding) -> Iterator[bytes]:
    """The content of an open file in a content coding, in pieces of bounded size.

    Of gzip exactly one member is taken, as browsers do (RFC 9110 §8.4.1.3 allows no more to be relied
    on), of Zstandard one frame. Raises ``NotDecodableError``, ``MissingExtraError`` and ``OSError``.
    """
    match coding:
        case "gzip":
            return _decode_gzip(source)
        case "br":
            return _decode_brotli(source)
        case "zstd":
            return _decode_zstd(source)


def _decode_gzip(source: BinaryIO) -> Iterator[bytes]:
    decoder = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    rest = b""
    while not decoder.eof:
        data = rest or _more(source)
        piece = _checked(zlib.error, decoder.decompress, data, _PIECE)
        rest = decoder.unconsumed_tail
        yield piece
    _refuse_rest(decoder.unused_data or source.read(1))


def _decode_brotli(source: BinaryIO) -> Iterator[bytes]:
    decoder: Any = encoders.brotli.Decompressor()
    error = encoders.brotli.error
    while not decoder.is_finished():
        data = source.read(_PIECE) if decoder.can_accept_more_data() else b""
        # Without new input it may still have output to give: the limit held that back.
        piece = _checked(error, decoder.process, data, output_buffer_limit=_PIECE)
        if not data and not piece and not decoder.is_finished():
            raise NotDecodableError("it is cut off")
        yield piece
    _refuse_rest(source.read(1))


def _decode_zstd(source: BinaryIO) -> Iterator[bytes]:
    library = encoders.zstd_library()
    decoder = library.ZstdDecompressor()
    while not decoder.eof:
        data = _more(source) if decoder.needs_input else b""
        yield _checked(library.ZstdError, decoder.decompress, data, max_length=_PIECE)
    _refuse_rest(decoder.unused_data or source.read(1))


def _more(source: BinaryIO) -> bytes:
    data = source.read(_PIECE)
    if not data:
        raise NotDecodableError("it is cut off")
    return data


def _checked(
    kind: type[Exception], decompress: Callable[..., bytes], *arguments: Any, **limits: int
) -> bytes:
    try:
        return decompress(*arguments, **limits)
    except kind as error:
        raise NotDecodableError(str(error)) from None


def _refuse_rest(rest: bytes) -> None:
    if rest:
        raise NotDecodableError("other bytes follow its end")
