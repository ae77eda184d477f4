"""Constant answers -> right answers by WSGI and ASGI; rates -> what the server limits and what is missed."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from wsgiref.util import FileWrapper, setup_testing_defaults

import pytest
from bench.constants import Constant
from bench.servers import KINDS, Answer, Load
from bench.suites.serve_cases import (
    CASES,
    CONSTANT_PATHS,
    CONSTANT_TITLE,
    DJANGO_TITLE,
    LARGE,
    WRAPPING,
    Line,
    fault,
)
from bench.suites.serve_limits import Cell, against, below, rows
from bench.suites.serve_tables import limits

from bench import constants

PACKED = 60_000


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The environment of the constant applications, and nothing kept of another test's."""
    (tmp_path / "large.mp4").write_bytes(b"l" * LARGE)
    monkeypatch.setenv("BENCH_LARGE", str(tmp_path / "large.mp4"))
    monkeypatch.setenv("BENCH_PACKED", str(PACKED))
    kept = (constants.ready, constants.chunks, constants._for_wsgi, constants._for_asgi)
    for one in kept:
        one.cache_clear()
    yield tmp_path / "large.mp4"
    for one in kept:
        one.cache_clear()


def ask_wsgi(path: str, **environ: object) -> Answer:
    setup_testing_defaults(environ)
    started = []
    body = constants.wsgi(environ | {"PATH_INFO": path}, lambda *start: started.append(start))
    content = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    [(line, headers)] = started
    return answer(int(line.split()[0]), headers, content)


def ask_asgi(path: str, **scope: object) -> Answer:
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(constants.asgi({"path": path, **scope}, None, send))
    start, *bodies = sent
    headers = [(name.decode(), value.decode()) for name, value in start["headers"]]
    parts = [Path(m["path"]).read_bytes() if "path" in m else m.get("body", b"") for m in bodies]
    return answer(start["status"], headers, b"".join(parts))


def answer(status: int, headers, content: bytes) -> Answer:
    named = {name.lower(): value for name, value in headers}
    assert int(named.get("content-length", 0)) == len(content)
    return Answer(status, named, len(content))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize(
    ("ask", "way"),
    [
        (ask_wsgi, {}),
        (ask_wsgi, {"wsgi.file_wrapper": FileWrapper}),
        (ask_asgi, {}),
        (ask_asgi, {"extensions": {"http.response.pathsend": {}}}),
    ],
)
def test_constant_answers_are_those_of_the_case(published, case, ask, way):
    assert fault(case, ask(CONSTANT_PATHS[case.name], **way)) == ""


# In a process of its own, since settings are made once.
THROUGH_DJANGO = """
import asyncio, json, sys
from django.conf import settings

settings.configure(
    MIDDLEWARE=["bench.constants_django.middleware"], ROOT_URLCONF="bench.constants_django",
    ALLOWED_HOSTS=["*"], SECRET_KEY="none",
)
import django
django.setup()
from django.test import AsyncClient, Client

async def content(response):
    if not response.streaming:
        return response.content
    if response.is_async:
        return b"".join([part async for part in response])
    return b"".join(response)

async def asynchronously(path):
    return await AsyncClient().get(path)

for path in sys.argv[1:]:
    for response in (Client().get(path), asyncio.run(asynchronously(path))):
        length = len(asyncio.run(content(response)))
        print(json.dumps([path, response.status_code, dict(response.headers), length]))
"""


