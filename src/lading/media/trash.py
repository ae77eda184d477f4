"""The trash of a store: files that nothing refers to, under ``.lading-trash/<run>/<name>``, until they are
restored or emptied.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lading.errors import ConfigError
from lading.globs import Globs
from lading.media.accounts import Totals, batches
from lading.media.stores import CHANGED, OUTSIDE, Store, Stored
from lading.progress import Progress

BATCH = 1000
"""Files that are moved between two looks at the rows: what Amazon S3 deletes with one request."""

_RUN = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")

Recheck = Callable[[Sequence[str]], set[str]]
"""Which of the names rows refer to at this moment."""


@dataclass(slots=True)
class Moved:
    """What became of files: how many and how many bytes were moved, the ``names`` of these where one batch
    was moved, those left alone since a row refers to
    them by now (``claimed``) or since they were written or used (``changed``), and why others ``failed``.
    """

    run: str
    files: int = 0
    size: int = 0
    names: list[str] = field(default_factory=list[str])
    claimed: list[str] = field(default_factory=list[str])
    changed: list[str] = field(default_factory=list[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])


def is_unlikely(totals: Totals) -> bool:
    """Whether so many of the files are orphans that the rows are probably not those of these files: more
    than half of twenty or more; or no row refers to any.
    """
    files = totals.files - totals.kept
    return bool(totals.orphans) and (
        totals.references == 0 or (files >= 20 and totals.orphans * 2 > files)
    )


def new_run(now: datetime) -> str:
    """The name of a run's folder: when, and eight digits that nobody can guess."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def time_of(run: str) -> float:
    """When a run began, in seconds since the epoch."""
    return datetime.strptime(run[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()


def move(store: Store, names: Sequence[str], folder: str, recheck: Recheck, before: float) -> Moved:
    """Move up to ``BATCH`` files that were last written before a moment into ``folder/<run>/``.

    First each gets a second name in the trash, which is the slow part; then the rows are asked; and only
    then are the first names of those removed that no row refers to and that nobody wrote meanwhile. After
    that the rows are asked once more, and what was claimed in between is put back.
    """
    moved = Moved(folder.rpartition("/")[2])
    there = store.stat(names)
    moved.failed = {name: OUTSIDE for name, file in there.items() if file.is_outside}
    inside = {name: file for name, file in there.items() if not file.is_outside}
    old = {name: file for name, file in inside.items() if _is_before(file, before)}
    moved.changed = [name for name in inside if name not in old]
    if not old:
        return moved
    trashed = {name: f"{folder}/{name}" for name in old}
    for new, reason in store.copy(list(trashed.items())).items():
        name = new[len(folder) + 1 :]
        moved.failed[name] = reason
        del trashed[name]
    claimed = recheck(list(trashed))
    kept = store.remove({name: old[name].version for name in trashed if name not in claimed})
    late = recheck([name for name in trashed if name not in claimed and name not in kept])
    if late:  # a row was committed between the two looks
        unable = store.copy([(trashed[name], name) for name in sorted(late)])
        late -= unable.keys()  # somebody wrote it anew: what was there before stays in the trash
    moved.claimed = sorted(claimed | late)
    moved.changed += [name for name, reason in kept.items() if reason == CHANGED]
    moved.failed.update({n: reason for n, reason in kept.items() if reason != CHANGED})
    back = claimed | late | kept.keys()
    store.remove({trashed[name]: "" for name in sorted(back)})
    moved.names = [name for name in trashed if name not in back]
    moved.files = len(moved.names)
    moved.size = sum(old[name].size or 0 for name in moved.names)
    return moved


def _is_before(file: Stored, moment: float) -> bool:
    return file.modified is not None and file.modified <= moment


def prune(
    store: Store,
    orphans: Iterable[Stored],
    trash: str,
    recheck: Recheck,
    before: float,
    progress: Progress,
    *,
    now: datetime,
) -> Moved:
    """Move all orphans last written before a moment into a new run of the trash."""
    total = Moved(new_run(now))
    folder = f"{trash}/{total.run}"
    for batch in batches(orphans, BATCH):
        moved = move(store, [file.name for file in batch], folder, recheck, before)
        total.files += moved.files
        total.size += moved.size
        total.claimed += moved.claimed
        total.changed += moved.changed
        total.failed.update(moved.failed)
        progress.advance(len(batch))
    store.tidy(f"{folder}/")
    return total


def contents(store: Store, trash: str, run: str = "") -> Iterator[tuple[str, Stored]]:
    """The files in the trash, each as its run and the file under the name it had."""
    start = f"{trash}/{run}/" if run else f"{trash}/"
    for file in store.files(start):
        found, _, name = file.name[len(trash) + 1 :].partition("/")
        if name and _RUN.fullmatch(found):
            yield found, file._replace(name=name)


@dataclass(slots=True)
class Run:
    """What one run holds: its name, the number of files and their bytes."""

    name: str
    files: int = 0
    size: int = 0


def runs(store: Store, trash: str) -> list[Run]:
    """All runs in the trash, the oldest first."""
    found: dict[str, Run] = {}
    for name, file in contents(store, trash):
        run = found.setdefault(name, Run(name))
        run.files += 1
        run.size += file.size or 0
    return [found[name] for name in sorted(found)]


def chosen(known: Iterable[Run], wish: str) -> list[str]:
    """The runs that ``"all"``, ``"last"`` or a run's name means. Raises ``ConfigError`` for another."""
    names = [run.name for run in known]
    if wish == "all":
        return names
    if wish == "last":
        return names[-1:]
    if wish in names:
        return [wish]
    raise ConfigError(
        f"There is no run {wish!r} in the trash.",
        remedy=f"There are: {', '.join(names) or 'none'}.",
    )


def restore(
    store: Store,
    trash: str,
    names: Sequence[str],
    patterns: Sequence[str],
    progress: Progress,
) -> Moved:
    """Put the files of these runs back under their names, the latest first; with ``patterns`` only those
    that match one. A file whose name was taken meanwhile stays in the trash.
    """
    globs = Globs(patterns)
    total = Moved("")
    for run in sorted(names, reverse=True):
        wanted = (
            file for _, file in contents(store, trash, run) if not globs or globs.match(file.name)
        )
        for batch in batches(list(wanted), BATCH):
            pairs = [(f"{trash}/{run}/{file.name}", file.name) for file in batch]
            failed = store.copy(pairs)
            for name in _twins(store, [(old, new) for old, new in pairs if new in failed]):
                del failed[name]
            done = [file for file in batch if file.name not in failed]
            store.remove({f"{trash}/{run}/{file.name}": "" for file in done})
            total.failed.update(failed)
            total.files += len(done)
            total.size += sum(file.size or 0 for file in done)
            progress.advance(len(batch))
        store.tidy(f"{trash}/{run}/")
    return total


def _twins(store: Store, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """The names at which the file from the trash lies already, since a run was killed half-way."""
    found = store.stat([name for pair in pairs for name in pair])
    versions = {name: file.version for name, file in found.items()}
    return [new for old, new in pairs if new in versions and versions[new] == versions.get(old)]


def empty(store: Store, trash: str, before: float, progress: Progress) -> Moved:
    """Delete for good what the runs that began before a moment hold."""
    total = Moved("")
    for run in runs(store, trash):
        if time_of(run.name) > before:
            continue
        files = [file for _, file in contents(store, trash, run.name)]
        for batch in batches(files, BATCH):
            versions: Mapping[str, str] = {f"{trash}/{run.name}/{file.name}": "" for file in batch}
            failed = store.remove(versions)
            total.failed.update(failed)
            total.files += len(batch) - len(failed)
            total.size += sum(
                file.size or 0 for file in batch if f"{trash}/{run.name}/{file.name}" not in failed
            )
            progress.advance(len(batch))
        store.tidy(f"{trash}/{run.name}/")
    return total
