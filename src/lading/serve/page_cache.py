"""Reading what the operating system has in memory, without ever waiting for a disk."""

from __future__ import annotations

import errno
import os
from typing import Final

from lading.serve.ranges import Span

LITTLE: Final = 64 << 10
"""Bytes that are read for an answer at once, rather than while it is sent."""

_NO_WAIT: Final = getattr(os, "RWF_NOWAIT", None)


def read_now(descriptor: int, offset: int, size: int) -> bytes | None:
    """What the page cache has of these bytes, empty at the end of the file; ``None``: nothing, or that
    cannot be told. Raises ``OSError``.
    """
    if _NO_WAIT is None:
        return None
    buffer = bytearray(size)
    try:
        count = os.preadv(descriptor, [buffer], offset, _NO_WAIT)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.ENOTSUP, errno.EINVAL):
            raise
        return None
    return bytes(memoryview(buffer)[:count])


def at_once(descriptor: int, parts: tuple[bytes | Span, ...]) -> bytes | None:
    """All that is sent of a file, if it is little and in the page cache, else ``None``: servers send bytes
    faster than a stream of them.
    """
    pieces: list[bytes] = []
    left = LITTLE
    for part in parts:
        size = len(part) if isinstance(part, bytes) else part[1] - part[0]
        left -= size
        if left < 0:
            return None
        try:
            piece = part if isinstance(part, bytes) else read_now(descriptor, part[0], size)
        except OSError:  # whoever sends it piece by piece meets it again
            return None
        if piece is None or len(piece) < size:
            return None
        pieces.append(piece)
    return b"".join(pieces)
