"""Uploads to real servers: whole ones, cut off ones, and ones that are too large."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from .servers import SERVERS, Running, running

BOUNDARY = "limit-of-tests"


@pytest.fixture(scope="module", params=["gunicorn", "uvicorn"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A WSGI and an ASGI server with a project that takes uploads."""
    known = next(server for server in SERVERS if server.name == request.param)
    interface = known.command[-1].rpartition(":")[2]
    command = (*known.command[:-1], f"serve.uploads_app:{interface}")
    with running(replace(known, command=command), tmp_path_factory.mktemp("media")) as started:
        yield started


def form(name: str, content: bytes) -> bytes:
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
    kind = "Content-Type: application/octet-stream\r\n\r\n"
    return b"".join(
        (f"--{BOUNDARY}\r\n{head}{kind}".encode(), content, f"\r\n--{BOUNDARY}--\r\n".encode())
    )


def send(server: Running, body: bytes, length: int | None = None) -> bytes:
    """The answer to a form, ``b""`` if there is none. ``length``: what is declared, if more than is sent."""
    head = (
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {len(body) if length is None else length}\r\n\r\n"
    )
    with socket.create_connection(server.address, timeout=30) as connection:
        connection.sendall(head.encode() + body)
        if length is not None:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while block := connection.recv(65_536):
                answer += block
        except ConnectionResetError:
            pass
        return answer


def stored(server: Running) -> list[str]:
    """All files below the server's MEDIA_ROOT."""
    return sorted(name for _, _, names in os.walk(server.root) for name in names)


@pytest.mark.parametrize("size", [10, 50_000, 1_500_000], ids=["small", "memory", "temporary"])
def test_whole_uploads(server: Running, size: int):
    answer = send(server, form(f"{size}.txt", b"x" * size))
    assert answer.startswith(b"HTTP/1.1 200 ")
    file = server.root / answer.rpartition(b"\r\n\r\n")[2].decode()
    assert file.read_bytes() == b"x" * size
    file.unlink()


@pytest.mark.parametrize("declared", [1_200_000, 5 << 30], ids=["cut", "5 GB"])
def test_a_connection_that_is_cut(server: Running, declared: int):
    """Of a declared body a megabyte arrives."""
    before = stored(server)
    body = form("cut.txt", b"x" * 1_100_000)[:1_000_000]
    answer = send(server, body, declared)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
    assert send(server, form("next.txt", b"next")).startswith(b"HTTP/1.1 200 ")
    (server.root / "next.txt").unlink()
    assert stored(server) == before


def test_an_end_that_is_not_where_it_was_declared(server: Running):
    """A whole form, in a request that promised more."""
    before = stored(server)
    answer = send(server, form("short.txt", b"x" * 1000), 1_000_000)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
    time.sleep(0.1)
    assert stored(server) == before


def test_a_file_that_is_too_large(server: Running):
    before = stored(server)
    answer = send(server, form("large.txt", b"x" * 3_000_000))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 422 ")
    said = "The file is too large: 2.861 MB, at most 1.907 MB are taken."
    assert json.loads(body) == {"file": [said]}
    assert stored(server) == before


def test_names_as_they_arrive(server: Running):
    """Folders and what cannot be shown are gone before Django's form sees the name."""
    for name in ("../../x.txt", "..\\x.txt", "/etc/x.txt", "x\0.txt"):
        answer = send(server, form(name, b"text"))
        assert answer.startswith(b"HTTP/1.1 200 "), (name, answer)
        assert answer.endswith(b"x.txt")
        (server.root / "x.txt").unlink()
    answer = send(server, form("x.php.jpg", b"text"))
    assert b"hides the extension .php" in answer
    assert not list(Path(server.root).glob("**/x*"))
