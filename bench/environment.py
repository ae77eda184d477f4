"""The benchmark's own Python: a virtual environment with Lading (editable) and the pinned peers,
and what machine it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.trees import BENCH, CACHE

CHECKOUT = BENCH.parent
REQUIREMENTS = BENCH / "requirements.txt"
NEWEST = (3, 14)


class PreparationError(Exception):
    """The virtual environment cannot be made; the message says why."""


@dataclass(frozen=True)
class Environment:
    """The interpreter of the virtual environment that all contenders run on."""

    python: str

    @property
    def scripts(self) -> Path:
        """The folder of installed commands such as `gunicorn`."""
        return Path(self.python).parent

    @cached_property
    def versions(self) -> dict[str, str]:
        """Versions of Python and of the packages that the tables name, by distribution name."""
        code = (
            "import platform, importlib.metadata as m\n"
            "print('python', platform.python_version())\n"
            "for d in m.distributions(): print(d.metadata['Name'].lower(), d.version)"
        )
        lines = _output([self.python, "-c", code]).splitlines()
        return dict(line.split(" ", 1) for line in lines)


def prepare(say=print) -> Environment:
    """Make or update the virtual environment in `bench/.cache/venv`; quick when nothing changed.

    Raises PreparationError if the packages cannot be installed.
    """
    folder = CACHE / "venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "bench-stamp"
    wanted = _stamp_text()
    if python.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return Environment(str(python))
    if not python.exists():
        version, base = newest_python()
        say(f"making the benchmark's virtual environment with Python {'.'.join(map(str, version))}")
        shutil.rmtree(folder, ignore_errors=True)
        _must([base, "-m", "venv", str(folder)])
    say("installing the pinned packages and Lading")
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _must([*install, "--requirement", str(REQUIREMENTS), "--editable", f"{CHECKOUT}[zstd]"])
    stamp.write_text(wanted, "utf-8")
    return Environment(str(python))


def newest_python() -> tuple[tuple[int, int], str]:
    """((major, minor), path) of the newest usable interpreter up to 3.14: on PATH, from pyenv or
    uv, or this one.

    3.12 is enough for the newest Django; where there is none, this interpreter serves with an older Django.
    """
    found = {_version_of(path): path for path in _candidates() if _version_of(path)}
    usable = [version for version in found if version and (3, 12) <= version <= NEWEST]
    if usable:
        return max(usable), found[max(usable)]
    return sys.version_info[:2], sys.executable


def _candidates() -> Iterator[str]:
    for minor in range(NEWEST[1], 11, -1):
        if path := shutil.which(f"python3.{minor}"):
            yield path
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv")
    for pattern in (pyenv / "versions", home / ".local" / "share" / "uv" / "python"):
        yield from (str(path) for path in sorted(pattern.glob("*/bin/python3")))
    yield sys.executable


def _version_of(path: str) -> tuple[int, int] | None:
    """(major, minor) if this interpreter runs, is CPython and can make virtual environments."""
    code = "import sys, venv, ensurepip; print(*sys.version_info[:2], sys.implementation.name)"
    try:
        done = subprocess.run([path, "-c", code], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    major, minor, name = [*done.stdout.split(), "", "", ""][:3]
    return (int(major), int(minor)) if name == "cpython" else None


def _stamp_text() -> str:
    """Changes when the pinned requirements do, or what Lading itself requires and installs."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    digest = hashlib.sha256(REQUIREMENTS.read_bytes())
    digest.update(json.dumps(project, sort_keys=True).encode())
    return digest.hexdigest()


def _must(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise PreparationError(f"`{' '.join(command[:5])} …` failed: {last}")


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def machine() -> str:
    """One line about this computer: processor, cores, memory, system, file system."""
    return ", ".join(
        (
            processor(),
            f"{len(os.sched_getaffinity(0))} cores",
            f"{_memory_gb():.0f} GB memory",
            f"{platform.system()} {platform.release().split('-')[0]}",
            _filesystem(CACHE),
        )
    )


def processor() -> str:
    """The processor's model as Linux names it, else the machine type."""
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.machine()
    match = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return match.group(1).strip() if match else platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _filesystem(path: Path) -> str:
    """The type of the file system that `path` is on."""
    best = ("", "unknown file system")
    try:
        lines = Path("/proc/mounts").read_text("utf-8").splitlines()
    except OSError:
        return best[1]
    for line in lines:
        _, mount, kind = line.split()[:3]
        inside = os.path.commonpath([str(path), mount]) == mount
        if inside and len(mount) >= len(best[0]):
            best = (mount, kind)
    return best[1]


def load() -> str:
    """The load averages now, as `1.2 0.9 0.8` over 1, 5 and 15 minutes."""
    return " ".join(f"{value:.1f}" for value in os.getloadavg())
