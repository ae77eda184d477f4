"""An HTTP/1.1 client that sends exactly what it is given and reads exactly what comes back."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress

from .checking import Answer

TIMEOUT = 20.0  # seconds without a byte


class NoAnswerError(Exception):
    """The server closed the connection without an answer, or with a broken one."""


def request_bytes(method: str, target: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """A request that asks for the connection to be closed; values go out as Latin-1."""
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def exchange(
    address: tuple[str, int], method: str, target: str, headers: Iterable[tuple[str, str]] = ()
) -> Answer:
    """Send one request over a connection of its own. Raises ``NoAnswerError``."""
    with socket.create_connection(address, TIMEOUT) as connection:
        with suppress(ConnectionError):  # a server may answer and close before it has read all
            connection.sendall(request_bytes(method, target, headers))
        received = bytearray()
        with suppress(ConnectionError):
            while chunk := connection.recv(1 << 16):
                received += chunk
    return parse(bytes(received), method)


def parse(received: bytes, method: str) -> Answer:
    """Parse all that a connection gave. What follows an answer is part of its content here, so that no
    superfluous byte goes unseen. Raises ``NoAnswerError``.
    """
    head, separator, rest = received.partition(b"\r\n\r\n")
    if not separator:
        raise NoAnswerError(received[:200])
    status_line, *lines = head.decode("latin-1").split("\r\n")
    status = int(status_line.split(" ")[1])
    if status < 200:
        return parse(rest, method)
    pairs = (line.partition(":") for line in lines)
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)
    if any(name == "transfer-encoding" and value == "chunked" for name, value in headers):
        rest = _dechunked(rest)
    return Answer(status, headers, rest)


def _dechunked(data: bytes) -> bytes:
    content = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            return content + data.removeprefix(b"\r\n")
        content, data = content + data[:length], data[length + 2 :]
    raise NoAnswerError("the last chunk is missing")
