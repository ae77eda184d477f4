"""One job of packing: a content and the encodings to make of it, in a thread or in a worker elsewhere."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Sequence
from typing import BinaryIO, Final, NamedTuple, cast

from lading import encoders
from lading.encoders import Coding, Recipe
from lading.errors import LadingError, SourceError

_PROBE: Final = 1 << 16  # bytes of each of two samples
_PROBE_RECIPE: Final = Recipe("gzip", 1)
_SHRINKS: Final = 0.98  # content is compressed already if neither sample gets smaller than this

# Seconds for a MB at high levels (from this one on) and at low ones; only the order matters.
_SECONDS: Final[dict[Coding, tuple[int, float, float]]] = {
    "br": (10, 1.0, 0.03),
    "gzip": (10, 0.16, 0.01),
    "zstd": (15, 0.2, 0.01),
}


class Job(NamedTuple):
    """A content (a file's path, or the bytes), its SHA-256 in 64 hexadecimal digits, its size in bytes,
    and the encodings to make of it.
    """

    sha256: str
    size: int
    content: str | bytes
    recipes: tuple[Recipe, ...]


class Encoded(NamedTuple):
    """What came of one recipe: the encoder's fingerprint, and the encoded bytes (``None``: samples show
    that the content is compressed already).
    """

    fingerprint: str
    content: bytes | bytearray | None


def seconds(job: Job) -> float:
    """A rough estimate of the processor time that a job takes, to begin with the longest."""
    total = 0.0
    for recipe in job.recipes:
        high, slow, fast = _SECONDS[recipe.coding]
        total += slow if recipe.level >= high else fast
    return total * job.size / 1e6


def run_batch(jobs: Sequence[Job]) -> list[list[Encoded]]:
    """Run jobs wholly in memory; for each, what came of its recipes. Picklable, and so are its results.

    Raises ``SourceError`` for a content that cannot be read or is not what its digest says, and
    ``LadingError`` when an encoder is not installed where this runs.
    """
    return [_run(job) for job in jobs]


def stream(job: Job, put: Callable[[Recipe, Callable[[BinaryIO], None]], object]) -> None:
    """Run a job of a large content in bounded memory: ``put(recipe, write)`` for each of its recipes.

    ``write`` encodes into the named file it is given, beside which it needs room for a copy of the
    content. ``put`` is not called when samples show that the content is compressed already. Raises as
    ``run_batch`` does, and ``OSError`` when the file cannot be written.
    """
    with _Content(job) as content:
        compressed = content.is_compressed()
    if compressed:
        return
    for recipe in job.recipes:

        def write(target: BinaryIO, recipe: Recipe = recipe) -> None:
            with _Content(job) as content:
                folder = os.path.dirname(target.name)
                source = cast("BinaryIO", content)  # as far as an encoder needs one
                try:
                    encoders.encode_stream(source, job.size, recipe, target, scratch=folder)
                except EOFError:
                    raise content.changed() from None
                content.check()

        put(recipe, write)


def loaded(job: Job) -> Job:
    """The job with its content in memory, to be sent elsewhere. Raises ``SourceError``."""
    with _Content(job) as content:
        data = content.read()
        content.check()
    return job._replace(content=data)


def _run(job: Job) -> list[Encoded]:
    with _Content(job) as content:
        data = content.read()
        content.check()
        compressed = content.is_compressed()
    made: list[Encoded] = []
    for recipe in job.recipes:
        try:
            fingerprint = encoders.fingerprint(recipe)
            made.append(Encoded(fingerprint, None if compressed else encoders.encode(data, recipe)))
        except LadingError as error:  # one of this plain kind survives the way home
            raise LadingError(error.what, where=error.where, remedy=error.remedy) from None
    return made


class _Content:
    """A job's content as a file that is compared with its digest while it is read through."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.where = job.content if isinstance(job.content, str) else ""
        self.digest = hashlib.sha256()
        try:
            self.file: BinaryIO = (
                open(job.content, "rb")  # noqa: SIM115 - closed by __exit__
                if isinstance(job.content, str)
                else io.BytesIO(job.content)
            )
        except OSError as error:
            raise self.unreadable(error) from error

    def __enter__(self) -> _Content:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def read(self, size: int = -1) -> bytes:
        data = self._read(size)
        self.digest.update(data)
        return data

    def check(self) -> None:
        """Raise ``SourceError`` unless what was read is what the job's digest says."""
        if self.digest.hexdigest() != self.job.sha256:
            raise self.changed()

    def is_compressed(self) -> bool:
        """Whether samples from the beginning and the middle resist the fastest encoder."""
        for start in (0, self.job.size // 2):
            self.file.seek(start)
            sample = self._read(_PROBE)
            if len(encoders.encode(sample, _PROBE_RECIPE)) < _SHRINKS * len(sample):
                return False
        return True

    def changed(self) -> SourceError:
        return SourceError(
            "The file changed between being read and being packed; nothing was published.",
            where=self.where,
            remedy="Run again when nothing writes to it.",
        )

    def unreadable(self, error: OSError) -> SourceError:
        return SourceError(
            f"The file cannot be read: {error.strerror or error}; nothing was published.",
            where=self.where,
            remedy="Run again when the file is readable and nothing moves it.",
        )

    def _read(self, size: int) -> bytes:
        try:
            return self.file.read(size)
        except OSError as error:
            raise self.unreadable(error) from error
