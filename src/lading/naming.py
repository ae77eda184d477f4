"""Published names: how a content's digest becomes part of a path, and which names need none."""

from __future__ import annotations

import fnmatch
import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, cast

from lading.asset import Asset
from lading.catalog import Catalog

# A part of a file name that only a bundler writes: 8 or more characters of a digest, set off by a dash
# or a dot before the extension, with a digit or a capital in it so that no ordinary word is taken for one.
_OWN_HASH = re.compile(r"[-.](?=[A-Za-z0-9_-]*[0-9A-Z])[A-Za-z0-9_-]{8,64}(?=\.[A-Za-z0-9.]+$)")
_BUNDLE_MANIFESTS = frozenset({"manifest.json", "asset-manifest.json", "webpack-stats.json"})
_LARGEST_BUNDLE_MANIFEST = 16 << 20
_LONGEST_NAME = 255  # bytes: NAME_MAX of Linux, macOS and Windows file systems
_DIGEST_PART = 13  # a dot and 12 hex digits


def hashed_name(path: str, digest: str) -> str:
    """``css/app.css`` with ``5e0040571e1a`` is ``css/app.5e0040571e1a.css``, as Django names it
    (``HashedFilesMixin.hashed_name``).
    """
    folder, slash, name = path.rpartition("/")
    root, extension = posixpath.splitext(name)
    return f"{folder}{slash}{root}.{digest}{extension}"


def hashed_folder(folder: str, path: str, digest: str) -> str:
    """``tinymce/skins/x.css`` in the folder ``tinymce`` is ``tinymce.5e0040571e1a/skins/x.css``."""
    return f"{folder}.{digest}{path[len(folder) :]}"


def has_own_hash(path: str) -> bool:
    """True for names such as ``index-BX3k9d2f.js`` and ``main.4f2a91bc.chunk.css``."""
    name = posixpath.basename(path)
    while True:
        if _OWN_HASH.search(name):
            return True
        stem, extension = posixpath.splitext(name)
        if not extension or "." not in stem:
            return False
        name = stem


def is_too_long(path: str) -> bool:
    """True when no file system has room for the name with a digest in it."""
    return len(posixpath.basename(path).encode()) > _LONGEST_NAME - _DIGEST_PART


def by_folder(paths: Iterable[str], folders: Sequence[str]) -> dict[str, str]:
    """The first of ``folders`` that each path lies in; paths outside of all of them are left out."""
    if not folders:
        return {}
    found = ((path, next((f for f in folders if path.startswith(f"{f}/")), "")) for path in paths)
    return {path: folder for path, folder in found if folder}


def finished(catalog: Catalog, patterns: Iterable[str], static_url: str = "") -> set[str]:
    """The paths that keep their names, since a bundler has put a content hash into them: those that
    match ``patterns``, and those that a Vite or webpack manifest beside them lists with a hash.
    """
    patterns = tuple(patterns)
    winners = catalog.winners
    paths = {p for p in winners if any(fnmatch.fnmatchcase(p, pattern) for pattern in patterns)}
    for folder, document in _bundle_manifests(catalog):
        for file in _listed(document):
            path = posixpath.normpath(posixpath.join(folder, file.lstrip("/")))
            if path in winners and has_own_hash(path):
                paths.add(path)
    return paths


def hidden_bundle_manifests(catalog: Catalog) -> Iterator[bytes]:
    """The bundlers' manifests that decide about names without being published: Vite writes its own into
    ``.vite/``, which the default ignore rules leave out (https://vite.dev/guide/backend-integration).
    """
    for _, asset in _hidden(catalog):
        yield _read(asset)


def _bundle_manifests(catalog: Catalog) -> Iterator[tuple[str, Any]]:
    """Each bundler's manifest with the folder that its paths start from."""
    published = (
        (path.rpartition("/")[0].removesuffix(".vite").rstrip("/"), asset)
        for path, asset in catalog.winners.items()
        if posixpath.basename(path) in _BUNDLE_MANIFESTS
    )
    for folder, asset in chain(published, _hidden(catalog)):
        try:
            yield folder, json.loads(_read(asset))
        except (ValueError, RecursionError):
            continue  # no manifest of a bundler after all


def _hidden(catalog: Catalog) -> Iterator[tuple[str, Asset]]:
    for scan in catalog.scans:
        for skip in scan.skips:
            if skip.path == ".vite/" or skip.path.endswith("/.vite/"):
                below = skip.path.removesuffix(".vite/").rstrip("/")
                file = Asset("", scan.source, f"{skip.path}manifest.json", 0, "")
                yield posixpath.join(scan.source.prefix, below), file


def _read(asset: Asset) -> bytes:
    try:
        with asset.source.open(asset.relative) as file:
            return file.read(_LARGEST_BUNDLE_MANIFEST)
    except OSError:
        return b""


def _listed(document: Any) -> Iterator[str]:
    """The built files that a bundler's manifest names: Vite's ``{"src": {"file": …, "css": […],
    "assets": […]}}`` or webpack's flat ``{"main.js": "/js/main.4f2a91bc.js"}``.
    """
    if not isinstance(document, dict):
        return
    table = cast("dict[str, Any]", document)
    files = table.get("files")
    if isinstance(files, dict):  # create-react-app's asset-manifest.json
        table = cast("dict[str, Any]", files)
    for value in table.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            chunk = cast("dict[str, Any]", value)
            for item in (
                chunk.get("file"),
                *_items(chunk.get("css")),
                *_items(chunk.get("assets")),
            ):
                if isinstance(item, str):
                    yield item


def _items(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []
