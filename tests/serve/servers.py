"""Real servers on loopback, in processes of their own, for the tests of serving."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .client import NoAnswerError, exchange

_TESTS = Path(__file__).parent.parent
_BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Server:
    """A server program: its name, the general names under which rows may list it too, and its command,
    into which ``{port}`` is put. ``flow_control``: it takes no more of an answer than it can send, and
    cuts the connection when an answer is left unfinished.
    """

    name: str
    kinds: tuple[str, ...]
    command: tuple[str, ...]
    flow_control: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """From the particular to the general."""
        return (self.name, *self.kinds)


SERVERS = (
    Server(
        "gunicorn",
        ("wsgi",),
        (
            *("gunicorn", "--bind", "127.0.0.1:{port}", "--worker-class", "gthread"),
            *("--threads", "4", "--log-level", "critical"),
            *("--limit-request-field_size", "100000", "--limit-request-fields", "2000"),
            "serve.served_app:wsgi",
        ),
    ),
    Server(
        "granian-wsgi",
        ("granian", "wsgi"),
        (
            *("granian", "--interface", "wsgi", "--port", "{port}", "--log-level", "critical"),
            "serve.served_app:wsgi",
        ),
    ),
    Server(
        "granian-asgi",
        ("granian", "asgi"),
        (
            *("granian", "--interface", "asgi", "--port", "{port}", "--log-level", "critical"),
            "serve.served_app:asgi",
        ),
    ),
    Server(
        "uvicorn",
        ("asgi",),
        (
            *("uvicorn", "--port", "{port}", "--log-level", "critical", "--http", "h11"),
            *("--h11-max-incomplete-event-size", "200000"),
            "serve.served_app:asgi",
        ),
    ),
    Server(
        "hypercorn",
        ("asgi",),
        (
            *("hypercorn", "--bind", "127.0.0.1:{port}", "--log-level", "critical"),
            "serve.served_app:asgi",
        ),
    ),
    Server(
        "daphne",
        ("asgi",),
        (
            *("daphne", "--bind", "127.0.0.1", "--port", "{port}", "--verbosity", "0"),
            *("--no-server-name", "serve.served_app:asgi"),
        ),
        flow_control=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Running:
    """A started server of the target ``root``."""

    server: Server
    root: Path
    address: tuple[str, int]
    process: subprocess.Popen[bytes]

    def pids(self) -> list[int]:
        """Its processes: the one that was started and all below it."""
        found = [self.process.pid]
        for pid in found:
            try:
                threads = os.listdir(f"/proc/{pid}/task")
                for thread in threads:
                    children = Path(f"/proc/{pid}/task/{thread}/children").read_text()
                    found += [int(child) for child in children.split()]
            except FileNotFoundError:
                continue
        return found

    def descriptors(self) -> int:
        """Open file descriptors of all its processes."""
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.pids())


@contextmanager
def running(server: Server, root: Path) -> Iterator[Running]:
    """A server of the target ``root``, ready to answer; stopped at the end."""
    for _ in range(5):
        token = secrets.token_hex(8)
        port = _free_port()
        started = _start(server, port, token, root)
        try:
            if _ready(started, token):
                yield started
                return
        finally:
            _stop(started.process)
    raise AssertionError(f"{server.name} did not start")


def _free_port() -> int:
    """A port that was free a moment ago; another process may take it, hence the token."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _start(server: Server, port: int, token: str, root: Path) -> Running:
    program, *arguments = server.command
    process = subprocess.Popen(
        [str(_BIN / program), *(argument.format(port=port) for argument in arguments)],
        cwd=_TESTS,
        env={
            **os.environ,
            "PYTHONPATH": str(_TESTS),
            "SERVED_ROOT": str(root),
            "SERVED_TOKEN": token,
        },
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    return Running(server, root, ("127.0.0.1", port), process)


def _ready(started: Running, token: str) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and started.process.poll() is None:
        try:
            return exchange(started.address, "GET", "/").header("X-Token") == token
        except (OSError, NoAnswerError):
            time.sleep(0.02)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the processes of the session that ``_start`` made."""
    with suppress(ProcessLookupError, subprocess.TimeoutExpired):
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(5)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(5)
