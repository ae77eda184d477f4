"""Folders that get into each other's way, or that everybody may write into."""

from __future__ import annotations

import os
import stat


def relation(folder: str, other: str) -> str:
    """How ``folder`` lies to ``other``, as the middle of a sentence; ``""`` if they share nothing."""
    one, two = os.path.realpath(folder), os.path.realpath(other)
    if one == two:
        return "is"
    if one.startswith(two.rstrip(os.sep) + os.sep):
        return "lies inside"
    return "holds" if two.startswith(one.rstrip(os.sep) + os.sep) else ""


def is_writable_by_all(folder: str) -> bool:
    """Whether everybody may write into a folder that is there; systems without such modes say no."""
    if os.name != "posix":
        return False
    try:
        mode = os.stat(folder).st_mode
    except OSError:
        return False
    return stat.S_ISDIR(mode) and bool(mode & stat.S_IWOTH)
