"""Staging: new content is written whole under a temporary name before any published name changes."""

from __future__ import annotations

import errno
import hashlib
import os
import stat as stat_module
import tempfile
from dataclasses import dataclass
from typing import NamedTuple

from lading import asset as assets
from lading.asset import Asset
from lading.digests import CHUNK, changing, unreadable
from lading.errors import TargetError
from lading.ledger import LINK
from lading.targets.survey import signature

_ATTEMPTS = 3
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)


class Staged(NamedTuple):
    """A finished temporary file: its path, digest (64 hex digits), signature as a published file, and
    the signature of the source state it was copied from (``""``: not to be believed later).
    """

    temporary: str
    sha256: str
    signature: str
    settled: str

    @property
    def state(self) -> str:
        """Its state in the ledger."""
        return f"{self.sha256} {self.signature}" if self.sha256 else LINK


@dataclass(slots=True)
class Stage:
    """A folder of temporary files on the target's file system. One for each thread: making files in
    one folder from several threads would have them wait for each other in the kernel.

    ``mode`` is the permission bits of published files; ``None`` leaves them to the umask.
    """

    folder: str
    mode: int | None
    count: int = 0

    @classmethod
    def create(cls, parent: str, mode: int | None) -> Stage:
        return cls(tempfile.mkdtemp(prefix="stage-", dir=parent), mode)

    def copy(self, asset: Asset) -> Staged:
        """Copy an asset's content, reading it once. Raises ``UnreadableError`` or ``TargetError``."""
        local = asset.source.local_path(asset.relative)
        if local is None:
            return self._copy_stream(asset)
        expected = asset.signature
        for _ in range(_ATTEMPTS):
            staged, seen = self._copy_local(asset, local)
            if seen == expected:
                return staged
            # Written to since the scan, perhaps while it was read: good once two looks agree.
            os.unlink(staged.temporary)
            expected = seen
        raise changing(asset)

    def write(self, data: bytes) -> Staged:
        """Stage bytes made here. Raises ``TargetError``."""
        temporary, target = self._open()
        try:
            self._put(target, data)
            written = self._finish(target)
        finally:
            os.close(target)
        return Staged(temporary, hashlib.sha256(data).hexdigest(), written, "")

    def again(self, item: Staged) -> Staged:
        """One more temporary file with the content of ``item``, sharing its storage where the file
        system can link, else copied. Raises ``TargetError``.
        """
        self.count += 1
        temporary = f"{self.folder}/{self.count}"
        try:
            os.link(item.temporary, temporary, follow_symlinks=False)
            # Permissions belong to the file, not to its name: a link shares the other name's.
            if self.mode is None or os.stat(temporary).st_mode & 0o777 == self.mode:
                return item._replace(temporary=temporary)
            os.unlink(temporary)
        except OSError:
            pass  # another file system, or one that cannot link
        try:
            with open(item.temporary, "rb") as file:
                return self.write(file.read())
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def link(self, destination: str) -> Staged:
        """Stage a symbolic link to ``destination`` (``collectstatic --link``)."""
        self.count += 1
        temporary = f"{self.folder}/{self.count}"
        try:
            os.symlink(destination, temporary)
        except (OSError, NotImplementedError) as error:
            raise TargetError(
                f"A symbolic link cannot be made in the target: {error}.",
                where=self.folder,
                remedy="Run without --link.",
            ) from error
        return Staged(temporary, "", "", "")

    def _copy_local(self, asset: Asset, local: str) -> tuple[Staged, str]:
        """The staged copy, and the source's signature after it was read."""
        try:
            source = os.open(local, _READ)
        except OSError as error:
            raise unreadable(asset, error) from error
        try:
            temporary, target = self._open()
            try:
                sha256 = self._pump(asset, source, target)
                written = self._finish(target)
            finally:
                os.close(target)
            status = os.fstat(source)
        finally:
            os.close(source)
        seen = assets.signature(status)
        settled = seen if assets.is_settled(status) else ""
        return Staged(temporary, sha256, written, settled), seen

    def _pump(self, asset: Asset, source: int, target: int) -> str:
        """Copy all bytes from one descriptor to the other; their SHA-256 in 64 hex digits."""
        digest = hashlib.sha256()
        # One byte more than the scan saw, so that for small files one read also finds the end.
        wanted, total = min(asset.size + 1, CHUNK), 0
        while True:
            try:
                data = os.read(source, wanted)
            except OSError as error:
                raise unreadable(asset, error) from error
            digest.update(data)
            self._put(target, data)
            total += len(data)
            # A short read alone is no end: network file systems may give less than was asked for.
            if not data or (
                len(data) < wanted and (total == asset.size or total >= os.fstat(source).st_size)
            ):
                return digest.hexdigest()
            wanted = CHUNK

    def _copy_stream(self, asset: Asset) -> Staged:
        """Copy from a source that is no folder, such as a finder's remote storage."""
        digest = hashlib.sha256()
        temporary, target = self._open()
        try:
            try:
                with asset.source.open(asset.relative) as file:
                    while data := file.read(CHUNK):
                        digest.update(data)
                        self._put(target, data)
            except OSError as error:
                raise unreadable(asset, error) from error
            written = self._finish(target)
        finally:
            os.close(target)
        return Staged(temporary, digest.hexdigest(), written, "")

    def _open(self) -> tuple[str, int]:
        self.count += 1
        temporary = f"{self.folder}/{self.count}"
        try:
            return temporary, os.open(temporary, _CREATE, 0o666 if self.mode is None else self.mode)
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def _finish(self, target: int) -> str:
        """Give a written file its mode where the umask took bits away; its signature."""
        try:
            status = os.fstat(target)
            if self.mode is not None and stat_module.S_IMODE(status.st_mode) != self.mode:
                os.chmod(
                    target if os.chmod in os.supports_fd else f"{self.folder}/{self.count}",
                    self.mode,
                )
            return signature(status)
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def _put(self, target: int, data: bytes) -> None:
        try:
            written = os.write(target, data) if data else 0
            while written < len(data):
                written += os.write(target, memoryview(data)[written:])
        except OSError as error:
            raise cannot_write(self.folder, error) from error


def cannot_write(where: str, error: OSError) -> TargetError:
    """The error for a target that refuses to be written to; what it held is still in place."""
    remedies = {
        errno.ENOSPC: "Free some space or choose another target; the previous release is untouched.",
        errno.EDQUOT: "Raise the quota or choose another target; the previous release is untouched.",
        errno.EROFS: "The file system is mounted read-only; mount it writable or choose another target.",
        errno.EACCES: "Give the user that runs collectstatic write permission for the target.",
        errno.EPERM: "Give the user that runs collectstatic write permission for the target.",
        errno.ENAMETOOLONG: "Shorten the file's name, or exclude it.",
    }
    return TargetError(
        f"The target cannot be written: {error.strerror or error}.",
        # Of a rename, the second name is the published one.
        where=next((n for n in (error.filename2, error.filename) if isinstance(n, str)), where),
        remedy=remedies.get(error.errno or 0, "Mend the cause and run again."),
    )
