"""A limit of bytes a second, shared by all threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Throttle:
    """``rate`` in bytes a second; 0: no limit. ``clock`` tells seconds, ``sleep`` waits for some."""

    rate: float = 0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _free: float = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def take(self, size: int) -> None:
        """Wait until ``size`` bytes more may pass. Who was idle has saved up nothing."""
        if not self.rate:
            return
        with self._lock:
            now = self.clock()
            start = max(now, self._free)
            self._free = start + size / self.rate
        if start > now:
            self.sleep(start - now)

    def slowed(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks, none sooner than the limit lets it pass."""
        for chunk in chunks:
            self.take(len(chunk))
            yield chunk
