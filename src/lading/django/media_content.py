"""What is saved, as bytes that can be read twice: Django takes texts, streams and files of any kind."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.core.files import File

from lading.media.checks import Checks, check_size
from lading.media.metadata import Piece
from lading.media.parts import BLOCK

_IN_MEMORY: Final = 2 << 20  # bytes of a stream that are kept in memory


def readable(content: Any, name: str | None = None, max_size: int | None = None) -> File[Any]:
    """A file whose size is known and that can be read from its start, of bytes.

    Streams that can be read only once are read into a temporary file. Raises ``RefusedError`` for one that
    goes on beyond ``max_size`` bytes.
    """
    file: File[Any] = content if hasattr(content, "chunks") else File(content, name)
    try:
        file.seek(0)
        sample = file.read(0)
    except (AttributeError, OSError, io.UnsupportedOperation):
        return File(_spooled(file, max_size), name)
    if isinstance(sample, str):
        return File(_spooled(file, max_size), name)
    return file


def _spooled(file: File[Any], max_size: int | None) -> Any:
    spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - it goes with its last user
    try:
        for chunk in measured(file.chunks(), max_size):
            spool.write(chunk)
    except BaseException:
        spool.close()
        raise
    return spool


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
