"""A folder as a store of media files. Nothing in it is followed twice, and nothing is overwritten."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat as modes
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from lading.errors import MediaError
from lading.media.stores import CHANGED, TAKEN, Stored, reason

_CANNOT_LINK = frozenset(
    {errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS}
)


class FolderStore:
    """Names are paths below ``root``. Links to folders are followed, those to a folder that was walked
    already are not; a file that is reached in two ways has one canonical name.
    """

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self._walked: dict[str, str] = {}  # the folders that links led to, and their names
        self._held: list[str] = []
        self._is_linked = False
        self._resolved = lru_cache(maxsize=65_536)(os.path.realpath)

    @property
    def label(self) -> str:
        return self.root

    # Reading

    def files(self, prefix: str = "", *, names_only: bool = False) -> Iterator[Stored]:
        """A folder that cannot be listed raises ``MediaError``: with a part unseen, what is missing and
        what is an orphan cannot be told.
        """
        links: list[str] = []
        yield from self._walk(prefix.rstrip("/"), links, names_only)
        while links:
            name = links.pop(0)
            target = os.path.realpath(self._path(name))
            self._is_linked = True
            if self._known(target) is None:
                self._walked[target] = name
                yield from self._walk(name, links, names_only)

    def _walk(self, start: str, links: list[str], names_only: bool) -> Iterator[Stored]:
        pending = [start]
        while pending:
            folder = pending.pop()
            base = f"{folder}/" if folder else ""
            entries = self._entries(folder)
            if not names_only:
                entries.sort(key=os.DirEntry[str].inode)  # as they lie on the disk
            for entry in entries:
                name = base + entry.name
                try:
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(name)
                        continue
                    if entry.is_symlink():
                        if entry.is_dir():
                            links.append(name)
                            continue
                        self._held.append(os.path.realpath(entry.path))
                    elif names_only and entry.is_file():
                        yield Stored(name)
                        continue
                    found = entry.stat()
                except OSError:  # it vanished, or is a link that leads nowhere
                    continue
                if modes.S_ISREG(found.st_mode):
                    yield Stored(name, found.st_size, max(found.st_mtime, found.st_ctime))

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        path = self._path(folder)
        try:
            with os.scandir(path) as entries:
                return list(entries)
        except FileNotFoundError:
            return []  # removed since its parent was read, or nothing was ever uploaded
        except OSError as error:
            raise MediaError(
                f"The folder cannot be listed: {reason(error)}. Nothing was decided.",
                where=path,
                remedy="Give the user that runs this the right to read it.",
            ) from error

    def held(self) -> Iterator[str]:
        for path in self._held:
            if (name := self._known(path)) is not None:
                yield name

    def canonical(self, name: str) -> str | None:
        if name[:1] in ("/", ".") or "/." in name or "//" in name or name[-1:] == "/":
            path = os.path.normpath(os.path.join(self.root, name))
            inside = self._below(path, self.root)
            if inside is None and not self._is_linked:
                # The root itself may be reached through a link that an absolute name spells out.
                inside = self._below(self._resolve(path), self.root)
            if not self._is_linked:
                return inside
            name = inside if inside is not None else path
        if not self._is_linked:
            return name
        return self._known(self._resolve(os.path.join(self.root, name)))

    def _resolve(self, path: str) -> str:
        """The path without links in its folders; a last part that is a link stays one."""
        folder, base = os.path.split(path)
        return os.path.join(self._resolved(folder), base)

    def _known(self, path: str) -> str | None:
        """The name of a resolved path, if it lies in what is walked."""
        if (name := self._below(path, self.root)) is not None:
            return name
        for target, link in self._walked.items():
            if (below := self._below(path, target)) is not None:
                return f"{link}/{below}" if below else link
        return None

    @staticmethod
    def _below(path: str, folder: str) -> str | None:
        if path == folder:
            return ""
        start = folder if folder.endswith("/") else f"{folder}/"
        return path[len(start) :] if path.startswith(start) else None

    def stat(self, names: Sequence[str]) -> dict[str, Stored]:
        found: dict[str, Stored] = {}
        for name in names:
            if self.canonical(name) is None:
                continue  # it lies elsewhere
            with contextlib.suppress(OSError):
                now = os.stat(self._path(name))
                if modes.S_ISREG(now.st_mode):
                    version = f"{now.st_dev}-{now.st_ino}-{now.st_size}-{now.st_mtime_ns}"
                    modified = max(now.st_mtime, now.st_ctime)
                    is_outside = self._below(self._resolve(self._path(name)), self.root) is None
                    found[name] = Stored(name, now.st_size, modified, version, is_outside)
        return found

    # Writing

    def copy(self, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
        """As a second hard link, which takes no time and no space; where the file system has none, as a
        copy.
        """
        failed: dict[str, str] = {}
        for name, new in pairs:
            try:
                self._make_parent(new)
                self._link(self._path(name), self._path(new))
            except FileExistsError:
                failed[new] = TAKEN
            except OSError as error:
                failed[new] = reason(error)
        return failed

    def _link(self, path: str, new: str) -> None:
        try:
            os.link(path, new, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
            _copy(path, new)

    def _make_parent(self, name: str) -> None:
        """The folder of a file, the first hidden one of which only this user may enter: what lies in it
        is not for web servers.
        """
        folder = os.path.dirname(self._path(name))
        if os.path.isdir(folder):
            return
        hidden = next((p for p in name.split("/")[:-1] if p.startswith(".")), None)
        if hidden is not None:
            top = self._path(name[: name.index(hidden) + len(hidden)])
            os.makedirs(os.path.dirname(top), exist_ok=True)
            with contextlib.suppress(FileExistsError):
                os.mkdir(top, 0o700)
        os.makedirs(folder, exist_ok=True)

    def remove(self, versions: Mapping[str, str]) -> dict[str, str]:
        failed: dict[str, str] = {}
        for name, version in versions.items():
            now = self.stat([name]).get(name)
            if version and now is not None and now.version != version:
                failed[name] = CHANGED
                continue
            try:
                os.unlink(self._path(name))
            except FileNotFoundError:
                continue
            except OSError as error:
                failed[name] = reason(error)
        return failed

    def tidy(self, prefix: str) -> None:
        for folder, _, _ in os.walk(self._path(prefix.rstrip("/")), topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(folder)

    def _path(self, name: str) -> str:
        return os.path.join(self.root, name) if name else self.root


def _copy(path: str, new: str) -> None:
    """Copy content and times to a name that is not taken, whole or not at all."""
    temporary = f"{new}.{os.getpid()}.new"
    try:
        with open(path, "rb") as source, open(temporary, "xb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        shutil.copystat(path, temporary)
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), new)
        os.rename(temporary, new)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
