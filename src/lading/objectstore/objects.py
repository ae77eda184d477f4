"""Objects as a store gives them: listed, fetched whole, or arriving in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stored:
    """One object: ``size`` in bytes, ``etag`` as the store gives it, ``modified`` in seconds since the
    epoch by the store's clock.
    """

    path: str
    size: int
    etag: str
    modified: float


@dataclass(frozen=True, slots=True)
class Fetched:
    """An object's content; ``headers`` as they were put, with user metadata under its own names."""

    data: bytes
    etag: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Received:
    """An object whose content arrives in ``chunks``; reading them raises ``StoreError`` when they end too
    soon.
    """

    size: int
    etag: str
    headers: Mapping[str, str]
    chunks: Iterator[bytes]