def test_constant_answers_through_django_are_those_of_the_case(published):
    done = subprocess.run(
        [sys.executable, "-c", THROUGH_DJANGO, *CONSTANT_PATHS.values()],
        env=os.environ | {"PYTHONPATH": str(Path(constants.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer[0] for answer in answers] == [
        path for path in CONSTANT_PATHS.values() for _ in range(2)
    ]
    cases = {CONSTANT_PATHS[case.name]: case for case in CASES}
    for path, status, headers, length in answers:
        named = {name.lower(): value for name, value in headers.items()}
        assert int(named.get("content-length", 0)) == length
        assert fault(cases[path], Answer(status, named, length)) == ""


@pytest.mark.parametrize("ask", [ask_wsgi, ask_asgi])
def test_nothing_else_is_answered(published, ask):
    assert ask("/constant").status == 404


def test_constant_answers_are_as_long_as_the_files():
    made = constants.constants(PACKED, LARGE)
    assert {name: one.body and len(one.body) for name, one in made.items()} == {
        "small": 2048,
        "packed": PACKED,
        "unchanged": b"",
        "large": None,
        "range": 65_536,
    }
    assert made["small"] == Constant(
        200, (("Content-Type", "text/css"), ("Content-Length", "2048")), b"x" * 2048
    )


def line(kind: str, title: str, rate: float) -> Line:
    loads = {case.name: {1: Load(rate, 0.001)} for case in CASES}
    return Line(kind, title, None, {}, loads, {})


def cell(reached=1.2, near=0.5, room=3.0, *, limit=1.5, peer="Peer") -> Cell:
    return Cell("uvicorn", peer, "304", limit, reached, near, room)


@pytest.mark.parametrize(
    ("cell", "text", "verdict"),
    [
        (cell(reached=1.5), "1.50x", None),
        (cell(reached=None), "—", None),
        (cell(), "**1.20x**", "**missed**"),
        # As quick as the constant response would not be enough; or nearly is as quick.
        (cell(room=1.49), "*1.20x*", "Django under this server"),
        (cell(room=1.5), "**1.20x**", "**missed**"),
        (cell(near=0.8), "*1.20x*", "Django under this server"),
        (cell(near=0.79), "**1.20x**", "**missed**"),
        (cell(near=0.8, peer="Peer" + WRAPPING), "*1.20x*", "the server"),
        (cell(reached=4.0, room=4.9, limit=5.0), "*4.00x*", "Django under this server"),
        # Without a constant response nothing is explained.
        (cell(near=None, room=None), "**1.20x**", "**missed**"),
    ],
)
def test_a_cell_says_whether_the_server_is_the_limit(cell, text, verdict):
    assert cell.text == text
    assert cell.below == (verdict is not None)
    if verdict is not None:
        assert cell.verdict == verdict


def test_each_way_is_compared_with_its_own_constant_response():
    lines = [
        line("uvicorn", CONSTANT_TITLE, 1000),
        line("uvicorn", DJANGO_TITLE, 100),
        line("uvicorn", "Lading", 60),
        line("uvicorn", "Lading" + WRAPPING, 900),
        line("uvicorn", "Peer", 50),
        line("uvicorn", "Peer" + WRAPPING, 800),
        line("uvicorn", "ServeStatic", 20),  # and no wrapper
    ]
    cells = rows(lines, "Lading", ["Peer", "ServeStatic"])
    assert [(row[0].peer, len(row)) for row in cells] == [
        ("Peer", len(CASES)),
        ("ServeStatic", len(CASES)),
        ("Peer" + WRAPPING, len(CASES)),
    ]
    middleware, hard, wrapper = (row[0] for row in cells)
    assert (middleware.reached, middleware.near, middleware.room) == (1.2, 0.6, 2.0)
    assert (wrapper.reached, wrapper.near, wrapper.room) == (1.125, 0.9, 1.25)
    assert (hard.limit, cells[1][1].limit, hard.text) == (5.0, 1.5, "**3.00x**")


def test_what_was_not_measured_is_neither_reached_nor_missed():
    lines = [line(KINDS[0].name, "Lading", 60), line(KINDS[0].name, "Peer", 50)]
    lines[1].loads.clear()
    [row] = rows(lines, "Lading", ["Peer"])
    assert {one.text for one in row} == {"—"}
    assert limits([row]) == []


def test_the_table_of_what_is_below_its_limit():
    cells = [[cell(near=0.9), cell(reached=2.0)], [cell(peer="Other")]]
    assert list(below(cells)) == [
        ["uvicorn, Other: 304", "1.20x", "0.50x", "3.00x", "**missed**"],
        ["uvicorn, Peer: 304", "1.20x", "0.90x", "3.00x", "Django under this server"],
    ]
    assert list(against(cells)) == [
        ["uvicorn, Peer", "*1.20x*", "2.00x"],
        ["uvicorn, Other", "**1.20x**"],
    ]
    text, table = limits(cells)
    assert "at least 0.8 of it" in text
    assert table.count("\n") == 3
