"""Who refers to a path: every reference to it in the files that sources ship, with its line."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

from lading import references
from lading.analysis import analyse
from lading.asset import Asset
from lading.catalog import Catalog, origin
from lading.config import Config
from lading.digests import UnreadableError, read_asset
from lading.parallel import in_threads
from lading.progress import Progress
from lading.references.lines import Lines


class Referrer(NamedTuple):
    """``where`` is ``file:line:column`` (from 1), ``form`` what stands there."""

    where: str
    form: str


def find(catalog: Catalog, path: str, config: Config, progress: Progress) -> list[Referrer]:
    """Every reference to the logical path, published or not, in path order. Files that cannot be read
    refer to nothing.
    """
    name = posixpath.basename(path)
    # Names are written as they are or percent-encoded. Escapes of letters, which nobody writes, are not
    # looked for: reading references costs a hundred times as much as finding that there is none.
    names = {
        name.encode("utf-8", "surrogateescape"),
        quote(name, errors="surrogateescape").encode(),
    }
    carriers = [asset for file, asset in catalog.winners.items() if references.carries(file)]

    def read(batch: Sequence[Asset]) -> list[list[Referrer]]:
        return [_in_file(asset, path, names, catalog, config) for asset in batch]

    found: list[Referrer] = []
    progress.begin("Looking for references", len(carriers))
    for batch, results in in_threads(read, carriers, config.threads):
        found.extend(referrer for result in results for referrer in result)
        progress.advance(len(batch))
    return found


def _in_file(
    asset: Asset, path: str, names: set[bytes], catalog: Catalog, config: Config
) -> list[Referrer]:
    try:
        data, _ = read_asset(asset)
    except UnreadableError:
        return []
    if not any(name in data for name in names):
        return []
    links, broken = analyse(asset.path, data, catalog.winners.__contains__, config.static_url)
    lines, file = Lines(data), origin(asset)
    places = [
        (*lines.position(reference.start), reference.kind, reference.url)
        for reference, target in links
        if target.path == path
    ]
    places += [(b.line, b.column, b.kind, b.url) for b in broken if b.target == path]
    return [
        Referrer(f"{file}:{line}:{column}", f"{url} ({kind})")
        for line, column, kind, url in sorted(places)
    ]
