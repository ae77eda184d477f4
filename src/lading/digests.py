"""Content digests of source files, read at most once for each state of a file.

The stat signature may only save reading a file whose digest is already known (see ``asset``).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, TypeVar, cast

from lading.asset import Asset, is_settled, signature
from lading.errors import LadingError

T = TypeVar("T")

CHUNK = 1 << 20
"""Bytes read at a time from files that are not read whole."""

UNKNOWN_MD5 = "-" * 12
"""Stands where only the SHA-256 of a content was needed. An MD5 is what Django names files by: the first
12 hex digits of the content's (``HashedFilesMixin.file_hash``)."""

_ATTEMPTS = 3


class UnreadableError(LadingError):
    """One source file could not be read; ``kind`` is the finding's kind."""

    def __init__(self, kind: str, what: str, *, where: str, remedy: str) -> None:
        self.kind = kind
        super().__init__(what, where=where, remedy=remedy)


@dataclass(slots=True)
class Digests:
    """Digests by source location and relative path, with the signature they hold for.

    ``known`` is what an earlier run learnt: location -> relative -> ``"<sha256> <md5> <signature>"``
    (64 and 12 hex digits; ``UNKNOWN_MD5`` where only the SHA-256 was needed); ``learnt`` is what this
    run adds to it. ``reads`` counts the files read.
    """

    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, dict[str, str]])
    learnt: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    reads: int = 0
    # Digests that hold for this run only: of files too young, or of sources without signatures.
    _passing: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def look_up(self, asset: Asset) -> str:
        """``"<sha256> <md5>"`` of an asset if known without reading it, else ``""``."""
        _, source, relative, _, signature = asset
        if signature and (known := self.look_up_state(asset, signature)):
            return known
        return self._passing.get((source.location, relative), "") if self._passing else ""

    def look_up_state(self, asset: Asset, settled: str) -> str:
        """``"<sha256> <md5>"`` that an asset's content has in the state of this signature, which may be
        believed; ``""`` if that is not known.
        """
        for table in (self.learnt, self.known):
            lines = table.get(asset.source.location)
            line = lines.get(asset.relative) if lines is not None else None
            if line is not None and line[78:] == settled:
                return line[:77]
        return ""

    def learn(self, asset: Asset, digests: str, settled: str) -> None:
        """Remember what was read: ``"<sha256> <md5>"``, and the signature that it holds for, ``""`` if
        that cannot be believed by a later run.
        """
        self.reads += 1
        if settled:
            lines = self.learnt.setdefault(asset.source.location, {})
            lines[asset.relative] = f"{digests} {settled}"
        if settled != asset.signature or not settled:
            self._passing[asset.source.location, asset.relative] = digests

    def assume(self, asset: Asset, digests: str) -> None:
        """Take the digests of a content that was made here, for this run."""
        self._passing[asset.source.location, asset.relative] = digests

    def read(self, asset: Asset) -> str:
        """The SHA-256 of an asset, reading it if need be. Raises ``UnreadableError``."""
        if known := self.look_up(asset):
            return known[:64]
        digests, settled = hash_asset(asset)
        self.learn(asset, digests, settled)
        return digests[:64]


def hash_asset(asset: Asset) -> tuple[str, str]:
    """``"<sha256> <md5>"`` of an asset's content and its signature (``""``: not to be believed later).

    A file that is written to meanwhile is read again. Raises ``UnreadableError``.
    """
    return read_with(asset, hash_file)


def read_asset(asset: Asset) -> tuple[bytes, str]:
    """An asset's whole content and its signature, as ``hash_asset``. Raises ``UnreadableError``."""
    return read_with(asset, lambda file: file.read())


def read_with(asset: Asset, consume: Callable[[BinaryIO], T]) -> tuple[T, str]:
    """What ``consume`` makes of a state of the file that nothing wrote to meanwhile, and its signature, as
    ``hash_asset``; it may be called again. Raises ``UnreadableError``.
    """
    local = asset.source.local_path(asset.relative)
    try:
        if local is None:
            # A signature that no stat gave is the content's own.
            with asset.source.open(asset.relative) as file:
                return consume(file), asset.signature
        read = read_steadily(local, consume)
    except OSError as error:
        raise unreadable(asset, error) from error
    if read is None:
        raise changing(asset)
    return read


def read_steadily(local: str, consume: Callable[[BinaryIO], T]) -> tuple[T, str] | None:
    """What ``consume`` makes of a state of a file of this machine that nothing wrote to meanwhile, and
    that state's signature (``""``: not to be believed later); ``None`` when it is written to each time.
    Raises ``OSError``.
    """
    for _ in range(_ATTEMPTS):
        with open(local, "rb", buffering=0) as file:
            before = signature(os.fstat(file.fileno()))
            result = consume(cast("BinaryIO", file))
            status = os.fstat(file.fileno())
        if signature(status) == before:
            return result, before if is_settled(status) else ""
    return None


def hash_file(file: BinaryIO) -> str:
    """``"<sha256> <md5>"`` of the rest of an open file, in bounded memory."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    while chunk := file.read(CHUNK):
        sha256.update(chunk)
        md5.update(chunk)
    return f"{sha256.hexdigest()} {md5.hexdigest()[:12]}"


def hash_bytes(data: bytes) -> str:
    """``"<sha256> <md5>"`` of bytes."""
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()[:12]
    return f"{hashlib.sha256(data).hexdigest()} {md5}"


def unreadable(asset: Asset, error: OSError) -> UnreadableError:
    """The error for a source file that vanished or cannot be opened."""
    where = asset.source.local_path(asset.relative) or f"{asset.source.location}:{asset.relative}"
    if isinstance(error, FileNotFoundError):
        return UnreadableError(
            "vanished",
            "The file was there when its folder was listed and is gone now; nothing was published.",
            where=where,
            remedy="Run again when nothing writes to the sources.",
        )
    return UnreadableError(
        "unreadable",
        f"The file cannot be read: {error.strerror or error}; nothing was published.",
        where=where,
        remedy="Give the user that runs collectstatic read permission, or exclude the file.",
    )


def changing(asset: Asset) -> UnreadableError:
    """The error for a source file that is written to each time it is read."""
    where = asset.source.local_path(asset.relative) or f"{asset.source.location}:{asset.relative}"
    return UnreadableError(
        "changing",
        f"The file changed during each of {_ATTEMPTS} readings; nothing was published.",
        where=where,
        remedy="Run again when nothing writes to it, or exclude it.",
    )
