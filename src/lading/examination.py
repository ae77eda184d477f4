"""What one file is and refers to, found by reading it once. Loads little, since child processes do it too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from lading import references
from lading.analysis import Analysis, analyse
from lading.digests import hash_bytes, hash_file, read_steadily

Question = tuple[str, str]
"""A logical path, and where on this machine its file lies."""


class Examination(NamedTuple):
    """``digests`` are ``"<sha256> <md5>"``, ``settled`` the signature they hold for (``""``: not to be
    believed by a later run), ``analysis`` is ``None`` for a file that cannot carry references.
    """

    digests: str
    settled: str
    analysis: Analysis | None


def examine(
    path: str, local: str, exists: Callable[[str], bool], static_url: str
) -> Examination | None:
    """Read and analyse one file; ``None`` if it is written to each time it is read. Raises ``OSError``."""
    if not references.carries(path):
        hashed = read_steadily(local, hash_file)
        return None if hashed is None else Examination(*hashed, None)
    read = read_steadily(local, lambda file: file.read())
    if read is None:
        return None
    data, settled = read
    return Examination(hash_bytes(data), settled, analyse(path, data, exists, static_url))


def examiner(
    paths: Collection[str], static_url: str
) -> Callable[[Sequence[Question]], list[Examination | None]]:
    """What a child process does with each batch, ``paths`` being all that are published; ``None`` stands
    for a file that could not be read, which the parent finds out about itself.
    """
    exists = frozenset(paths).__contains__

    def examine_batch(batch: Sequence[Question]) -> list[Examination | None]:
        return [_examine_or_none(path, local, exists, static_url) for path, local in batch]

    return examine_batch


def _examine_or_none(
    path: str, local: str, exists: Callable[[str], bool], static_url: str
) -> Examination | None:
    try:
        return examine(path, local, exists, static_url)
    except OSError:
        return None
