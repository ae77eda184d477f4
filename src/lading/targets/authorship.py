"""Who wrote an object of a bucket. Each one that Lading writes carries its SHA-256 as metadata, which
nobody else's does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping

from lading.errors import StoreError
from lading.objectstore.objects import Received, Stored
from lading.targets.bucket import BucketTarget
from lading.targets.history import State
from lading.targets.uploading import Note, in_parallel

_SHOWN = 5


def demand_own(
    target: BucketTarget, states: Mapping[str, State], suspects: Collection[str]
) -> None:
    """Raise ``StoreError`` if others wrote some of the ``suspects``, which are about to be overwritten with
    other contents (``states``).
    """

    def is_foreign(path: str, found: Received) -> bool:
        return not _is_own(found) and not _holds(found, states[path])

    foreign = sorted(_those(target, suspects, is_foreign))
    if foreign:
        shown = ", ".join(foreign[:_SHOWN]) + (", …" if len(foreign) > _SHOWN else "")
        number = "An object" if len(foreign) == 1 else f"{len(foreign)} objects"
        raise StoreError(
            f"{number} that Lading did not write would be overwritten ({shown}); no release was published.",
            where=target.url,
            remedy="Move what is needed away, name another prefix in 'target', or run with --clear, which "
            "replaces such objects: right for what an earlier tool has published here.",
        )


def left_behind(
    target: BucketTarget,
    notes: Iterable[Note],
    listed: Mapping[str, Stored],
    used: Collection[str],
) -> set[str]:
    """What runs that have died wrote, by their notes, with the notes themselves; nothing that is ``used``.
    A note also names what its run did not come to: there, somebody else may have written since.
    """
    sure: set[str] = set()
    planned: set[str] = set()
    for note in notes:
        if note.seen is not None and note.seen.path in listed:
            sure.add(note.seen.path)
        planned.update(note.planned, note.states)
        written = note.states.items()
        sure.update(path for path, s in written if path in listed and listed[path].etag == s.etag)
    doubtful = {path for path in planned if path in listed} - sure
    doubtful.difference_update(used)
    return (sure - {*used}) | _those(target, doubtful, lambda _path, found: _is_own(found))


def _those(
    target: BucketTarget, paths: Collection[str], wanted: Callable[[str, Received], bool]
) -> set[str]:
    """Those of the paths whose objects are wanted; what is gone is not."""
    found: set[str] = set()

    def look(path: str) -> bool:
        try:
            return wanted(path, target.store.receive(path))
        except FileNotFoundError:
            return False

    def note(path: str, result: bool) -> None:
        if result:
            found.add(path)

    in_parallel(look, paths, max(1, min(target.threads, len(paths))), note)
    return found


def _is_own(found: Received) -> bool:
    return "sha256" in found.headers


def _holds(found: Received, state: State) -> bool:
    """Whether the object has this content, which is read for that."""
    if found.size != state.size:
        return False
    digest = hashlib.sha256()
    for chunk in found.chunks:
        digest.update(chunk)
    return digest.hexdigest() == state.sha256
