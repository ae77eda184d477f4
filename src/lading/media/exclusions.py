"""Which files of a store are nobody's orphans: the trash, caches of thumbnails, what the settings exclude."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from lading.globs import Globs

UNFINISHED: Final = (".lading-*", "*/.lading-*")
"""Patterns of what uploads and copies are called until they have their names. They are nobody's: those that
a process left when it was killed are orphans, as soon as they are old enough.
"""

# Folders in which Lading keeps what it needs itself.
_STATE: Final = re.compile(r"\.lading(?:-[^/]*)?/")


def is_kept(patterns: Iterable[str], folders: Iterable[str]) -> Callable[[str], bool]:
    """A test of names: true for what matches a pattern (``*`` matches ``/`` too), lies in one of the
    folders, or in one of Lading's own.
    """
    globs = Globs(patterns)
    starts = tuple(f"{folder.strip('/')}/" for folder in folders if folder.strip("/"))

    def test(name: str) -> bool:
        return name.startswith(starts) or _STATE.match(name) is not None or globs.match(name)

    return test
