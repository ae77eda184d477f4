"""Runs the quick tests under every supported pair of Python and Django that this machine has Pythons for.

One line for each pair: the versions and pytest's closing line. The output of a failed pair is shown whole.
Exit code 1 if any fails. The environments are kept in .venv-matrix/ and brought up to date by uv.

The core knows no Django, so its tests run under the oldest and the newest Python, with the newest Django;
the other pairs run the tests of ``lading.django``. The pair that this runs under itself is left to
``make test``. ``--full`` runs everything everywhere.
"""

from __future__ import annotations

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ENVIRONMENTS = os.path.join(ROOT, ".venv-matrix")
GROUPS = ("test", "servers", "example")

Version = tuple[int, ...]

PYTHONS: tuple[Version, ...] = ((3, 11), (3, 12), (3, 13), (3, 14))
# Django's series -> the Pythons it supports, as its release notes say ("Python compatibility").
DJANGOS: Mapping[Version, frozenset[Version]] = {
    (5, 2): frozenset(PYTHONS),
    (6, 0): frozenset(PYTHONS[1:]),
    (6, 1): frozenset(PYTHONS[1:]),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """One environment: an interpreter and a series of Django; ``everything``: the core's tests too."""

    python: str
    python_version: Version
    django: Version
    everything: bool

    @property
    def folder(self) -> str:
        name = f"python{dotted(self.python_version[:2])}-django{dotted(self.django)}"
        return os.path.join(ENVIRONMENTS, name)

    def __str__(self) -> str:
        return f"Python {dotted(self.python_version):8} Django {dotted(self.django)}"


def dotted(version: Version) -> str:
    return ".".join(map(str, version))


def candidates() -> Iterable[str]:
    """Paths at which interpreters are looked for; not all need exist or run."""
    yield sys.executable
    pyenv = shutil.which("pyenv")
    if pyenv:
        root = subprocess.run(
            [pyenv, "root"], capture_output=True, text=True, check=False
        ).stdout.strip()
        yield from sorted(glob.glob(f"{glob.escape(root)}/versions/*/bin/python"))
    for minor in {version[1] for version in PYTHONS}:
        yield f"/usr/bin/python3.{minor}"
        found = shutil.which(f"python3.{minor}")
        if found:
            yield found


def identify(path: str) -> tuple[Version, str] | None:
    """The version and the real base interpreter of a CPython, or None if ``path`` is none."""
    code = (
        "import os, sys, sysconfig;"
        "base = getattr(sys, '_base_executable', sys.executable);"
        "free = sysconfig.get_config_var('Py_GIL_DISABLED');"
        "print(sys.implementation.name, *sys.version_info[:3], int(bool(free)), os.path.realpath(base))"
    )
    try:
        said = subprocess.run(
            [path, "-c", code], capture_output=True, text=True, timeout=60, check=False
        )
    except OSError:
        return None
    match = re.match(r"cpython (\d+) (\d+) (\d+) 0 (.+)", said.stdout)
    return (tuple(map(int, match.groups()[:3])), match[4]) if match else None


def newest(found: Iterable[tuple[Version, str]]) -> dict[Version, tuple[Version, str]]:
    """For each supported minor version the newest interpreter; of equals, the first found."""
    best: dict[Version, tuple[Version, str]] = {}
    for version, path in found:
        minor = version[:2]
        if minor in PYTHONS and (minor not in best or version > best[minor][0]):
            best[minor] = (version, path)
    return dict(sorted(best.items()))


def pairs(interpreters: Mapping[Version, tuple[Version, str]], *, full: bool = False) -> list[Pair]:
    """Every supported pair; the newest Django of the oldest and the newest Python gets all tests."""
    found: list[Pair] = []
    for minor, (version, path) in interpreters.items():
        series = [django for django, pythons in DJANGOS.items() if minor in pythons]
        at_an_end = minor in (min(interpreters), max(interpreters))
        found += [
            Pair(path, version, django, full or (at_an_end and django == max(series)))
            for django in series
        ]
    return found


def is_own(pair: Pair) -> bool:
    """True for the versions that ``make test`` has tested, more than quickly."""
    installed = tuple(int(part) for part in metadata.version("django").split(".")[:2])
    return (pair.python_version[:2], pair.django) == (sys.version_info[:2], installed)


def registry() -> dict[str, str]:
    """The environment for uv: where pip is configured to another registry, uv asks the same one."""
    environment = dict(os.environ)
    said = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    settings = dict(re.findall(r"^\S+\.(index-url|cert)='(.*)'$", said.stdout, re.MULTILINE))
    if "index-url" in settings:
        environment.setdefault("UV_DEFAULT_INDEX", settings["index-url"])
    if "cert" in settings:
        environment.setdefault("SSL_CERT_FILE", settings["cert"])
    environment.pop("VIRTUAL_ENV", None)
    return environment


def provide(pair: Pair, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Make the pair's environment, or bring it up to date."""
    uv = [sys.executable, "-m", "uv", "--quiet"]
    python = os.path.join(pair.folder, "bin/python")
    if identify(python) is None or (identify(python) or ((),))[0] != pair.python_version:
        made = run(
            [*uv, "venv", "--clear", "--seed", "--python", pair.python, pair.folder], environment
        )
        if made.returncode:
            return made
    major, minor = pair.django
    # An alpha or beta counts when nothing newer is out.
    django = f"django>={major}.{minor}a1,<{major}.{minor + 1}"
    groups = [option for group in GROUPS for option in ("--group", group)]
    return run(
        [*uv, "pip", "install", "--python", python, "--editable", ".", *groups, django], environment
    )


def test(pair: Pair, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run the quick tests in the pair's environment."""
    folders = [] if pair.everything else ["tests/django"]
    command = [os.path.join(pair.folder, "bin/python"), "-m", "pytest", "-q", "-n", "auto"]
    if os.environ.get("CI"):
        command += ["--reruns", "1"]  # as `make test` does; see CONTRIBUTING.md
    return run([*command, "-m", "not slow and not e2e", *folders, *arguments], os.environ)


def run(command: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, env=environment, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--list", action="store_true", help="print the pairs, run nothing")
    parser.add_argument("--full", action="store_true", help="all quick tests in every pair")
    parser.add_argument("pytest", nargs="*", help="more arguments for pytest, after --")
    options = parser.parse_args()

    interpreters = newest(filter(None, map(identify, candidates())))
    wanted = pairs(interpreters, full=options.full)
    if not options.full:
        wanted = [pair for pair in wanted if not is_own(pair)]
    missing = [dotted(version) for version in PYTHONS if version not in interpreters]
    if missing:
        print("No interpreter here for Python", ", ".join(missing), flush=True)
    if options.list:
        print(*wanted, sep="\n")
        return 0

    environment, failed = registry(), 0
    for pair in wanted:
        done = provide(pair, environment)
        if done.returncode == 0:
            done = test(pair, options.pytest)
        lines = done.stdout.strip().splitlines() or ["no output"]
        if done.returncode:
            failed += 1
            print(f"\n{pair}  FAILED", *lines, sep="\n", flush=True)
        else:
            print(f"{pair}  {lines[-1].strip('= ')}", flush=True)
    return 1 if failed or not interpreters else 0


if __name__ == "__main__":
    sys.exit(main())
