"""A site at the root of its host, with an application behind it and without."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.policy import Policy
from lading.webservers.site import Site, Static
from serve.client import exchange
from serve.requests_table.webservers import SERVERS

from .running import application, public_folder, running

pytestmark = [pytest.mark.e2e]

OWN = {"Content-Type": "text/html", "Cache-Control": "private"}
"""What the application says of its answers, which nobody changes."""


@pytest.mark.parametrize("behind", [True, False], ids=["application", "alone"])
@pytest.mark.parametrize("server", SERVERS)
def test_a_site_at_the_root(server: str, behind: bool) -> None:
    with public_folder() as folder, application(lambda *_: (OWN, b"app")) as app:
        root = publish(folder / "public")
        area = Static("/", str(root), Policy(), ("gzip",), index="index.html", fallthrough=True)
        site = Site((area,), app=app if behind else None, names=("localhost",))
        with running(server, site) as address:
            for target, content in (
                ("/", b"home"),
                ("/about/", b"about"),
                ("/css/app.css", b"style"),
                ("/.well-known/security.txt", b"security"),
            ):
                answer = exchange(address, "GET", target)
                assert (answer.status, answer.body) == (200, content), target
                assert answer.header("X-Content-Type-Options") == "nosniff"
            assert exchange(address, "GET", "/about").status == 302
            for target in ("/missing", "/.env", "/.lading/ledger", "/css/app.css.gz", "/css/"):
                answer = exchange(address, "GET", target)
                assert (answer.status == 404) is not behind, target
                assert (answer.body == b"app") is behind, target
                if behind:
                    assert {name: answer.header(name) for name in OWN} == OWN, target
                    assert answer.header("X-Content-Type-Options") is None


def publish(root: Path) -> Path:
    for name, content in {
        "index.html": "home",
        "about/index.html": "about",
        "css/app.css": "style",
        "css/app.css.gz": "packed",
        ".well-known/security.txt": "security",
        ".env": "secret",
        ".lading/ledger": "secret",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root
