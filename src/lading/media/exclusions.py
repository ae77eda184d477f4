"""Which files of a store are nobody's orphans: the trash, caches of thumbnails, what the settings exclude."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lading.globs import Globs

STATE = ".lading"
"""Where Lading keeps what it needs itself: this folder, and those whose names begin with it and a hyphen."""


def is_kept(patterns: Iterable[str], folders: Iterable[str]) -> Callable[[str], bool]:
    """A test of names: true for what matches a pattern (``*`` matches ``/`` too), lies in one of the
    folders, or belongs to Lading.
    """
    globs = Globs(patterns)
    starts = (
        f"{STATE}/",
        f"{STATE}-",
        *(f"{folder.strip('/')}/" for folder in folders if folder.strip("/")),
    )

    def test(name: str) -> bool:
        return name.startswith(starts) or globs.match(name)

    return test
