"""The example site in a browser, behind nginx with the configuration that ``lading webserver`` writes."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser import Browser
from sites import HARBOUR, ROOT

from webservers.running import configured, public_folder

sys.path.append(str(ROOT / "scripts"))
import demo

pytestmark = [pytest.mark.e2e]

SETTINGS = """\
from harbour.settings import *

LADING = {**LADING, "MEDIA_SENDER": "x-accel-redirect"}
"""
EVIL = b"""\
<svg xmlns="http://www.w3.org/2000/svg"><script>
fetch("/evil"); document.title = parent.document.title = "evil";
</script></svg>
"""


@dataclass(frozen=True, slots=True)
class Behind:
    address: str
    data: Path
    configuration: str


@pytest.fixture(scope="module")
def site() -> Iterator[Behind]:
    with public_folder() as data:
        (data / "behind_nginx.py").write_text(SETTINGS)
        environment = {
            **demo.production(str(data), "password"),
            "DJANGO_SETTINGS_MODULE": "behind_nginx",
            "PYTHONPATH": str(data),
        }
        demo.manage(environment, "migrate", "--verbosity=0", shown=False)
        demo.manage(environment, "loaddata", "ships", "--verbosity=0", shown=False)
        demo.manage(environment, "collectstatic", "--noinput", "--verbosity=0", shown=False)
        (data / "mediafiles/avatars").mkdir(parents=True)
        (data / "mediafiles/avatars/evil.svg").write_bytes(EVIL)
        (data / "mediafiles/papers.svg").write_bytes(EVIL)
        (data / "staticfiles/evil.svg").write_bytes(EVIL)
        listener = socket.create_server(("127.0.0.1", 0))
        app = "{}:{}".format(*listener.getsockname())
        file = data / "site.conf"

        def make(listen: str) -> str:
            arguments = ["lading", "webserver", "nginx", "--check", "--write", str(file)]
            subprocess.run(
                [sys.executable, "manage.py", *arguments, "--app", app, "--listen", listen],
                cwd=HARBOUR,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            return file.read_text()

        with demo.serving(environment, listener), configured("nginx", make) as (host, port):
            yield Behind(f"http://{host}:{port}/", data, file.read_text())


@pytest.mark.parametrize("path", ["", "ships/DHJU/", "admin/login/", "api/ships/"])
def test_pages_load_whole(browser: Browser, site: Behind, path: str) -> None:
    browser.open(site.address + path)
    assert (browser.errors, browser.failures) == ([], [])
    static = [exchange for exchange in browser.exchanges if "/static/" in exchange.url]
    assert static
    assert {exchange.headers["server"].partition("/")[0] for exchange in static} == {"nginx"}
    assert all("immutable" in exchange.headers["cache-control"] for exchange in static)


def test_a_film_can_be_sought(browser: Browser, site: Behind) -> None:
    browser.open(site.address, until="document.querySelector('video').readyState > 0")
    at = browser.driver.execute_async_script(
        """
        const video = document.querySelector("video"), done = arguments[0];
        video.addEventListener("seeked", () => done(video.currentTime));
        video.currentTime = 7;
        """
    )
    assert at == 7
    assert browser.errors == []


def frame(browser: Browser, site: Behind, path: str) -> tuple[bool, str]:
    """Whether a picture with a script, opened in a frame, asked for something, and the page's title then."""
    browser.open(site.address)
    browser.run(
        "(window.inner = document.createElement('iframe'), inner.src = arguments[0],"
        " inner.onload = () => window.opened = true, document.body.append(inner), 1)",
        path,
    )
    browser.driver.execute_async_script("setTimeout(arguments[0], 400)")
    browser.settle()
    asked = any(exchange.url.endswith("/evil") for exchange in browser.exchanges)
    return asked, browser.driver.title


def test_an_uploaded_picture_with_a_script_does_nothing(browser: Browser, site: Behind) -> None:
    # The script would do something.
    assert frame(browser, site, "/static/evil.svg") == (True, "evil")
    asked, title = frame(browser, site, "/media/avatars/evil.svg")
    assert (asked, title == "evil") == (False, False)
    served = browser.run(
        "fetch('/media/avatars/evil.svg').then(r => [r.status, ...['server', 'content-disposition',"
        " 'content-security-policy', 'x-content-type-options'].map(name => r.headers.get(name))])"
    )
    assert served[0] == 200
    assert served[1].startswith("nginx")
    assert served[2].startswith("attachment")
    assert "sandbox" in served[3]
    assert served[4] == "nosniff"


def test_private_papers_are_not_for_everybody(browser: Browser, site: Behind) -> None:
    browser.open(site.address)
    found = browser.run("fetch('/media/papers.svg').then(r => [r.redirected, r.url])")
    assert found[0]
    assert "login" in found[1]
    found = browser.run("fetch('/lading-media/papers.svg').then(r => r.status)")
    assert found == 404
