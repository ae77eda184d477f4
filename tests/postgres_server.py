"""A real PostgreSQL server on loopback, out of Debian's package, with its data in a folder of the test."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from s3_servers import free_ports

# It need not survive a power cut.
_CAREFREE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


@contextmanager
def postgres() -> Iterator[dict[str, Any]]:
    """A server for as long as the block lasts: its database as an entry of Django's ``DATABASES``."""
    folder = tempfile.mkdtemp(prefix="pg-")
    try:
        with _running(folder) as port:
            yield {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": "postgres",
                "USER": "lading",
                "HOST": "127.0.0.1",
                "PORT": str(port),
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[dict[str, Any]]:
    """One server for all tests of a process."""
    with postgres() as database:
        yield database


@contextmanager
def _running(folder: str) -> Iterator[int]:
    data, log = os.path.join(folder, "data"), Path(folder, "log")
    user = _user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    initdb = [_program("initdb"), "-D", data, "-U", "lading", "-A", "trust", "-E", "UTF8"]
    done = subprocess.run(
        [*initdb, "--no-sync", "--locale=C.UTF-8"],
        capture_output=True,
        text=True,
        cwd=folder,
        **_as(user),
    )
    assert done.returncode == 0, done.stderr
    port = free_ports(1)[0]
    command = [_program("postgres"), "-D", data, "-p", str(port), "-k", folder]
    command += ["-c", "listen_addresses=127.0.0.1"]
    for setting in _CAREFREE:
        command += ["-c", setting]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=folder, **_as(user)
        )
    try:
        ready = [_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "lading"]
        deadline = time.monotonic() + 60
        while subprocess.run(ready).returncode != 0:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield port
    finally:
        process.send_signal(signal.SIGINT)  # fast shutdown: connections are cut
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def _program(name: str) -> str:
    """Debian keeps each version's programs in a folder of its own, out of ``PATH``."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
    program = found[-1] if found else shutil.which(name)
    assert program, f"{name} is missing: sh scripts/system_packages.sh installs postgresql"
    return program


def _user() -> pwd.struct_passwd | None:
    """Whom the server runs as: it refuses to be root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
