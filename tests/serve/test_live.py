"""Live reload's events: what listeners are sent, and that they are let go."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lading.serve.live import SCRIPT, LiveReload


@pytest.fixture(autouse=True)
def _signals_as_they_were() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveReload]:
    made = LiveReload(lambda: [str(tmp_path)])
    yield made
    made.stop()


def state(message: bytes) -> list[str]:
    """Server, pages, styles."""
    first, second, *rest = message.decode().split("\n")
    assert (first, rest) == ("retry: 300", ["", ""])
    return second.removeprefix("data: ").split(" ")


def test_style_sheets_and_all_else_are_counted_apart(live: LiveReload) -> None:
    events = live.events()
    server, *counts = state(next(events))
    assert counts == ["0", "0"]
    live.changed({"/a/app.css", "/a/other.css"})
    assert state(next(events)) == [server, "0", "1"]
    live.changed({"/a/app.css", "/a/page.html"})
    assert state(next(events)) == [server, "1", "1"]
    events.close()


def test_who_comes_later_learns_what_has_changed(live: LiveReload) -> None:
    live.changed({"/a/page.html"})
    events = live.events()
    assert state(next(events))[1:] == ["1", "0"]
    events.close()


def test_files_are_watched_from_the_first_listener_on(live: LiveReload, tmp_path: Path) -> None:
    events = live.events(heartbeat=20)
    next(events)
    (tmp_path / "app.css").write_text("p {}")
    assert state(next(events))[1:] == ["0", "1"]
    events.close()


def test_the_caller_is_told_before(tmp_path: Path) -> None:
    told: list[set[str]] = []
    live = LiveReload(list, told.append)
    live.changed({"/a/page.html"})
    assert told == [{"/a/page.html"}]


def test_heartbeats_find_clients_that_are_gone(live: LiveReload) -> None:
    events = live.events(heartbeat=0.001)
    next(events)
    assert next(events) == b":\n\n"
    events.close()
    assert live._listeners == set()


def test_stop_ends_listeners_in_threads(live: LiveReload) -> None:
    listening = threading.Event()

    def listen() -> None:
        for _ in live.events(heartbeat=100):
            listening.set()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert listening.wait(20)
    live.stop()
    thread.join(20)
    assert not thread.is_alive()
    assert list(live.events()) == []


def test_async(live: LiveReload) -> None:
    async def listen() -> list[bytes]:
        found = []
        async for message in live.async_events():
            found.append(message)
            if len(found) == 1:
                threading.Thread(target=live.changed, args=({"/a/app.css"},)).start()
            else:
                live.stop()
        return found

    first, second = asyncio.run(listen())
    assert state(first)[1:] == ["0", "0"]
    assert state(second)[1:] == ["0", "1"]
    assert live._listeners == set()


def test_async_heartbeat_and_hang_up(live: LiveReload) -> None:
    async def listen() -> bytes:
        events = live.async_events(heartbeat=0.001)
        await anext(events)
        beat = await anext(events)
        await events.aclose()
        return beat

    assert asyncio.run(listen()) == b":\n\n"
    assert live._listeners == set()


def test_an_event_loop_that_has_ended_is_forgotten(live: LiveReload) -> None:
    loop = asyncio.new_event_loop()
    events = live.async_events()
    loop.run_until_complete(anext(events))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    live.changed({"/a/app.css"})
    assert live._listeners == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_stop_it_and_reach_the_server(number: signal.Signals) -> None:
    program = """
import os, signal, threading
from lading.serve.live import LiveReload
signal.signal(signal.SIGTERM, lambda *_: os.write(1, b"server\\n"))
signal.signal(signal.SIGINT, lambda *_: os.write(1, b"server\\n"))
live = LiveReload(lambda: [])
live.stop_on_signals()
listening = threading.Event()
def listen():
    for _ in live.events(heartbeat=100):
        os.write(1, b"ready\\n")
    os.write(1, b"ended\\n")
thread = threading.Thread(target=listen)
thread.start()
thread.join()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.kill(process.pid, number)
        assert sorted(process.communicate(timeout=20)[0].split()) == ["ended", "server"]


def test_elsewhere_than_in_the_main_thread_signals_are_left_alone(live: LiveReload) -> None:
    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=live.stop_on_signals)
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_script_is_ascii() -> None:
    assert SCRIPT.isascii()
