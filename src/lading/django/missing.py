"""What to tell about a static path that leads to no file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from lading.django.shipped import Shipped
from lading.search import near_names

logger = logging.getLogger("lading.storage")

# Paths may come from users, so what is remembered of them has a bound.
_MOST_REMEMBERED = 1000


@dataclass(slots=True)
class Missing:
    """The words for one storage, with the URL that its paths start from."""

    base_url: str
    shipped: Shipped
    _hints: dict[str, str] = field(default_factory=dict[str, str])
    _warned: set[str] = field(default_factory=set[str])

    def entry(self, path: str, names: Collection[str]) -> str:
        """For a path that is none of the ``names`` that a manifest lists."""
        hint = self._hints.get(path)
        if hint is None:
            hint = self._hint(path, names.__contains__, lambda: near_names(path, names))
            if len(self._hints) < _MOST_REMEMBERED:
                self._hints[path] = hint  # looking for near names takes a while
        return f"{_entry(path)} {hint}Correct the path, or run collectstatic if the file is new."

    def source(self, path: str) -> str:
        """For a path that no source ships, where nothing has been published."""
        near = self.shipped.near
        hint = self._hint(path, lambda p: self.shipped.find(p) is not None, lambda: near(path))
        return f"{_entry(path)} No source ships it. {hint}Correct the path, or add the file."

    @staticmethod
    def manifest(path: str, place: str) -> str:
        """For any path where there is no manifest at ``place``."""
        return (
            f"{_entry(path)} There is no manifest at {place}. Run collectstatic with the settings of this "
            "process, or set DEBUG = True in development."
        )

    @staticmethod
    def damaged(path: str, damage: ValueError) -> str:
        """For any path where the manifest cannot be read."""
        return f"{_entry(path)} {damage}"

    def forget(self) -> None:
        """A new manifest has other names."""
        self._hints.clear()

    def warn(self, key: str, text: str) -> None:
        """Log a text once for each ``key``."""
        if key not in self._warned and len(self._warned) < _MOST_REMEMBERED:
            self._warned.add(key)
            logger.warning("%s Its plain URL is used instead.", text)

    def _hint(
        self, path: str, exists: Callable[[str], bool], near: Callable[[], Sequence[str]]
    ) -> str:
        for prefix in (self.base_url, "/"):
            bare = path.removeprefix(prefix)
            if bare != path and exists(bare):
                return f"Leave out {prefix!r}: it is '{bare}'. "
        names = near()
        return f"Did you mean {' or '.join(map(repr, names))}? " if names else ""


def _entry(path: str) -> str:
    # How Django begins it (ManifestFilesMixin.stored_name), which others look for.
    return f"Missing staticfiles manifest entry for '{path}'."
