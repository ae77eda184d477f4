"""Chunks that a thread of ours makes for a thread of the library, in which they could not be made: there,
no request of the library can be waited for, and chunks may come from such requests.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from queue import Full, Queue
from threading import Event, Thread
from typing import Final

_AHEAD: Final = 2  # chunks that wait
_LOOK: Final = 0.2  # seconds, between looks whether anybody still waits for the next chunk


@contextmanager
def fed(chunks: Callable[[], Iterator[bytes]]) -> Generator[Iterator[bytes], None, None]:
    """The chunks, with what making them raises. When the context ends, no more are made."""
    queue: Queue[bytes | BaseException | None] = Queue(_AHEAD)
    is_over = Event()

    def hand_on(item: bytes | BaseException | None) -> bool:
        while not is_over.is_set():
            try:
                queue.put(item, timeout=_LOOK)
            except Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            for chunk in chunks():
                if not hand_on(chunk):
                    return
            hand_on(None)
        except BaseException as error:  # it is raised where the chunks are taken
            hand_on(error)

    def taken() -> Iterator[bytes]:
        while (item := queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    Thread(target=make, name="lading-feed", daemon=True).start()
    try:
        yield taken()
    finally:
        is_over.set()
