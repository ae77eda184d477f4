"""A bucket's releases: the head, which is the manifest with the history of releases, and their records.

The head is one object, replaced under a condition: whoever replaces it has published a release. A record
is written before the head that names it, and never again.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from lading import manifest as manifests
from lading.errors import ManifestError
from lading.manifest import Manifest
from lading.targets.survey import STATE

Headers = tuple[tuple[str, str], ...]
"""What an object is stored with, sorted by name."""

_VERSION = 1


class State(NamedTuple):
    """One object as it was written: the SHA-256 (64 hex digits) and size in bytes of what is stored, the
    store's ETag (``""``: not written yet), its headers, and whether its name stays the same when its
    content changes.
    """

    sha256: str
    size: int
    etag: str
    headers: Headers
    is_plain: bool

    def is_like(self, other: State | None) -> bool:
        """True when both have the same content and headers, whenever they were written."""
        return other is not None and self.sha256 == other.sha256 and self.headers == other.headers


class Entry(NamedTuple):
    """One release: its number (from 1), a random identifier of the run that made it, the digest of all it
    publishes, when it was published and replaced (seconds since the epoch; ``0``: it is the current one),
    whether it is kept until it is unpinned, and the number of the release it brought back (``0``: none).
    """

    number: int
    id: str
    key: str
    published: int
    replaced: int = 0
    pinned: bool = False
    of: int = 0

    @property
    def record(self) -> str:
        """The path of its record."""
        return f"{STATE}/releases/{self.number}-{self.id}.json.gz"


@dataclass(frozen=True, slots=True)
class Head:
    """``entries`` oldest first, the last one is current; ``leaving_since``: when it was announced that the
    files in the current record's ``leaving`` are being deleted (seconds since the epoch; ``0``: none are).
    """

    manifest: Manifest
    entries: tuple[Entry, ...] = ()
    leaving_since: int = 0
    etag: str = ""

    @property
    def current(self) -> Entry | None:
        return self.entries[-1] if self.entries else None


@dataclass(slots=True)
class Record:
    """``states`` of every object that a release publishes, by path; ``contents`` the digests of those
    contents of earlier plain names that are kept for going back; ``leaving`` the paths that nothing needs
    any more.
    """

    manifest: Manifest
    states: Mapping[str, State] = field(default_factory=dict[str, State])
    contents: Collection[str] = ()
    leaving: Collection[str] = ()


def dump_head(head: Head) -> bytes:
    document = manifests.to_document(head.manifest)
    document["lading"]["release"] = {
        "entries": [list(entry) for entry in head.entries],
        "leaving": head.leaving_since,
    }
    return json.dumps(document, ensure_ascii=False).encode()


def load_head(data: bytes, etag: str, where: str) -> Head:
    """Read what ``dump_head`` wrote, or a manifest without releases, such as Django's. Raises
    ``ManifestError``.
    """
    try:
        document: dict[str, Any] = json.loads(data)
        manifest = manifests.from_document(document, where=where)
        extension = cast("dict[str, Any]", document.get("lading") or {})
        release = cast("dict[str, Any]", extension.get("release") or {})
        entries = tuple(Entry(*row) for row in release.get("entries", ()))
        return Head(manifest, entries, int(release.get("leaving", 0)), etag)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(where, error) from None


def dump_record(record: Record) -> bytes:
    """As JSON in gzip; headers, of which there are few, stand in a table."""
    table: dict[Headers, int] = {}

    states = {
        path: [s.sha256, s.size, s.etag, table.setdefault(s.headers, len(table)), int(s.is_plain)]
        for path, s in record.states.items()
    }
    document: dict[str, Any] = {
        "version": _VERSION,
        "manifest": manifests.to_document(record.manifest),
        "headers": [list(headers) for headers in table],
        "states": states,
        "contents": sorted(record.contents),
        "leaving": sorted(record.leaving),
    }
    return gzip.compress(json.dumps(document, ensure_ascii=False).encode(), 6, mtime=0)


def load_record(data: bytes, where: str) -> Record:
    """Read what ``dump_record`` wrote. Raises ``ManifestError``."""
    try:
        document = cast("dict[str, Any]", json.loads(gzip.decompress(data)))
        if document["version"] != _VERSION:
            raise ValueError("another version")
        table: list[Headers] = [
            tuple((name, value) for name, value in row) for row in document["headers"]
        ]

        states = {
            path: State(sha256, size, etag, table[number], bool(is_plain))
            for path, (sha256, size, etag, number, is_plain) in document["states"].items()
        }
        manifest = manifests.from_document(document["manifest"], where=where)
        return Record(manifest, states, list(document["contents"]), list(document["leaving"]))
    except (
        OSError,
        EOFError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
    ) as error:
        raise _damaged(where, error) from None


def _damaged(where: str, error: Exception) -> ManifestError:
    return ManifestError(
        f"The record of what is published is damaged ({type(error).__name__}: {error}).",
        where=where,
        remedy="Delete that object and run collectstatic again; it finds out what is there.",
    )
