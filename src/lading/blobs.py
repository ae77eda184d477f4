"""A folder of contents by key, each proved by its digest, that many processes may share.

An entry is one file, and its name says all that is known of it: ``<key>.<sha256>`` holds a content of
that digest; ``<key>.none.<size>`` is empty and records a content that was made, had ``size`` bytes and
was not worth keeping. A content is never handed out before it was compared with its digest, so nothing
needs a lock or a sync: what a crash, a full disk or an edit in place spoiled is not found.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

_LAYOUT: Final = "blobs-1"  # another layout gets another folder
_TOUCH_AFTER: Final = 30 * 60.0  # seconds; spares a system call for what was used just now
_IN_USE: Final = 60 * 60.0  # seconds an entry is safe from pruning: a run may be about to link it
_STALE: Final = 24 * 60 * 60.0  # seconds after which a temporary file has no writer any more
_BLOCK: Final = 4096  # bytes; what an entry takes is counted in whole blocks, an empty one as one
_TEMPORARY: Final = "tmp-"
_NONE: Final = "none."
_TAG: Final = b"Signature: 8a477f597d28d172789f06886806bc55\n"  # https://bford.info/cachedir/


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored content: a file to copy or hard-link from and never to write to; size in bytes."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A content that was made and not kept; it had ``size`` bytes."""

    size: int


@dataclass(frozen=True, slots=True)
class Usage:
    """A number of entries, and the bytes they take in whole blocks of 4 KiB."""

    entries: int
    size: int


