"""``respond``: the table of requests, and what holds for every request."""

from __future__ import annotations

from email.utils import formatdate
from urllib.parse import unquote_to_bytes

import pytest

from lading.serve.cache import Cache
from lading.serve.deliver import deliver
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


def test_rows_have_names_of_their_own() -> None:
    assert len({str(row) for row in ROWS}) == len(ROWS) >= 150
