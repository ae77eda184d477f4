"""Which releases are kept: the newest, those that were current lately, and the pinned ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar


class Replaceable(Protocol):
    @property
    def replaced(self) -> int:
        """When the next one replaced it, in seconds since the epoch; ``0``: it is the current one."""
        ...

    @property
    def pinned(self) -> bool: ...


R = TypeVar("R", bound=Replaceable)


@dataclass(frozen=True, slots=True)
class Retention:
    """``newest``: how many releases are kept at least, the current one among them; ``age``: seconds for
    which a replaced one is kept.
    """

    newest: int = 3
    age: float = 86_400

    def split(self, releases: Sequence[R], now: float) -> tuple[list[R], list[R]]:
        """The releases to keep and those to drop; ``releases`` and both lists are oldest first."""
        last = len(releases) - max(1, self.newest)
        kept: list[R] = []
        dropped: list[R] = []
        for position, release in enumerate(releases):
            is_kept = position >= last or release.pinned or release.replaced > now - self.age
            (kept if is_kept else dropped).append(release)
        return kept, dropped
