"""The table of requests, under the real servers with the configurations that Lading writes for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest

from lading.policy import Policy
from lading.webservers.rules import DIGEST, NameRule
from lading.webservers.site import Site, Static
from serve.checking import Answer, problems
from serve.client import NoAnswerError, exchange
from serve.requests_table import ROWS
from serve.requests_table.paths import PATHS
from serve.requests_table.webservers import EXCEPTIONS, SERVERS
from serve.rows import Row, Validators
from serve.site import APPLICATION, RELEASED, publish

from .running import Address, application, public_folder, running

pytestmark = [pytest.mark.e2e]

CDN = Policy(
    max_age=0,
    origins="all",
    resource_policy="cross-origin",
    headers={"*.css": {"X-Is-Css-File": "True"}, "*.pdf": {"Content-Type": "text/x-paper"}},
)
HASHED = (NameRule(rf"\.{DIGEST}(?:\.[^./]*)?$", "immutable"),)


def areas(root: Path) -> tuple[Static, ...]:
    """The areas of ``serve.site.tables``."""
    common = {
        "root": str(root),
        "codings": ("br", "zstd", "gzip"),
        "immutable": HASHED,
        "denied": ("staticfiles.json",),
    }
    return (
        Static("/static/", policy=Policy(), **common),
        Static("/site/", policy=Policy(), index="index.html", fallthrough=True, **common),
        Static("/cdn/", policy=CDN, **common),
        Static("/", policy=Policy(), fallthrough=True, **{**common, "root": f"{root}/root"}),
    )


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    with public_folder() as folder:
        root = publish(folder)
        for file in root.rglob("*"):
            os.utime(file, (RELEASED, RELEASED))
        yield root


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, root: Path) -> Iterator[tuple[str, Address]]:
    with application(lambda method, path: ({}, APPLICATION)) as app:
        site = Site(areas(root), app=app, names=("localhost",))
        with running(request.param, site) as address:
            yield request.param, address


def validators_of(address: Address) -> Validators:
    """The server's own, which it is asked for."""

    @cache
    def validator(kind: str, name: str, coding: str) -> str:
        headers = [("Accept-Encoding", coding)] if coding else []
        answer = exchange(address, "GET", f"/static/{quote(name)}", headers)
        return answer.header("ETag" if kind == "etag" else "Last-Modified") or "absent"

    return validator


def ask(address: Address, row: Row, validators: Validators) -> Answer:
    try:
        return exchange(address, row.method, row.target, row.request_headers(validators))
    except NoAnswerError as error:
        return Answer(0, (), str(error).encode())


def test_the_table_of_requests(server: tuple[str, Address]) -> None:
    name, address = server
    validators = validators_of(address)
    wrong: dict[str, object] = {}
    for row in ROWS:
        answer = ask(address, row, validators)
        if found := problems(row, answer, validators, (name,)):
            wrong[str(row)] = found
        elif name in row.differs and not problems(row, answer, validators):
            wrong[str(row)] = "no exception is needed"
    assert not wrong, "\n".join(f"{row}: {found}" for row, found in wrong.items())


def test_no_server_leads_outside() -> None:
    outside = {str(row) for row in PATHS if row.status == 404} - {
        "RFC 9110 §17.3: a file that is not listed"
    }
    for row in ROWS:
        for name in SERVERS:
            if str(row) in outside and name in row.differs:
                assert row.differs[name].status == (400,)


def test_every_exception_is_of_some_row() -> None:
    names = [str(row) for row in ROWS]
    assert {row for row in names if row.startswith("bad input: 64 KB")}
    for exception in EXCEPTIONS:
        found = [
            row
            for row in ROWS
            for s in exception.servers
            if row.differs.get(s) is exception.differs
        ]
        assert len(found) >= len(exception.rows), exception
