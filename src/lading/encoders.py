"""Content codings: gzip, Brotli and Zstandard, whole buffers and streams, with reproducible bytes.

The only module that imports the compression libraries.
"""

from __future__ import annotations

import contextlib
import mmap
import struct
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Literal

import brotli as untyped_brotli  # pyright: ignore[reportMissingTypeStubs]
import deflate as untyped_deflate

from lading.errors import MissingExtraError

brotli: Any = untyped_brotli  # ships no types
deflate: Any = untyped_deflate  # types its buffers by collections.abc.Buffer, new in Python 3.12

Coding = Literal["gzip", "br", "zstd"]
"""A content coding by its registered name (RFC 9110 §8.4.1; RFC 7932; RFC 9659)."""

SUFFIXES: Final[dict[Coding, str]] = {"gzip": ".gz", "br": ".br", "zstd": ".zst"}
"""What a variant's file name adds to the name of the file it encodes."""

# libdeflate and Brotli take more; RFC 9659 §3 limits zstd on the web to a window of 8 MB, which the
# levels above 19 exceed.
LEVELS: Final[dict[Coding, range]] = {"gzip": range(1, 13), "br": range(12), "zstd": range(1, 20)}

_CHUNK: Final = 1 << 20  # Brotli chooses its match finder by whether the first call brings 1 MiB
# Brotli's window, as base 2 logarithm of bytes: the usual one as long as the content fits into it, then
# the largest of RFC 7932 §9.1, which takes twice the memory and saves 2.5% of scripts of 10 MB.
_WINDOW: Final = 22
_LARGEST_WINDOW: Final = 24


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to encode: the coding and its level, within ``LEVELS``."""

    coding: Coding
    level: int


def fingerprint(recipe: Recipe) -> str:
    """What decides the encoded bytes beside the content: coding, level, parameters, library version.

    Raises ``MissingExtraError`` when the coding's library is not installed.
    """
    match recipe.coding:
        case "gzip":
            return f"gzip level={recipe.level} deflate={deflate.__version__}"
        case "br":
            return f"br quality={recipe.level} lgwin={_WINDOW},{_LARGEST_WINDOW} brotli={brotli.__version__}"
        case "zstd":
            return f"zstd level={recipe.level} libzstd={zstd_library().zstd_version}"


def encode(content: bytes, recipe: Recipe) -> bytes | bytearray:
    """The whole content, encoded: the same bytes on every Python version.

    A gzip member carries no name and no time (libdeflate writes MTIME 0 and OS 255, "unknown":
    RFC 1952 §2.3.1). Releases the interpreter's lock while it works. Raises ``MissingExtraError``.
    """
    match recipe.coding:
        case "gzip":
            return deflate.gzip_compress(content, recipe.level)
        case "br":
            window = _window(len(content))
            return brotli.compress(content, quality=recipe.level, lgwin=window)
        case "zstd":
            return zstd_library().compress(content, recipe.level)


def encode_stream(
    source: BinaryIO, size: int, recipe: Recipe, target: BinaryIO, *, scratch: str
) -> None:
    """Encode ``size`` bytes read from ``source`` into ``target`` in bounded memory, for large files.

    Brotli and zstd hold their window. libdeflate takes whole buffers only, so gzip maps a private
    copy in the folder ``scratch`` (a copy, because a mapped file that somebody truncates kills the
    process) and holds the encoded bytes. Several gzip members in a row would stream, but browsers
    read the first one only; ``zlib`` would stream, but its bytes depend on the build.

    Raises ``MissingExtraError``, ``OSError``, and ``EOFError`` when ``source`` does not hold exactly
    ``size`` bytes.
    """
    match recipe.coding:
        case "gzip":
            _gzip_stream(source, size, recipe.level, target, scratch)
        case "br":
            brotli_stream = brotli.Compressor(quality=recipe.level, lgwin=_window(size))
            target.writelines(brotli_stream.process(chunk) for chunk in _chunks(source, size))
            target.write(brotli_stream.finish())
        case "zstd":
            zstd_stream = zstd_library().ZstdCompressor(recipe.level)
            zstd_stream.set_pledged_input_size(size)  # so that the frame's header tells it
            target.writelines(zstd_stream.compress(chunk) for chunk in _chunks(source, size))
            target.write(zstd_stream.flush())


def zstd_library() -> Any:
    """The module that Python 3.14 calls ``compression.zstd``. Raises ``MissingExtraError``."""
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError:
        raise MissingExtraError("backports.zstd", "zstd", "The content coding 'zstd'") from None
    return zstd


def _window(size: int) -> int:
    return _WINDOW if size <= 1 << _WINDOW else _LARGEST_WINDOW


def _gzip_stream(source: BinaryIO, size: int, level: int, target: BinaryIO, scratch: str) -> None:
    """The member that ``deflate.gzip_compress`` would make (RFC 1952 §2.3), from its parts: that
    function reads its input once more for the checksum, too fast to be handed back page by page.
    """
    checksum = 0
    with tempfile.TemporaryFile(prefix="lading-", dir=scratch) as copy:
        for chunk in _chunks(source, size):
            copy.write(chunk)
            checksum = deflate.crc32(chunk, checksum)
        copy.flush()
        if not size:  # which cannot be mapped
            target.write(deflate.gzip_compress(b"", level))
            return
        effort = 4 if level < 2 else 2 if level >= 8 else 0  # XFL: fastest, slowest, neither
        target.write(struct.pack("<BBBBLBB", 0x1F, 0x8B, 8, 0, 0, effort, 255))
        with mmap.mmap(copy.fileno(), size, access=mmap.ACCESS_READ) as content, _evicting(content):
            target.write(deflate.deflate_compress(content, level))
        target.write(struct.pack("<LL", checksum, size & 0xFFFFFFFF))


@contextlib.contextmanager
def _evicting(mapping: mmap.mmap) -> Generator[None]:
    """Hand the mapping's pages back to the system while they are being read through.

    Without this the whole file would count as resident memory. A page that is needed again comes
    from the page cache. Windows has no such advice; there the system takes pages when it wants them.
    """
    if not hasattr(mmap, "MADV_DONTNEED"):
        yield
        return
    done = threading.Event()

    def evict() -> None:
        while not done.wait(0.05):
            mapping.madvise(mmap.MADV_DONTNEED)

    thread = threading.Thread(target=evict, name="lading-evict", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _chunks(source: BinaryIO, size: int) -> Iterator[bytes]:
    """``size`` bytes in pieces of ``_CHUNK``: always the same pieces, for they decide zstd's bytes."""
    left = size
    while left:
        chunk = source.read(min(_CHUNK, left))
        if not chunk:
            raise EOFError(f"{left} of {size} bytes are missing")
        left -= len(chunk)
        yield chunk
    if source.read(1):
        raise EOFError(f"there are more than {size} bytes")
