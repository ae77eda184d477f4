"""``respond``: the table of requests, and what holds for every request."""

from __future__ import annotations

from dataclasses import replace
from email.utils import formatdate
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.serve.cache import Cache
from lading.serve.deliver import deliver
from lading.serve.respond import REQUEST_HEADERS, respond
from lading.serve.table import Tables

from .checking import Answer, problems
from .requests_table import ROWS
from .rows import Row
from .site import APPLICATION, RELEASED, etag, publish
from .site import tables as tables_of


def validators(kind: str, name: str, coding: str) -> str:
    """Lading's own, computed rather than asked for."""
    return formatdate(RELEASED, usegmt=True) if kind == "modified" else etag(name, coding)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return tables_of(publish(tmp_path_factory.mktemp("site")))


def ask(tables: Tables, row: Row) -> Answer:
    """What a server without faults would make of the pure responder."""
    raw, _, query = row.target.partition("?")
    try:
        path = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        path = raw
    entry = tables.lookup(path)
    if entry is None and not tables.covers(path):
        return Answer(200, (), APPLICATION)
    merged: dict[str, str] = {}
    for name, value in row.request_headers(validators):
        known = merged.get(name.lower())
        merged[name.lower()] = value.strip() if known is None else f"{known}, {value}"
    reply, body = deliver(entry, row.method, merged, Cache(), query)
    if not isinstance(body, bytes):
        opened, body = body, b"".join(body)
        opened.close()
    return Answer(reply.status, tuple((name.lower(), value) for name, value in reply.headers), body)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_table_of_requests(row: Row, tables: Tables) -> None:
    assert not problems(row, ask(tables, row), validators, ("pure",))


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.method == "GET" and "Range" not in dict(row.headers)],
    ids=str,
)
def test_head_is_get_without_its_content(row: Row, tables: Tables) -> None:
    got, headed = ask(tables, row), ask(tables, replace(row, method="HEAD"))
    assert (got.status, got.headers) == (headed.status, headed.headers)
    assert not headed.body or headed.body == APPLICATION


@given(
    st.sampled_from(["GET", "HEAD", "OPTIONS", "POST"]) | st.text(max_size=5),
    st.dictionaries(st.sampled_from(REQUEST_HEADERS), st.text(max_size=30)),
)
def test_every_request_is_answered(tables: Tables, method: str, headers: dict[str, str]) -> None:
    for path in ("/static/css/app.css", "/site/docs", "/static/empty.txt", "/static/nothing"):
        reply = respond(tables.lookup(path), method, headers)
        assert reply.status in (200, 204, 206, 302, 304, 404, 405, 412, 416)
        assert method != "HEAD" or not reply.parts
        if reply.parts:
            assert dict(reply.headers)["Content-Length"] == str(reply.length)


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ("a=1&b=%20", "docs/?a=1&b=%20"),
        ("a=1\r\nX-Injected: yes", "docs/?a=1%0D%0AX-Injected:%20yes"),
        ("a=\xe4", "docs/?a=%E4"),
        ("a=\u2713", "docs/?a=?"),
        ("", "docs/"),
    ],
)
def test_a_query_cannot_end_the_header_of_a_redirect(
    query: str, location: str, tables: Tables
) -> None:
    reply = respond(tables.lookup("/site/docs"), "GET", {}, query)
    assert dict(reply.headers)["Location"] == location


def test_rows_have_names_of_their_own() -> None:
    assert len({str(row) for row in ROWS}) == len(ROWS) >= 150
