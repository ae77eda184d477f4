"""Chromium, driven through a pipe by the DevTools protocol: how a page looks, and what goes wrong on it.

https://chromedevtools.github.io/devtools-protocol/. Pages cannot reach other hosts, their random numbers
are always the same, and what moves is stopped, so that one page looks the same twice.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from lading.errors import LadingError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_OPTIONS = (
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-lcd-text",
    "--force-color-profile=srgb",
    "--no-first-run",
    "--hide-scrollbars",
    "--mute-audio",
    "--js-flags=--random-seed=1",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_ANSWER = 60.0  # seconds until an answer that does not come is a failure
_SETTLE = 12.0  # seconds until a page that never comes to rest is pictured as it is
_PAUSE = 0.35  # seconds between two pictures that are to be the same
_REDUCED = {"name": "prefers-reduced-motion", "value": "reduce"}
_WIDTH, _HEIGHT, _TALLEST = 1280, 900, 12_000  # CSS pixels
# Ends when what was scrolled to has been painted, so that the page's own code has seen each step.
_FRAME = """
const frame = () => new Promise((go) => {
  requestAnimationFrame(() => requestAnimationFrame(go))
  setTimeout(go, 1000)
})
"""
# What is loaded or shown only as the visitor comes to it.
_SCROLL = f"""
(async () => {{
  {_FRAME}
  const height = Math.min(document.documentElement.scrollHeight, 12000)
  for (let y = 0; y < height; y += innerHeight) {{
    scrollTo({{ top: y, behavior: "instant" }})
    await frame()
  }}
  scrollTo({{ top: 0, behavior: "instant" }})
  await frame()
}})()
"""
# What moves for ever is stopped at its beginning, what moves once at its end. Transitions are put out: taking
# the picture changes the size of the window for a moment, which may start some.
_STILL = f"""
(async () => {{
  {_FRAME}
  const sheet = new CSSStyleSheet()
  sheet.replaceSync("*, ::before, ::after {{ transition: none !important }}")
  document.adoptedStyleSheets.push(sheet)
  for (const animation of document.getAnimations()) {{
    try {{ animation.finish() }} catch {{ animation.pause(); animation.currentTime = 0 }}
  }}
  for (const media of document.querySelectorAll("video, audio")) {{ media.pause(); media.currentTime = 0 }}
  await document.fonts.ready
  scrollTo({{ top: 0, behavior: "instant" }})
  await frame()
}})()
"""


@dataclass(slots=True)
class View:
    """What one page gave: its picture as PNG, the console's errors, and failed requests as (URL, why)."""

    picture: bytes = b""
    errors: list[str] = field(default_factory=list[str])
    failures: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


class ChromiumError(LadingError):
    """Chromium ended, or did not answer."""


class RefusedError(ChromiumError):
    """Chromium answered that it cannot do it: the page went elsewhere meanwhile."""


