"""A store: a place that holds media files, as accountability sees it. Names are relative, with ``/``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol


class Stored(NamedTuple):
    """A file in a store. ``modified`` is the last moment at which it was written, renamed or linked, in
    seconds since the epoch; ``None`` like ``size`` (bytes) where a listing does not tell it. ``version``
    is another text whenever the file is another one or was written since; ``""`` in listings.
    ``is_outside``: a link leads to it out of the store, as ``Store.stat`` finds.
    """

    name: str
    size: int | None = None
    modified: float | None = None
    version: str = ""
    is_outside: bool = False


class Store(Protocol):
    """Each method raises ``MediaError`` when the place as a whole cannot be used."""

    @property
    def label(self) -> str:
        """Where it is, for people: a folder's path, or a bucket's URL."""
        ...

    def files(self, prefix: str = "", *, names_only: bool = False) -> Iterator[Stored]:
        """All files whose names begin with ``prefix`` (empty, or ending with ``/``), in any order. With
        ``names_only``, sizes and times need not be found out.
        """
        ...

    def held(self) -> Iterator[str]:
        """After ``files()``: names that others in the store lean on, such as targets of links."""
        ...

    def canonical(self, name: str) -> str | None:
        """After ``files()``: the name under which ``files()`` tells of the file that ``name`` leads to;
        ``None`` if that is outside of the store.
        """
        ...

    def stat(self, names: Sequence[str]) -> dict[str, Stored]:
        """Those of the files that exist, with ``size``, ``modified`` and ``version``."""
        ...

    def copy(self, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
        """Make a second file of each (name, new name), never in place of another file. The reasons, by
        new name, why some could not be made.
        """
        ...

    def remove(self, versions: Mapping[str, str]) -> dict[str, str]:
        """Remove files whose version is still the given one; ``""`` stands for any. The reasons, by
        name, why some were not removed; a file that is not there is no failure.
        """
        ...

    def tidy(self, prefix: str) -> None:
        """Remove empty folders below ``prefix``, and it, where there are folders."""
        ...


OUTSIDE = "it lies outside, behind a link"
"""Why a file that ``Stored.is_outside`` is not moved: it may be anybody's."""

CHANGED = "it was written while this ran"
"""Why ``Store.remove`` leaves a file whose version is another."""

TAKEN = "a file of that name is there"
"""Why ``Store.copy`` does not make a file."""


def encoded(name: str) -> bytes:
    """A name as bytes, whose order is that of listings of buckets. Any file name can be written so."""
    return name.encode("utf-8", "surrogateescape")


def decoded(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def reason(error: OSError) -> str:
    """Why an operation failed, as half a sentence."""
    return error.strerror or os.strerror(error.errno or 0) or type(error).__name__
