"""Large files stay open for a while after a range of them was sent: the next one is a single read.

Opening a file costs more than reading 64 KB of it, and the more so in threads, which take turns at every
system call.
"""

from __future__ import annotations

import os
import time
from collections import deque
from threading import Lock
from typing import Final

from lading.serve.entry import Representation
from lading.serve.page_cache import at_once
from lading.serve.ranges import Span

MOST_OPEN: Final = 32
"""Files that one process keeps open; a soft limit of 1024 descriptors is common."""

LOOKED_AFTER: Final = 1.0
"""Seconds after which the path is looked at again, to see whether it still leads to the open file."""

# Elsewhere nobody could replace a file that is open.
_KEEPS: Final = os.name == "posix"


class Opened:
    """An open file. Its descriptor is closed with the object, so never while a thread still reads."""

    __slots__ = ("descriptor", "looked")

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.looked = time.monotonic()

    def is_still(self, source: Representation) -> bool:
        """Whether this is the file at the path of ``source``, of the size that it should have. Looked up
        only once in ``LOOKED_AFTER``.
        """
        now = time.monotonic()
        if now - self.looked < LOOKED_AFTER:
            return True
        self.looked = now
        try:
            there, here = os.stat(source.file), os.fstat(self.descriptor)
        except OSError:
            return False
        return os.path.samestat(there, here) and here.st_size == source.size

    def __del__(self) -> None:
        os.close(self.descriptor)


class OpenFiles:
    """The files that are open, at most ``most`` of them; then the one goes that was opened first."""

    def __init__(self, most: int = MOST_OPEN) -> None:
        self.most = most
        self._lock = Lock()
        self._kept: deque[Representation] = deque()

    def read(self, source: Representation, parts: tuple[bytes | Span, ...]) -> bytes | None:
        """All that is sent of ``source``, if it is open and this can be read at once (see ``at_once``)."""
        opened = source.opened
        if opened is None:
            return None
        if not opened.is_still(source):
            source.opened = None
            return None
        return at_once(opened.descriptor, parts)

    def keep(self, source: Representation, descriptor: int) -> None:
        """Take over a descriptor that was read from, and keep it open unless its file is ``passing``."""
        if source.passing or not _KEEPS:
            os.close(descriptor)
            return
        with self._lock:
            source.opened = Opened(descriptor)
            self._kept.append(source)
            if len(self._kept) > self.most:
                self._kept.popleft().opened = None
