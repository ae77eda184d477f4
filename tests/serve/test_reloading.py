"""Following a target: a new release is served without a restart."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lading.manifest import NAME, File, Manifest, dumps
from lading.serve import reloading
from lading.serve.loading import load
from lading.serve.reloading import Reloading
from lading.serve.table import Table


def release(root: Path, *names: str) -> None:
    """Replace the manifest as publishing does."""
    files = {name: File("0" * 64, 10, "text/css") for name in names}
    (root / "new").write_bytes(dumps(Manifest({}, files)))
    os.replace(root / "new", root / NAME)


def follow(root: Path, **options: float) -> Reloading:
    return Reloading(lambda: load(root), str(root / NAME), **options)


def served(table: Table, *names: str) -> list[bool]:
    return [table.lookup(f"/static/{name}") is not None for name in names]


def test_a_new_release(tmp_path: Path) -> None:
    release(tmp_path, "a.css")
    table = follow(tmp_path)
    release(tmp_path, "b.css")
    assert served(table, "a.css", "b.css") == [True, False]
    thread = table.reload_if_changed()
    assert thread is not None
    thread.join()
    assert served(table, "a.css", "b.css") == [False, True]
    assert table.covers("/static/c.css")
    assert table.reload_if_changed() is None  # nothing new


def settle() -> None:
    """Wait until nothing is being loaded."""
    for thread in threading.enumerate():
        if thread.name == "lading-reload":
            thread.join()


class Clock:
    """Time as the test has it, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.mark.parametrize("every", [10, 0])
def test_requests_look_for_a_new_release_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: float
) -> None:
    clock = Clock()
    monkeypatch.setattr(reloading, "time", clock)
    release(tmp_path, "a.css")
    table = follow(tmp_path, every=every)
    seen: list[bool] = []
    for now, name in ((1000, "b"), (1009, "c"), (1010, "d"), (1019, "e"), (1020, "f")):
        clock.now = now
        release(tmp_path, f"{name}.css")
        served(table, "a.css")
        settle()
        seen += served(table, f"{name}.css")
    assert seen == [False, False, every > 0, False, every > 0]


@pytest.mark.parametrize("damage", [b"{", None])
def test_a_release_that_cannot_be_loaded_leaves_the_one_before(
    tmp_path: Path, damage: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    release(tmp_path, "a.css")
    table = follow(tmp_path)
    (tmp_path / NAME).unlink()
    if damage is not None:
        (tmp_path / NAME).write_bytes(damage)
    thread = table.reload_if_changed()
    assert thread is not None
    thread.join()
    assert served(table, "a.css") == [True]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "collectstatic" in caplog.text
    assert table.reload_if_changed() is None  # not again until it has changed
    release(tmp_path, "b.css")
    thread = table.reload_if_changed()
    assert thread is not None
    thread.join()
    assert served(table, "a.css", "b.css") == [False, True]


def test_a_release_that_comes_while_the_one_before_is_loaded(tmp_path: Path) -> None:
    release(tmp_path, "a.css")
    loading, proceed = threading.Event(), threading.Event()
    proceed.set()

    def slowly() -> Table:
        made = load(tmp_path)
        loading.set()
        assert proceed.wait(20)
        return made

    table = Reloading(slowly, str(tmp_path / NAME))
    loading.clear()
    proceed.clear()
    release(tmp_path, "b.css")
    thread = table.reload()
    assert thread is not None
    assert loading.wait(20)
    release(tmp_path, "c.css")
    assert table.reload() is None  # one is at it
    assert served(table, "a.css") == [True]  # and requests do not wait for it
    proceed.set()
    thread.join()
    assert served(table, "a.css", "b.css", "c.css") == [False, False, True]


@pytest.fixture
def handler() -> Iterator[None]:
    before = signal.getsignal(signal.SIGUSR2)
    yield
    signal.signal(signal.SIGUSR2, before)


@pytest.mark.usefixtures("handler")
def test_a_signal(tmp_path: Path) -> None:
    release(tmp_path, "a.css")
    table = follow(tmp_path)
    table.reload_on(signal.SIGUSR2)
    release(tmp_path, "b.css")
    os.kill(os.getpid(), signal.SIGUSR2)
    settle()
    assert served(table, "a.css", "b.css") == [False, True]
