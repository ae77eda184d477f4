"""How long work tells how far it is. The core calls it; ``report.bar`` draws it on a terminal."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told by one thread at a time."""

    def begin(self, step: str, total: int) -> None:
        """A step of ``total`` files begins, such as ``"Copying"``; 0: nobody knows how many."""
        ...

    def advance(self, files: int) -> None: ...

    def say(self, message: str) -> None:
        """A sentence for whoever waits, such as who holds the lock."""
        ...


class Silent:
    """Tells nobody."""

    def begin(self, step: str, total: int) -> None: ...

    def advance(self, files: int) -> None: ...

    def say(self, message: str) -> None: ...
