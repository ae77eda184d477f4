"""The releases that a target keeps, whatever kind it is: listed, shown, brought back, pruned, pinned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lading.errors import ConfigError
from lading.manifest import Manifest
from lading.progress import Progress
from lading.retention import Retention


@dataclass(frozen=True, slots=True)
class Listed:
    """One release: its number, when it was published and replaced (seconds since the epoch; ``0``: not
    known, or not yet), whether it is pinned, and the number of the release that it brought back (``0``:
    none).
    """

    number: int
    published: int
    replaced: int = 0
    pinned: bool = False
    of: int = 0

    @property
    def is_current(self) -> bool:
        return self.replaced == 0


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """What going back did: the number of the new release, and the plain names that have another content;
    in a bucket the paths of their variants too, for a CDN to forget.
    """

    number: int
    changed: Sequence[str]


class Releases(Protocol):
    """What a target offers. All raise ``LadingError``; for a number that is not kept, ``ConfigError``."""

    def listed(self) -> list[Listed]:
        """The kept releases, oldest first; the last one is current."""
        ...

    def manifest(self, number: int) -> Manifest:
        """What a release publishes."""
        ...

    def roll_back(self, number: int, progress: Progress) -> BroughtBack:
        """Publish an earlier release again, as a new one. Only the manifest and plain names change."""
        ...

    def prune(self, retention: Retention, progress: Progress) -> Sequence[str]:
        """Drop the releases that the rule does not keep; the removed paths."""
        ...

    def pin(self, number: int, *, pinned: bool, progress: Progress) -> None:
        """Keep a release whatever the rule says, or no longer."""
        ...


def not_kept(number: int, kept: Sequence[int]) -> ConfigError:
    """The error for a release that there is none of."""
    if not kept:
        return ConfigError(
            "Nothing is published yet, so there is no release.",
            remedy="Run collectstatic (or lading collect) first, or mend the setting 'target'.",
        )
    return ConfigError(
        f"Release {number} is not kept (kept: {', '.join(map(str, kept))}).",
        remedy="List them with `lading releases list`; 'keep_releases', 'keep_age' and "
        "`lading releases pin` decide how many there are.",
    )


def previous(releases: Sequence[Listed]) -> int:
    """The release to go back to when none is named: the one whose content was published before the
    current one's. Raises ``ConfigError`` if there is none.
    """
    if not releases:
        raise not_kept(0, [])
    current = releases[-1]
    for release in reversed(releases[:-1]):
        if release.number < (current.of or current.number):
            return release.number
    raise ConfigError(
        "There is no earlier release to go back to.",
        remedy="Only kept releases can come back; 'keep_releases' and 'keep_age' say how many are.",
    )
