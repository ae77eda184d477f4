"""Packs published contents: each once, from the build cache or by workers, largest first."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple

from lading import encoders, executors
from lading.blobs import Blob, Dropped
from lading.cache import Cache
from lading.efforts import Settings, recipes, worth
from lading.encoders import Coding, Recipe
from lading.errors import LadingError, SourceError
from lading.executors import Open, Workers
from lading.findings import Finding, Severity
from lading.progress import Progress, Silent

STREAM_FROM: Final = 16 << 20
"""Bytes from which a file is packed as a stream, in bounded memory, one such file at a time."""

SHIP_UP_TO: Final = 8 << 20
"""Bytes up to which a content is sent to workers elsewhere; Dask advises against more in a message."""

_PROBE: Final = 1 << 16  # bytes of each sample
_SHRINKS: Final = 0.98  # what libdeflate's fastest level must make of one of the samples

# Seconds for a MB at (slow, fast) levels, roughly; only their order matters.
_SECONDS: Final[dict[Coding, tuple[int, float, float]]] = {
    "br": (10, 1.0, 0.03),
    "gzip": (10, 0.16, 0.01),
    "zstd": (15, 0.2, 0.01),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One content to publish: where (its path decides how it is packed), its SHA-256 in 64 hexadecimal
    digits, its size in bytes, and itself: a file's path, or the bytes.
    """

    path: str
    sha256: str
    size: int
    content: str | bytes


@dataclass(frozen=True, slots=True)
class Variant:
    """An encoded content. ``path`` is a file to copy or hard-link from and never to write to; it stands
    until the cache is closed. ``size`` in bytes, ``sha256`` of the encoded bytes.
    """

    coding: Coding
    size: int
    sha256: str
    path: str


@dataclass(frozen=True, slots=True)
class Packed:
    """What ``pack`` made: by item path its variants, in the order of the setting (no entry: none is
    worth having). ``encoded`` counts the encodings made now, ``reused`` those found in the cache.
    """

    variants: Mapping[str, tuple[Variant, ...]]
    findings: list[Finding]
    encoded: int
    reused: int


class Job(NamedTuple):
    """A content and the encodings that are to be made of it, as workers are sent it."""

    sha256: str
    size: int
    content: str | bytes
    recipes: tuple[Recipe, ...]


class Encoded(NamedTuple):
    """What a worker made of one recipe: the fingerprint of its encoder, and the encoded bytes, ``None``
    when a sample of the content showed that it is compressed already.
    """

    fingerprint: str
    content: bytes | bytearray | None


Entries = dict[tuple[str, Recipe], Blob | Dropped]


def pack(
    items: Iterable[Item],
    settings: Settings,
    cache: Cache,
    workers: Open,
    progress: Progress | None = None,
) -> Packed:
    """Give every item the encoded variants that its settings ask for and that are worth having.

    Identical content is packed once. ``workers`` (see ``executors.opener``) is opened only when
    something is not in the cache. Raises ``SourceError`` when a content cannot be read or is not what its
    digest says, ``MissingExtraError`` when an encoder is not installed, and ``LadingError`` when the
    workers are lost or the encoded bytes can be stored nowhere; nothing outside the cache was written.
    """
    items = list(items)
    wanted = [(item, recipes(item.path, item.size, settings)) for item in items]
    keys = _Keys(wanted)
    entries, jobs = _look_up(wanted, cache, keys)
    reused = len(entries)
    if jobs:
        _encode(jobs, settings, cache, workers, keys, entries, progress or Silent())
    variants: dict[str, tuple[Variant, ...]] = {}
    for item, wants in wanted:
        made = tuple(_variants(item, wants, entries, settings))
        if made:
            variants[item.path] = made
    findings = [*_too_large(items, settings), *cache.findings()]
    return Packed(variants, findings, len(entries) - reused, reused)


def encode_batch(jobs: Sequence[Job]) -> list[list[Encoded]]:
    """Encode contents wholly in memory: what a worker, here or elsewhere, is asked to do.

    Raises ``SourceError`` for a content that cannot be read or is not what its digest says.
    """
    return [_encode_whole(job) for job in jobs]


def _encode_whole(job: Job) -> list[Encoded]:
    with _open(job) as source:
        content = _Checked(source, job).read_all()
    compressed = _is_compressed(io.BytesIO(content), job.size)
    made: list[Encoded] = []
    for recipe in job.recipes:
        try:
            fingerprint = encoders.fingerprint(recipe)
        except LadingError as error:  # one that survives the way home from a worker elsewhere
            raise LadingError(f"A worker cannot pack: {error.what}", remedy=error.remedy) from None
        made.append(
            Encoded(fingerprint, None if compressed else encoders.encode(content, recipe))
        )
    return made


class _Keys:
    """Cache keys: what decides an encoding's bytes, digested. Asks each encoder once."""

    def __init__(self, wanted: Iterable[tuple[Item, tuple[Recipe, ...]]]) -> None:
        used = {recipe for _, wants in wanted for recipe in wants}
        self.fingerprints = {recipe: encoders.fingerprint(recipe) for recipe in used}

    def of(self, sha256: str, recipe: Recipe) -> str:
        text = f"lading encoding 1\n{self.fingerprints[recipe]}\n{sha256}\n"
        return hashlib.sha256(text.encode()).hexdigest()


def _look_up(
    wanted: Iterable[tuple[Item, tuple[Recipe, ...]]], cache: Cache, keys: _Keys
) -> tuple[Entries, list[Job]]:
    """What the cache holds, and for the rest one job for each content."""
    entries: Entries = {}
    missing: dict[str, tuple[Item, dict[Recipe, None]]] = {}
    for item, wants in wanted:
        for recipe in wants:
            known = missing.get(item.sha256)
            if (item.sha256, recipe) in entries or (known and recipe in known[1]):
                continue
            entry = cache.get(keys.of(item.sha256, recipe))
            if entry is not None:
                entries[item.sha256, recipe] = entry
            else:
                missing.setdefault(item.sha256, (item, {}))[1][recipe] = None
    jobs = [
        Job(item.sha256, item.size, item.content, tuple(wants)) for item, wants in missing.values()
    ]
    return entries, jobs
