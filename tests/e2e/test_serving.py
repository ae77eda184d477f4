"""Serving the example in a browser: development under two servers, films that are sought, live reload."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from browser import Browser
from sites import HARBOUR, Site

pytestmark = [pytest.mark.e2e]

FILM = "document.querySelector('video')"
COLOUR = "getComputedStyle(document.body).backgroundColor"
THEME = "static/register/css/theme.css"

SEEK = """
const film = document.querySelector("video"), done = arguments[0];
film.addEventListener("seeked", () => done(film.currentTime));
film.currentTime = film.duration - 1;
"""


@dataclass(frozen=True, slots=True)
class Copy:
    """The example in a folder of its own, whose files a test may change, under a running server."""

    folder: Path
    address: str
    process: subprocess.Popen[bytes]

    def replace(self, path: str, old: str, new: str) -> None:
        file = self.folder / path
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(folder: Path, *command: str) -> Iterator[Copy]:
    """A copy of the example under a server; ``{port}`` in its command is one that was free just now."""
    shutil.copytree(
        HARBOUR, folder, ignore=shutil.ignore_patterns("staticfiles", "*.sqlite3", "__pycache__")
    )
    port = free_port()
    environment = {**os.environ, "DEBUG": "1", "DATA_DIR": str(folder)}
    for arguments in (["migrate", "-v0"], ["loaddata", "-v0", "ships"]):
        manage = [sys.executable, "manage.py", *arguments]
        subprocess.run(manage, cwd=folder, env=environment, check=True)
    full = [sys.executable, *(part.format(port=port) for part in command)]
    process = subprocess.Popen(
        full, cwd=folder, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        address = f"http://127.0.0.1:{port}/"
        wait_for(address, process)
        yield Copy(folder, address, process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server ended"
        try:
            with urlopen(address, timeout=30):
                return
        except URLError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {address}")


SERVERS = {
    "runserver": ("manage.py", "runserver", "127.0.0.1:{port}"),
    "uvicorn": ("-m", "uvicorn", "harbour.asgi:application", "--port", "{port}", "--lifespan=off"),
}


@pytest.fixture(params=SERVERS)
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Copy]:
    with running(tmp_path / "harbour", *SERVERS[request.param]) as started:
        yield started


def test_development(browser: Browser, copy: Copy) -> None:
    browser.open(copy.address, until=f"{FILM}.readyState > 0")
    assert (browser.errors, browser.failures) == ([], [])
    assert browser.driver.execute_async_script(SEEK) == pytest.approx(7, abs=0.5)
    assert not (copy.folder / "staticfiles").exists()
    browser.open(copy.address + "static/register/css/them.css")
    assert browser.run("document.querySelector('a').pathname") == f"/{THEME}"

    # A style sheet is swapped: what the page holds stays.
    browser.open(copy.address, until=f"{COLOUR} === 'rgb(247, 243, 234)'")
    listening(browser)
    browser.run("(window.kept = 'kept')")
    sheets = "document.querySelectorAll('link[rel=stylesheet]').length"
    before = browser.run(sheets)
    copy.replace(THEME, "--ground: #f7f3ea", "--ground: #102030")
    browser.wait_for(f"{COLOUR} === 'rgb(16, 32, 48)'")
    assert browser.run("window.kept") == "kept"
    browser.wait_for(f"{sheets} === {before}")

    # A template is not: the page is loaded again.
    copy.replace("templates/base.html", "</body>", "<i id=edited></i></body>")
    browser.wait_for("document.querySelector('#edited') && !window.kept")
    browser.settle()
    assert browser.errors == []


def listening(browser: Browser) -> None:
    """Wait until the page has its connection for events."""
    browser.wait_for(
        "performance.getEntriesByType('resource').some(e => e.name.endsWith('/.lading/live.js'))"
    )
    for _ in range(300):
        streams = [e for e in browser.exchanges if e.url.endswith("/.lading/live")]
        if any(stream.status == 200 for stream in streams):
            return
        time.sleep(0.05)
    raise AssertionError("the page does not listen")


def test_servers_end_although_pages_listen(browser: Browser, copy: Copy) -> None:
    browser.open(copy.address)
    listening(browser)
    os.killpg(copy.process.pid, signal.SIGTERM)
    copy.process.wait(timeout=20)


@pytest.mark.parametrize("mode", ["harbour", "harbour_in_development"])
def test_films_are_sent_in_parts(
    browser: Browser, mode: str, request: pytest.FixtureRequest
) -> None:
    site: Site = request.getfixturevalue(mode)
    browser.open(site.address, until=f"{FILM}.readyState > 0")
    assert browser.driver.execute_async_script(SEEK) == pytest.approx(7, abs=0.5)
    films = [e for e in browser.exchanges if e.url.endswith((".webm", ".mp4"))]
    assert {film.status for film in films} == {206}
    assert (browser.errors, browser.failures) == ([], [])