class BlobFolder:
    """The entries in a folder of our own inside ``root``; both are made at the first write.

    Keys are 64 hexadecimal digits. A shard's names are listed once, so entries that another process
    adds later may not be found; that costs time, not correctness. Safe to use from several threads.
    """

    def __init__(self, root: str) -> None:
        self.root = os.path.abspath(root)
        self._folder = os.path.join(self.root, _LAYOUT)
        self._shards: dict[str, dict[str, list[str]]] = {}
        self.damaged: list[str] = []
        """Paths of entries that did not match their digest, or could not be read; removed since."""

    def get(self, key: str) -> Blob | Dropped | None:
        """What is stored under ``key``, or ``None``. Reads a blob through, to compare its digest."""
        for name in self._names(key):
            entry = self._read(key, name)
            if entry is not None:
                return entry
            self._forget(key, name)
        return None

    def holds(self, key: str) -> bool:
        """Whether there is an entry under ``key``, damaged or not. Reads none."""
        return bool(self._names(key))

    def put(self, key: str, write: Callable[[BinaryIO], object]) -> Blob:
        """Store under ``key`` what ``write`` writes into the file it is given, all of it or nothing.

        The entry appears by rename: whoever writes the same key at the same time writes the same
        name. Raises ``OSError``, and whatever ``write`` raises.
        """
        folder = self._shard(key)
        self._make(folder)
        temporary = os.path.join(folder, f"{_TEMPORARY}{os.getpid()}-{secrets.token_hex(8)}")
        try:
            with open(temporary, "xb") as file:
                write(file)
            with open(temporary, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            path = os.path.join(folder, f"{key}.{sha256}")
            _rename(temporary, path)
        except BaseException:
            _unlink(temporary)
            raise
        for name in self._names(key):
            if name.startswith(_NONE):
                self._remove(key, name)
        self._remember(key, sha256)
        return Blob(path, size, sha256)

    def drop(self, key: str, size: int) -> Dropped:
        """Record under ``key``, instead of a blob, that it had ``size`` bytes and was not worth it.

        Raises ``OSError``.
        """
        folder = self._shard(key)
        self._make(folder)
        name = f"{_NONE}{size}"
        for other in self._names(key):
            if other != name:
                self._remove(key, other)
        with open(os.path.join(folder, f"{key}.{name}"), "ab"):
            pass
        self._remember(key, name)
        return Dropped(size)

    def usage(self) -> Usage:
        """What is stored. Raises ``OSError`` when the folder cannot be listed."""
        sizes = [size for _, size, _ in self._entries()]
        return Usage(len(sizes), sum(sizes))

    def prune(self, limit: int) -> Usage:
        """Remove the least recently used entries until at most ``limit`` bytes are left.

        What was used within the last hour stays, whatever the limit: another run may be about to
        link it. Says what was removed. Raises ``OSError`` when the folder cannot be listed.
        """
        entries = sorted(self._entries())
        excess = sum(size for _, size, _ in entries) - limit
        too_young = time.time() - _IN_USE
        count = freed = 0
        for used, size, path in entries:
            if freed >= excess or used > too_young:
                break
            if _unlink(path):
                count, freed = count + 1, freed + size
        self._shards.clear()
        return Usage(count, freed)

    def clear(self) -> Usage:
        """Remove every entry, also those another process uses. Says what was removed.

        Raises ``OSError`` when the folder cannot be listed.
        """
        removed = [size for _, size, path in self._entries() if _unlink(path)]
        self._shards.clear()
        return Usage(len(removed), sum(removed))

    def _shard(self, key: str) -> str:
        return os.path.join(self._folder, key[:2])

    def _make(self, shard: str) -> None:
        if os.path.isdir(shard):
            return
        os.makedirs(shard, exist_ok=True)
        with contextlib.suppress(OSError), open(f"{self._folder}/CACHEDIR.TAG", "xb") as file:
            file.write(_TAG)  # asks backups to leave the folder out

    def _names(self, key: str) -> tuple[str, ...]:
        """The endings of the file names of ``key``, from a listing of its shard made once."""
        shard = self._shards.get(key[:2])
        if shard is None:
            shard = dict[str, list[str]]()
            # A folder that cannot be listed holds nothing for us; writing to it will tell why.
            with contextlib.suppress(OSError):
                for file in sorted(os.listdir(self._shard(key))):
                    prefix, _, name = file.partition(".")
                    if name:
                        shard.setdefault(prefix, []).append(name)
            shard = self._shards.setdefault(key[:2], shard)
        return tuple(shard.get(key, ()))

    def _remember(self, key: str, name: str) -> None:
        if name not in self._names(key):
            shard = self._shards.setdefault(key[:2], dict[str, list[str]]())
            shard.setdefault(key, []).append(name)

    def _remove(self, key: str, name: str) -> None:
        self._forget(key, name)
        _unlink(os.path.join(self._shard(key), f"{key}.{name}"))

    def _forget(self, key: str, name: str) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._shards[key[:2]][key].remove(name)

    def _read(self, key: str, name: str) -> Blob | Dropped | None:
        path = os.path.join(self._shard(key), f"{key}.{name}")
        try:
            if name.startswith(_NONE):
                _touch(path, os.stat(path))
                return Dropped(int(name.removeprefix(_NONE)))
            with open(path, "rb") as file:
                status = os.fstat(file.fileno())
                if hashlib.file_digest(file, "sha256").hexdigest() == name:
                    _touch(path, status)
                    return Blob(path, status.st_size, name)
        except FileNotFoundError:
            return None  # another process pruned it
        except (OSError, ValueError):
            pass
        self.damaged.append(path)
        _unlink(path)
        return None

    def _entries(self) -> Iterator[tuple[float, int, str]]:
        """Every entry as (last use, bytes it takes, path); removes forgotten temporary files."""
        for shard in _scan(self._folder):
            if not shard.is_dir(follow_symlinks=False):
                continue
            for file in _scan(shard.path):
                try:
                    status = file.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if not file.name.startswith(_TEMPORARY):
                    blocks = max(1, -(-status.st_size // _BLOCK))
                    yield status.st_atime, blocks * _BLOCK, file.path
                elif status.st_mtime < time.time() - _STALE:
                    _unlink(file.path)


def _scan(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []


def _touch(path: str, status: os.stat_result) -> None:
    """Note the use, for pruning; a folder that may only be read keeps its times.

    The access time holds it. The modification time stays: a published file may be a link to the entry,
    and web servers make validators of that time.
    """
    if status.st_atime < time.time() - _TOUCH_AFTER:
        with contextlib.suppress(OSError):
            os.utime(path, ns=(time.time_ns(), status.st_mtime_ns))


def _rename(temporary: str, path: str) -> None:
    try:
        os.replace(temporary, path)
    except PermissionError:
        # Windows: somebody reads the file of that name, which then holds the same bytes.
        if os.name != "nt" or not os.path.exists(path):
            raise
        _unlink(temporary)


def _unlink(path: str) -> bool:
    """Remove a file if it is there and we may, and say whether; what stays is met another time."""
    try:
        os.unlink(path)
    except OSError:
        return False
    return True