def program() -> str | None:
    """Where Chromium is, or ``None``; also where no pipe can be handed to it (Windows)."""
    if not hasattr(os, "posix_spawn"):
        return None
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Chromium:
    """A running Chromium with a new profile."""

    def __init__(self, to: int, from_: int) -> None:
        self._to, self._from = to, from_
        self._buffer = b""
        self._number = 0
        self._events: list[dict[str, Any]] = []

    def view(self, url: str) -> View:
        """Open a page in a tab of its own and look at it once it has come to rest.

        Raises ``ChromiumError``.
        """
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})
        try:
            return self._view(url, session["sessionId"])
        finally:
            self._call("Target.closeTarget", {"targetId": target})

    def _view(self, url: str, session: str) -> View:
        self._events.clear()
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable", {}, session)
        self._call("Network.setCacheDisabled", {"cacheDisabled": True}, session)
        self._measure(session, _HEIGHT)
        self._call("Emulation.setEmulatedMedia", {"features": [_REDUCED]}, session)
        self._call("Page.navigate", {"url": url}, session)
        self._await("Page.loadEventFired", session, _SETTLE)
        with suppress(RefusedError):
            self._run(_SCROLL, session)
        view = View(self._picture_at_rest(session))
        failed: dict[str, str] = {}
        for event in self._events:
            if event.get("sessionId") == session:
                _take(event["method"], event["params"], view, failed)
        return view

    def _picture_at_rest(self, session: str) -> bytes:
        """The first picture that is the same twice; the last one of a page that never comes to rest."""
        deadline = time.monotonic() + _SETTLE
        last = b""
        while time.monotonic() < deadline:
            self._listen(_PAUSE)
            try:
                self._run(_STILL, session)
                picture = self._picture(session)
            except RefusedError:
                continue  # a page that leads to another one is looked at there
            if picture == last:
                break
            last = picture
        return last

    def _run(self, expression: str, session: str) -> None:
        self._call("Runtime.evaluate", {"expression": expression, "awaitPromise": True}, session)

    def _measure(self, session: str, height: int) -> None:
        metrics = {"width": _WIDTH, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", metrics, session)

    def _picture(self, session: str) -> bytes:
        size = self._call("Page.getLayoutMetrics", {}, session)["cssContentSize"]
        height = min(max(size["height"], _HEIGHT), _TALLEST)
        clip = {"x": 0, "y": 0, "width": _WIDTH, "height": height, "scale": 1}
        shot = self._call(
            "Page.captureScreenshot",
            {"format": "png", "clip": clip, "captureBeyondViewport": True},
            session,
        )
        return base64.b64decode(shot["data"])

    def _listen(self, seconds: float) -> None:
        """Take in what is told in this time."""
        deadline = time.monotonic() + seconds
        while event := self._read(deadline):
            if "method" in event:
                self._events.append(event)

    def _call(self, method: str, params: dict[str, Any], session: str = "") -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        deadline = time.monotonic() + _ANSWER
        while True:
            answer = self._read(deadline)
            if answer is None:
                raise ChromiumError(f"Chromium did not answer {method} in {_ANSWER:.0f} seconds.")
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RefusedError(f"Chromium refused {method}: {answer['error']['message']}")
                return answer["result"]
            if "method" in answer:
                self._events.append(answer)

    def _await(self, method: str, session: str, seconds: float) -> None:
        """Wait for an event, for so long at most."""
        deadline = time.monotonic() + seconds
        while not any(
            e["method"] == method and e.get("sessionId") == session for e in self._events
        ):
            event = self._read(deadline)
            if event is None:
                return
            if "method" in event:
                self._events.append(event)

    def _read(self, deadline: float) -> dict[str, Any] | None:
        """The next message, or ``None`` when the time is over."""
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                return None
            data = os.read(self._from, 1 << 20)
            if not data:
                raise ChromiumError("Chromium ended before it was done.")
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)


@contextmanager
def chromium(path: str) -> Generator[Chromium]:
    """A Chromium that ends with the block, its profile with it."""
    options: list[str] = [*_OPTIONS]
    if os.geteuid() == 0:
        options.append("--no-sandbox")  # the sandbox refuses root
    with tempfile.TemporaryDirectory(prefix="lading-chromium-", ignore_cleanup_errors=True) as home:
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()
        command = [path, *options, f"--user-data-dir={home}"]
        null = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
        process = os.posix_spawn(
            path,
            command,
            {**os.environ, "TMPDIR": home},  # it leaves folders there
            # The protocol's pipe: Chromium reads from descriptor 3 and writes to 4.
            file_actions=[
                (os.POSIX_SPAWN_DUP2, to_read, 103),
                (os.POSIX_SPAWN_DUP2, from_write, 104),
                (os.POSIX_SPAWN_DUP2, 103, 3),
                (os.POSIX_SPAWN_DUP2, 104, 4),
                null,
            ],
            setpgroup=0,
        )
        os.close(to_read)
        os.close(from_write)
        try:
            yield Chromium(to_write, from_read)
        finally:
            os.close(to_write)
            os.close(from_read)
            _end(process)


def _end(process: int) -> None:
    """Chromium ends when its pipe does; if not, it is ended, with all that it started."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if os.waitpid(process, os.WNOHANG)[0]:
            return
        time.sleep(0.02)
    os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)


def _take(method: str, params: dict[str, Any], view: View, urls: dict[str, str]) -> None:
    """Add what an event tells to the view; ``urls`` are those of the requests, by their ids."""
    if method == "Network.requestWillBeSent":
        urls[params["requestId"]] = params["request"]["url"]
    elif method == "Network.responseReceived":
        response = params["response"]
        if response["status"] >= 400:
            view.failures.append((response["url"], str(response["status"])))
    elif method == "Network.loadingFailed":
        if not params.get("canceled"):
            view.failures.append((urls.get(params["requestId"], "?"), params["errorText"]))
    elif method == "Runtime.exceptionThrown":
        details = params["exceptionDetails"]
        thrown = details.get("exception", {}).get("description") or details["text"]
        view.errors.append(thrown.partition("\n")[0])
    elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "assert"):
        view.errors.append(
            " ".join(str(arg.get("value", arg.get("description", ""))) for arg in params["args"])
        )
    elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
        entry = params["entry"]
        view.errors.append(f"{entry['text']} {entry.get('url', '')}".strip())
