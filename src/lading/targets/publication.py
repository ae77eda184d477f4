"""One run that publishes to a bucket: look, upload what is missing, preserve, commit, clear away."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from lading.errors import ConflictError, StoreError
from lading.garbage import uncollected
from lading.objectstore.client import LARGE
from lading.objectstore.faults import conflict
from lading.objectstore.objects import Stored
from lading.progress import Progress
from lading.retention import Retention
from lading.shipment import Shipment
from lading.targets import authorship, withdrawal
from lading.targets.bucket import BucketTarget
from lading.targets.history import Entry, Head, Record, State
from lading.targets.survey import STATE
from lading.targets.uploading import STALE, Note, Notebook, in_parallel, object_headers


@dataclass(frozen=True, slots=True)
class Published:
    """How publishing ended: the head, whether this run made its release, the paths uploaded and removed,
    and the plain names whose content is another than before, which a CDN may still hold.
    """

    head: Head
    is_new: bool = False
    uploaded: tuple[str, ...] = ()
    size: int = 0
    removed: tuple[str, ...] = ()
    purge: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """The release's number, ``0`` if there is none."""
        return self.head.current.number if self.head.current else 0


@dataclass(slots=True)
class _Look:
    """What is in the bucket: the states of the objects as far as they are known, and where all of them
    have been listed, the listing.
    """

    before: Record
    states: dict[str, State]
    listed: dict[str, Stored] | None
    orphans: set[str] = field(default_factory=set[str])


def publish(
    target: BucketTarget,
    shipment: Shipment,
    progress: Progress,
    *,
    known: Head | None = None,
    clear: bool = False,
) -> Published:
    """Make the shipment the current release, whole or not at all. ``known``: the head as an earlier run
    left it; ``clear``: look at every object, and keep no earlier release.

    Two requests when nothing has changed. Raises ``StoreError``, and ``TargetBusyError`` when others
    publish all the time.
    """
    for path in shipment.states:
        if problem := target.store.name_problem(path):
            raise StoreError(
                f"The store cannot hold an object of this name: {problem}. Nothing was uploaded.",
                where=path,
                remedy="Rename the file, or exclude it.",
            )
    run = _Run(target, shipment, progress, clear)
    try:
        with uncollected():
            return target.persist(lambda: run.attempt(known), progress)
    except BaseException:
        with contextlib.suppress(StoreError):  # the first failure is the one to tell of
            run.notebook.keep()
        raise


