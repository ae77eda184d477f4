"""What a target without a manifest publishes, from Lading's own record of it: files under plain names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Final

from lading import ledger as ledgers
from lading.errors import ManifestError
from lading.ledger import LINK
from lading.manifest import File, Manifest
from lading.mediatypes import media_type
from lading.serve.entry import SUFFIXES

LEDGER: Final = ".lading/ledger"


def read_record(
    root: str | os.PathLike[str], encodings: Iterable[str] = ()
) -> tuple[Manifest, int | None]:
    """The files of the newest release in ``root``, and when it was made (seconds since the epoch).

    ``encodings``: the content codings that the target is packed in; files named like a variant in one of
    these are no files of their own. Symbolic links are left out: what they lead to is not known to be
    published. Raises ``ManifestError`` if there is no record, or it is damaged.
    """
    place = os.path.join(root, LEDGER)
    ledger = ledgers.load(_text(place))
    if ledger.current is None:
        raise _damaged(place)
    record = os.path.join(root, f".lading/releases/{ledger.current.number}")
    written = ledger.written
    paths = (line.partition("\t")[0] for line in _text(record).split("\n"))
    states = {path: written.get(path, LINK) for path in paths if path}
    suffixes = {coding: SUFFIXES[coding] for coding in encodings if coding in SUFFIXES}
    try:
        files = {
            path: _file(path, states, suffixes)
            for path, state in states.items()
            if state != LINK and not _is_variant(path, states, suffixes)
        }
        modified = int(os.stat(record).st_mtime)
    except (OSError, ValueError) as error:
        raise _damaged(place) from error
    return Manifest({path: path for path in files}, files), modified


def _file(path: str, states: Mapping[str, str], suffixes: Mapping[str, str]) -> File:
    encodings = {
        coding: _size(states[path + suffix])
        for coding, suffix in suffixes.items()
        if states.get(path + suffix, LINK) != LINK
    }
    return File(states[path][:64], _size(states[path]), media_type(path), encodings=encodings)


def _size(state: str) -> int:
    """Of a state ``"<sha256> <size>:…"``."""
    return int(state[65:].partition(":")[0])


def _is_variant(path: str, states: Mapping[str, str], suffixes: Mapping[str, str]) -> bool:
    return any(
        path.endswith(suffix) and path.removesuffix(suffix) in states
        for suffix in suffixes.values()
    )


def _text(file: str) -> str:
    try:
        with open(file, encoding="utf-8", errors="surrogateescape", newline="") as opened:
            return opened.read()
    except OSError as error:
        raise ManifestError(
            f"Nothing is known to be published here, so nothing can be served: {error.strerror}.",
            where=file,
            remedy="Run collectstatic (Lading's, so with 'lading.django' in INSTALLED_APPS) first.",
        ) from error


def _damaged(place: str) -> ManifestError:
    return ManifestError(
        "The record of what is published is damaged, so nothing can be served.",
        where=place,
        remedy="Run collectstatic again to write a new one.",
    )
