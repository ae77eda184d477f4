"""Clients that hang up, and files that vanish or shrink while they are sent, under real servers."""

from __future__ import annotations

import hashlib
import os
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from lading.manifest import NAME, File, Manifest, dumps

from .client import exchange, request_bytes
from .servers import SERVERS, Running, running

HUGE = 64 << 20
"""Bytes of a file that no socket's buffer takes in; on the disk it has no blocks."""

ABORTED = 10_000
"""Requests that are given up, shared among the servers."""


SPARE = 10
"""Descriptors that a server may open for itself meanwhile: pipes, control sockets."""


def publish(root: Path) -> None:
    """A target of a few files, some of them huge."""
    files: dict[str, File] = {}
    for name in ("huge.bin", "shrinks.bin", "shrinks-in-range.bin", "vanishes.bin"):
        with open(root / name, "wb") as file:
            file.truncate(HUGE)
        files[name] = File("0" * 64, HUGE, "application/octet-stream")
    (root / "small.txt").write_bytes(b"small")
    digest = hashlib.sha256(b"small").hexdigest()
    files["small.txt"] = File(digest, 5, "text/plain")
    (root / NAME).write_bytes(dumps(Manifest({}, files)))


@pytest.fixture(scope="module", params=SERVERS, ids=lambda server: server.name)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("target")
    publish(root)
    with running(request.param, root) as started:
        yield started


def connect(server: Running) -> socket.socket:
    """A connection of which the server can only send little before the client reads."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(20)
    connection.connect(server.address)
    return connection


def abort(connection: socket.socket) -> None:
    """Close with a reset, as a client that is killed does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def settled(server: Running, most: int) -> int:
    """The server's open descriptors, once they are no more than ``most`` or after some seconds."""
    deadline = time.monotonic() + 20
    while (count := server.descriptors()) > most and time.monotonic() < deadline:
        time.sleep(0.05)
    return count


def test_aborted_requests_leave_no_descriptor(server: Running) -> None:
    for _ in range(20):
        assert exchange(server.address, "GET", "/static/small.txt").status == 200
    before = server.descriptors()
    requests = [
        request_bytes("GET", "/static/huge.bin", ()),
        request_bytes("GET", "/static/huge.bin", [("Range", "bytes=1000000-")]),
        request_bytes("GET", "/static/huge.bin", [("Range", "bytes=0-99,5000000-60000000")]),
        request_bytes("GET", "/static/small.txt", ()),
    ]
    for number in range(ABORTED // len(SERVERS)):
        connection = connect(server)
        connection.sendall(requests[number % len(requests)])
        if number % 3:
            with suppress(ConnectionError):
                assert connection.recv(100)
        abort(connection)
    assert exchange(server.address, "GET", "/static/small.txt").body == b"small"
    assert settled(server, before + SPARE) <= before + SPARE


def received(connection: socket.socket) -> int:
    """Bytes that come until the server closes, however it does that."""
    count = 0
    with suppress(ConnectionError):
        while chunk := connection.recv(1 << 16):
            count += len(chunk)
    return count


@pytest.mark.parametrize(
    ("name", "ranges"), [("shrinks.bin", ()), ("shrinks-in-range.bin", (("Range", "bytes=1-"),))]
)
def test_a_file_that_shrinks_ends_the_connection(
    server: Running, name: str, ranges: tuple[tuple[str, str], ...]
) -> None:
    """A client that got fewer bytes than promised must not take the next answer for the rest."""
    with connect(server) as connection:
        request = request_bytes("GET", f"/static/{name}", ranges)
        connection.sendall(request.replace(b"Connection: close", b"Connection: keep-alive"))
        assert connection.recv(100).startswith(b"HTTP/1.1 20")
        os.truncate(server.root / name, 1 << 20)
        if server.server.flow_control:
            assert received(connection) < HUGE  # and it comes to an end, well before the timeout
    # By now the file is another one than was published, and answered as it is.
    answer = exchange(server.address, "GET", f"/static/{name}")
    assert (answer.status, len(answer.body)) == (200, 1 << 20)
    assert answer.header("Cache-Control") == "no-cache"


def test_a_file_that_vanishes_while_it_is_sent_is_sent_to_its_end(server: Running) -> None:
    with connect(server) as connection:
        connection.sendall(request_bytes("GET", "/static/vanishes.bin", ()))
        assert connection.recv(100)
        (server.root / "vanishes.bin").unlink()
        assert received(connection) > HUGE - 100
    answer = exchange(server.address, "GET", "/static/vanishes.bin")
    assert (answer.status, answer.header("Cache-Control")) == (404, "no-store")
