"""Who does the packing: threads, any ``concurrent.futures.Executor``, or a Dask cluster.

The only module that imports ``distributed``.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from lading.errors import ConfigError, LadingError, MissingExtraError

PATIENCE: Final = 30.0
"""Seconds a cluster may be out of reach, or without workers, before a run gives it up."""

T = TypeVar("T")
P = TypeVar("P")
R = TypeVar("R")


def _fine() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Workers:
    """An executor and what is known of its workers.

    ``width``: how many tasks they do at once. ``shared``: they see this process's memory and files.
    ``batch``: bytes of content that make one task. ``check`` raises ``LadingError`` when they are lost;
    ``explain`` turns a task's exception into such an error, or gives ``None`` if it is the task's own.
    """

    executor: Executor
    width: int
    shared: bool
    batch: int
    check: Callable[[], None] = _fine
    explain: Callable[[Exception], LadingError | None] = lambda error: None


Open = Callable[[], AbstractContextManager[Workers]]
"""Makes the workers ready and, at its end, lets go of them. Called only when there is work."""


def opener(executor: str | Executor, jobs: int) -> Open:
    """What the setting says: ``"threads"`` (``jobs`` of them), ``"dask://HOST:PORT"``, or an executor.

    Raises ``ConfigError`` for anything else.
    """
    if isinstance(executor, Executor):
        return partial(borrowed, executor)
    if executor == "threads":
        return partial(threads, jobs)
    scheme, _, address = executor.partition("://")
    if scheme == "dask" and address.rpartition(":")[2].isdecimal():
        return partial(dask, address)
    raise ConfigError(
        f"The setting 'executor' is {executor!r}, which names no executor.",
        where="executor",
        remedy="Give 'threads', 'dask://HOST:PORT', or (in Python) a concurrent.futures.Executor.",
    )


@contextlib.contextmanager
def threads(jobs: int) -> Generator[Workers]:
    """``jobs`` threads of this process; the encoders release the interpreter's lock."""
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="lading-pack")
    try:
        yield Workers(pool, jobs, shared=True, batch=1 << 18)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def borrowed(executor: Executor) -> Generator[Workers]:
    """An executor that belongs to the caller and stays open.

    Unless it is a ``ThreadPoolExecutor``, contents are sent to it as bytes.
    """
    # The executors of the standard library know their size; others get enough to keep a machine busy.
    width = getattr(executor, "_max_workers", None) or os.cpu_count() or 1
    shared = isinstance(executor, ThreadPoolExecutor)
    yield Workers(
        executor, width, shared, batch=1 << 18 if shared else 1 << 22, explain=_explain_broken
    )


@contextlib.contextmanager
def dask(address: str, *, patience: float = PATIENCE) -> Generator[Workers]:
    """The workers of a Dask cluster whose scheduler listens at ``HOST:PORT``.

    The scheduler gives the tasks of a lost worker to another one. Raises ``LadingError`` when the
    scheduler cannot be reached or no worker came within ``patience`` seconds, and later, by ``check``
    and ``explain``, when the cluster is lost; ``MissingExtraError`` without ``distributed``.
    """
    try:
        import distributed as untyped_distributed  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        raise MissingExtraError("distributed", "dask", "An executor 'dask://...'") from None
    distributed: Any = untyped_distributed
    with _quiet("distributed"), _quiet("distributed.client"):
        try:
            client = distributed.Client(
                f"tcp://{address}", timeout=patience, set_as_default=False, name="lading"
            )
        except (OSError, TimeoutError) as error:
            raise _lost(address, f"its scheduler cannot be reached ({error})") from error
        try:
            try:
                client.wait_for_workers(1, timeout=patience)
            except TimeoutError as error:
                raise _lost(address, f"no worker came within {patience:.0f} seconds") from error
            cluster = _Cluster(client, address, patience)
            yield Workers(
                client.get_executor(pure=False),
                max(1, sum(client.nthreads().values())),
                shared=False,
                batch=1 << 22,
                check=cluster.check,
                explain=cluster.explain,
            )
        finally:
            client.close(timeout=2)


