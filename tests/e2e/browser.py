"""Chromium for tests: opens pages as a visitor does and keeps all that went wrong."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from programs import need
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 30.0  # seconds until a page that does not settle is a failure

OPTIONS = (
    "--headless",
    "--no-sandbox",  # the sandbox refuses root, which CI often is
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers give it 64 MB
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--autoplay-policy=no-user-gesture-required",
)


@dataclass(slots=True)
class Exchange:
    """One request of the page and what came back; ``failure`` is the network's error, or ``""``.

    ``status`` is 0 and ``headers`` (names in lower case) are empty as long as nothing came back.
    """

    url: str
    kind: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    from_cache: bool = False
    failure: str = ""
    finished: bool = False

    def __str__(self) -> str:
        return f"{self.failure or self.status} {self.url}"


class Browser:
    """One Chromium with a new profile. ``driver`` is Selenium's, for whatever is not offered here."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver
        self._console: list[str] = []
        self._exchanges: dict[str, Exchange] = {}

    def open(self, url: str, *, until: str = "true") -> None:
        """Open ``url`` and wait until it has loaded, asks for nothing more, and ``until`` holds.

        ``until`` is a JavaScript expression. What earlier pages logged is forgotten.
        """
        self._listen()
        self._console.clear()
        self._exchanges.clear()
        self.driver.get(url)
        self.settle(until)

    def settle(self, until: str = "true") -> None:
        """Wait until ``until`` (a JavaScript expression) holds and no request is under way."""
        self.wait_for(until)
        WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05).until(
            lambda _: not self._pending(), f"requests still under way: {self._pending()}"
        )

    def wait_for(self, expression: str) -> None:
        """Wait until the JavaScript expression is true."""
        WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05).until(
            lambda driver: driver.execute_script(f"return Boolean({expression})"),
            f"never true: {expression}",
        )

    def run(self, expression: str, *arguments: object) -> Any:
        """The value of a JavaScript expression (a promise is awaited); ``arguments[i]`` are its inputs."""
        return self.driver.execute_script(f"return {expression}", *arguments)

    @property
    def errors(self) -> list[str]:
        """The console's errors since ``open``: exceptions, refused resources, ``console.error``."""
        self._listen()
        return list(self._console)

    @property
    def exchanges(self) -> list[Exchange]:
        """Every request since ``open``, in order."""
        self._listen()
        return list(self._exchanges.values())

    @property
    def failures(self) -> list[Exchange]:
        """The requests that got an error, or no answer. One that the page itself gave up is none."""
        return [item for item in self.exchanges if item.failure or item.status >= 400]

    def size(self, width: int, height: int) -> None:
        """Give the page ``width`` by ``height`` CSS pixels."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def screenshot(self, path: str) -> None:
        """Write what is visible as PNG."""
        if not self.driver.save_screenshot(path):
            raise OSError(f"Chromium's screenshot cannot be written to {path}.")

    def _pending(self) -> list[str]:
        # A media element keeps its request open for as long as it likes; the page is complete without.
        return [
            e.url
            for e in self.exchanges
            if not e.finished and e.kind not in {"Media", "EventSource"}
        ]

    def _listen(self) -> None:
        """Take in what Chromium has logged since the last time."""
        for entry in self.driver.get_log("browser"):
            if entry["level"] == "SEVERE":
                self._console.append(entry["message"])
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            self._take(message["method"], message["params"])

    def _take(self, method: str, params: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            # A redirect's next step has the same id: the last step tells how it ended.
            url = params["request"]["url"]
            if not url.startswith("data:"):
                self._exchanges[params["requestId"]] = Exchange(url, params.get("type", ""))
            return
        exchange = self._exchanges.get(params.get("requestId", ""))
        if exchange is None:
            return
        if method == "Network.responseReceived":
            response = params["response"]
            exchange.status = response["status"]
            exchange.headers = {name.lower(): value for name, value in response["headers"].items()}
            exchange.from_cache = exchange.from_cache or response.get("fromDiskCache", False)
        elif method == "Network.requestServedFromCache":
            exchange.from_cache = True
        elif method == "Network.loadingFinished":
            exchange.finished = True
        elif method == "Network.loadingFailed":
            exchange.finished = True
            if not params.get("canceled"):
                exchange.failure = params["errorText"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium that ends with the block, its profile with it."""
    options = ChromeOptions()
    options.binary_location = need("chromium", "chromium-browser", "google-chrome")
    for option in OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # Chromium leaves folders where it takes temporary ones to be.
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        service = ChromeService(need("chromedriver"), env={**os.environ, "TMPDIR": folder})
        driver = Chrome(options=options, service=service)
        try:
            browser = Browser(driver)
            browser.size(1280, 800)
            yield browser
        finally:
            driver.quit()
