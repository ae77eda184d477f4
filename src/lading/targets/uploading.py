"""Sending many objects at once, with a note in the store of what is under way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Final, TypeVar

from lading.objectstore.client import ObjectStore
from lading.objectstore.objects import Stored
from lading.targets.history import Headers, State
from lading.targets.survey import STATE

PENDING: Final = f"{STATE}/pending"

STALE: Final = 900
"""Seconds after which a note is that of a run that has died, or may as well have: no signed request of it
is accepted any more (S3 refuses those that are 15 minutes old)."""

_NOTED_EVERY: Final = 5.0  # seconds: what a killed run sends again
_SHARE: Final = 20  # writing notes takes at most this part of a run's time

R = TypeVar("R")


@dataclass(slots=True)
class Note:
    """What one run is writing: ``planned`` paths, and of those written the ``states``. ``seen`` is how the
    store lists it.
    """

    planned: list[str]
    states: dict[str, State] = field(default_factory=dict[str, State])
    seen: Stored | None = None


@dataclass(slots=True)
class Notebook:
    """The notes of this run (``id``) and of others that have not come to their end."""

    store: ObjectStore
    id: str
    own: Note = field(default_factory=lambda: Note([]))
    _next: float = 0.0
    _is_there: bool = False

    def others(self) -> list[Stored]:
        """The notes of other runs, by one request."""
        own = self._path
        return [item for item in self.store.listing(PENDING) if item.path != own]

    def read(self, items: Iterable[Stored]) -> list[Note]:
        """What these notes say; those that are gone or damaged are left out. Raises ``StoreError``."""
        notes: list[Note] = []
        for item in items:
            try:
                fetched = self.store.get(item.path)
            except FileNotFoundError:
                continue
            note = _load(fetched.data) if fetched is not None else None
            if note is not None:
                note.seen = item
                notes.append(note)
        return notes

    def begin(self, planned: Iterable[str]) -> None:
        """Say what is going to be written, before it is. Raises ``StoreError``."""
        self.own.planned = sorted({*self.own.planned, *planned})
        self._write()

    def add(self, path: str, state: State) -> None:
        """Note what has been written; now and then it reaches the store."""
        self.own.states[path] = state
        if time.monotonic() > self._next:
            self._write()

    def keep(self) -> None:
        """Write down all that is noted, for the run after a failed one. Raises ``StoreError``."""
        if self._is_there:
            self._write()

    def end(self) -> None:
        """Take the note away: all that it says stands in a record. Raises ``StoreError``."""
        if self._is_there:
            self.store.delete([self._path])
            self._is_there = False

    @property
    def _path(self) -> str:
        return f"{PENDING}/{self.id}.json"

    def _write(self) -> None:
        started = time.monotonic()
        self.store.put(self._path, _dump(self.own), {"Content-Type": "application/json"})
        self._is_there = True
        ended = time.monotonic()
        self._next = ended + max(_NOTED_EVERY, _SHARE * (ended - started))


def _dump(note: Note) -> bytes:
    states = {path: list(state) for path, state in note.states.items()}
    return json.dumps({"planned": note.planned, "states": states}, ensure_ascii=False).encode()


def _load(data: bytes) -> Note | None:
    try:
        document: Any = json.loads(data)
        states = {
            path: State(sha256, size, etag, tuple((n, v) for n, v in headers), is_plain)
            for path, (sha256, size, etag, headers, is_plain) in document["states"].items()
        }
        return Note(list(document["planned"]), states)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def object_headers(headers: Headers, sha256: str) -> dict[str, str]:
    """What an object is put with: its headers, and its digest to prove it by later."""
    return {**dict(headers), "sha256": sha256}


def in_parallel(
    work: Callable[[str], R],
    paths: Iterable[str],
    threads: int,
    done: Callable[[str, R], None],
) -> None:
    """Do the work for each path, up to ``threads`` at once, and tell ``done`` in this thread. The first
    exception is raised when those under way have ended; no further work is begun.
    """
    todo, lock, results = iter(paths), Lock(), SimpleQueue[tuple[str, R] | None]()
    failures: list[BaseException] = []

    def run() -> None:
        while not failures:
            with lock:
                path = next(todo, None)
            if path is None:
                break
            try:
                results.put((path, work(path)))
            except BaseException as error:  # it is raised in the calling thread
                failures.append(error)
        results.put(None)

    pool = [Thread(target=run, name="lading-upload", daemon=True) for _ in range(threads)]
    for thread in pool:
        thread.start()
    try:
        running = len(pool)
        while running:
            result = results.get()
            if result is None:
                running -= 1
            else:
                done(*result)
    except BaseException as error:
        failures.append(error)
        raise
    finally:
        for thread in pool:
            thread.join()
    if failures:
        raise failures[0]
