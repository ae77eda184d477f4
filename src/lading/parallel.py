"""Batches of files in threads: one task for each file would cost more than copying it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from lading.asset import Asset

_BATCH_FILES = 64
_BATCH_BYTES = 8 << 20

R = TypeVar("R")


def batches(assets: Sequence[Asset]) -> Iterator[Sequence[Asset]]:
    """Split into runs of at most 64 files and, unless one file alone is larger, 8 MiB."""
    start = size = 0
    for end, asset in enumerate(assets):
        if end - start == _BATCH_FILES or (size and size + asset.size > _BATCH_BYTES):
            yield assets[start:end]
            start, size = end, 0
        size += asset.size
    if start < len(assets):
        yield assets[start:]


def in_threads(
    work: Callable[[Sequence[Asset]], R], assets: Sequence[Asset], threads: int
) -> Iterator[tuple[Sequence[Asset], R]]:
    """Each batch with what ``work`` made of it, in order. The first exception ends the iteration, and
    no further batch is begun.
    """
    split = list(batches(assets))
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
