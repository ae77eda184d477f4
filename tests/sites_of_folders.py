"""Folders as dictionaries, and a site without Django: source folders, one target, and runs."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lading import build
from lading.build import Outcome
from lading.config import Config
from lading.rules import Rules
from lading.sources import FolderSource
from lading.targets.folder import FolderTarget


def write(folder: str | Path, files: Mapping[str, str | bytes]) -> None:
    """Make files (and the folders they lie in) from a dictionary; a file that is there is replaced."""
    for path, content in files.items():
        file = os.path.join(folder, path)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)


def read(folder: str | Path, *, state: bool = False) -> dict[str, str]:
    """What lies in a folder: path -> content, ``-> text`` for a link. ``state`` includes ``.lading``."""
    found: dict[str, str] = {}
    for place, folders, names in os.walk(folder):
        if not state and place == str(folder) and ".lading" in folders:
            folders.remove(".lading")
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        for name in (*names, *links):
            file = os.path.join(place, name)
            path = os.path.relpath(file, folder)
            if os.path.islink(file):
                found[path] = f"-> {os.readlink(file)}"
            else:
                with open(file, "rb") as stream:
                    found[path] = stream.read().decode("utf-8", "surrogateescape")
    return found


def kinds(outcome_or_findings: Any) -> list[str]:
    """The kinds of all findings, sorted."""
    findings = getattr(outcome_or_findings, "findings", outcome_or_findings)
    return sorted(finding.kind for finding in findings)


class Site:
    """A folder with source folders by name and a target ``out``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.target = FolderTarget(str(folder / "out"))

    def path(self, *parts: str) -> str:
        return os.path.join(self.folder, *parts)

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Files by path inside the site's folder (``src/css/a.css``)."""
        write(self.folder, files)

    def source(self, name: str = "src", **settings: Any) -> FolderSource:
        rules = {
            k: settings.pop(k) for k in ("ignore", "include", "exclude", "allow") if k in settings
        }
        return FolderSource(self.path(name), name, rules=Rules(**rules), **settings)

    def collect(self, *sources: str | FolderSource, **options: Any) -> Outcome:
        return self._run(build.collect, sources, options)

    def plan(self, *sources: str | FolderSource, **options: Any) -> Outcome:
        return self._run(build.plan, sources, options)

    def _run(self, act: Any, sources: Any, options: dict[str, Any]) -> Outcome:
        settings = {k: options.pop(k) for k in list(options) if k in Config.__dataclass_fields__}
        found = [self.source(s) if isinstance(s, str) else s for s in sources or ("src",)]
        return act(found, self.target, Config(**settings), **options)

    def published(self) -> dict[str, str]:
        """Path -> content of all that lies in the target, without Lading's own state."""
        return read(self.target.root)

    def state(self) -> list[str]:
        """The files of Lading's own state, without those that only make the next run quicker."""
        return sorted(read(self.path("out", ".lading")).keys() - _MEMORY)


class Later:
    """The module ``time``, some seconds later."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def time(self) -> float:
        return time.time() + self.seconds

    def time_ns(self) -> int:
        return time.time_ns() + int(self.seconds * 1e9)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


_MEMORY = {"findings", "recipes", "snapshot", "variants"}

# An audit hook can never be removed, so one is installed for the whole process and switched.
_watchers: list[Callable[[str, tuple[Any, ...]], None]] = []


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    for watcher in _watchers:
        watcher(event, arguments)


sys.addaudithook(_audit)

_CHANGES = {
    f"os.{name}": name
    for name in (
        "rename",
        "remove",
        "mkdir",
        "rmdir",
        "symlink",
        "link",
        "chmod",
        "utime",
        "truncate",
    )
}


@contextlib.contextmanager
def _watching(watcher: Callable[[str, tuple[Any, ...]], None]) -> Iterator[None]:
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


@contextlib.contextmanager
def watch_writes(folder: str | Path, before: Callable[[str], None]) -> Iterator[None]:
    """Tell ``before`` of each change below ``folder`` that this process is about to make, such as
    ``rename a.css``. What it raises is raised in place of the change.
    """
    root = os.path.realpath(folder)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, flags = arguments[0], arguments[2]
            if _is_below(path, root) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                before(f"open {os.path.relpath(path, root)}")
        elif event in _CHANGES:
            paths = [p for p in arguments if _is_below(p, root)]
            if paths and not (event == "os.mkdir" and os.path.isdir(paths[-1])):
                before(f"{_CHANGES[event]} {os.path.relpath(paths[-1], root)}")

    with _watching(watch):
        yield


@contextlib.contextmanager
def watched(folder: str | Path) -> Iterator[tuple[list[str], list[str]]]:
    """The files below ``folder`` that this process reads, and the changes it makes there."""
    root = os.path.realpath(folder)
    reads: list[str] = []
    writes: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, flags = arguments[0], arguments[2]
            if _is_below(path, root) and not flags & _NO_READING:
                reads.append(os.path.relpath(path, root))

    with _watching(watch), watch_writes(folder, writes.append):
        yield reads, writes


_NO_READING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_DIRECTORY


def _is_below(path: object, root: str) -> bool:
    return isinstance(path, str) and f"{path}{os.sep}".startswith(f"{root}{os.sep}")
