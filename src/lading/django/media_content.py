"""What is saved, as bytes that can be read twice: Django takes texts, streams and files of any kind."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.core.files import File

from lading.media.checks import Checks, check_size
from lading.media.metadata import Piece
from lading.media.parts import BLOCK

_IN_MEMORY: Final = 2 << 20  # bytes of a stream that are kept in memory


@contextmanager
def readable(
    content: Any, name: str | None = None, max_size: int | None = None
) -> Generator[File[Any]]:
    """A file whose size is known and that can be read from its start, of bytes.

    Streams that can be read only once, and texts, are copied into a temporary file. Raises ``RefusedError``
    for one that goes on beyond ``max_size`` bytes.
    """
    file: File[Any] = content if hasattr(content, "chunks") else File(content, name)
    try:
        file.seek(0)
        must_copy = isinstance(file.read(0), str)
    except (AttributeError, OSError, io.UnsupportedOperation):
        must_copy = True
    if not must_copy:
        yield file
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        for chunk in measured(file.chunks(), max_size):
            spool.write(chunk)
        yield File(spool, name)


def measured(
    chunks: Iterable[bytes | str], max_size: int | None, digest: Any = None
) -> Iterator[bytes]:
    """The chunks as bytes, as long as they are not more than ``max_size`` in all, whatever size was declared;
    ``digest`` gets them too. Raises ``RefusedError``.
    """
    size = 0
    for chunk in chunks:
        data = chunk.encode() if isinstance(chunk, str) else chunk
        size += len(data)
        if max_size is not None and size > max_size:
            check_size(Checks(max_size=max_size), size)
        if digest is not None:
            digest.update(data)
        yield data


def cut(file: File[Any], pieces: Iterable[Piece]) -> Iterator[bytes]:
    """The bytes of pieces of a file (see ``lading.media.metadata``)."""
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
            continue
        file.seek(piece[0])
        left = piece[1] - piece[0]
        while left > 0 and (block := file.read(min(left, BLOCK))):
            left -= len(block)
            yield block
