"""The state files of a folder target: text that is replaced whole or added to, and outlasts a power cut."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from typing import Literal, TextIO

from lading.targets.staging import cannot_write

# A source's location may be no UTF-8; a published path always is.
_ERRORS = "surrogateescape"


def read(path: str) -> str:
    """The text of a state file; ``""`` when it is lost or damaged."""
    try:
        with open(path, encoding="utf-8", errors=_ERRORS, newline="") as file:
            return file.read()
    except OSError:
        return ""


def replace(path: str, lines: Iterable[str], *, sealed: bool = False) -> None:
    """Write a state file anew; if it is ``sealed`` (see ``lading.sealed``), so that a damaged one is noticed,
    without waiting until the disk has it. Raises ``TargetError``.
    """
    temporary = f"{path}.new"
    try:
        with _open(temporary, "w") as file:
            file.writelines(lines)
            if not sealed:
                _flush(file)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise cannot_write(path, error) from error


def append(path: str, lines: Iterable[str]) -> None:
    """Add lines to a state file; after a crash the last of them may be torn. Raises ``TargetError``."""
    try:
        with _open(path, "a") as file:
            file.writelines(lines)
            _flush(file)
    except OSError as error:
        raise cannot_write(path, error) from error


def _open(path: str, mode: Literal["w", "a"]) -> TextIO:
    return open(path, mode, encoding="utf-8", errors=_ERRORS, newline="\n")


def _flush(file: TextIO) -> None:
    """Wait until the disk has what was written."""
    file.flush()
    os.fsync(file.fileno())
