"""Bring the files of one side to another: whole, verified, and never in place of another upload unless that
is asked for. A run that is cut off is continued by the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from lading.errors import ConflictError, LadingError, MediaError
from lading.media.accounts import Books
from lading.media.digests import Digests
from lading.media.sides import Content, Side, holds
from lading.media.stores import Stored
from lading.media.throttle import Throttle
from lading.progress import Progress

_ATTEMPTS = 3
_FAILURES = 25  # in a row: the cause is none of the files

Act = Literal["copied", "updated", "same", "differs", "gone"]
"""What was done: ``differs`` left another content where it is; ``gone`` found no file at the source."""


@dataclass(slots=True)
class Synced:
    """Numbers of files and bytes by what was done (or, in a dry run, would be); the names of those that
    ``differ``, and why others ``failed``. ``checked`` counts contents that were compared.
    """

    files: int = 0
    copied: int = 0
    updated: int = 0
    same: int = 0
    size: int = 0
    checked: int = 0
    differ: list[str] = field(default_factory=list[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def is_complete(self) -> bool:
        """Whether the destination has each file of the source, with its content."""
        return not (self.differ or self.failed)


@dataclass(frozen=True, slots=True)
class Wish:
    """How to sync. ``checksum`` compares contents even where sizes and times say that they are the same;
    ``update`` replaces files that differ and are older than the source's. ``jobs`` is the number of files
    under way at once.
    """

    checksum: bool = False
    update: bool = False
    dry_run: bool = False
    jobs: int = 8


def sync(
    source: Side,
    target: Side,
    wish: Wish,
    throttle: Throttle,
    is_left_out: Callable[[str], bool],
    progress: Progress,
    told: Callable[[str, Act], None] = lambda name, act: None,
) -> Synced:
    """Copy what the target lacks. ``told`` hears of each file that is copied, updated or differs.

    Raises ``LadingError`` when a side cannot be listed, or when file after file fails.
    """
    with Books() as books:
        for index, side in enumerate((source, target)):
            progress.begin(f"Listing {side.label}", 0)
            books.enter(index, side.files(), is_left_out, progress.advance)
        result = Synced()
        progress.begin("Comparing" if wish.dry_run else "Copying", books.index(0))
        job = _Job(source, target, wish, throttle)
        failures = 0
        for pair, outcome in _in_parallel(job, books.pairs(0, 1), wish.jobs):
            name = pair[0].name
            result.files += 1
            if isinstance(outcome, LadingError):
                result.failed[name] = str(outcome)
                failures += 1
                if failures >= _FAILURES:
                    raise _given_up(outcome, result)
            else:
                failures = 0
                _count(result, pair[0], outcome)
                if outcome.act not in ("same", "gone"):
                    told(name, outcome.act)
            progress.advance(1)
    return result


@dataclass(frozen=True, slots=True)
class _Outcome:
    act: Act
    size: int = 0
    is_checked: bool = False


Pair = tuple[Stored, Stored | None]


@dataclass(frozen=True, slots=True)
class _Job:
    """What is done with one file, in any thread."""

    source: Side
    target: Side
    wish: Wish
    throttle: Throttle

    def __call__(self, pair: Pair) -> _Outcome | LadingError:
        try:
            return self._act(*pair)
        except FileNotFoundError:
            return _Outcome("gone")  # deleted since it was listed
        except LadingError as error:
            return error

    def _act(self, file: Stored, there: Stored | None) -> _Outcome:
        if there is None:
            return self._copy(file, "copied")
        is_alike = file.size == there.size
        is_newer = (file.modified or 0) > (there.modified or 0)
        if is_alike and not (is_newer or self.wish.checksum):
            return _Outcome("same")
        if is_alike and self._is_same(file.name):
            return _Outcome("same", is_checked=True)
        if not (self.wish.update and is_newer):
            return _Outcome("differs", is_checked=is_alike)
        return self._copy(file, "updated")

    def _is_same(self, name: str) -> bool:
        """By reading the side where that costs least."""
        read, other = self.source, self.target
        if not read.is_local and other.is_local:
            read, other = other, read
        digests = Digests()
        for chunk in read.read(name):
            digests.add(chunk)
        return holds(other, name, digests)

    def _copy(self, file: Stored, act: Act) -> _Outcome:
        name = file.name
        if problem := self.target.problem(name):
            raise MediaError(
                f"The destination cannot hold a file of this name: {problem}.",
                where=name,
                remedy="Rename it, with its row, or leave it out with --exclude.",
            )
        if self.wish.dry_run:
            return _Outcome(act, file.size or 0)
        only_new = act == "copied"
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                size = self._transfer(name, only_new=only_new)
            except ConflictError:  # it was uploaded there since the listing
                act = "same" if self._is_same(name) else "differs"
                return _Outcome(act, is_checked=True)
            except _OtherContentError:
                only_new = False  # what is there now is this run's own
                if attempt == _ATTEMPTS:
                    raise
            except LadingError:
                if attempt == _ATTEMPTS:
                    raise
            else:
                return _Outcome(act, size, is_checked=True)
        raise AssertionError("the last attempt returns or raises")

    def _transfer(self, name: str, *, only_new: bool) -> int:
        """Copy and prove it; the bytes. Raises ``MediaError`` when the proof fails: that the right content
        was read is proved before its last byte is handed over, so that it is not published otherwise.
        """
        before = self.source.about(name)
        headers = self.source.headers(name) if not self.target.is_local else None
        digests = Digests()

        def chunks() -> Iterator[bytes]:
            nonlocal digests
            digests = Digests()
            yield from self.throttle.slowed(digests.fed(self.source.read(name)))
            if not _is_what_was_there(self.source, name, before, digests):
                raise MediaError(
                    "The file was written while it was read, or arrived damaged; it was not copied.",
                    where=name,
                    remedy="Run again.",
                )

        self.target.write(name, chunks, before.size, headers or {}, only_new=only_new)
        if not holds(self.target, name, digests):
            raise _OtherContentError(
                "The destination holds another content than was sent.",
                where=name,
                remedy="Run again with --checksum --update: it is compared and sent anew.",
            )
        return digests.size


class _OtherContentError(MediaError):
    """What was written is not what was sent."""


def _is_what_was_there(side: Side, name: str, before: Content, digests: Digests) -> bool:
    """Whether what was read is the file as it was before, and still is."""
    if digests.size != before.size:
        return False
    if before.etag:
        return digests.proves(before.etag) or holds(side, name, digests)
    return side.about(name).version == before.version


def _count(result: Synced, file: Stored, outcome: _Outcome) -> None:
    result.size += outcome.size
    result.checked += outcome.is_checked
    if outcome.act == "differs":
        result.differ.append(file.name)
    elif outcome.act == "copied":
        result.copied += 1
    elif outcome.act == "updated":
        result.updated += 1
    elif outcome.act == "same":
        result.same += 1


def _given_up(error: LadingError, result: Synced) -> MediaError:
    return MediaError(
        f"{_FAILURES} files in a row failed, so the cause is not one of them; {result.copied:,} were "
        f"copied before. The last: {error.what}",
        where=error.where,
        remedy=error.remedy,
    )


def _in_parallel(
    job: _Job, pairs: Iterator[Pair], jobs: int
) -> Iterator[tuple[Pair, _Outcome | LadingError]]:
    """What became of each, as they end; at most four times ``jobs`` are waiting at any time."""
    with ThreadPoolExecutor(jobs, thread_name_prefix="lading-sync") as pool:
        under_way: dict[Future[_Outcome | LadingError], Pair] = {}
        try:
            while True:
                for pair in islice(pairs, 4 * jobs - len(under_way)):
                    under_way[pool.submit(job, pair)] = pair
                if not under_way:
                    return
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    yield under_way.pop(future), future.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
