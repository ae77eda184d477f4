"""The table of requests, under real servers."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from .checking import Answer, problems
from .client import NoAnswerError, exchange
from .requests_table import ROWS
from .rows import Row
from .servers import SERVERS, Running, running
from .site import publish
from .test_respond import validators


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module", params=SERVERS, ids=lambda server: server.name)
def server(request: pytest.FixtureRequest, root: Path) -> Iterator[Running]:
    with running(request.param, root) as started:
        yield started


KEPT_ALIVE = (
    "RFC 9110 §9.3.1: GET sends the content",
    "RFC 9110 §9.3.2: HEAD has the headers of GET and no content",
    "RFC 9110 §9.3.2: HEAD of a large file",
    "RFC 9110 §13.1.2: If-None-Match: the tag",
    "RFC 9110 §13.1.1: If-Match: another tag",
    "RFC 9110 §14.1.2: the first byte",
    "RFC 9110 §15.5.17: far behind the end",
    "RFC 9110 §8.6: a large file",
    "RFC 9110 §14.2: a range of a large file",
    "RFC 9110 §15.3.7.2: several ranges of a large file",
    "RFC 9110 §8.6: length of an empty file",
    "RFC 9110 §9.3.7: OPTIONS names the methods",
    "RFC 9110 §9.3.3: POST is not allowed",
    "RFC 9111 §5.2.2.5: an unknown plain name is not kept",
    "Fetch §3.2.3: other origins and fonts/sans.woff2",
)


def ask(server: Running, row: Row) -> Answer:
    headers = row.request_headers(validators)
    try:
        return exchange(server.address, row.method, row.target, headers)
    except NoAnswerError as error:
        return Answer(0, (), str(error).encode())


def test_the_table_of_requests(server: Running) -> None:
    wrong = {
        str(row): found
        for row in ROWS
        if (found := problems(row, ask(server, row), validators, server.server.names))
    }
    assert not wrong, "\n".join(f"{row}: {found}" for row, found in wrong.items())


def test_answers_on_one_connection_do_not_run_into_each_other(server: Running) -> None:
    rows = {str(row): row for row in ROWS}
    connection = http.client.HTTPConnection(*server.address, timeout=20)
    connection.auto_open = False
    connection.connect()
    for name in (*KEPT_ALIVE, *reversed(KEPT_ALIVE)):
        row = rows[name]
        headers = dict(row.request_headers(validators))
        connection.request(row.method, row.target, headers=headers)
        response = connection.getresponse()
        pairs = tuple((name.lower(), value) for name, value in response.getheaders())
        answer = Answer(response.status, pairs, response.read())
        assert not problems(row, answer, validators, server.server.names), name
    connection.close()
