"""Batches run by threads, processes and a Dask cluster of real processes that are killed meanwhile."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import pytest

from lading.cache import Cache
from lading.errors import ConfigError, LadingError, MissingExtraError
from lading.packing import executors, jobs
from lading.packing.efforts import Settings
from lading.packing.executors import Workers, batches, opener, run
from lading.packing.packer import Item, pack

MIXED = Settings(encodings=("br", "gzip", "zstd"), levels={"br": (9, 9, 1)})


def crew(executor: Executor, width: int = 2, batch: int = 100) -> Workers:
    return Workers(executor, width, shared=True, batch=batch)


def double(numbers: list[int]) -> list[int]:
    return [2 * number for number in numbers]


def die(numbers: list[int]) -> list[int]:
    os.kill(os.getpid(), signal.SIGKILL)
    return numbers


def test_every_batch_comes_back_once():
    given = [[number, number + 1] for number in range(50)]
    with ThreadPoolExecutor(3) as pool:
        got = list(run(crew(pool, 3), double, given, list))
    assert sorted(batch for batch, _ in got) == given
    assert all(result == double(batch) for batch, result in got)


def test_no_batches_need_no_work():
    with ThreadPoolExecutor(1) as pool:
        assert list(run(crew(pool), double, [], list)) == []


def test_batches_are_loaded_only_when_there_is_room():
    loaded: list[int] = []
    ahead: list[int] = []

    def load(number: int) -> list[int]:
        loaded.append(number)
        return [number]

    with ThreadPoolExecutor(1) as pool:
        for finished, _ in enumerate(run(crew(pool, 1), double, range(100), load)):
            ahead.append(len(loaded) - finished)
    assert len(loaded) == 100
    assert max(ahead) <= 4


def test_the_first_failure_ends_the_run_and_withdraws_the_rest():
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 3:
            raise ZeroDivisionError(number)
        return number

    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        list(run(crew(pool, 1), work, range(1000), lambda number: number))
    assert max(begun) < 10


def test_batches_hold_so_many_bytes_and_the_heaviest_come_first():
    sizes = [10, 60, 250, 30, 90, 5, 100]
    with ThreadPoolExecutor(1) as pool:
        made = list(batches(sizes, float, int, crew(pool, batch=100)))
    assert made == [[250], [100], [90], [60, 30, 10], [5]]


def test_the_longest_job_begins_first():
    short = jobs.Job("", 5_000_000, b"", (jobs.Recipe("gzip", 6),))
    long = jobs.Job("", 1_000_000, b"", (jobs.Recipe("br", 11),))
    both = jobs.Job("", 900_000, b"", (jobs.Recipe("br", 11), jobs.Recipe("gzip", 12)))
    assert sorted([short, long, both], key=jobs.seconds, reverse=True) == [both, long, short]


@pytest.mark.parametrize(
    "setting", ["", "thread", "dask", "dask://", "dask://host", "dask://host:port", "http://h:1"]
)
def test_a_setting_that_names_no_executor_is_refused(setting):
    with pytest.raises(ConfigError, match="names no executor") as caught:
        opener(setting, 1)
    assert "dask://HOST:PORT" in str(caught.value)


def test_threads_are_as_many_as_jobs_and_gone_afterwards():
    gate = threading.Barrier(3, timeout=30)
    with opener("threads", 3)() as workers:
        assert workers.shared
        assert workers.width == 3
        futures = [workers.executor.submit(gate.wait) for _ in range(3)]  # passes only with three
        assert sorted(future.result() for future in futures) == [0, 1, 2]
    assert not [t for t in threading.enumerate() if t.name.startswith("lading-pack")]


def test_a_borrowed_executor_stays_open():
    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            with opener(pool, 1)() as workers:
                assert workers.shared
                assert list(run(workers, double, [[1]], list)) == [([1], [2])]


class Inline(Executor):
    """An executor of somebody's own, that knows nothing of sizes or threads."""

    def submit(self, fn, /, *args, **kwargs):
        future: Future[object] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_any_executor_will_do():
    with opener(Inline(), 1)() as workers:
        assert not workers.shared
        assert workers.width >= 1
        assert sorted(run(workers, double, [[1], [2]], list)) == [([1], [2]), ([2], [4])]


def test_a_process_pool_whose_worker_is_killed_is_a_clear_error():
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        opener(pool, 1)() as workers,
        pytest.raises(LadingError, match="executor broke") as caught,
    ):
        list(run(workers, die, [[1], [2]], list))
    assert "nothing was published" in str(caught.value)


def test_without_distributed_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match="distributed") as caught:
        opener("dask://127.0.0.1:1", 1)().__enter__()
    assert "pip install 'lading[dask]'" in str(caught.value)


# --- a Dask cluster ---------------------------------------------------------------------------------


class Cluster:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder, stack: contextlib.ExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self.file = folder / "scheduler.json"
        self.scheduler = self._start("dask_scheduler", "--scheduler-file", self.file, "--port", "0")
        while True:
            with contextlib.suppress(FileNotFoundError, ValueError):
                self.tcp: str = json.loads(self.file.read_text())["address"]
                break
            assert self.scheduler.poll() is None, "the scheduler did not start"
            time.sleep(0.05)
        self.address = self.tcp.replace("tcp://", "dask://")

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self._start(
            "dask_worker",
            self.tcp,
            "--nthreads",
            "1",
            "--no-nanny",
            "--local-directory",
            self.folder,
        )

    def _start(self, module: str, *arguments: object) -> subprocess.Popen[bytes]:
        common = ("--host", "127.0.0.1", "--no-dashboard")
        process = self.stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *common, *map(str, arguments)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.path.dirname(__file__)},
            )
        )
        self.stack.callback(process.kill)
        return process


