"""Packs published contents: each once, out of the build cache or by workers, the longest work first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import BinaryIO, Final

from lading import encoders
from lading.blobs import Blob, Dropped
from lading.cache import Cache
from lading.encoders import Coding, Recipe
from lading.errors import LadingError
from lading.findings import Finding, Severity
from lading.packing import executors, jobs
from lading.packing.efforts import Settings, effort, recipes, worth
from lading.packing.executors import Open, Workers
from lading.packing.jobs import Encoded, Job
from lading.progress import Progress, Silent

STREAM_FROM: Final = 16 << 20
"""Bytes from which a content is packed as a stream, in bounded memory, one such content at a time."""

SHIP_UP_TO: Final = 8 << 20
"""Bytes up to which a content is sent to workers elsewhere; Dask advises against larger messages."""


@dataclass(frozen=True, slots=True)
class Item:
    """One content to publish: its path (which decides how it is packed), its SHA-256 in 64 hexadecimal
    digits, its size in bytes, and itself: a file's path, or the bytes. ``is_superseded``: see
    ``efforts.effort``.
    """

    path: str
    sha256: str
    size: int
    content: str | bytes
    is_superseded: bool = False

    def recipes(self, settings: Settings) -> tuple[Recipe, ...]:
        """The encodings to try."""
        return recipes(self.path, self.size, settings, is_superseded=self.is_superseded)


@dataclass(frozen=True, slots=True)
class Variant:
    """An encoded content. ``path`` is a file to copy or hard-link from and never to write to, which
    stands until the cache is closed; ``size`` in bytes; ``sha256`` is of the encoded bytes.
    """

    coding: Coding
    size: int
    sha256: str
    path: str


@dataclass(frozen=True, slots=True)
class Packed:
    """By item path its variants, in the order of the setting (no entry: none is worth having); and how
    many encodings were made now (``encoded``) and found in the cache (``reused``), kept or not.
    """

    variants: Mapping[str, tuple[Variant, ...]]
    findings: list[Finding]
    encoded: int
    reused: int


def pack(
    items: Iterable[Item],
    settings: Settings,
    cache: Cache,
    workers: Open,
    progress: Progress | None = None,
) -> Packed:
    """Give every item the encoded variants that the settings ask for and that are worth having.

    Identical content is packed once. ``workers`` (see ``executors.opener``) is opened only when the
    cache lacks something. Writes to the cache alone.

    Raises ``MissingExtraError`` when an encoder is not installed, ``SourceError`` when a content cannot
    be read or is not what its digest says, and ``LadingError`` when the workers are lost or the encoded
    bytes can be stored nowhere.
    """
    wanted = [(item, item.recipes(settings)) for item in items]
    shelf = _Shelf(cache, settings, {recipe for _, wants in wanted for recipe in wants})
    todo = _look_up(wanted, shelf)
    reused = len(shelf.entries)
    if todo:
        _work(todo, shelf, workers, progress or Silent())
    variants: dict[str, tuple[Variant, ...]] = {}
    for item, wants in wanted:
        made = tuple(shelf.variants(item, wants))
        if made:
            variants[item.path] = made
    findings = list(_too_large((item for item, _ in wanted), settings))
    return Packed(variants, findings, len(shelf.entries) - reused, reused)


def fetch(item: Item, settings: Settings, cache: Cache) -> tuple[Variant, ...]:
    """The variants of an item that the cache has. Packs nothing, and does not look at the content.

    Raises ``MissingExtraError`` when an encoder is not installed.
    """
    wants = item.recipes(settings)
    shelf = _Shelf(cache, settings, wants)
    return tuple(shelf.variants(item, [recipe for recipe in wants if shelf.find(item, recipe)]))


class _Shelf:
    """The encodings of this run by content digest and recipe, with the cache behind it."""

    def __init__(self, cache: Cache, settings: Settings, used: Iterable[Recipe]) -> None:
        self.cache = cache
        self.settings = settings
        self.fingerprints = {recipe: encoders.fingerprint(recipe) for recipe in used}
        self.entries: dict[tuple[str, Recipe], Blob | Dropped] = {}

    def find(self, item: Item, recipe: Recipe) -> bool:
        """Whether the encoding is there, after a look into the cache if need be."""
        if (item.sha256, recipe) in self.entries:
            return True
        entry = self.cache.get(self._key(item.sha256, recipe))
        if entry is None or (
            # Not kept by the settings of an earlier run; by these it would be.
            isinstance(entry, Dropped) and worth(item.size, entry.size, self.settings)
        ):
            return False
        self.entries[item.sha256, recipe] = entry
        return True

    def put(self, job: Job, recipe: Recipe, encoded: Encoded) -> None:
        """Keep what a worker made. Raises ``LadingError`` if its encoder is not the one we have here."""
        if encoded.fingerprint != self.fingerprints[recipe]:
            raise LadingError(
                f"A worker has another encoder ({encoded.fingerprint}) than this machine "
                f"({self.fingerprints[recipe]}), so its files would differ; nothing was published.",
                where="executor",
                remedy="Install the same versions on every worker and here.",
            )
        content = encoded.content
        key = self._key(job.sha256, recipe)
        if content is None:
            entry = self.cache.drop(key, job.size)
        elif worth(job.size, len(content), self.settings):
            entry = self.cache.put(key, lambda file: file.write(content))
        else:
            entry = self.cache.drop(key, len(content))
        self.entries[job.sha256, recipe] = entry

    def stream(self, job: Job) -> None:
        """Run the job of a large content and keep what it makes."""

        def put(recipe: Recipe, write: Callable[[BinaryIO], None]) -> None:
            key = self._key(job.sha256, recipe)
            entry = self.cache.put(key, write)
            if not worth(job.size, entry.size, self.settings):
                entry = self.cache.drop(key, entry.size)
            self.entries[job.sha256, recipe] = entry

        jobs.stream(job, put)
        for recipe in job.recipes:
            if (job.sha256, recipe) not in self.entries:
                entry = self.cache.drop(self._key(job.sha256, recipe), job.size)
                self.entries[job.sha256, recipe] = entry

    def variants(self, item: Item, wants: Iterable[Recipe]) -> Iterator[Variant]:
        for recipe in wants:
            entry = self.entries[item.sha256, recipe]
            if isinstance(entry, Blob) and worth(item.size, entry.size, self.settings):
                yield Variant(recipe.coding, entry.size, entry.sha256, entry.path)

    def _key(self, sha256: str, recipe: Recipe) -> str:
        text = f"lading encoding 1\n{self.fingerprints[recipe]}\n{sha256}\n"
        return hashlib.sha256(text.encode()).hexdigest()


def _look_up(wanted: Iterable[tuple[Item, tuple[Recipe, ...]]], shelf: _Shelf) -> list[Job]:
    """Fetch what the cache has; for the rest, one job for each content."""
    missing: dict[str, tuple[Item, dict[Recipe, None]]] = {}
    for item, wants in wanted:
        for recipe in wants:
            known = missing.get(item.sha256)
            if known is not None and recipe in known[1]:
                continue
            if not shelf.find(item, recipe):
                missing.setdefault(item.sha256, (item, {}))[1][recipe] = None
    return [
        Job(item.sha256, item.size, item.content, tuple(wants)) for item, wants in missing.values()
    ]


def _work(todo: Sequence[Job], shelf: _Shelf, open_workers: Open, progress: Progress) -> None:
    progress.begin("Packing", len(todo))
    with open_workers() as workers:
        limit = STREAM_FROM if workers.shared else SHIP_UP_TO
        large = sorted((job for job in todo if job.size > limit), key=jobs.seconds, reverse=True)
        small = [job for job in todo if job.size <= limit]
        with _lane(workers, large) as lane:
            # The large ones are one task, so that one after the other is in memory.
            here = None if lane is None else lane.submit(_work_here, large, shelf)
            batches = executors.batches(small, jobs.seconds, lambda job: job.size, workers)
            load = _as_it_is if workers.shared else _in_memory
            for batch, results in executors.run(workers, jobs.run_batch, batches, load):
                for job, encodings in zip(batch, results, strict=True):
                    for recipe, encoded in zip(job.recipes, encodings, strict=True):
                        shelf.put(job, recipe, encoded)
                progress.advance(len(batch))
            if here is not None:
                here.result()
                progress.advance(len(large))


def _work_here(large: Sequence[Job], shelf: _Shelf) -> None:
    for job in large:
        if job.size > STREAM_FROM:
            shelf.stream(job)
        else:
            for recipe, encoded in zip(job.recipes, jobs.run_batch([job])[0], strict=True):
                shelf.put(job, recipe, encoded)


def _lane(workers: Workers, large: Sequence[Job]) -> AbstractContextManager[Executor | None]:
    """Where the large contents are packed: here, whoever packs the others."""
    if not large:
        return nullcontext(None)
    if workers.shared:
        return nullcontext(workers.executor)
    return ThreadPoolExecutor(1, thread_name_prefix="lading-pack-large")


def _as_it_is(batch: list[Job]) -> list[Job]:
    return batch


def _in_memory(batch: list[Job]) -> list[Job]:
    return [jobs.loaded(job) for job in batch]


def _too_large(items: Iterable[Item], settings: Settings) -> Iterator[Finding]:
    limit = settings.maximum_size
    for item in items:
        if (
            item.size > limit
            and settings.encodings
            and effort(item.path, limit, settings) != "none"
        ):
            yield Finding(
                "too-large-to-pack",
                Severity.NOTE,
                f"The file has {item.size:,} bytes, more than the {limit:,} that are "
                "packed; it is published as it is.",
                path=item.path,
                hint="Raise the setting 'maximum_size' of packing if browsers fetch it as a whole.",
            )
