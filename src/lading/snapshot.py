"""A snapshot: the stat signatures of all that a run looks at, in one digest.

Equal snapshots mean that a run would find everything as the last one left it, so that it need not decide
anything. Most deployments of most sites change no static file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import lading
from lading import bundles
from lading.asset import is_settled
from lading.config import Config
from lading.findings import Finding, from_row, to_row
from lading.rules import Rules
from lading.sealed import seal, unseal
from lading.sources import FolderSource, Source
from lading.targets.folder import FolderTarget
from lading.targets.survey import STATE

_STATE_FILE = "snapshot"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``sources`` is the digest of the settings and of everything in the sources."""

    sources: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """What the last run found: ``unchanged`` logical paths, ``conflicts`` a path for each file that
    lost against another content.
    """

    release: int
    unchanged: list[str]
    conflicts: list[str]
    findings: list[Finding]


def take(sources: Sequence[Source], config: Config) -> Snapshot | None:
    """A snapshot of the sources; ``None`` when it would prove nothing: a source is no folder or holds
    symbolic links, or was written to just now.
    """
    now = time.time_ns()
    digest = hashlib.sha256(repr((lading.__version__, config)).encode(errors="replace"))
    if config.minify:
        from lading.minify import tools  # most projects minify nothing

        states = [tools.state(kind, config.root) for kind in config.minify]
        digest.update(repr(states).encode(errors="replace"))
    for source in sources:
        if not isinstance(source, FolderSource):
            return None
        digest.update(repr(source).encode(errors="replace"))
        try:
            if not _add_folder(digest.update, source.location, _folders_of(source.rules), now):
                return None
        except OSError:
            return None  # the scan will say what is wrong
    return Snapshot(digest.hexdigest())


def look_up(target: FolderTarget, snapshot: Snapshot | None) -> Repeat | None:
    """What the last run found, if sources and target are still as it left them."""
    if snapshot is None:
        return None
    document: dict[str, Any] | None = unseal(target.read_state(_STATE_FILE), snapshot.sources)
    if document is None or time.time() >= document["expires"]:
        return None
    try:
        if document["target"] != _target(target, time.time_ns()):
            return None
    except OSError:
        return None
    findings = [from_row(row) for row in document["findings"]]
    return Repeat(document["release"], document["unchanged"], document["conflicts"], findings)


def keep(target: FolderTarget, snapshot: Snapshot | None, repeat: Repeat, expires: float) -> None:
    """Note what this run found, after all else is done. ``expires`` is when (seconds since the epoch)
    the retention rule has something to do again. Raises ``TargetError``.
    """
    if snapshot is None:
        return
    state = _target(target, time.time_ns())
    if not state:
        return
    document = {
        "target": state,
        "expires": expires,
        "release": repeat.release,
        "unchanged": repeat.unchanged,
        "conflicts": repeat.conflicts,
        "findings": [to_row(finding) for finding in repeat.findings],
    }
    text = seal(document, snapshot.sources)
    if text != target.read_state(_STATE_FILE):
        target.write_state(_STATE_FILE, [text], sealed=True)


def _target(target: FolderTarget, now: int) -> str:
    """A digest of everything in the target but ``.lading``; ``""`` when it proves nothing."""
    digest = hashlib.sha256()
    settled = _add_folder(
        digest.update, target.root, lambda name, path: path != STATE, now, links=True
    )
    return digest.hexdigest() if settled else ""


@contextlib.contextmanager
def _listed(folder: str) -> Generator[Iterator[os.DirEntry[str]]]:
    """The entries of a folder; through a descriptor where the system has it, since a stat of an entry
    then need not find its way from the root again (a sixth of the time).
    """
    if os.scandir not in os.supports_fd:
        with os.scandir(folder) as entries:
            yield entries
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with os.scandir(descriptor) as entries:
            yield entries
    finally:
        os.close(descriptor)


def _folders_of(rules: Rules) -> Callable[[str, str], bool]:
    """The folders that decide about what is published, though not all that they hold is."""
    return lambda name, path: name == bundles.VITE or not rules.skip_folder(name, path)


def _add_folder(
    update: Callable[[bytes], object],
    root: str,
    enters: Callable[[str, str], bool],
    now: int,
    *,
    links: bool = False,
) -> bool:
    """Add every file below ``root`` to the digest; false when that proves nothing (see ``take``)."""
    pending = [""]
    newest: os.stat_result | None = None
    latest = 0
    while pending:
        below = pending.pop()
        lines = [f"{below}/"]
        with _listed(f"{root}/{below}") as entries:
            for entry in entries:
                name = entry.name
                if entry.is_dir(follow_symlinks=False):
                    if enters(name, below + name):
                        pending.append(f"{below}{name}/")
                    continue
                s = entry.stat(follow_symlinks=False)
                if entry.is_symlink():
                    if not links:
                        return False
                    name = f"{name}\0{os.readlink(f'{root}/{below}{name}')}"
                if s.st_ctime_ns > latest or s.st_mtime_ns > latest:
                    newest, latest = s, max(s.st_ctime_ns, s.st_mtime_ns)
                lines.append(f"{name}:{s.st_size}:{s.st_mtime_ns}:{s.st_ctime_ns}:{s.st_ino}")
        update("\n".join(lines).encode(errors="surrogateescape"))
    return newest is None or is_settled(newest, now)
