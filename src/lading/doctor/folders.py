"""Folders that get into each other's way, that everybody may write into, or only their owner may read."""

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


def closed_to_others(file: str) -> str:
    """The folder on the way to a file that is there, or the file, which users of the machine who are neither
    its owner nor of its group may not read; ``""`` if there is none.
    """
    if os.name != "posix":
        return ""
    path = os.path.realpath(file)
    places = [path]
    while (folder := os.path.dirname(places[-1])) != places[-1]:
        places.append(folder)
    try:
        modes = {place: os.stat(place).st_mode for place in reversed(places)}
    except OSError:
        return ""
    for place, mode in modes.items():
        if not mode & (stat.S_IXOTH if stat.S_ISDIR(mode) else stat.S_IROTH):
            return place
    return ""
