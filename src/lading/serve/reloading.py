"""A table that follows its target: loaded again when a release has replaced the manifest."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from threading import Lock, Thread
from types import FrameType

from lading.errors import LadingError
from lading.serve.entry import Entry, Redirect
from lading.serve.table import Table

logger = logging.getLogger("lading.serve")


class Reloading:
    """A table that is loaded again when its manifest file has been replaced.

    ``make``: loads it (``lambda: load(root)``). ``every``: seconds after which a request looks whether the
    file has changed; ``0``: never, and then only ``reload`` or ``reload_on`` do it. Loading is done in a
    thread while requests are answered from the table before, as they are if it fails.
    """

    def __init__(self, make: Callable[[], Table], manifest: str, *, every: float = 0.0) -> None:
        self._make = make
        self._manifest = manifest
        self._every = every
        self._loading = Lock()
        self._seen = _state(manifest)
        self._table = make()
        self._next_look = time.monotonic() + every

    def lookup(self, path: str) -> Entry | Redirect | None:
        """See ``Table.lookup``."""
        if self._every and time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + self._every
            self.reload_if_changed()
        return self._table.lookup(path)

    def covers(self, path: str) -> bool:
        """See ``Table.covers``."""
        return self._table.covers(path)

    def reload_if_changed(self) -> Thread | None:
        """Load again if the manifest file is another one than when it was last loaded."""
        return self.reload() if _state(self._manifest) != self._seen else None

    def reload(self) -> Thread | None:
        """Load again, in the thread that is returned (``None``: one is at it already)."""
        if not self._loading.acquire(blocking=False):
            return None
        thread = Thread(target=self._reload, name="lading-reload", daemon=True)
        thread.start()
        return thread

    def _reload(self) -> None:
        try:
            while True:
                self._seen = _state(self._manifest)
                self._table = self._make()
                if _state(self._manifest) == self._seen:
                    break  # no other release came meanwhile
            logger.info("Serving the release of %s", self._manifest)
        except LadingError as error:
            logger.error("The new release is not served yet, the one before is. %s", error)
        finally:
            self._loading.release()

    def reload_on(self, number: signal.Signals) -> None:
        """Load again when the process gets a signal (``signal.SIGUSR2``). Call it from the main thread of
        the process that serves, so after a server has forked its workers.
        """

        def handle(_number: int, _frame: FrameType | None) -> None:
            self.reload()

        signal.signal(number, handle)


def _state(file: str) -> tuple[int, int, int] | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
