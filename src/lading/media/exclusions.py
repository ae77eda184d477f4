"""Which files of a store are nobody's orphans: the trash, caches of thumbnails, what the settings exclude."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lading.globs import Globs
from lading.media.writing import TEMPORARY

STATE = ".lading"
"""Where Lading keeps what it needs itself: this folder, and those whose names begin with it and a hyphen."""

_UNFINISHED = f"/{TEMPORARY}"


def is_kept(patterns: Iterable[str], folders: Iterable[str]) -> Callable[[str], bool]:
    """A test of names: true for what matches a pattern (``*`` matches ``/`` too), lies in one of the
    folders, or belongs to Lading, as uploads do that are still being written.
    """
    globs = Globs(patterns)
    starts = (
        f"{STATE}/",
        f"{STATE}-",
        *(f"{folder.strip('/')}/" for folder in folders if folder.strip("/")),
    )

    def test(name: str) -> bool:
        return name.startswith(starts) or _UNFINISHED in name or globs.match(name)

    return test
