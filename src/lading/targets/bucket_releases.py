"""The releases of a bucket: going back, pruning and pinning, each by one conditional write of the head."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lading.errors import StoreError
from lading.manifest import Manifest
from lading.progress import Progress
from lading.releases import BroughtBack, Listed, not_kept
from lading.retention import Retention
from lading.shipment import Shipment
from lading.targets import authorship, withdrawal
from lading.targets.bucket import BucketTarget
from lading.targets.history import Entry, Head, Record
from lading.targets.publication import publish
from lading.targets.uploading import STALE, Notebook


@dataclass(frozen=True, slots=True)
class BucketReleases:
    """See ``releases.Releases``."""

    target: BucketTarget

    def listed(self) -> list[Listed]:
        """By one request."""
        return [
            Listed(e.number, e.published, e.replaced, e.pinned, e.of)
            for e in self.target.head().entries
        ]

    def manifest(self, number: int) -> Manifest:
        """By two requests."""
        head = self.target.head()
        return self.target.record(_find(head, number), head).manifest

    def roll_back(self, number: int, progress: Progress) -> BroughtBack:
        """Write the head, and of plain names those that have another content."""
        head = self.target.head()
        entry = _find(head, number)
        if entry is head.current:
            return BroughtBack(entry.number, ())
        now = self.target.record(head.entries[-1], head)
        then = self.target.record(entry, head)
        states = {path: state._replace(etag="") for path, state in then.states.items()}
        source = _Source(self.target, now, then)
        shipment = Shipment(then.manifest, states, source.read, entry.key, of=number)
        published = publish(self.target, shipment, progress)
        return BroughtBack(published.number, published.purge)

    def prune(self, retention: Retention, progress: Progress) -> Sequence[str]:
        """Drop releases, and clear away what runs that have died left."""
        return self.target.persist(lambda: self._prune(retention), progress)

    def pin(self, number: int, *, pinned: bool, progress: Progress) -> None:
        """Two requests."""

        def attempt() -> None:
            head = self.target.head()
            wanted = _find(head, number)
            entries = tuple(
                entry._replace(pinned=pinned) if entry is wanted else entry
                for entry in head.entries
            )
            if entries != head.entries:
                self.target.replace_head(replace(head, entries=entries))

        self.target.persist(attempt, progress)

    def _prune(self, retention: Retention) -> Sequence[str]:
        target, base = self.target, self.target.head()
        if base.current is None:
            return ()
        current = target.record(base.current, base)
        notebook = Notebook(target.store, secrets.token_hex(8))
        stale = [n for n in notebook.others() if n.modified < target.clock() - STALE]
        listed = {item.path: item for item in target.store.listing()}
        orphans = {item.path for item in stale} | authorship.left_behind(
            target, notebook.read(stale), listed, current.states
        )
        # A record is never written twice: the release gets another one, with what is to leave.
        entry = base.current._replace(id=notebook.id)
        entries = [*base.entries[:-1], entry]
        before = target.record(entries[-2], base) if len(entries) > 1 else Record(base.manifest)
        kept, record = withdrawal.plan(
            target,
            base,
            entries,
            before,
            replace(current, leaving=()),
            leftover=current.leaving if base.leaving_since else (),
            orphans=orphans,
            listed=listed,
            retention=retention,
        )
        if not record.leaving:
            return ()
        removed = [path for path in record.leaving if path in listed]
        leaving = [*record.leaving, base.current.record]
        target.write_record(entry, replace(record, leaving=leaving))
        now = int(target.clock())
        head = target.replace_head(Head(base.manifest, tuple(kept), now, base.etag))
        withdrawal.execute(target, head, leaving)
        return removed


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the contents of an earlier release are in the bucket."""

    target: BucketTarget
    now: Record
    then: Record

    def read(self, path: str) -> bytes:
        """The content that ``path`` had. Raises ``StoreError`` when no object has it any more."""
        sha256 = self.then.states[path].sha256
        for place in self._places(path, sha256):
            try:
                fetched = self.target.store.get(place)
            except FileNotFoundError:
                continue
            if fetched is not None and hashlib.sha256(fetched.data).hexdigest() == sha256:
                return fetched.data
        raise StoreError(
            "The content that this file had is not in the bucket any more; nothing was published.",
            where=path,
            remedy="Publish that release again from its source code.",
        )

    def _places(self, path: str, sha256: str) -> list[str]:
        alike = [
            other
            for record in (self.then, self.now)
            for other, state in record.states.items()
            if state.sha256 == sha256
        ]
        return [withdrawal.content_path(sha256), path, *alike]


def _find(head: Head, number: int) -> Entry:
    for entry in head.entries:
        if entry.number == number:
            return entry
    raise not_kept(number, [entry.number for entry in head.entries])