class _Cluster:
    """Watches a Dask client's scheduler and workers."""

    def __init__(self, client: Any, address: str, patience: float) -> None:
        self.client = client
        self.address = address
        self.patience = patience
        self.well = time.monotonic()

    def check(self) -> None:
        """Raise ``LadingError`` once there was no scheduler or no worker for ``patience`` seconds."""
        missing = self._missing()
        if not missing:
            self.well = time.monotonic()
        elif time.monotonic() - self.well >= self.patience:
            raise _lost(self.address, f"{missing} since {self.patience:.0f} seconds")

    def explain(self, error: Exception) -> LadingError | None:
        if isinstance(error, CancelledError):  # what the client makes of a scheduler that went away
            return _lost(self.address, "its scheduler went away")
        if type(error).__name__ == "KilledWorker":
            return _lost(self.address, f"several workers died of the same files ({error})")
        return None

    def _missing(self) -> str:
        if self.client.status != "running":
            return "its scheduler is out of reach"
        try:
            workers = self.client.scheduler_info()["workers"]
        except (OSError, TimeoutError):
            return "its scheduler does not answer"
        return "" if workers else "it has no worker"


def run(
    workers: Workers,
    function: Callable[[P], R],
    batches: Iterable[T],
    load: Callable[[T], P],
) -> Iterator[tuple[T, R]]:
    """``(batch, function(load(batch)))`` for every batch, as they are finished.

    ``load`` makes what a worker is sent, in this process and not long before there is room for it, so
    that contents do not pile up. ``function`` and its results must be picklable unless the workers are
    ``shared``. The first exception ends the iteration and withdraws what was not begun; it is the
    task's own, or a ``LadingError`` when the workers are lost.
    """
    waiting = iter(batches)
    running: dict[Future[R], T] = {}
    try:
        while True:
            while len(running) < 2 * workers.width + 2:
                batch = next(waiting, None)
                if batch is None:
                    break
                running[_submit(workers, function, load(batch))] = batch
            if not running:
                return
            done, _ = wait(running, timeout=1.0, return_when=FIRST_COMPLETED)
            if not done:
                workers.check()
            for future in done:
                yield running.pop(future), _result(workers, future)
    finally:
        for future in running:
            future.cancel()


def batches(
    tasks: Sequence[T], weigh: Callable[[T], float], size: Callable[[T], int], workers: Workers
) -> Iterator[list[T]]:
    """The tasks in batches of about ``workers.batch`` bytes, the heaviest batch first.

    ``weigh`` estimates how long a task takes (in any unit), ``size`` its bytes. Batches hold tasks of
    like weight, so that the last ones to run are the short ones.
    """
    batch: list[T] = []
    filled = 0
    for task in sorted(tasks, key=weigh, reverse=True):
        if batch and filled + size(task) > workers.batch:
            yield batch
            batch, filled = [], 0
        batch.append(task)
        filled += size(task)
    if batch:
        yield batch


def _submit(workers: Workers, function: Callable[[P], R], payload: P) -> Future[R]:
    try:
        return workers.executor.submit(function, payload)
    except Exception as error:
        lost = workers.explain(error)
        if lost is None:
            raise
        raise lost from error


def _result(workers: Workers, future: Future[R]) -> R:
    try:
        return future.result()
    except Exception as error:
        lost = workers.explain(error)
        if lost is None:
            raise
        raise lost from error


def _explain_broken(error: Exception) -> LadingError | None:
    if not isinstance(error, (BrokenExecutor, CancelledError)):
        return None
    return LadingError(
        f"The executor broke while it packed files ({type(error).__name__}: {error}); nothing was "
        "published and the previous release is untouched.",
        where="executor",
        remedy="Look for a worker that was killed, perhaps for want of memory, and run again.",
    )


def _lost(address: str, why: str) -> LadingError:
    return LadingError(
        f"The Dask cluster is lost: {why}. Nothing was published and the previous release is "
        "untouched.",
        where=f"dask://{address}",
        remedy="Start its scheduler and workers and run again (what was packed is in the build cache), "
        "or pack here with the executor 'threads'.",
    )


@contextlib.contextmanager
def _quiet(logger: str) -> Generator[None]:
    """Keep a library from logging tracebacks of what is told as an error of ours."""
    log = logging.getLogger(logger)
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(level)
