"""Shell globs, many at a time, as Django has them: ``*`` matches ``/`` too (``fnmatch.fnmatchcase``)."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable

_WILDCARDS = frozenset("*?[")


class Globs:
    """A set of globs that is asked about many names, nearly none of which match.

    Most globs are a literal, a literal after ``*`` or a literal before it; these are told by one string
    method each for all of them, the others by one regular expression.
    """

    __slots__ = ("_literals", "_prefixes", "_regex", "_suffixes", "patterns")

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = tuple(dict.fromkeys(patterns))
        literals: list[str] = []
        prefixes: list[str] = []
        suffixes: list[str] = []
        others: list[str] = []
        for pattern in self.patterns:
            if _WILDCARDS.isdisjoint(pattern):
                literals.append(pattern)
            elif pattern[0] == "*" and _WILDCARDS.isdisjoint(pattern[1:]):
                suffixes.append(pattern[1:])
            elif pattern[-1] == "*" and _WILDCARDS.isdisjoint(pattern[:-1]):
                prefixes.append(pattern[:-1])
            else:
                others.append(fnmatch.translate(pattern))
        self._literals = frozenset(literals)
        self._prefixes, self._suffixes = tuple(prefixes), tuple(suffixes)
        self._regex = re.compile("|".join(others)) if others else None

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def match(self, name: str) -> bool:
        """True when any of the globs matches the whole name."""
        return (
            name.endswith(self._suffixes)
            or name.startswith(self._prefixes)
            or name in self._literals
            or (self._regex is not None and self._regex.match(name) is not None)
        )

    def first(self, name: str) -> str:
        """The first glob that matches the name, or ``""``."""
        if not self.match(name):
            return ""
        return next(p for p in self.patterns if fnmatch.fnmatchcase(name, p))
