"""Writing an upload so that its name shows all of it or nothing, and never replaces another one.

The content goes into a file without a name, or with a temporary one, which then gets its final name by a hard
link: that fails if the name is taken, in one step, whoever else tries at the same time.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from lading.media.renaming import rename_new

TEMPORARY: Final = ".lading-upload-"
"""What temporary names begin with. Such a file is left behind only by a crash, on systems whose files cannot
be without a name; then it is an orphan (see ``lading.media.exclusions``).
"""

# Linux: a file without a name, which vanishes with the process, and whose later name goes through /proc.
_UNNAMED: Final = getattr(os, "O_TMPFILE", 0) if os.path.isdir("/proc/self/fd") else 0
_NOT_HERE: Final = (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL, errno.ENOTSUP)
# File systems without hard links (FAT, some of the network) say so in many ways.
_NO_LINKS: Final = (
    errno.EPERM,
    errno.EOPNOTSUPP,
    errno.ENOTSUP,
    errno.EMLINK,
    errno.ENOSYS,
    errno.EACCES,
)

Chooser = Callable[[], str]
"""The next path to try: the one that was wished for first, then others."""


class Modes(NamedTuple):
    """Permissions of new files and directories, ``None``: as the process's mask leaves them."""

    file: int | None = None
    directory: int | None = None


def make_directory(path: str, modes: Modes) -> None:
    """Make a directory and those above it, each with the wanted permissions. Raises ``FileExistsError`` if
    something else has the name.
    """
    if os.path.isdir(path):
        return
    above = os.path.dirname(path)
    if above and above != path:
        make_directory(above, modes)
    try:
        os.mkdir(path, 0o777)
    except FileExistsError:
        if not os.path.isdir(path):
            raise FileExistsError(errno.EEXIST, "It exists and is not a directory", path) from None
        return
    if modes.directory is not None:
        os.chmod(path, modes.directory)


def write_new(
    chunks: Iterable[bytes], folder: str, choose: Chooser, *, fsync: bool, modes: Modes
) -> str:
    """Write ``chunks`` and give the file the first path of ``choose`` that is free; its path.

    ``folder``: an existing directory on the same file system. ``choose`` may raise to give up, and is called
    after all chunks were read. Whatever is raised, by the disk or by ``chunks``, nothing is left behind.
    """
    descriptor, temporary = _open_temporary(folder)
    try:
        write = os.write
        for chunk in chunks:
            view = memoryview(chunk)
            while view:
                view = view[write(descriptor, view) :]
        return _publish(descriptor, temporary, choose, fsync=fsync, modes=modes)
    finally:
        os.close(descriptor)
        if temporary:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)


def adopt(path: str, choose: Chooser, *, fsync: bool, modes: Modes) -> str | None:
    """Move a finished file to the first path of ``choose`` that is free; its new path, or ``None`` if it is
    on another file system.
    """
    if modes.file is not None:
        os.chmod(path, modes.file)
    if fsync:
        _sync(path)
    try:
        return _first_free(choose, lambda new: _move(path, new), fsync=fsync)
    except OSError as error:
        if error.errno == errno.EXDEV or error.errno in _NO_LINKS:
            return None
        raise


def _open_temporary(folder: str) -> tuple[int, str]:
    """A new file, and its name if it has one."""
    flags = os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    if _UNNAMED:
        try:
            return os.open(folder, flags | _UNNAMED, 0o666), ""
        except OSError as error:
            if error.errno not in _NOT_HERE:
                raise
    while True:
        path = os.path.join(folder, TEMPORARY + os.urandom(8).hex())
        with contextlib.suppress(FileExistsError):
            return os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o666), path


def _publish(descriptor: int, temporary: str, choose: Chooser, *, fsync: bool, modes: Modes) -> str:
    """Give an open file the first free path. ``temporary``: its present one, or ``""``."""
    if modes.file is not None:
        os.chmod(descriptor if os.chmod in os.supports_fd else temporary, modes.file)
    if fsync:
        os.fsync(descriptor)
    return _first_free(choose, lambda new: _link(descriptor, temporary, new), fsync=fsync)


def _first_free(choose: Chooser, name: Callable[[str], None], *, fsync: bool) -> str:
    """The first path of ``choose`` that ``name`` could take."""
    while True:
        path = choose()
        try:
            name(path)
        except FileExistsError:
            continue
        if fsync and os.name == "posix":  # make sure of the name too; Windows has no such thing
            _sync(os.path.dirname(path))
        return path


def _link(descriptor: int, temporary: str, path: str) -> None:
    """Raises ``FileExistsError`` if the path is taken."""
    if not temporary:
        # With a directory given, Python calls linkat(2), which follows the link in /proc to the file.
        source = f"/proc/self/fd/{descriptor}"
        os.link(source, path, src_dir_fd=descriptor, follow_symlinks=True)
        return
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in _NO_LINKS or not os.path.basename(temporary).startswith(TEMPORARY):
            raise
        # Take the name with an empty file, and put the whole one in its place in one step.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        os.replace(temporary, path)


def _sync(path: str) -> None:
    """Wait until the disk has a file, or the names in a directory."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _move(old: str, new: str) -> None:
    """Raises ``FileExistsError`` if the new path is taken."""
    if (problem := rename_new(old, new)) == 0:
        return
    if problem not in (errno.EINVAL, errno.ENOSYS):
        raise OSError(problem, os.strerror(problem), new)
    os.link(old, new)
    os.unlink(old)
