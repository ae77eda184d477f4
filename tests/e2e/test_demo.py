"""``scripts/demo.py``, the work behind ``make demo``."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from sites import ROOT, demo

pytestmark = [pytest.mark.e2e]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/demo.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_once_visits_every_kind_of_file_and_stops(tmp_path: Path) -> None:
    assert run("--once", "--data", str(tmp_path)).returncode == 0
    # The second start finds database and files in place.
    done = run("--once", "--data", str(tmp_path))
    assert done.returncode == 0, done.stderr
    visited = dict(re.findall(r"(\w+): (\d+)", done.stdout.splitlines()[-1]))
    # The site's own: 10 ships, the list, the API, the admin, signing up; one font, film, sound.
    assert int(visited["page"]) == 14
    assert int(visited["font"]) >= 1
    assert int(visited["media"]) == 2
    assert int(visited["module"]) == 8
    assert int(visited["style"]) >= 7
    assert int(visited["image"]) >= 12
    assert "FAILED" not in done.stderr


def test_stops_with_its_server(tmp_path: Path) -> None:
    with demo(str(tmp_path)) as site:
        assert urllib.request.urlopen(site.address).status == 200
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(site.address)


def test_port_in_use_is_said_plainly(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("--once", "--data", str(tmp_path), "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "Address already in use" in done.stderr
    assert "Traceback" not in done.stderr
