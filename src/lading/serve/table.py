"""The table of what is served: from a request's path to its prepared entry.

Made of a manifest alone: no folder is listed and no file looked at until it is asked for.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from typing import Final, Protocol
from urllib.parse import urlsplit

from lading.errors import ManifestError
from lading.manifest import File, Manifest
from lading.policy import Policy, response_headers
from lading.serve import index as folders
from lading.serve.entry import SUFFIXES, Entry, Redirect, Representation
from lading.siteroot import logical_path

logger = logging.getLogger("lading.serve")

_ETAG_DIGITS: Final = 32  # of the 64 hex digits of SHA-256: 128 bits


class Table(Protocol):
    """What adapters ask. Implementations may look things up as they like, and from any thread."""

    def lookup(self, path: str) -> Entry | Redirect | None:
        """The entry of a request's decoded path (``"/static/css/app.css"``), ``None`` if not served."""
        ...

    def covers(self, path: str) -> bool:
        """Whether a path that is not served is answered with 404 here, not by the application."""
        ...


class Tables:
    """Several tables, asked in turn: static files, files at the root of the site, uploads."""

    def __init__(self, *tables: Table) -> None:
        self._tables = tables

    def lookup(self, path: str) -> Entry | Redirect | None:
        """The first entry that a table has for a path."""
        for table in self._tables:
            entry = table.lookup(path)
            if entry is not None:
                return entry
        return None

    def covers(self, path: str) -> bool:
        """Whether any table answers an unknown path with 404."""
        return any(table.covers(path) for table in self._tables)


class ManifestTable:
    """The files of one target (``root``) under one URL path (``prefix``).

    ``modified``: when the release was made, in seconds since the epoch; ``None``: unknown, and then there
    is no ``Last-Modified``. ``earlier``: manifests of kept earlier releases, newest first, of which the
    immutable names still answer. ``site_root``: the folder in it whose files answer at the root of the site
    too, ``""`` for none. ``index``: name of the file that answers for a folder, ``""`` for none.
    ``fallthrough``: unknown paths under the prefix go to the application; by default only if the prefix
    is ``/``, elsewhere they are a 404.
    """

    def __init__(
        self,
        manifest: Manifest,
        root: str | os.PathLike[str],
        *,
        prefix: str = "/static/",
        policy: Policy | None = None,
        modified: int | None = None,
        earlier: Iterable[Manifest] = (),
        site_root: str = "",
        index: str = "",
        fallthrough: bool | None = None,
    ) -> None:
        self.prefix = url_prefix(prefix)
        self._root = os.path.abspath(root)
        self._policy = policy or Policy()
        self._modified = modified
        self._files: Mapping[str, File] = manifest.files
        self._earlier = tuple(other.files for other in earlier)
        self._site_root = site_root
        self._index = index
        self._fallthrough = self.prefix == "/" if fallthrough is None else fallthrough
        self._entries: dict[str, Entry | Redirect] = {}

    def lookup(self, path: str) -> Entry | Redirect | None:
        """The entry of a request's decoded path; made at its first request and kept."""
        entry = self._entries.get(path)
        if entry is None:
            try:
                if path.startswith(self.prefix):
                    entry = self._find(path[len(self.prefix) :])
                if entry is None and (name := logical_path(self._site_root, path)):
                    entry = self._find(name)
            except ManifestError as error:  # of this file; the others may be sound
                logger.error("A published file is not served. %s", error)
                return None
            if entry is not None:
                self._entries[path] = entry
        return entry

    def covers(self, path: str) -> bool:
        """Whether an unknown path is a 404 here."""
        return not self._fallthrough and path.startswith(self.prefix)

    def _find(self, name: str) -> Entry | Redirect | None:
        found = folders.find(name, self._index, self._policy.max_age, self._files.__contains__)
        if isinstance(found, Redirect):
            return found
        name = found
        file = self._files.get(name)
        if file is None:
            for files in self._earlier:
                file = files.get(name)
                if file is not None and file.immutable:
                    break
            else:
                return None
        return self._entry(name, file)

    def _entry(self, name: str, file: File) -> Entry | None:
        if not _is_inside(name):
            return None
        headers = response_headers(
            self._policy,
            name,
            file.media_type,
            immutable=file.immutable,
            varies=bool(file.encodings),
        )
        local = os.path.join(self._root, *name.split("/"))
        tag = file.sha256[:_ETAG_DIGITS]
        variants = {
            coding: Representation(
                local + SUFFIXES[coding],
                size,
                headers,
                etag=f'"{tag}-{coding}"',
                modified=self._modified,
                coding=coding,
            )
            for coding, size in file.encodings.items()
            if coding in SUFFIXES
        }
        identity = Representation(
            local,
            file.size,
            headers,
            etag=f'"{tag}"',
            modified=self._modified,
            sha256=file.sha256,
        )
        return Entry(identity, variants, immutable=file.immutable)


def url_prefix(url: str) -> str:
    """The path of a ``STATIC_URL``, with its slashes: ``"https://cdn.example/s"`` -> ``"/s/"``."""
    path = urlsplit(url).path.strip("/")
    return f"/{path}/" if path else "/"


def _is_inside(name: str) -> bool:
    """Whether a published path stays in its target, whoever wrote the manifest."""
    return not (
        "\0" in name
        or "\\" in name
        or ":" in name.partition("/")[0]
        or any(part in ("", ".", "..") for part in name.split("/"))
    )