class _Run:
    def __init__(
        self, target: BucketTarget, shipment: Shipment, progress: Progress, clear: bool
    ) -> None:
        self.target, self.shipment, self.progress, self.clear = target, shipment, progress, clear
        self.id = secrets.token_hex(8)
        self.notebook = Notebook(target.store, self.id)
        self.must_list = clear
        self.uploaded: dict[str, State] = {}
        self.purge: set[str] = set()
        self.records: list[str] = []  # of attempts that failed, too

    def attempt(self, known: Head | None) -> Published:
        """Publish once. Raises ``ConflictError`` when somebody else has come between."""
        # Side by side: what somebody writes between the two is found out when the head is replaced.
        with ThreadPoolExecutor(1) as beside:
            noted = beside.submit(self.notebook.others)
            base = self.target.head(known)
        if any(entry.id == self.id for entry in base.entries):
            return self._end(base, ())  # our own last attempt, whose answer got lost
        others = noted.result()
        if self._is_current(base) and not self._is_disturbed(others):
            return Published(base)
        try:
            return self._publish(base, others)
        except ConflictError:
            self.must_list = True
            raise

    def _publish(self, base: Head, others: list[Stored]) -> Published:
        look = self._look(base, others)
        missing = self._missing(look)
        if self._is_current(base) and not missing and not self._has_waste(base, look):
            return self._end(base, ())
        if base.current is None:
            self.target.refuse_unguarded(f"{STATE}/probe-{self.id}")
        self._spare_others(missing, look)
        if missing:
            self.notebook.begin(missing)
        stranded = withdrawal.stranded_variants(look.before.states, self.shipment.states)
        contents = self._preserve(look, [*missing, *stranded])
        self._upload([path for path in missing if not missing[path].is_plain], look)
        self._upload([path for path in missing if missing[path].is_plain], look)
        head, leaving = self._commit(base, look, contents, stranded)
        return self._end(head, leaving)

    # Looking

    def _is_current(self, base: Head) -> bool:
        return base.current is not None and base.current.key == self.shipment.key

    def _is_disturbed(self, others: Iterable[Stored]) -> bool:
        """Whether all must be looked at, though this release is the current one."""
        return self.must_list or any(self._is_stale(note) for note in others)

    def _is_stale(self, note: Stored) -> bool:
        return note.modified < self.target.clock() - STALE

    def _look(self, base: Head, others: list[Stored]) -> _Look:
        """Find out what is there: by the last release's record, or by listing everything where that may
        not be all.
        """
        before = self._before(base)
        if before is None or self.must_list or others:
            look = self._list(before or Record(base.manifest), others)
        else:
            look = _Look(before, dict(before.states), None)
            for record in self._brought_back(base):
                for path, state in record.states.items():
                    if not state.is_plain and path not in before.states:
                        look.states[path] = state
        if base.leaving_since:
            leaving = look.before.leaving
            states = look.before.states.values()
            kept = {withdrawal.content_path(state.sha256) for state in states}
            needed = (self.shipment.states.keys() | kept) & {*leaving}
            withdrawal.wait(self.target, base, needed, self.progress)
            for path in leaving:
                look.states.pop(path, None)
        return look

    def _before(self, base: Head) -> Record | None:
        """The current release's record, ``None`` if there is none, or it is lost and all is looked at."""
        if base.current is None:
            return None
        try:
            return self.target.record(base.current, base)
        except StoreError as error:
            if not self.clear or isinstance(error, ConflictError):
                raise
            return None

    def _brought_back(self, base: Head) -> list[Record]:
        """Records of kept releases whose files are likely to be needed, beside the current one's."""
        wanted = {self.shipment.of}
        if base.current is not None and base.current.of:
            wanted.add(base.current.number - 1)
        return [self.target.record(e, base) for e in base.entries[:-1] if e.number in wanted]

    def _list(self, before: Record, others: list[Stored]) -> _Look:
        notes = [*self.notebook.read(others), self.notebook.own]
        listed = {item.path: item for item in self.target.store.listing()}
        states: dict[str, State] = {}
        for known in (before.states, *(note.states for note in notes)):
            for path, state in known.items():
                item = listed.get(path)
                if item is not None and (item.etag, item.size) == (state.etag, state.size):
                    states[path] = state
        return _Look(before, states, listed, self._orphans(notes, listed))

    def _orphans(self, notes: list[Note], listed: Mapping[str, Stored]) -> set[str]:
        """What runs that have died wrote, with their notes."""
        stale = [note for note in notes if note.seen is not None and self._is_stale(note.seen)]
        return authorship.left_behind(self.target, stale, listed, self.shipment.states)

    def _has_waste(self, base: Head, look: _Look) -> bool:
        """Whether a new head is called for, to have something removed."""
        return bool(look.orphans) or (self.clear and len(base.entries) > 1)

    def _missing(self, look: _Look) -> dict[str, State]:
        return {
            path: state
            for path, state in self.shipment.states.items()
            if not state.is_like(look.states.get(path))
        }

    def _spare_others(self, missing: Mapping[str, State], look: _Look) -> None:
        """Raise ``StoreError`` if a plain name is somebody else's, unless that was asked for."""
        if self.clear or look.listed is None:
            return
        known = (look.before.states, look.before.manifest.paths)  # Django's manifest, perhaps
        suspects = [
            path
            for path, state in missing.items()
            if state.is_plain and path in look.listed and not any(path in each for each in known)
        ]
        authorship.demand_own(self.target, missing, suspects)

    # Writing

    def _preserve(self, look: _Look, changing: Iterable[str]) -> set[str]:
        """Keep contents that are about to be overwritten (plain names', or any where it is another variant
        that takes the original's place) and that no other object has, so that the release they are of can
        come back; the digests of all that are kept.
        """
        before, now = look.before, self.shipment.states
        contents = {
            sha for sha in before.contents if withdrawal.content_path(sha) not in before.leaving
        }
        going = {
            path: state
            for path in changing
            if (state := before.states.get(path)) is not None
            and not (path in now and now[path].sha256 == state.sha256)
        }
        lasting = {
            state.sha256
            for path, state in before.states.items()
            if not state.is_plain and path not in going
        }
        copies: dict[str, str] = {}
        for path, state in going.items():
            if state.sha256 in lasting | contents:
                continue
            if path in look.states and look.states[path].etag == state.etag:
                copies[state.sha256] = path

        def copy(sha256: str) -> State:
            self.target.store.copy(copies[sha256], withdrawal.content_path(sha256))
            return before.states[copies[sha256]]

        in_parallel(copy, copies, self._threads(copies), _ignore)
        return contents | copies.keys()

    def _upload(self, paths: list[str], look: _Look) -> None:
        if not paths:
            return
        store, states = self.target.store, self.shipment.states

        def put(path: str) -> State:
            state = states[path]
            only_new, only_if = self._condition(path, look)
            content = self.shipment.read(path)
            headers = object_headers(state.headers, state.sha256)
            etag = store.put(path, content, headers, only_new=only_new, only_if=only_if)
            return state._replace(etag=etag)

        def done(path: str, state: State) -> None:
            if state.is_plain and (path in look.before.states or path in (look.listed or ())):
                self.purge.add(path)
            self.uploaded[path] = look.states[path] = state
            self.notebook.add(path, state)
            self.progress.advance(1)

        self.progress.begin("Uploading", len(paths))
        in_parallel(put, paths, self._threads(paths), done)

    def _condition(self, path: str, look: _Look) -> tuple[bool, str]:
        """Whether nothing may be at ``path``, or else the ETag that must be (``""``: any). A plain name is
        overwritten only if it holds what this run has seen there. Raises ``ConflictError`` for what is
        there unseen, where the store cannot be asked to find that out itself.
        """
        state = self.shipment.states[path]
        if not state.is_plain:
            return False, ""
        seen = look.before.states.get(path) if look.listed is None else look.listed.get(path)
        if self.target.is_guarded and state.size < LARGE:
            return (False, seen.etag) if seen is not None else (True, "")
        if seen is None and self.target.store.head(path) is not None:
            raise conflict(path, self.target.url)
        return False, ""

    def _threads(self, work: Iterable[str]) -> int:
        return max(1, min(self.target.threads, len(list(work))))

    def _commit(
        self, base: Head, look: _Look, contents: set[str], stranded: list[str]
    ) -> tuple[Head, list[str]]:
        """Write the record, then the head: the moment at which the release is published."""
        now = int(self.target.clock())
        entries = list(base.entries)
        number = 1
        if entries:
            number = entries[-1].number + 1
            entries[-1] = entries[-1]._replace(replaced=now)
        entry = Entry(number, self.id, self.shipment.key, now, of=self.shipment.of)
        states = {path: look.states[path] for path in self.shipment.states}
        kept, record = withdrawal.plan(
            self.target,
            base,
            [*entries, entry],
            look.before,
            Record(self.shipment.manifest, states, contents),
            leftover=look.before.leaving if base.leaving_since else (),
            orphans=look.orphans,
            stranded=stranded,
            listed=look.listed,
            retention=Retention(1, 0) if self.clear else None,
        )
        self.records.append(entry.record)
        self.target.write_record(entry, record)
        since = now if record.leaving else 0
        head = Head(self.shipment.manifest, tuple(kept), since, base.etag)
        return self.target.replace_head(head), list(record.leaving)

    def _end(self, head: Head, leaving: Iterable[str]) -> Published:
        """The release is there; what remains is to clear away."""
        own = next((entry for entry in head.entries if entry.id == self.id), None)
        leaving = list(leaving)
        stray = [path for path in self.records if own is None or path != own.record]
        try:
            head = withdrawal.execute(self.target, head, leaving)
            self.target.store.delete(stray)
            self.notebook.end()
        except StoreError as error:
            raise StoreError(
                f"Release {head.entries[-1].number} is published; clearing away what it does not need "
                f"failed. {error.what}",
                where=error.where,
                remedy=error.remedy,
            ) from error
        return Published(
            head,
            own is not None,
            tuple(sorted(self.uploaded)),
            sum(state.size for state in self.uploaded.values()),
            tuple(leaving),
            tuple(sorted(self.purge)),
        )


def _ignore(_path: str, _result: object) -> None:
    """Copies need no further work."""
