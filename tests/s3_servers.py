"""Real S3 servers on loopback: SeaweedFS (``weed mini``) and moto's."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lading.objectstore.client import ObjectStore, open_store
from lading.objectstore.options import StoreOptions

_NUMBERS = itertools.count(1)
KEYS = {"access_key_id": "admin", "secret_access_key": "not-a-secret"}


@dataclass(frozen=True)
class S3Server:
    """``keys`` are those of an administrator."""

    port: int

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def options(self, *, port: int = 0, **changes: object) -> StoreOptions:
        """To reach the server, or a proxy at ``port`` in front of it."""
        extra = {**KEYS, **changes.pop("extra", {})}  # type: ignore[dict-item]
        return StoreOptions(
            endpoint=f"http://127.0.0.1:{port or self.port}",
            region="us-east-1",
            extra=extra,
            **changes,  # type: ignore[arg-type]
        )

    def store(self, bucket: str, prefix: str = "", **changes: object) -> ObjectStore:
        url = f"s3://{bucket}/{prefix}" if prefix else f"s3://{bucket}"
        return open_store(url, self.options(**changes))


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """SeaweedFS with the bucket ``static``, for all tests of a process."""
    folder = Path(tempfile.mkdtemp(prefix="s3-"))  # a short path: Unix sockets lie in it
    try:
        with weed(folder, "static") as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def store(s3: S3Server) -> ObjectStore:
    """An empty place in the real server."""
    return s3.store("static", new_place())


def new_place() -> str:
    """A prefix that no other test has."""
    return f"place-{next(_NUMBERS)}"


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextlib.contextmanager
def weed(folder: Path, *buckets: str) -> Iterator[S3Server]:
    """SeaweedFS with its data in ``folder`` (short: it makes sockets there)."""
    program = Path(sysconfig.get_path("scripts")) / "weed"
    named = "s3 s3.grpc master master.grpc filer filer.grpc volume volume.grpc admin admin.grpc"
    for attempt in range(3):  # another process may take a port before the server does
        names = [name if "." not in name else name.replace(".", ".port.") for name in named.split()]
        names = [name if ".port." in name else f"{name}.port" for name in names]
        ports = dict(zip(names, free_ports(len(names)), strict=True))
        command = [str(program), "mini", "-dir", str(folder), "-ip", "127.0.0.1"]
        command += ["-ip.bind", "127.0.0.1", "-webdav=false", "-admin.ui=false"]
        command += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]
        command += [f"-bucket={','.join(buckets)}"]
        command += [f"-filer.localSocket={folder}/f.sock", f"-s3.localSocket={folder}/s.sock"]
        command += [f"-{name}={port}" for name, port in ports.items()]
        server = S3Server(ports["s3.port"])
        keys = {
            "AWS_ACCESS_KEY_ID": KEYS["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": KEYS["secret_access_key"],
        }
        with _running(command, {**os.environ, **keys}, folder) as process:
            if _answers(process, server, buckets):
                yield server
                return
        assert attempt < 2, (folder / "log").read_text()[-2000:]


@contextlib.contextmanager
def moto(folder: Path, *buckets: str) -> Iterator[S3Server]:
    """moto's server: fast, in memory, and taking any key."""
    port = free_ports(1)[0]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = S3Server(port)
    with _running(command, dict(os.environ), folder) as process:
        assert _answers(process, server, ()), (folder / "log").read_text()[-2000:]
        for bucket in buckets:
            request = urllib.request.Request(f"{server.endpoint}/{bucket}", method="PUT")
            urllib.request.urlopen(request, timeout=30).close()
        yield server


@contextlib.contextmanager
def _running(
    command: list[str], environment: dict[str, str], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder, env=environment
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _answers(process: subprocess.Popen[bytes], server: S3Server, buckets: tuple[str, ...]) -> bool:
    """Wait until the server works; False when it ends instead."""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(server.endpoint, timeout=5).close()
        except urllib.error.HTTPError as error:
            error.close()  # it answers
        except OSError:
            time.sleep(0.05)
            continue
        with contextlib.suppress(Exception):
            for bucket in buckets:
                server.store(bucket, retries=0).put("ready", b"", {})
                server.store(bucket, retries=0).delete(["ready"])
            return True
        time.sleep(0.05)
    return False
