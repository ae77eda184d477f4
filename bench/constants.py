"""Answers that are ready before anybody asks, and no more than it takes to send them: what a server itself
can do at most. One for each case of the serving suite, at `/constant/NAME`, for WSGI and for ASGI;
`bench.constants_django` gives the same through Django.

The environment says how many bytes the packed file has (`BENCH_PACKED`) and which file is the large one
(`BENCH_LARGE`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path

PREFIX = "/constant/"
RANGE_START, RANGE_LENGTH = 5_000_000, 65_536
CHUNK = 256 << 10  # bytes of the large file that are handed to a server at a time


@dataclass(frozen=True)
class Constant:
    """Status, headers, and the whole body; `None` stands for the content of the large file."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes | None

    @property
    def line(self) -> str:
        """Status and phrase, as WSGI wants them."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"

    @property
    def raw(self) -> list[tuple[bytes, bytes]]:
        """The headers as ASGI wants them."""
        return [(name.lower().encode(), value.encode()) for name, value in self.headers]


def constants(packed: int, large: int) -> dict[str, Constant]:
    """The answers by name, with the fewest headers that are right; sizes in bytes."""
    whole = f"bytes {RANGE_START}-{RANGE_START + RANGE_LENGTH - 1}/{large}"
    return {
        "small": _with_body(200, b"x" * 2048, ("Content-Type", "text/css")),
        "packed": _with_body(
            200, b"x" * packed, ("Content-Type", "text/javascript"), ("Content-Encoding", "br")
        ),
        "unchanged": Constant(304, (("ETag", '"0123456789abcdef0123456789abcdef"'),), b""),
        "large": Constant(
            200, (("Content-Type", "video/mp4"), ("Content-Length", str(large))), None
        ),
        "range": _with_body(
            206, b"x" * RANGE_LENGTH, ("Content-Type", "video/mp4"), ("Content-Range", whole)
        ),
    }


def _with_body(status: int, body: bytes, *headers: tuple[str, str]) -> Constant:
    return Constant(status, (*headers, ("Content-Length", str(len(body)))), body)


def large_file() -> str:
    return os.environ["BENCH_LARGE"]


@cache
def ready() -> dict[str, Constant]:
    """The answers of this process by path."""
    made = constants(int(os.environ["BENCH_PACKED"]), os.path.getsize(large_file()))
    return {PREFIX + name: one for name, one in made.items()}


@cache
def chunks() -> tuple[bytes, ...]:
    """The large file in memory, for servers that cannot send a file by themselves."""
    content = Path(large_file()).read_bytes()
    return tuple(content[at : at + CHUNK] for at in range(0, len(content), CHUNK))


def stream() -> Iterator[bytes]:
    """The large file chunk by chunk: an iterator with a `close`, which some servers call unasked."""
    yield from chunks()


@cache
def _for_wsgi() -> dict[str, tuple[str, list[tuple[str, str]], list[bytes] | None]]:
    return {
        path: (one.line, list(one.headers), None if one.body is None else [one.body])
        for path, one in ready().items()
    }


def wsgi(environ, start_response):
    """The bare server's answers; anything else is a 404."""
    found = _for_wsgi().get(environ["PATH_INFO"])
    if found is None:
        start_response("404 Not Found", [("Content-Length", "0")])
        return []
    line, headers, body = found
    start_response(line, headers)
    if body is not None:
        return body
    wrapper = environ.get("wsgi.file_wrapper")
    return stream() if wrapper is None else wrapper(open(large_file(), "rb"), CHUNK)


@cache
def _for_asgi() -> dict[str, tuple[dict[str, object], dict[str, object] | None]]:
    return {
        path: (
            {"type": "http.response.start", "status": one.status, "headers": one.raw},
            None if one.body is None else {"type": "http.response.body", "body": one.body},
        )
        for path, one in ready().items()
    }


async def asgi(scope, receive, send):
    """The same by ASGI."""
    found = _for_asgi().get(scope["path"])
    if found is None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body"})
        return
    start, body = found
    await send(start)
    if body is not None:
        await send(body)
    elif "http.response.pathsend" in (scope.get("extensions") or {}):
        await send({"type": "http.response.pathsend", "path": large_file()})
    else:
        for chunk in chunks():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body"})
