"""A folder target: content is staged, then renamed into place; the ledger is replaced last."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from lading import ledger as ledgers
from lading.catalog import parent_folders
from lading.errors import TargetError
from lading.ledger import Ledger, Release
from lading.targets.lock import locked
from lading.targets.staging import Stage, Staged, cannot_write
from lading.targets.survey import STATE, Survey, survey

_TICK_NS = 20_000_000


@dataclass(slots=True)
class FolderTarget:
    """A folder on this machine, such as ``STATIC_ROOT``.

    ``file_mode`` and ``folder_mode`` are the permission bits of what is published; ``None`` leaves
    them to the umask.
    """

    root: str
    file_mode: int | None = 0o644
    folder_mode: int | None = None
    _state: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # The root itself may be a link (/srv/site/current); below it none is followed.
        self.root = os.path.realpath(self.root)
        self._state = os.path.join(self.root, STATE)

    @contextlib.contextmanager
    def locked(self, timeout: float, waiting: Callable[[str], None]) -> Generator[None]:
        """Make the folder if need be and hold its lock; see ``lock.locked``. Raises ``TargetError``."""
        try:
            self._make_folder(self.root)
            os.makedirs(self._state, exist_ok=True)
            with locked(os.path.join(self._state, "lock"), timeout, waiting):
                self._discard_stages()  # of a run that was killed
                yield
                self._discard_stages()
        except OSError as error:
            raise cannot_write(self.root, error) from error

    def survey(self) -> Survey:
        """What lies in the target now. Raises ``TargetError``."""
        try:
            return survey(self.root)
        except OSError as error:
            raise TargetError(
                f"The target cannot be listed: {error.strerror}.",
                where=error.filename or self.root,
                remedy="Give the user that runs collectstatic read permission for it.",
            ) from error

    def open(self, path: str) -> BinaryIO:
        """A published file's bytes. Raises ``TargetError``."""
        try:
            return open(f"{self.root}/{path}", "rb", buffering=0)
        except OSError as error:
            raise TargetError(
                f"A published file cannot be read: {error.strerror}.",
                where=f"{self.root}/{path}",
                remedy="Give the user that runs collectstatic read permission for it.",
            ) from error

    def ledger(self) -> Ledger:
        """What earlier runs wrote here, with the paths that an interrupted run was about to write."""
        ledger = ledgers.load(self.read_state("ledger"))
        for path in self.read_state("pending").split("\n"):
            if path:
                ledger.written.setdefault(path, "")
        return ledger

    def stage(self) -> Stage:
        """A place for temporary files; use one for each thread."""
        try:
            return Stage.create(self._state, self.file_mode)
        except OSError as error:
            raise cannot_write(self._state, error) from error

    def commit(self, staged: Mapping[str, Staged]) -> None:
        """Rename staged files into place, replacing what lies there.

        The paths are written down first, so that a run after a crash knows them for Lading's own.
        """
        if not staged:
            return
        try:
            self.write_state("pending", (f"{path}\n" for path in staged))
            for folder in sorted(parent_folders(staged)):
                self._make_folder(os.path.join(self.root, folder))
            for path, item in staged.items():
                os.replace(item.temporary, f"{self.root}/{path}")
        except OSError as error:
            raise cannot_write(self.root, error) from error

    def remove(self, paths: Iterable[str]) -> None:
        """Delete files, then the folders that became empty by it. What is gone already is no error."""
        paths = list(paths)
        try:
            for path in paths:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(f"{self.root}/{path}")
        except OSError as error:
            raise cannot_write(self.root, error) from error
        for folder in sorted(parent_folders(paths), reverse=True):
            with contextlib.suppress(OSError):
                os.rmdir(f"{self.root}/{folder}")

    def remember(
        self,
        releases: list[Release],
        written: Mapping[str, str],
        sources: Mapping[str, Mapping[str, str]],
    ) -> None:
        """Replace the ledger, as the last act of a run. Raises ``TargetError``."""
        try:
            self.write_state("ledger", ledgers.dump(releases, written, sources))
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self._state, "pending"))
        except OSError as error:
            raise cannot_write(self._state, error) from error

    def write_record(self, release: int, lines: Iterable[str]) -> None:
        """Keep what a release publishes, one path a line. Raises ``TargetError``."""
        try:
            os.makedirs(os.path.join(self._state, "releases"), exist_ok=True)
            self.write_state(f"releases/{release}", lines)
        except OSError as error:
            raise cannot_write(self._state, error) from error

    def read_record(self, release: int) -> set[str]:
        """The paths that a release publishes; empty when its record is lost."""
        return set(self.read_state(f"releases/{release}").splitlines())

    def drop_records(self, releases: Sequence[Release]) -> None:
        for release in releases:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self._state, "releases", str(release.number)))

    def settle(self, newest_ns: int) -> None:
        """Wait out the clock tick of the last write, so that its signature can be believed later."""
        while (left := newest_ns + _TICK_NS - time.time_ns()) > 0:
            time.sleep(min(left, _TICK_NS) / 1e9)

    def read_state(self, name: str) -> str:
        """A file of ``.lading`` as text; ``""`` when it is lost or damaged."""
        return _read_text(os.path.join(self._state, name))

    def write_state(self, name: str, lines: Iterable[str]) -> None:
        """Replace a file of ``.lading`` whole."""
        path = os.path.join(self._state, name)
        temporary = f"{path}.new"
        with open(temporary, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)

    def _make_folder(self, folder: str) -> None:
        try:
            os.makedirs(folder) if self.folder_mode is None else self._make_with_mode(folder)
        except FileExistsError:
            if os.path.islink(folder) and folder != self.root:
                raise TargetError(
                    "A symbolic link lies where a folder must go; following it could write outside "
                    "the target.",
                    where=folder,
                    remedy="Delete the link, or run with --clear.",
                ) from None
            if not os.path.isdir(folder):
                raise TargetError(
                    "A file lies where a folder must go.",
                    where=folder,
                    remedy="Move the file away, or run with --clear.",
                ) from None

    def _make_with_mode(self, folder: str) -> None:
        parent = os.path.dirname(folder)
        if not os.path.isdir(parent):
            self._make_with_mode(parent)
        os.mkdir(folder)
        os.chmod(folder, self.folder_mode or 0o777)

    def _discard_stages(self) -> None:
        with os.scandir(self._state) as entries:
            stale = [entry.path for entry in entries if entry.name.startswith("stage-")]
        for folder in stale:
            shutil.rmtree(folder, ignore_errors=True)


def _read_text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""
