"""Reading what is sent: small files whole and through the memory cache, large ones from an open file.

What is on the disk is compared with what the table says before the first byte is promised.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import AsyncGenerator, Iterator
from typing import Final

from lading.serve.cache import Cache
from lading.serve.entry import Representation
from lading.serve.page_cache import LITTLE, read_now
from lading.serve.ranges import Span

CHUNK: Final = 256 << 10
"""Bytes of a large file that are read and handed to a WSGI server at a time."""

ASYNC_CHUNK: Final = LITTLE
"""The same for ASGI servers, which have as many slow clients at once as there are."""

_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NONBLOCK", 0)  # opening a named pipe would wait for a writer
)
_GONE: Final = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG)


class DriftError(Exception):
    """The file on the disk is not the one that the table describes: gone, of another size or content."""


class TruncatedError(OSError):
    """A file became shorter while it was sent; the connection has to be cut."""

    def __init__(self) -> None:
        super().__init__(errno.EIO, "A published file became shorter while it was sent.")


def load(source: Representation, cache: Cache) -> bytes | int:
    """The content of a small file, kept in ``cache`` unless it is ``passing``, or an open descriptor of a
    large one.

    Raises ``DriftError`` when the file is not what ``source`` says, ``OSError`` when it cannot be read.
    """
    try:
        descriptor = os.open(source.file, _FLAGS)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno not in _GONE:
            raise
        raise DriftError(f"{source.file} is not there") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise DriftError(f"{source.file} is no regular file")
        if status.st_size != source.size:
            raise DriftError(f"{source.file} has {status.st_size} bytes instead of {source.size}")
        if source.size > cache.largest:
            kept, descriptor = descriptor, -1
            return kept
        content = _read_all(descriptor, source)
    finally:
        if descriptor >= 0:
            os.close(descriptor)
    if not source.passing:
        cache.add(source, content)
    return content


def _read_all(descriptor: int, source: Representation) -> bytes:
    content = os.read(descriptor, source.size)
    while len(content) < source.size:
        more = os.read(descriptor, source.size - len(content))
        if not more:
            raise DriftError(f"{source.file} became shorter while it was read")
        content += more
    if source.sha256 and hashlib.sha256(content).hexdigest() != source.sha256:
        raise DriftError(f"{source.file} has another content than was published")
    return content


def cut(content: bytes, parts: tuple[bytes | Span, ...]) -> bytes:
    """The bytes to send, of a content that is in memory."""
    return b"".join(
        part if isinstance(part, bytes) else content[part[0] : part[1]] for part in parts
    )


class OpenFile:
    """Parts of a large file, to be sent from an open descriptor; whoever gets one closes it.

    It can be iterated over, synchronously or not, and handed to ``wsgi.file_wrapper`` if ``whole``.
    Both ways raise ``TruncatedError`` when the file ends too early.
    """

    # No __slots__: Django's WSGI handler puts its response's ``close`` in the place of the file's.

    def __init__(
        self, descriptor: int, source: Representation, parts: tuple[bytes | Span, ...]
    ) -> None:
        self._descriptor = descriptor
        self._handed_over = False
        self.source = source
        self.parts = parts

    @property
    def whole(self) -> bool:
        """All of the file is sent, and nothing else."""
        return self.parts == ((0, self.source.size),)

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
                continue
            offset, stop = part
            while offset < stop:
                chunk = self._read_at(offset, min(CHUNK, stop - offset))
                offset += len(chunk)
                yield chunk

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
                continue
            offset, stop = part
            while offset < stop:
                chunk = await self._read_soon(offset, min(ASYNC_CHUNK, stop - offset))
                offset += len(chunk)
                yield chunk

    def _read_at(self, offset: int, size: int) -> bytes:
        if hasattr(os, "pread"):
            chunk = os.pread(self._descriptor, size, offset)
        else:
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            chunk = os.read(self._descriptor, size)
        if not chunk:
            raise TruncatedError
        return chunk

    async def _read_soon(self, offset: int, size: int) -> bytes:
        """Read without blocking the event loop: at once if the page cache has it, else in a thread.

        A thread costs ten times what a read from the page cache does, and published files are in there
        nearly always. Event loops other than asyncio's read at once.
        """
        chunk = read_now(self._descriptor, offset, size)
        if chunk:
            return chunk
        if chunk is not None:
            raise TruncatedError
        import asyncio  # here, as WSGI servers need none of it

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return self._read_at(offset, size)
        # If this task is cancelled the descriptor may be closed while the thread still reads: what it
        # then reads is thrown away, and reading at an offset disturbs nobody.
        return await loop.run_in_executor(None, self._read_at, offset, size)

    def fileno(self) -> int:
        """The descriptor, for a server's own way of sending a file."""
        self._handed_over = True
        return self._descriptor

    def read(self, size: int = -1) -> bytes:
        """The next bytes of the file, for servers whose ``wsgi.file_wrapper`` reads."""
        return os.read(self._descriptor, size if size >= 0 else self.source.size)

    def close(self) -> None:
        """Close the descriptor. Raises ``TruncatedError`` if a server that sent the file by itself cannot
        have sent all of it: it would keep the connection, and the client would wait for the rest.
        """
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor < 0:
            return
        try:
            if self._handed_over and os.fstat(descriptor).st_size < self.source.size:
                raise TruncatedError
        finally:
            os.close(descriptor)

    def __del__(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
