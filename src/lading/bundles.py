"""Finished bundles: files that a bundler has named by their content, by what its manifest says."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, cast
from urllib.parse import urlsplit

from lading.asset import Asset
from lading.catalog import Catalog
from lading.globs import Globs

# Vite, webpack's plugins and create-react-app, django-webpack-loader, Symfony Encore, Parcel, gulp-rev.
_MANIFESTS = frozenset(
    {
        "asset-manifest.json",
        "assets-manifest.json",
        "assets.json",
        "entrypoints.json",
        "manifest.json",
        "parcel-manifest.json",
        "rev-manifest.json",
        "webpack-stats.json",
    }
)
VITE = ".vite"
"""The folder that Vite keeps its manifest in, which the default ignore rules leave out
(https://vite.dev/guide/backend-integration)."""

_LARGEST_MANIFEST = 16 << 20  # bytes

_SHORTEST_HASH, _LONGEST_HASH = 8, 64
_HASH = re.compile(r"[A-Za-z0-9_-]{8,64}")
# What people write: words, in camel case or all capitals, perhaps numbered, numbers, and 1024x1024.
_WORD = re.compile(r"(?:[A-Z]?[a-z]+)+[0-9]{0,4}|[A-Z]+[0-9]*|[0-9]+(?:x[0-9]+)?")
_MIXED = re.compile(r"[0-9_]|[a-z].*[A-Z]")
# The whole name, as webpack has it for assets (output.assetModuleFilename): digits and letters in it.
_BARE_HASH = re.compile(r"(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{16,64}")


def finished(catalog: Catalog, patterns: Iterable[str], static_url: str = "") -> set[str]:
    """The paths that keep their names, since a bundler has put a digest of the content into them: those
    that match ``patterns``, and those that a bundler's manifest beside them lists under such a name.

    A manifest's paths start at its own folder, or at ``static_url``.
    """
    winners = catalog.winners
    globs = Globs(patterns)
    paths = {path for path in winners if globs.match(path)} if globs else set[str]()
    starts = tuple({static_url, urlsplit(static_url).path, "/"} - {""})
    for folder, document in _manifests(catalog):
        listed: set[str] = set()
        for text in _texts(document):
            for start in ("", *starts):
                if text.startswith(start):
                    below = "" if start and start != "/" else folder
                    path = posixpath.normpath(posixpath.join(below, text[len(start) :]))
                    if path in winners:
                        listed.add(path)
        paths.update(_hashed(listed))
    return paths


def hidden_manifests(catalog: Catalog) -> Iterator[bytes]:
    """The manifests that decide about names without being published themselves."""
    for _, asset in _hidden(catalog):
        yield _read(asset)


def has_own_hash(path: str) -> bool:
    """True for names such as ``index-BX3k9d2f.js``, ``main.4f2a91bc.chunk.css`` and
    ``4906fb3f25a43f1fcc36.svg``, false for what may be a word: ``date-picker.js``, ``app-LazyPanel.js``,
    ``report-20240131.js``.
    """
    return any(
        _BARE_HASH.fullmatch(stem)
        or (
            (part := re.split(r"[-.]", stem)[-1]) != stem
            and _HASH.fullmatch(part)
            and _MIXED.search(part)
            and not _WORD.fullmatch(part)
        )
        for stem in _stems(path)
    )


def _hashed(paths: set[str]) -> Iterable[str]:
    """Those of a bundler's files whose names hold a digest. One that looks like a word is taken for a
    digest if all names end in a part of one length.
    """
    certain = {path for path in paths if has_own_hash(path)}
    files = [path for path in paths if not path.endswith((".json", ".html"))]
    if certain and set[int].intersection(*map(_lengths, files)):
        return certain.union(files)
    return certain


def _lengths(path: str) -> set[int]:
    """How long a digest at the end of the name, or in the place of it, could be."""
    bare = {len(stem) for stem in _stems(path) if _BARE_HASH.fullmatch(stem)}
    return bare | {
        length
        for stem in _stems(path)
        for place, mark in enumerate(stem)
        if mark in "-."
        and (length := len(stem) - place - 1) <= _LONGEST_HASH
        and length >= _SHORTEST_HASH
        and _HASH.fullmatch(stem, place + 1)
    }


def _stems(path: str) -> Iterator[str]:
    """The file name without its extension, without its last two, and so on."""
    stem, extension = posixpath.splitext(posixpath.basename(path))
    while extension:
        yield stem
        stem, extension = posixpath.splitext(stem)


def _texts(document: Any) -> Iterator[str]:
    """All strings in a JSON document that are no keys. The formats differ in where they keep the paths."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(cast("dict[str, Any]", value).values())
        elif isinstance(value, list):
            waiting.extend(cast("list[Any]", value))


def _manifests(catalog: Catalog) -> Iterator[tuple[str, Any]]:
    """Each manifest with the folder that its paths start from."""
    published = (
        (path.rpartition("/")[0].removesuffix(VITE).rstrip("/"), asset)
        for path, asset in catalog.winners.items()
        if posixpath.basename(path) in _MANIFESTS
    )
    for folder, asset in chain(published, _hidden(catalog)):
        try:
            yield folder, json.loads(_read(asset))
        except (ValueError, RecursionError):
            continue  # no manifest after all


def _hidden(catalog: Catalog) -> Iterator[tuple[str, Asset]]:
    """The manifests in folders that are left out, each with the folder that its paths start from."""
    for scan in catalog.scans:
        for skip in scan.skips:
            if skip.path == f"{VITE}/" or skip.path.endswith(f"/{VITE}/"):
                below = skip.path.removesuffix(f"{VITE}/").rstrip("/")
                file = Asset("", scan.source, f"{skip.path}manifest.json", 0, "")
                yield posixpath.join(scan.source.prefix, below), file


def _read(asset: Asset) -> bytes:
    try:
        with asset.source.open(asset.relative) as file:
            return file.read(_LARGEST_MANIFEST)
    except OSError:
        return b""
