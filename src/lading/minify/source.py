"""Minified files and their source maps as a source: the content is read out of the build cache."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from lading.artifact import Edit
from lading.asset import Asset
from lading.cache import Cache
from lading.digests import UnreadableError, read_asset
from lading.findings import Owner
from lading.minify import files, sourcemaps
from lading.minify.files import Made, Original
from lading.minify.tools import Tools
from lading.references.notation import encode
from lading.sources import Scan

_MOVED = "moved:"


class Entry:
    """What is needed to make a file's content again: the file, its own source map, and what came of it."""

    __slots__ = ("asset", "earlier", "made")

    def __init__(self, asset: Asset, earlier: Asset | None, made: Made) -> None:
        self.asset = asset
        self.earlier = earlier
        self.made = made


@dataclass(slots=True)
class MinifiedSource:
    """``entries`` by logical path. The path of a source map is that of its file and ``.map``."""

    cache: Cache
    tools: Tools
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])
    label: str = "minified"
    location: str = "minified"
    prefix: str = ""
    owner: Owner = "project"
    _edits: dict[str, Sequence[Edit]] = field(default_factory=dict[str, Sequence[Edit]])

    def add(self, entry: Entry) -> tuple[Asset, Asset]:
        """The minified file and its source map."""
        path, made = entry.asset.path, entry.made
        self.entries[path] = entry
        # Without signatures: the digests are known.
        return (
            Asset(path, self, path, made.size, ""),
            Asset(f"{path}.map", self, f"{path}.map", made.map_size, ""),
        )

    def moved(self, asset: Asset, edits: Sequence[Edit]) -> Asset:
        """A source map as it has to be once its file's references are rewritten."""
        self._edits[asset.path] = edits
        return asset._replace(relative=f"{_MOVED}{asset.path}")

    def scan(self) -> Scan:
        return Scan(self)  # what is made of other sources' files is no source of its own

    def open(self, relative: str) -> BinaryIO:
        if entry := self.entries.get(relative):
            return io.BytesIO(self._contents(entry)[0])
        path = relative.removeprefix(_MOVED)
        content, source_map = self._contents(self.entries[path.removesuffix(".map")])
        if path != relative:
            changes = [_change(edit) for edit in self._edits[path]]
            source_map = sourcemaps.moved(source_map, content, changes)
        return io.BytesIO(source_map)

    def local_path(self, relative: str) -> None:
        return None

    def _contents(self, entry: Entry) -> tuple[bytes, bytes]:
        """The minified content and its map, made again if the cache has lost them. Raises ``OSError``."""
        made = entry.made
        found = files.read(self.cache, made.key)
        if not isinstance(found, files.Failure) and found is not None:
            return found
        try:
            content, _ = read_asset(entry.asset)
            earlier = read_asset(entry.earlier)[0] if entry.earlier else None
        except UnreadableError as error:
            raise OSError(error.what) from error
        original = Original(entry.asset.path, content, earlier)
        again = files.minify([original], self.tools, self.cache)[entry.asset.path]
        found = files.read(self.cache, made.key)
        if again != made or found is None or isinstance(found, files.Failure):
            raise OSError("it changed while it was minified")
        return found


def _change(edit: Edit) -> sourcemaps.Edit:
    reference, url = edit
    written = encode(reference.notation, url, in_xml=reference.in_xml)
    width = sourcemaps.width(written)
    return sourcemaps.Edit(reference.outer_start, reference.outer_end, width)
