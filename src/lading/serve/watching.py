"""Noticing changed files: by ``watchfiles`` where it is installed, else by looking twice a second."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from threading import Event, Thread
from typing import Final

Changed = Callable[[set[str]], None]
"""Takes the paths of the files that were changed, added or removed since it was last called."""

_INTERVAL: Final = 0.5  # seconds between two looks
_SKIPPED_FOLDERS: Final = frozenset({"__pycache__", "node_modules"})


class Watching:
    """Calls ``changed`` from a thread of its own, until ``stop``. The thread ends with the process at the
    latest. ``interval``: seconds between two looks where there is no ``watchfiles`` (``by_looking`` true
    does without it).
    """

    def __init__(
        self,
        folders: Iterable[str],
        changed: Changed,
        *,
        interval: float = _INTERVAL,
        by_looking: bool = False,
    ) -> None:
        self._folders = [folder for folder in folders if os.path.isdir(folder)]
        self._changed = changed
        self._interval = interval
        self._stopped = Event()
        self.ready = Event()  # changes from now on are noticed
        run = self._look if by_looking else self._watch
        self._thread = Thread(target=run, name="lading-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and wait for it unless it is the one that calls."""
        self._stopped.set()
        self._thread.join(timeout=5)

    def _watch(self) -> None:
        try:
            from watchfiles import watch
        except ImportError:
            return self._look()
        if not self._folders:
            self.ready.set()
            return None
        changes = watch(
            *self._folders,
            watch_filter=lambda _, path: is_watched(path),
            stop_event=self._stopped,
            step=20,
            debounce=200,
            rust_timeout=200,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
        for found in changes:
            self.ready.set()
            if paths := {path for _, path in found}:
                self._changed(paths)
        return None

    def _look(self) -> None:
        before = dict(_states(self._folders))
        self.ready.set()
        while not self._stopped.wait(self._interval):
            now = dict(_states(self._folders))
            if paths := {path for path, _ in before.items() ^ now.items()}:
                before = now
                self._changed(paths)


def is_watched(path: str) -> bool:
    """Whether a changed file is worth telling: no hidden, temporary or compiled one."""
    name = os.path.basename(path)
    return not (
        name.startswith((".", "#", "~"))
        or name.endswith(("~", ".swp", ".swx", ".tmp", ".pyc", ".py"))
        or name == "4913"  # Vim tries with it whether it may write
        or not _SKIPPED_FOLDERS.isdisjoint(path.split(os.sep))
    )


def _states(folders: Iterable[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    for top in folders:
        for folder, below, names in os.walk(top):
            below[:] = [name for name in below if name not in _SKIPPED_FOLDERS and name[0] != "."]
            for name in filter(is_watched, names):
                path = os.path.join(folder, name)
                try:
                    status = os.stat(path)
                except OSError:
                    continue
                yield path, (status.st_mtime_ns, status.st_size)
