"""A use: one place in a project's templates or code that names a static path."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import django

import lading
from lading import sources
from lading.findings import Owner

# Vendors wherever they lie, also in a checkout.
_PACKAGES = tuple(
    os.path.realpath(folder) + os.sep for folder in (*django.__path__, *lading.__path__)
)


@dataclass(frozen=True, slots=True)
class Use:
    """``form`` is the use as a person wrote it (``{% static "a.css" %}``), ``file`` where, ``line`` and
    ``column`` from 1 (0: not known).

    ``path`` is what ``static()`` is given, ``None`` if that is only known at run time. ``after`` is the
    literal text that follows in the same URL, and ``continues`` says that it goes on with something that
    is only known at run time. ``is_plain``: the path is appended to STATIC_URL and not looked up.
    ``is_conditional``: it stands in an ``if``.
    ``locate`` gives the place where finding it out takes time, so that it is asked only if it is told.
    """

    form: str
    file: str
    line: int
    column: int
    path: str | None
    after: str = ""
    continues: bool = False
    is_plain: bool = False
    is_conditional: bool = False
    locate: Callable[[], str] | None = None

    @property
    def where(self) -> str:
        if self.locate is not None:
            return self.locate()
        numbers = [str(number) for number in (self.line, self.column) if number]
        return ":".join((self.file, *numbers))

    @property
    def owner(self) -> Owner:
        return owner_of(self.file)


@lru_cache(maxsize=4096)
def owner_of(file: str) -> Owner:
    """``vendor`` for a file of an installed package, else ``project``."""
    if os.path.realpath(file).startswith(_PACKAGES):
        return "vendor"
    return sources.owner_of(file)
