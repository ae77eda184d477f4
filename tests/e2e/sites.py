"""The example site, started the ways its users start it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
HARBOUR = ROOT / "examples/harbour"


@dataclass(frozen=True, slots=True)
class Site:
    """A running site: its address, ending in a slash, and its administrator, if it has one."""

    address: str
    user: str = ""
    password: str = ""


@contextmanager
def demo(data: str) -> Iterator[Site]:
    """``make demo`` with its database and collected files in the folder ``data``."""
    command = [sys.executable, "scripts/demo.py", "--data", data]
    with _started(command, ROOT, {}, "Ctrl-C") as said:
        address = _found(r"DEBUG=False: (http://\S+/)", said)
        user, password = _found(r"user (\S+), password (\S+)\)", said)
        yield Site(address[0], user, password)


@contextmanager
def development(data: str) -> Iterator[Site]:
    """``manage.py runserver`` with ``DEBUG=1`` and its database in the folder ``data``."""
    environment = {"DEBUG": "1", "DATA_DIR": data}
    for arguments in (["migrate", "-v0"], ["loaddata", "-v0", "ships"]):
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=HARBOUR, env=os.environ | environment, check=True)
    command = [sys.executable, "manage.py", "runserver", "--noreload", "127.0.0.1:0"]
    with _started(command, HARBOUR, environment, "Quit the server") as said:
        yield Site(_found(r"server at (http://\S+/)", said)[0])


@contextmanager
def _started(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], last: str
) -> Iterator[str]:
    """What the command prints up to the line that holds ``last``; it runs as long as the block."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", **environment}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            said = ""
            for line in process.stdout:
                said += line
                if last in line:
                    break
            yield said
        finally:
            process.terminate()


def _found(pattern: str, said: str) -> Sequence[str]:
    match = re.search(pattern, said)
    assert match, f"the site did not start:\n{said}"
    return match.groups()