@pytest.fixture
def cluster(tmp_path) -> Iterator[Cluster]:
    with contextlib.ExitStack() as stack:
        yield Cluster(tmp_path, stack)


@contextlib.contextmanager
def small_batches(address: str, patience: float = 20.0) -> Iterator[Workers]:
    with executors.dask(address.removeprefix("dask://"), patience=patience) as workers:
        yield replace(workers, batch=50_000)


def make_items(folder, count: int, size: int) -> list[Item]:
    rng = random.Random(1)
    words = [f"word{number}" for number in range(2000)]
    items: list[Item] = []
    for number in range(count):
        content = " ".join(rng.choices(words, k=size // 8)).encode()
        path = folder / f"{number}.js"
        path.write_bytes(content)
        items.append(
            Item(f"{number}.js", hashlib.sha256(content).hexdigest(), len(content), str(path))
        )
    return items


def pids(folder: str) -> int:
    """Wait until two processes are here, and tell which one this is."""
    open(os.path.join(folder, str(os.getpid())), "w").close()
    for _ in range(600):
        if len(os.listdir(folder)) == 2:
            return os.getpid()
        time.sleep(0.05)
    raise TimeoutError("no second worker came")


def encoded(cache: Cache, items: list[Item], workers, progress=None) -> dict[tuple[str, str], str]:
    packed = pack(items, MIXED, cache, workers, progress)
    assert packed.encoded == 3 * len(items)
    return {(path, v.coding): v.sha256 for path, made in packed.variants.items() for v in made}


@pytest.fixture
def here(tmp_path):
    """Forty files, and what threads make of them."""
    items = make_items(tmp_path, 40, 40_000)
    with Cache(str(tmp_path / "threads")) as cache:
        return items, encoded(cache, items, opener("threads", 2))


class OnFirstResult:
    """A progress that does something, once, when the first results are in."""

    def __init__(self, act) -> None:
        self.act = act
        self.done = False

    def begin(self, step: str, total: int) -> None: ...

    def advance(self, files: int) -> None:
        if not self.done:
            self.done = True
            self.act()

    def say(self, message: str) -> None: ...


def test_the_workers_of_a_dask_cluster_share_the_work(cluster, tmp_path):
    workers_ = {cluster.start_worker().pid, cluster.start_worker().pid}
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    with opener(cluster.address, 1)() as workers:
        assert not workers.shared
        done = {pid for _, pid in run(workers, pids, [str(meeting)] * 4, str)}
    assert done == workers_


def test_a_dask_cluster_makes_the_same_bytes_as_threads(cluster, here, tmp_path):
    items, expected = here
    cluster.start_worker()
    cluster.start_worker()
    with Cache(str(tmp_path / "dask")) as cache:
        assert encoded(cache, items, opener(cluster.address, 1)) == expected


def test_what_a_lost_worker_had_is_done_by_another(cluster, here, tmp_path):
    items, expected = here
    doomed = cluster.start_worker()
    cluster.start_worker()
    killing = OnFirstResult(doomed.kill)
    with Cache(str(tmp_path / "dask")) as cache:
        got = encoded(cache, items, lambda: small_batches(cluster.address), killing)
    assert killing.done
    assert doomed.wait(10) == -signal.SIGKILL
    assert got == expected


def test_a_lost_scheduler_is_a_clear_error_and_what_was_done_is_kept(
    cluster, here, tmp_path, caplog
):
    items, expected = here
    cluster.start_worker()
    killing = OnFirstResult(cluster.scheduler.kill)
    with Cache(str(tmp_path / "dask")) as cache:
        with pytest.raises(LadingError, match="cluster is lost") as caught:
            encoded(cache, items, lambda: small_batches(cluster.address), killing)
        assert caught.value.where == cluster.address
        assert "Nothing was published" in str(caught.value)
        assert cache.info().entries > 0
        # The same run, once more and here, needs only the rest.
        packed = pack(items, MIXED, cache, opener("threads", 2))
        assert packed.reused > 0
    assert {
        (p, v.coding): v.sha256 for p, made in packed.variants.items() for v in made
    } == expected
    assert [record for record in caplog.records if record.name.startswith("distributed")] == []


def test_a_cluster_that_loses_all_its_workers_is_given_up(cluster, here, tmp_path):
    items, _ = here
    worker = cluster.start_worker()
    killing = OnFirstResult(worker.kill)
    with (
        Cache(str(tmp_path / "dask")) as cache,
        pytest.raises(LadingError, match="it has no worker"),
    ):
        encoded(cache, items, lambda: small_batches(cluster.address, patience=3.0), killing)


def test_a_cluster_without_workers_is_given_up(cluster):
    address = cluster.address.removeprefix("dask://")
    with (
        pytest.raises(LadingError, match="no worker came within 1 seconds"),
        executors.dask(address, patience=1.0),
    ):
        raise AssertionError("there are no workers")


def test_a_scheduler_that_is_not_there_is_named():
    with (
        pytest.raises(LadingError, match="cannot be reached") as caught,
        executors.dask("127.0.0.1:1", patience=1.0),
    ):
        raise AssertionError("there is no scheduler")
    assert caught.value.where == "dask://127.0.0.1:1"


def test_logging_is_left_as_it_was(cluster):
    import distributed  # noqa: F401 - which sets its loggers up when it is imported first

    cluster.start_worker()
    before = logging.getLogger("distributed").level
    with opener(cluster.address, 1)():
        pass
    assert logging.getLogger("distributed").level == before
