"""A folder target: content is staged, then renamed into place; the ledger is replaced last."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat as stat_module
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field

from lading import ledger as ledgers
from lading.catalog import parent_folders
from lading.digests import hash_file
from lading.errors import TargetError
from lading.ledger import LINK, Ledger, Release
from lading.targets import statefile
from lading.targets.lock import locked
from lading.targets.staging import Stage, Staged, cannot_write
from lading.targets.survey import STATE, WRITE_BITS, Survey, signature, survey

CONTENTS = "contents"
"""The folder inside ``.lading`` for contents of earlier releases whose names hold another one now."""

_PENDING = "pending"
_TICK_NS = 20_000_000
_FILES_PROTECT_THEMSELVES = os.name == "nt"


@dataclass(slots=True)
class FolderTarget:
    """A folder on this machine, such as ``STATIC_ROOT``.

    ``file_mode`` and ``folder_mode`` are the permission bits of what is published; ``None`` leaves
    them to the umask. ``read_only`` takes the write bits away from files, so that nothing changes one in
    place by mistake; replacing and removing them needs permission of the folder alone.
    """

    root: str
    file_mode: int | None = 0o644
    folder_mode: int | None = None
    read_only: bool = False
    _state: str = field(init=False, repr=False)
    _stage: Stage | None = field(init=False, repr=False, default=None)
    _has_noted: bool = field(init=False, repr=False, default=False)

    def __post_init__(self) -> None:
        # The root itself may be a link (/srv/site/current); below it none is followed.
        self.root = os.path.realpath(self.root)
        self._state = os.path.join(self.root, STATE)

    @contextlib.contextmanager
    def locked(self, timeout: float, waiting: Callable[[str], None]) -> Generator[None]:
        """Make the folder if need be and hold its lock; see ``lock.locked``. Raises ``TargetError``."""
        self._make_folder(self.root)
        self._make_folder(self._state)
        with contextlib.ExitStack() as stack:
            try:
                lock = locked(os.path.join(self._state, "lock"), timeout, waiting)
                stack.enter_context(lock)
            except OSError as error:
                raise cannot_write(self.root, error) from error
            self._discard_stages()  # of a run that was killed
            self._has_noted = False
            try:
                yield
            finally:
                self._discard_stages()

    def survey(self) -> Survey:
        """What lies in the target now. Raises ``TargetError``."""
        try:
            return survey(self.root, permissions=self.read_only)
        except OSError as error:
            raise TargetError(
                f"The target cannot be listed: {error.strerror}.",
                where=error.filename or self.root,
                remedy="Give the user that runs collectstatic read permission for it.",
            ) from error

    def digest(self, path: str) -> str:
        """The SHA-256 (64 hex digits) of a published file. Raises ``TargetError``."""
        try:
            with open(f"{self.root}/{path}", "rb", buffering=0) as file:
                return hash_file(file)[:64]
        except OSError as error:
            raise TargetError(
                f"A published file cannot be read: {error.strerror}.",
                where=f"{self.root}/{path}",
                remedy="Give the user that runs collectstatic read permission for it.",
            ) from error

    def ledger(self) -> Ledger:
        """What earlier runs wrote here, with the paths that an interrupted run was about to write."""
        ledger = ledgers.load(self.read_state("ledger"))
        pending = self.read_state(_PENDING)
        ledger.interrupted = bool(pending)
        for path, state in ledgers.load_states(pending).items():
            if path not in ledger.written or self._has_landed(path, state):
                ledger.written[path] = state
        return ledger

    def _has_landed(self, path: str, state: str) -> bool:
        """True when the run that was interrupted had renamed this file into place."""
        try:
            status = os.lstat(f"{self.root}/{path}")
        except OSError:
            return False
        if stat_module.S_ISLNK(status.st_mode):
            return state == LINK
        return state[65:] == signature(status)

    def stage(self) -> Stage:
        """The place for temporary files of this run."""
        if self._stage is None:
            try:
                self._stage = Stage.create(
                    self._state, self.file_mode, self.folder_mode, read_only=self.read_only
                )
            except OSError as error:
                raise cannot_write(self._state, error) from error
        return self._stage

    def commit(self, staged: Mapping[str, Staged]) -> dict[str, str]:
        """Rename staged files into place, replacing what lies there (of folders, empty ones); their states.

        They are written down first, so that a run after a crash knows them for Lading's own. None is seen
        before the clock tick is over in which the last was staged, so that their signatures can be believed.
        """
        now = time.time_ns()
        states = {path: item.state for path, item in staged.items()}
        if not states:
            return states
        try:
            self._note(states)
            self.settle(now)
            rest = self._rename_folders(staged)
            for folder in sorted(parent_folders(rest)):
                self._make_folder(os.path.join(self.root, folder))
            self._refuse_closed({path.rpartition("/")[0] for path in rest})
            for path in rest:
                place = f"{self.root}/{path}"
                try:
                    _insist(os.replace, staged[path].temporary, place)
                except IsADirectoryError:
                    _remove_empty_folders(place)
                    os.replace(staged[path].temporary, place)
        except OSError as error:
            raise cannot_write(self.root, error) from error
        return states

    def _note(self, states: Mapping[str, str]) -> None:
        """Write down what is about to be renamed, after what was before, by this run or one that died."""
        if self._has_noted:
            statefile.append(self._state_path(_PENDING), ledgers.dump_states(states))
            return
        before = ledgers.load_states(self.read_state(_PENDING))  # its last line may be torn
        lines = (line for noted in (before, states) for line in ledgers.dump_states(noted))
        self.write_state(_PENDING, lines)
        self._has_noted = True

    def _rename_folders(self, staged: Mapping[str, Staged]) -> list[str]:
        """Rename each staged folder that is new in the target into place whole; the paths still to do."""
        whole: dict[str, str] = {}  # folder in the target -> the staged one
        for folder, path in sorted(parent_folders(staged).items()):
            above = folder.rpartition("/")[0]
            if above in whole:
                whole[folder] = ""
            elif not os.path.lexists(f"{self.root}/{folder}"):
                temporary = staged[path].temporary
                whole[folder] = temporary[: len(temporary) - len(path) + len(folder)]
        self._refuse_closed({folder.rpartition("/")[0] for folder, stage in whole.items() if stage})
        for folder, stage in whole.items():
            if stage:
                os.rename(stage, f"{self.root}/{folder}")
        return [path for path in staged if path.rpartition("/")[0] not in whole]

    def _refuse_closed(self, folders: Iterable[str]) -> None:
        """Raise ``PermissionError`` for a folder in which nothing may be renamed, before anything is."""
        for folder in sorted(folders):
            place = os.path.join(self.root, folder)
            if not os.access(place, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), place)

    def remove(self, paths: Iterable[str]) -> None:
        """Delete files, then the folders that became empty by it. What is gone already is no error."""
        paths = list(paths)
        try:
            for path in paths:
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    _insist(os.unlink, f"{self.root}/{path}")
        except OSError as error:
            raise cannot_write(self.root, error) from error
        for folder in sorted(parent_folders(paths), reverse=True):
            with contextlib.suppress(OSError):
                os.rmdir(f"{self.root}/{folder}")

    def protect(self, paths: Iterable[str]) -> None:
        """Make published files read-only that were in place already. Raises ``TargetError``."""
        try:
            for path in paths:
                place = f"{self.root}/{path}"
                os.chmod(place, stat_module.S_IMODE(os.lstat(place).st_mode) & ~WRITE_BITS)
        except OSError as error:
            raise cannot_write(self.root, error) from error

    def remember(
        self,
        releases: list[Release],
        written: Mapping[str, str],
        sources: Mapping[str, Mapping[str, str]],
    ) -> None:
        """Drop the records of other releases and replace the ledger, as the last acts of a run.

        Raises ``TargetError``.
        """
        folder = os.path.join(self._state, "releases")
        numbers = [str(release.number) for release in releases]
        names = {f"{number}{kind}" for number in numbers for kind in ("", ".json")}
        try:
            for name in set(os.listdir(folder) if os.path.isdir(folder) else ()) - names:
                os.unlink(os.path.join(folder, name))
            self.write_state("ledger", ledgers.dump(releases, written, sources))
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self._state, _PENDING))
            self._has_noted = False
        except OSError as error:
            raise cannot_write(self._state, error) from error

    def write_record(self, release: int, lines: Iterable[str]) -> None:
        """Keep what a release publishes: a path in each line, and after a tab the digest of its content.

        Raises ``TargetError``.
        """
        self._make_folder(os.path.join(self._state, "releases"))
        self.write_state(f"releases/{release}", lines)

    def keep_manifest(self, release: int, manifest: str) -> None:
        """Keep the published manifest of a release, so that its names can be served when it has been
        replaced. Raises ``TargetError``.
        """
        folder = os.path.join(self._state, "releases")
        self._make_folder(folder)
        kept = os.path.join(folder, f"{release}.json")
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(kept)
            try:
                os.link(f"{self.root}/{manifest}", kept)
            except OSError:  # a file system that cannot link
                shutil.copyfile(f"{self.root}/{manifest}", kept)
        except OSError as error:
            raise cannot_write(self._state, error) from error

    def keep_content(self, path: str, sha256: str) -> None:
        """Keep the content of a published file, by its digest. Raises ``TargetError``."""
        folder = os.path.join(self._state, CONTENTS)
        self._make_folder(folder)
        kept = os.path.join(folder, sha256)
        try:
            if os.path.lexists(kept):
                return
            try:
                os.link(f"{self.root}/{path}", kept, follow_symlinks=False)
            except OSError:  # a file system that cannot link
                shutil.copyfile(f"{self.root}/{path}", f"{kept}.new")
                os.replace(f"{kept}.new", kept)
        except OSError as error:
            raise cannot_write(self._state, error) from error

    def put_content(self, staged: Staged, sha256: str) -> None:
        """Put a staged file in the place of a kept content. Raises ``TargetError``."""
        try:
            _insist(os.replace, staged.temporary, self.content_path(sha256))
        except OSError as error:
            raise cannot_write(self._state, error) from error

    def contents(self) -> list[str]:
        """The digests of the kept contents."""
        try:
            return os.listdir(os.path.join(self._state, CONTENTS))
        except OSError:
            return []

    def content_path(self, sha256: str) -> str:
        """Where a kept content lies on disk."""
        return os.path.join(self._state, CONTENTS, sha256)

    def drop_contents(self, digests: Iterable[str]) -> None:
        """Delete kept contents. Raises ``TargetError``."""
        try:
            for sha256 in digests:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(self.content_path(sha256))
        except OSError as error:
            raise cannot_write(self._state, error) from error

    def read_record(self, release: int) -> set[str]:
        """The paths that a release publishes; empty when its record is lost."""
        lines = self.read_state(f"releases/{release}").split("\n")
        return {line.partition("\t")[0] for line in lines if line}

    def settle(self, newest_ns: int) -> None:
        """Wait out the clock tick of the last write (nanoseconds since the epoch), so that its signature can
        be believed later.
        """
        while (left := newest_ns + _TICK_NS - time.time_ns()) > 0:
            time.sleep(min(left, _TICK_NS) / 1e9)

    def read_state(self, name: str) -> str:
        """A file of ``.lading`` as text; ``""`` when it is lost or damaged."""
        return statefile.read(self._state_path(name))

    def write_state(self, name: str, lines: Iterable[str], *, sealed: bool = False) -> None:
        """Replace a file of ``.lading`` whole; if it is ``sealed``, so that a damaged one is noticed, without
        waiting until the disk has it. Raises ``TargetError``.
        """
        statefile.replace(self._state_path(name), lines, sealed=sealed)

    def _state_path(self, name: str) -> str:
        return os.path.join(self._state, name)

    def _make_folder(self, folder: str) -> None:
        """Make a folder unless it is there; a link to one is none. Raises ``TargetError``."""
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
        except OSError as error:
            raise cannot_write(folder, error) from error

    def _make_with_mode(self, folder: str) -> None:
        parent = os.path.dirname(folder)
        if not os.path.isdir(parent):
            self._make_with_mode(parent)
        os.mkdir(folder)
        os.chmod(folder, self.folder_mode or 0o777)

    def _discard_stages(self) -> None:
        self._stage = None
        with contextlib.suppress(OSError):
            for name in os.listdir(self._state):
                if name.startswith("stage-"):
                    shutil.rmtree(os.path.join(self._state, name), ignore_errors=True)
                elif name.endswith(".new"):
                    os.unlink(os.path.join(self._state, name))


def _insist(act: Callable[..., None], *places: str) -> None:
    """Replace or remove the last of the places. Windows refuses that for a read-only file, other systems
    ask about the folder alone.
    """
    try:
        act(*places)
    except PermissionError:
        if not _FILES_PROTECT_THEMSELVES:
            raise
        os.chmod(places[-1], stat_module.S_IWRITE)
        act(*places)


def _remove_empty_folders(folder: str) -> None:
    """Delete a folder that holds nothing but folders. Raises ``OSError`` at the first other thing."""
    for place, _, _ in os.walk(folder, topdown=False):
        os.rmdir(place)
