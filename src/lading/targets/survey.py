"""A survey of a target folder: what lies there now, by one walk that follows no links."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

STATE = ".lading"
"""The folder inside a target in which Lading keeps its ledger, lock and unfinished work."""


WRITE_BITS = 0o222
"""The permission bits that let somebody write to a file."""


@dataclass(slots=True)
class Survey:
    """``files`` maps the path of each regular file to its signature, ``links`` that of each symbolic
    link to its text, ``others`` holds sockets and the like, ``folders`` all folders (never links),
    ``closed`` those of them that may not be listed, such as a volume's ``lost+found``. ``writable`` are the
    files that anybody may write to, where that was asked for.
    """

    files: dict[str, str] = field(default_factory=dict[str, str])
    links: dict[str, str] = field(default_factory=dict[str, str])
    others: set[str] = field(default_factory=set[str])
    folders: set[str] = field(default_factory=set[str])
    closed: set[str] = field(default_factory=set[str])
    writable: set[str] = field(default_factory=set[str])

    @property
    def is_empty(self) -> bool:
        """True when nothing at all lies in the target."""
        return not (self.files or self.links or self.others or self.folders)

    def occupied(self, path: str) -> bool:
        """True when something that is no folder lies at ``path``."""
        return path in self.files or path in self.links or path in self.others


def signature(status: os.stat_result) -> str:
    """The signature of a published file. The change time is no part of it: renaming a finished file
    into place, or hard-linking it, alters that without touching the content. Where the file system
    keeps whole seconds only (FAT), a signature proves nothing, and this one equals no other.
    """
    if status.st_mtime_ns % 1_000_000_000 == 0:
        return f"{status.st_size}:{time.monotonic_ns()}:coarse"
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ino}"


def size_of(signature: str) -> int:
    """The size in bytes that a signature holds."""
    return int(signature.partition(":")[0])


def survey(root: str, *, permissions: bool = False) -> Survey:
    """Walk ``root`` without ``.lading``. A missing folder is an empty one. Raises ``OSError``."""
    found = Survey()
    pending = [""]
    while pending:
        below = pending.pop()
        try:
            with os.scandir(f"{root}/{below}") as entries:
                _list(found, pending, below, entries, permissions=permissions)
        except FileNotFoundError:
            continue
        except PermissionError:
            if not below:
                raise
            found.closed.add(below.rstrip("/"))
    return found


def _list(
    found: Survey,
    pending: list[str],
    below: str,
    entries: Iterable[os.DirEntry[str]],
    *,
    permissions: bool,
) -> None:
    files, folders = found.files, found.folders
    for entry in entries:
        path = below + entry.name
        try:
            if entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                files[path] = signature(status)
                if permissions and status.st_mode & WRITE_BITS:
                    found.writable.add(path)
            elif entry.is_dir(follow_symlinks=False):
                if path != STATE:
                    folders.add(path)
                    pending.append(path + "/")
            elif entry.is_symlink():
                found.links[path] = os.readlink(entry.path)
            else:
                found.others.add(path)
        except FileNotFoundError:
            continue  # gone since it was listed
