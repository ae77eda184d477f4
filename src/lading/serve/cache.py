"""The memory cache: contents of small files that were asked for lately, bounded in bytes."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import Final

from lading.serve.entry import Representation
from lading.serve.opened import MOST_OPEN, OpenFiles

_OVERHEAD: Final = 512  # bytes that a cached content costs beside its own, roughly


class Cache:
    """Keeps contents on their representations, so that reading one is an attribute and takes no lock.

    ``limit``: bytes in all, for one process; ``0`` keeps nothing. ``largest``: longer files are never
    kept. When room is needed the oldest content goes that was not used since room was last needed (second
    chance), which needs a lock only to add, and no bookkeeping to read but setting a flag. ``opened``:
    longer files, which stay open.
    """

    def __init__(self, limit: int = 32 << 20, largest: int = 256 << 10) -> None:
        self.limit = limit
        self.largest = min(largest, limit)
        self.size = 0  # bytes kept
        self.opened = OpenFiles(MOST_OPEN if limit else 0)
        self._lock = Lock()
        self._kept: deque[Representation] = deque()

    def add(self, source: Representation, content: bytes) -> None:
        """Keep the content of a representation, and drop others for it as needed."""
        if len(content) > self.largest or not self.limit:
            return
        with self._lock:
            if source.content is not None:
                return  # another thread was first
            source.content = content
            self._kept.append(source)
            self.size += len(content) + _OVERHEAD
            while self.size > self.limit:
                oldest = self._kept.popleft()
                if oldest.recent:
                    oldest.recent = False
                    self._kept.append(oldest)
                elif oldest.content is not None:
                    self.size -= len(oldest.content) + _OVERHEAD
                    oldest.content = None
