"""The table of requests, where Django answers: gunicorn and uvicorn before the middleware, ``runserver``
in development. Its test client is in ``tests/django``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest

from lading.manifest import dumps

from .checking import Answer, problems
from .client import NoAnswerError, exchange
from .requests_table import ROWS
from .requests_table.negotiation import NEGOTIATION
from .rows import ANY, Differs, Row, Value
from .servers import Running, Server, running
from .site import CONTENTS, RELEASED, SECRET, earlier_release, publish
from .test_respond import validators

PRODUCTION = (
    Server(
        "gunicorn-django",
        ("django", "gunicorn", "wsgi"),
        (
            *("gunicorn", "--bind", "127.0.0.1:{port}", "--worker-class", "gthread"),
            *("--threads", "4", "--log-level", "critical"),
            *("--limit-request-field_size", "100000", "--limit-request-fields", "2000"),
            "serve.django_app:wsgi",
        ),
    ),
    Server(
        "uvicorn-django",
        ("django", "asgi"),
        (
            *("uvicorn", "--port", "{port}", "--log-level", "critical", "--http", "h11"),
            *("--lifespan", "off", "--h11-max-incomplete-event-size", "200000"),
            "serve.django_app:asgi",
        ),
    ),
)

RUNSERVER = Server(
    "runserver",
    ("development", "django", "wsgi"),
    (
        "django-admin",
        "runserver",
        "--noreload",
        "127.0.0.1:{port}",
        "--settings",
        "serve.django_dev",
    ),
)

# One middleware serves one prefix with the project's settings.
SERVED = [row for row in ROWS if not row.target.startswith(("/site/", "/cdn/"))]


def publish_with_earlier(folder: Path) -> Path:
    """A target that keeps an earlier release."""
    made = publish(folder)
    (made / ".lading/releases").mkdir()
    kept = made / ".lading/releases/1.json"
    kept.write_bytes(dumps(earlier_release()))
    os.utime(kept, (RELEASED, RELEASED))
    return made


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_with_earlier(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module", params=PRODUCTION, ids=lambda server: server.name)
def server(request: pytest.FixtureRequest, root: Path) -> Iterator[Running]:
    with running(request.param, root) as started:
        yield started


def ask(server: Running, row: Row, own: Any) -> Answer:
    try:
        return exchange(server.address, row.method, row.target, row.request_headers(own))
    except NoAnswerError as error:
        return Answer(0, (), str(error).encode())


def test_the_table_under_real_servers(server: Running) -> None:
    wrong = {
        str(row): found
        for row in SERVED
        if (found := problems(row, ask(server, row, validators), validators, server.server.names))
    }
    assert not wrong, "\n".join(f"{row}: {found}" for row, found in wrong.items())


class Development:
    """``runserver`` over the sources that were published, and rows as they are then."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self._known: dict[str, Answer] = {}

    def validators(self, kind: str, name: str, coding: str) -> str:
        """What the server says of the file itself: there are no encoded variants of sources."""
        if name not in self._known:
            self._known[name] = exchange(self.server.address, "HEAD", f"/static/{quote(name)}")
        header = {"etag": "ETag", "modified": "Last-Modified"}[kind]
        return self._known[name].header(header) or ""


_NO_ZERO = Differs("Django's server leaves out a length of 0", headers={"Content-Length": None})
_REFUSED = Differs("Python's server takes lines of 64 KB and 100 headers", status=(431,))

# How Django's development server differs, by the rows' names.
_DIFFERS: Final[Mapping[str, Differs]] = {
    "HEAD of an empty file": _NO_ZERO,
    "If-Match: HEAD": _NO_ZERO,
    "If-Unmodified-Since: HEAD": _NO_ZERO,
    "64 KB: If-Match of tags": _REFUSED,
    "64 KB: leading zeros of a range": _REFUSED,
    "a thousand headers of one name": _REFUSED,
}

# Rows about what sources do not have: encoded variants, and names of earlier releases.
_OF_RELEASES: Final = re.compile("kept earlier release|another coding|large coding|length of gzip")


def in_development(row: Row) -> Row | None:
    """A row as it holds for sources: nothing is kept without asking. ``None`` if it holds for releases
    only.
    """
    encoded = row.coding not in (None, ANY) or "Content-Encoding" in row.expect
    if row in NEGOTIATION or encoded or _OF_RELEASES.search(row.name):
        return None
    expect: dict[str, Value] = dict(row.expect)
    expect.pop("Vary", None)
    cached = expect.get("Cache-Control")
    text = cached.pattern if isinstance(cached, re.Pattern) else cached or ""
    if text.startswith("max-age"):
        expect["Cache-Control"] = "no-cache, public"
    own = {"development": _DIFFERS[row.name]} if row.name in _DIFFERS else {}
    return replace(row, expect=expect, differs={**row.differs, **own})


@pytest.fixture(scope="module")
def development(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Development]:
    folder = tmp_path_factory.mktemp("sources")
    for name, content in {**CONTENTS, "../outside.txt": SECRET, "..data": SECRET}.items():
        file = folder / "static" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (RELEASED, RELEASED))
    with running(RUNSERVER, folder / "static") as started:
        yield Development(started)


def test_the_table_in_development(development: Development) -> None:
    rows = [changed for row in SERVED if (changed := in_development(row)) is not None]
    assert len(rows) > 150
    names = development.server.server.names
    wrong = {
        str(row): found
        for row in rows
        if (
            found := problems(
                row,
                ask(development.server, row, development.validators),
                development.validators,
                names,
            )
        )
    }
    assert not wrong, "\n".join(f"{row}: {found}" for row, found in wrong.items())
