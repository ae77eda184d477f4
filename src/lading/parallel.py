"""Batches of files in threads: one task for each file would cost more than copying it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

_BATCH_FILES = 64
_BATCH_BYTES = 8 << 20


class Sized(Protocol):
    @property
    def size(self) -> int:
        """In bytes."""
        ...


T = TypeVar("T", bound=Sized)
R = TypeVar("R")


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Split into runs of at most 64 files and, unless one file alone is larger, 8 MiB."""
    start = size = 0
    for end, item in enumerate(items):
        if end - start == _BATCH_FILES or (size and size + item.size > _BATCH_BYTES):
            yield items[start:end]
            start, size = end, 0
        size += item.size
    if start < len(items):
        yield items[start:]


def in_threads(
    work: Callable[[Sequence[T]], R], items: Sequence[T], threads: int
) -> Iterator[tuple[Sequence[T], R]]:
    """Each batch with what ``work`` made of it, in order. The first exception ends the iteration, and
    no further batch is begun.
    """
    split = list(batches(items))
    if threads == 1 or len(split) < 2:
        for batch in split:
            yield batch, work(batch)
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="lading") as pool:
        try:
            yield from zip(split, pool.map(work, split), strict=True)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
