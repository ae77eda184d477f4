"""The build cache of a run: a shared folder of blobs, and what happens when it cannot be used."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from typing import BinaryIO, Final, Self

from lading.blobs import Blob, BlobFolder, Dropped, Usage
from lading.errors import LadingError
from lading.findings import Finding, Severity

VARIABLE: Final = "LADING_CACHE"
"""The environment variable that names the build cache's folder."""

DEFAULT_LIMIT: Final = 2 * 1024**3
"""Bytes the cache may take before its least recently used entries are removed."""


def default_root(
    setting: str | None = None,
    environment: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
) -> str | None:
    """The cache's folder: the setting, else ``LADING_CACHE``, else ``lading`` in the user's cache folder.

    That is ``$XDG_CACHE_HOME`` or ``~/.cache`` (XDG Base Directory Specification 0.8),
    ``~/Library/Caches`` on macOS, ``%LOCALAPPDATA%`` on Windows. ``None`` when there is no home folder.
    """
    named = setting or environment.get(VARIABLE)
    if named:
        return os.path.abspath(os.path.expanduser(named))
    if platform == "win32":
        base = environment.get("LOCALAPPDATA") or "~/AppData/Local"
    elif platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = environment.get("XDG_CACHE_HOME") or ""
        if not os.path.isabs(base):  # "must be absolute ... should ... ignore it", says XDG
            base = "~/.cache"
    base = os.path.expanduser(base)
    return os.path.join(base, "lading") if os.path.isabs(base) else None


class Cache:
    """Blobs by key, kept in the folder ``root`` between runs, up to ``limit`` bytes.

    ``root`` ``None`` keeps nothing beyond the run. A folder that cannot be written only costs time:
    blobs then go to a temporary folder that ``close`` removes, and ``findings`` says so once. Use it
    as a context manager that ends after the last blob was copied. Safe to use from several threads.
    """

    def __init__(self, root: str | None, *, limit: int = DEFAULT_LIMIT) -> None:
        self.limit = limit
        self._folder = None if root is None else BlobFolder(root)
        self._failure: str | None = "there is no home folder" if root is None else None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._scratch_lock = threading.Lock()
        self._grown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def root(self) -> str:
        """The folder, or ``""`` when nothing is kept."""
        return "" if self._folder is None else self._folder.root

    def get(self, key: str) -> Blob | Dropped | None:
        """What is stored under ``key`` (64 hexadecimal digits), proved by its digest, or ``None``."""
        entry = None if self._folder is None else self._folder.get(key)
        if entry is None and self._scratch is not None:
            entry = BlobFolder(self._scratch.name).get(key)
        return entry

    def holds(self, key: str) -> bool:
        """Whether the folder has an entry under ``key``, without reading it."""
        return self._folder is not None and self._folder.holds(key)

    def put(self, key: str, write: Callable[[BinaryIO], object]) -> Blob:
        """Store under ``key`` what ``write`` writes into the file it is given.

        When the cache's folder cannot take it, ``write`` is called again with a temporary file.
        Raises what ``write`` raises, and ``LadingError`` when no folder can take it.
        """
        if self._folder is None or self._failure is not None:
            return self._put_scratch(key, write)
        try:
            blob = self._folder.put(key, write)
        except OSError as error:
            self._failure = _reason(error)
            return self._put_scratch(key, write)
        self._grown = True
        return blob

    def drop(self, key: str, size: int) -> Dropped:
        """Record that the content of ``key`` had ``size`` bytes and was not worth keeping."""
        if self._folder is not None and self._failure is None:
            try:
                self._folder.drop(key, size)
                self._grown = True
            except OSError as error:
                self._failure = _reason(error)
        return Dropped(size)

    def scratch(self) -> str:
        """A folder for temporary files, removed by ``close``. Raises ``OSError``."""
        with self._scratch_lock:
            if self._scratch is None:
                self._scratch = tempfile.TemporaryDirectory(prefix="lading-")
            return self._scratch.name

    def findings(self) -> list[Finding]:
        """What is wrong with the cache, as far as this run noticed: at most one finding of a kind."""
        found: list[Finding] = []
        if self._failure is not None:
            found.append(
                Finding(
                    "build-cache-unwritable",
                    Severity.WARNING,
                    f"The build cache cannot be written ({self._failure}), so the next run will "
                    "pack the same files again.",
                    where=self.root,
                    hint="Make the folder writable, free some space there, or name another folder "
                    f"in the environment variable {VARIABLE}.",
                )
            )
        if self._folder is not None and self._folder.damaged:
            found.append(
                Finding(
                    "build-cache-damaged",
                    Severity.NOTE,
                    f"{len(self._folder.damaged)} entries of the build cache were damaged; they "
                    "were made again.",
                    where=self._folder.damaged[0],
                    hint="If this happens again, look for a program that changes published files in "
                    "place (they share storage with the cache), or for a failing disk.",
                )
            )
        return found

    def info(self) -> Usage:
        """What the cache holds. Raises ``LadingError`` when its folder cannot be listed."""
        return self._manage(lambda folder: folder.usage())

    def prune(self, limit: int | None = None) -> Usage:
        """Remove the least recently used entries down to ``limit`` bytes (default: the cache's own).

        Entries used within the last hour stay. Says what was removed. Raises ``LadingError``.
        """
        return self._manage(lambda folder: folder.prune(self.limit if limit is None else limit))

    def clear(self) -> Usage:
        """Remove every entry. Says what was removed. Raises ``LadingError``."""
        return self._manage(lambda folder: folder.clear())

    def close(self) -> None:
        """Remove the temporary folder; keep the cache to its limit if this run added to it."""
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None
        if self._grown and self._folder is not None:
            self._grown = False
            with contextlib.suppress(OSError):  # another run will try again
                self._folder.prune(self.limit)

    def _put_scratch(self, key: str, write: Callable[[BinaryIO], object]) -> Blob:
        try:
            return BlobFolder(self.scratch()).put(key, write)
        except OSError as error:
            raise LadingError(
                f"A packed file can be stored neither in the build cache ({self._failure}) nor in "
                f"the folder for temporary files ({_reason(error)}), so nothing was published.",
                where=self.root or tempfile.gettempdir(),
                remedy=f"Free some space there, or name another folder in {VARIABLE}.",
            ) from error

    def _manage(self, action: Callable[[BlobFolder], Usage]) -> Usage:
        if self._folder is None:
            return Usage(0, 0)
        try:
            return action(self._folder)
        except OSError as error:
            raise LadingError(
                f"The build cache cannot be listed: {_reason(error)}.",
                where=self.root,
                remedy=f"Make the folder readable, or name another one in {VARIABLE}.",
            ) from error


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
