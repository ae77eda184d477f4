"""What leaves a bucket, and how it leaves without being missed.

Nobody can delete an object on the condition that no new release needs it. So what is to leave is announced
first, in the head; a run that needs such an object publishes only when it is gone for certain, and then
with a copy of its own. Whoever announced it deletes for ten minutes at most; stores refuse requests signed
more than a quarter of an hour ago, and clocks differ by as much: after an hour nothing can be under way.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from lading.encoders import SUFFIXES
from lading.errors import ConflictError
from lading.objectstore.objects import Stored
from lading.progress import Progress
from lading.retention import Retention
from lading.targets.bucket import BucketTarget
from lading.targets.history import Entry, Head, Record, State
from lading.targets.survey import STATE
from lading.targets.uploading import in_parallel

CONTENTS: Final = f"{STATE}/contents"
"""Where contents of earlier plain names are kept, by their digest."""

DELETING: Final = 600
"""For how long, in seconds, deletions are sent after they were announced."""

LEASE: Final = 3600
"""Seconds after which no announced deletion can be under way any more."""

_BATCH: Final = 1000
_FEW: Final = 64
_ALL_SUFFIXES: Final = frozenset(SUFFIXES.values())


def stranded_variants(before: Mapping[str, State], now: Mapping[str, State]) -> list[str]:
    """The variants of files that have another content now, and no such variant: a server that negotiates
    would send them in the place of the new content.
    """
    stranded: list[str] = []
    for path in before:
        root, suffix = os.path.splitext(path)
        if suffix in _ALL_SUFFIXES and root in now and path not in now:
            stranded.append(path)
    return stranded


def plan(
    target: BucketTarget,
    base: Head,
    entries: Sequence[Entry],
    before: Record,
    record: Record,
    *,
    leftover: Iterable[str] = (),
    orphans: Collection[str] = (),
    stranded: Collection[str] = (),
    listed: Mapping[str, Stored] | None = None,
    retention: Retention | None = None,
) -> tuple[list[Entry], Record]:
    """The entries that are kept, of which the last is ``record``'s and the one above it ``before``'s, and
    the record with what is to leave: what only dropped releases use, ``orphans`` of runs that have died,
    ``stranded`` variants, and the ``leftover`` of an earlier announcement. Never what Lading did not write,
    or somebody else has replaced since.

    Raises ``StoreError``.
    """
    kept, dropped = (retention or target.retention).split(entries, target.clock())
    if not (dropped or leftover or orphans or stranded):
        return kept, record
    records = {entry: target.record(entry, base) for entry in entries[:-2]}
    records.update(zip(entries[-2:-1], [before], strict=False))
    used = {*record.states}
    for entry in kept[:-1]:
        used.update(records[entry].states)
    needed = {state.sha256 for entry in kept[:-1] for state in records[entry].states.values()}
    contents = needed.intersection(record.contents)
    etags: dict[str, set[str]] = {}
    for entry in dropped:
        for path, state in records[entry].states.items():
            if path not in used:
                etags.setdefault(path, set()).add(state.etag)
    for path in stranded:
        etags.setdefault(path, set()).add(before.states[path].etag)
    leaving = _ours(target, etags, listed)
    leaving.update(path for path in (*leftover, *orphans) if path not in used)
    leaving.update(content_path(sha) for sha in {*record.contents} - contents)
    leaving.difference_update(content_path(sha) for sha in contents)
    leaving.update(entry.record for entry in dropped)
    return kept, replace(record, contents=contents, leaving=sorted(leaving))


def content_path(sha256: str) -> str:
    """Where a content of an earlier plain name is kept."""
    return f"{CONTENTS}/{sha256}"


def wait(target: BucketTarget, base: Head, needed: Collection[str], progress: Progress) -> None:
    """Wait until none of the ``needed`` paths, which are announced to leave, can be deleted any more.

    Raises ``ConflictError`` when the head has been replaced, as it is when all have been deleted.
    """
    if not needed:
        return
    progress.say(
        f"Another run is removing {len(needed)} files that this release needs again; waiting for it."
    )
    while target.clock() < base.leaving_since + LEASE:
        target.sleep(2.0)
        if target.head(base) is not base:
            raise ConflictError("The files have been removed.", where=target.url)


def execute(target: BucketTarget, head: Head, leaving: Sequence[str]) -> Head:
    """Delete what was announced in ``head``, and say so in a new head. What cannot be deleted in time is
    left to the next run. Raises ``StoreError``.
    """
    if not leaving:
        return head
    for start in range(0, len(leaving), _BATCH):
        if target.clock() > head.leaving_since + DELETING:
            return head
        target.store.delete(leaving[start : start + _BATCH])
    try:
        return target.replace_head(replace(head, leaving_since=0))
    except ConflictError:
        return head  # the run that was quicker has taken them over


def _ours(
    target: BucketTarget, etags: Mapping[str, set[str]], listed: Mapping[str, Stored] | None
) -> set[str]:
    """Those of the paths that still hold what Lading wrote there."""
    found: dict[str, str] = {}
    if listed is not None:
        found = {path: listed[path].etag for path in etags if path in listed}
    elif len(etags) > _FEW:
        found = {item.path: item.etag for item in target.store.listing() if item.path in etags}
    else:

        def look(path: str) -> str:
            item = target.store.head(path)
            return item.etag if item is not None else ""

        in_parallel(look, etags, max(1, min(target.threads, len(etags))), found.__setitem__)
    return {path for path, etag in found.items() if etag in etags[path]}
