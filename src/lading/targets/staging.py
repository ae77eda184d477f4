"""Staging: new content is written whole under a temporary name before any published name changes."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat as stat_module
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lading import asset as assets
from lading.asset import Asset
from lading.digests import CHUNK, changing, unreadable
from lading.errors import TargetError
from lading.ledger import LINK
from lading.targets.survey import WRITE_BITS, signature

_ATTEMPTS = 3
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)


class Staged(NamedTuple):
    """A finished temporary file: where it lies, its state in the ledger, and the signature of the source
    state it was copied from (``""``: not to be believed later). There may be a million of these, so that
    they share what strings they can.
    """

    folder: str
    path: str
    state: str
    settled: str = ""

    @property
    def temporary(self) -> str:
        """Its path."""
        return f"{self.folder}/{self.path}"

    @property
    def sha256(self) -> str:
        """Its digest (64 hex digits; ``""`` of a link)."""
        return "" if self.state == LINK else self.state[:64]

    @property
    def signature(self) -> str:
        """Its signature as a published file."""
        return self.state[65:]


@dataclass(slots=True)
class Stage:
    """A folder on the target's file system in which files lie as they will in the target: a folder that
    is new there can then be renamed into place whole. Several threads may use one stage.

    ``mode`` and ``folder_mode`` are the permission bits of what is published; ``None`` leaves them to
    the umask. ``read_only`` takes the write bits away from files. ``path`` is always that in the target.
    """

    folder: str
    mode: int | None
    folder_mode: int | None = None
    read_only: bool = False

    @classmethod
    def create(
        cls,
        parent: str,
        mode: int | None,
        folder_mode: int | None = None,
        *,
        read_only: bool = False,
    ) -> Stage:
        import tempfile  # which child processes that get a stage have no use for

        return cls(tempfile.mkdtemp(prefix="stage-", dir=parent), mode, folder_mode, read_only)

    def copy(self, asset: Asset, path: str) -> Staged:
        """Copy an asset's content, reading it once. Raises ``UnreadableError`` or ``TargetError``."""
        local = asset.source.local_path(asset.relative)
        if local is None:
            return self._copy_stream(asset, path)
        expected = asset.signature
        for _ in range(_ATTEMPTS):
            staged, seen = self._copy_local(asset, local, path)
            if seen == expected:
                return staged
            # Written to since the scan, perhaps while it was read: good once two looks agree.
            os.unlink(staged.temporary)
            expected = seen
        raise changing(asset)

    def write(self, data: bytes, path: str) -> Staged:
        """Stage bytes made here. Raises ``TargetError``."""
        return self.write_pieces((data,), path)

    def write_pieces(self, pieces: Iterable[bytes], path: str) -> Staged:
        """Stage bytes made here one after the other. Raises ``TargetError``, and what ``pieces`` raise."""
        digest = hashlib.sha256()

        def counted() -> Iterator[bytes]:
            for data in pieces:
                digest.update(data)
                yield data

        written = self.put(counted(), path)
        return Staged(self.folder, path, f"{digest.hexdigest()} {written}")

    def put(self, pieces: Iterable[bytes], path: str) -> str:
        """Stage bytes of which the caller knows the digest; the file's signature. What fails leaves no
        file. Raises ``TargetError``, and what ``pieces`` raise.
        """
        temporary, target = self._open(path)
        try:
            try:
                for data in pieces:
                    self._put(target, data)
                return self._finish(target, temporary)
            finally:
                os.close(target)
        except BaseException:
            self.discard(path)
            raise

    def discard(self, path: str) -> None:
        """Remove what was staged for a path, so that it can be staged again. Raises ``TargetError``."""
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{self.folder}/{path}")
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def again(self, item: Staged, path: str) -> Staged:
        """One more temporary file with the content of ``item``, sharing its storage where the file
        system can link, else copied. Raises ``TargetError``.
        """
        temporary = f"{self.folder}/{path}"
        try:
            try:
                os.link(item.temporary, temporary, follow_symlinks=False)
            except FileNotFoundError:
                self._make_parents(path)
                os.link(item.temporary, temporary, follow_symlinks=False)
            # Permissions belong to the file, not to its name: a link shares the other name's.
            if item.folder == self.folder or self._has_mode(os.stat(temporary)):
                return item._replace(folder=self.folder, path=path)
            os.unlink(temporary)
        except OSError:
            pass  # another file system, or one that cannot link
        try:
            with open(item.temporary, "rb") as file:
                return self.write_pieces(iter(lambda: file.read(CHUNK), b""), path)
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def link(self, destination: str, path: str) -> Staged:
        """Stage a symbolic link to ``destination`` (``collectstatic --link``)."""
        temporary = f"{self.folder}/{path}"
        self._make_parents(path)
        try:
            os.symlink(destination, temporary)
        except (OSError, NotImplementedError) as error:
            raise TargetError(
                f"A symbolic link cannot be made in the target: {error}.",
                where=self.folder,
                remedy="Run without --link.",
            ) from error
        return Staged(self.folder, path, LINK)

    def _copy_local(self, asset: Asset, local: str, path: str) -> tuple[Staged, str]:
        """The staged copy, and the source's signature after it was read."""
        try:
            source = os.open(local, _READ)
        except OSError as error:
            raise unreadable(asset, error) from error
        try:
            temporary, target = self._open(path)
            try:
                sha256 = self._pump(asset, source, target)
                written = self._finish(target, temporary)
            finally:
                os.close(target)
            status = os.fstat(source)
        finally:
            os.close(source)
        seen = assets.signature(status)
        settled = seen if assets.is_settled(status) else ""
        return Staged(self.folder, path, f"{sha256} {written}", settled), seen

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

    def _copy_stream(self, asset: Asset, path: str) -> Staged:
        """Copy from a source that is no folder, such as a finder's remote storage."""
        digest = hashlib.sha256()
        temporary, target = self._open(path)
        try:
            try:
                with asset.source.open(asset.relative) as file:
                    while data := file.read(CHUNK):
                        digest.update(data)
                        self._put(target, data)
            except OSError as error:
                raise unreadable(asset, error) from error
            written = self._finish(target, temporary)
        finally:
            os.close(target)
        return Staged(self.folder, path, f"{digest.hexdigest()} {written}")

    def _open(self, path: str) -> tuple[str, int]:
        temporary = f"{self.folder}/{path}"
        mode = 0o666 if self.mode is None else self.mode
        try:
            try:
                return temporary, os.open(temporary, _CREATE, mode)
            except FileNotFoundError:
                self._make_parents(path)
                return temporary, os.open(temporary, _CREATE, mode)
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def _make_parents(self, path: str) -> None:
        """Make the folders above ``path``, which another thread may be making too."""
        parent = path.rpartition("/")[0]
        if not parent or os.path.isdir(f"{self.folder}/{parent}"):
            return
        self._make_parents(parent)
        try:
            with contextlib.suppress(FileExistsError):
                os.mkdir(f"{self.folder}/{parent}")
                if self.folder_mode is not None:
                    os.chmod(f"{self.folder}/{parent}", self.folder_mode)
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def _finish(self, target: int, temporary: str) -> str:
        """Give a written file its mode where the umask took bits away; its signature."""
        try:
            status = os.fstat(target)
            if not self._has_mode(status):
                place = target if os.chmod in os.supports_fd else temporary
                os.chmod(place, self._wanted(status))
            return signature(status)
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def _wanted(self, status: os.stat_result) -> int:
        mode = stat_module.S_IMODE(status.st_mode) if self.mode is None else self.mode
        return mode & ~WRITE_BITS if self.read_only else mode

    def _has_mode(self, status: os.stat_result) -> bool:
        return stat_module.S_IMODE(status.st_mode) == self._wanted(status)

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
