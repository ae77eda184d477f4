"""Serving in development: straight from the sources, as they are at each request, with nothing collected."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final

from lading.asset import Asset
from lading.catalog import Catalog
from lading.mediatypes import media_type
from lading.policy import Policy, response_headers
from lading.rules import name_problem
from lading.serve import index as indexes
from lading.serve.current import entry_of
from lading.serve.entry import Entry, Redirect, Representation
from lading.serve.table import url_prefix
from lading.siteroot import logical_path
from lading.sources import Source

_SCAN_AGAIN: Final = 0.5  # seconds; for sources that can only be asked for all they have
_MOST_REFUSED: Final = 10_000


class SourcesTable:
    """A table of the files that the sources would publish, under the names that they have there.

    The catalog is made by ``scan`` at the first request, and again when the folders are found to hold
    something else than it says: each request looks whether its file is there in each source, which costs
    less than watching them. Nothing may be kept by browsers without asking, and each answer is of the file
    as it is then. The other arguments are those of ``ManifestTable``.
    """

    def __init__(
        self,
        scan: Callable[[], Catalog],
        *,
        prefix: str = "/static/",
        policy: Policy | None = None,
        site_root: str = "",
        index: str = "",
        fallthrough: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.prefix = url_prefix(prefix)
        self._scan = scan
        self._policy = in_development(policy or Policy())
        self._site_root = site_root
        self._index = index
        self._fallthrough = self.prefix == "/" if fallthrough is None else fallthrough
        self._clock = clock
        self._scanning = Lock()
        self._catalog: Catalog | None = None
        self._scanned = 0.0
        # Paths in each source of the catalog, by its id.
        self._known: dict[int, frozenset[str]] = {}
        self._refused: set[str] = set()  # files that are there and not published

    @property
    def catalog(self) -> Catalog:
        """What the sources hold, as of the last scan."""
        return self._catalog or self._rescan(None)

    def lookup(self, path: str) -> Entry | Redirect | None:
        """The entry of a request's decoded path, made anew each time."""
        entry = self._find(path[len(self.prefix) :]) if path.startswith(self.prefix) else None
        if entry is None and (name := logical_path(self._site_root, path)):
            entry = self._find(name)
        return entry

    def covers(self, path: str) -> bool:
        """See ``Table.covers``."""
        return not self._fallthrough and path.startswith(self.prefix)

    def _find(self, name: str) -> Entry | Redirect | None:
        found = indexes.find(name, self._index, 0, lambda name: self._asset(name) is not None)
        if isinstance(found, Redirect):
            return found
        asset = self._asset(found)
        return None if asset is None else self._entry(asset)

    def _asset(self, name: str) -> Asset | None:
        """The file that is published as ``name``, by what the sources hold now."""
        if name_problem(name):
            return None
        catalog = self.catalog
        asset = catalog.winners.get(name)
        if self._is_outdated(catalog, name, asset):
            catalog = self._rescan(catalog)
            asset = catalog.winners.get(name)
            self._refuse(catalog, name)
        return asset

    def _is_outdated(self, catalog: Catalog, name: str, asset: Asset | None) -> bool:
        """Whether the sources hold something else at ``name`` than the catalog says."""
        for scan in catalog.scans:
            place = _place(scan.source, name)
            if place is None:
                continue
            known = name in self._known[id(scan)]
            if os.path.isfile(place) != known and (known or place not in self._refused):
                return True
        # What is no folder tells only when it is asked for all it has; so does what is made from others.
        if asset is None:
            must_ask = any(scan.source.local_path("") is None for scan in catalog.scans)
        else:
            must_ask = asset.source.local_path("") is None
        return must_ask and self._clock() - self._scanned >= _SCAN_AGAIN

    def _rescan(self, seen: Catalog | None) -> Catalog:
        with self._scanning:
            if self._catalog is None or self._catalog is seen:
                catalog = self._scan()
                self._known = {
                    id(scan): frozenset(asset.path for asset in scan.assets)
                    for scan in catalog.scans
                }
                self._catalog = catalog
                self._scanned = self._clock()
            return self._catalog

    def _refuse(self, catalog: Catalog, name: str) -> None:
        """Remember files that are there and that a scan leaves out, or each request would scan again."""
        if len(self._refused) >= _MOST_REFUSED:
            self._refused.clear()
        for scan in catalog.scans:
            place = _place(scan.source, name)
            if place is not None and name not in self._known[id(scan)] and os.path.isfile(place):
                self._refused.add(place)

    def _entry(self, asset: Asset) -> Entry | None:
        headers = response_headers(
            self._policy, asset.path, media_type(asset.path), immutable=False, varies=False
        )
        local = asset.source.local_path(asset.relative)
        if local is not None:
            return entry_of(local, headers)
        try:
            with asset.source.open(asset.relative) as file:
                content = file.read()
        except OSError:
            return None
        made = Representation(
            f"{asset.source.location}:{asset.relative}",
            len(content),
            headers,
            etag=f'"{hashlib.sha256(content).hexdigest()[:32]}"',
            passing=True,
        )
        made.content = content
        return Entry(made)


def in_development(policy: Policy) -> Policy:
    """The policy with which nothing is used without asking."""
    return Policy(
        max_age=0,
        origins=policy.origins,
        resource_policy=policy.resource_policy,
        headers=policy.headers,
    )


def folders(sources: Sequence[Source]) -> list[str]:
    """The folders that sources are read from."""
    return [folder for source in sources if (folder := source.local_path("")) is not None]


def _place(source: Source, name: str) -> str | None:
    """Where a published path would lie in a source that is a folder."""
    head = f"{source.prefix}/" if source.prefix else ""
    if not name.startswith(head) or source.local_path("") is None:
        return None
    return source.local_path(name[len(head) :])
