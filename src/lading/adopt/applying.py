"""Writing a switch: all of its files or none, and only where version control can take it back."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Sequence

from lading.adopt.document import Change
from lading.errors import LadingError


class AdoptError(LadingError):
    """The switch was not written; every file is as it was."""


def refuse_unsaved(root: str, changes: Sequence[Change]) -> None:
    """Raises ``AdoptError`` if the project's git tree has changes that are not committed, or if a file that
    is to be changed is not in it. Outside of git nothing is known, and nothing is refused.
    """
    tracked = _git(root, "status", "--porcelain", "--untracked-files=no", "--", ".")
    if tracked is None:
        return
    paths = [change.document.path for change in changes]
    untracked = _git(root, "ls-files", "--others", "--", *paths)
    lines = [*tracked.splitlines(), *(f"?? {path}" for path in (untracked or "").splitlines())]
    if lines:
        shown = "\n".join(f"    {line}" for line in lines[:10])
        more = f"\n    … and {len(lines) - 10} more" if len(lines) > 10 else ""
        raise AdoptError(
            "The git tree has changes that are not committed, among which those of the switch could not be "
            f"told apart or taken back:\n{shown}{more}",
            where=root,
            remedy="Commit or stash them, or give --force. Nothing was written.",
        )


def _git(root: str, *arguments: str) -> str | None:
    """What git prints, ``None`` where there is no git or no tree of it."""
    program = shutil.which("git")
    if program is None:
        return None
    done = subprocess.run(  # noqa: S603 - a fixed program, and paths behind --
        [program, "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    return done.stdout if done.returncode == 0 else None


def write(changes: Sequence[Change]) -> None:
    """Write all files: each beside the old one, then all renamed into place. Raises ``AdoptError`` with every
    file as it was before.
    """
    staged: list[tuple[Change, str]] = []
    replaced: list[Change] = []
    try:
        for change in changes:
            staged.append((change, _stage(change)))  # noqa: PERF401 - those made are undone
        for change, temporary in staged:
            os.replace(temporary, change.document.file)
            replaced.append(change)
    except BaseException as error:
        for change in replaced:
            _put_back(change)
        for _, temporary in staged:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        if isinstance(error, OSError):
            raise AdoptError(
                f"The files cannot be written: {error}.",
                where=str(error.filename or ""),
                remedy="Mend the cause and run it again. Every file is as it was.",
            ) from error
        raise


def _stage(change: Change) -> str:
    """The new content beside the old file, with its permissions."""
    file = change.document.file
    with open(file, "rb") as stream:
        if stream.read() != change.document.data:
            raise AdoptError(
                "The file was changed while the switch was made.",
                where=file,
                remedy="Run it again. Nothing was written.",
            )
    temporary = f"{file}.{secrets.token_hex(8)}.new"
    try:
        with open(temporary, "xb") as stream:
            stream.write(change.data)
            stream.flush()
            os.fsync(stream.fileno())
        shutil.copymode(file, temporary)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return temporary


def _put_back(change: Change) -> None:
    """Give a replaced file its old content again."""
    with open(change.document.file, "wb") as stream:
        stream.write(change.document.data)
