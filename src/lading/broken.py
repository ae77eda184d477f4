"""Findings for references that name nothing: how bad one is depends on what it is and whose."""

from __future__ import annotations

from collections.abc import Collection

from lading import references
from lading.analysis import Broken
from lading.asset import Asset
from lading.catalog import origin
from lading.findings import Finding, Owner, Severity
from lading.ownership import owner_of
from lading.search import near_names

_SOURCE_MAPS = frozenset({"css-source-map", "js-source-map"})
# Often built for a place or a condition that never comes; the browser asks only when it does.
_AT_RUN_TIME = frozenset({"js-dynamic-import", "js-new-url", "js-resolve"})
_MODULES = references.MODULE_KINDS
# What Node and bundlers try where an import names no file; browsers never do.
_BUNDLER_ENDINGS = (
    ".js",
    ".mjs",
    ".ts",
    ".tsx",
    ".jsx",
    ".json",
    "/index.js",
    "/index.ts",
    "/index.mjs",
)


def finding(asset: Asset, broken: Broken, names: Collection[str]) -> Finding:
    """``names`` are all logical paths, among which the nearest are offered."""
    owner = owner_of(asset)
    is_map = broken.kind in _SOURCE_MAPS
    meant = _for_bundler(broken, names)
    if meant and owner == "vendor":
        return _unbundled(asset, broken)
    if meant:
        kind, near = "missing-reference", [meant]
        what = (
            f"{broken.url!r} ({broken.kind}) lacks the ending that browsers, unlike bundlers, need"
        )
    elif broken.target:
        kind = "missing-source-map" if is_map else "missing-reference"
        what = f"{broken.url!r} ({broken.kind}) names {broken.target!r}, which no source ships"
        near = near_names(broken.target, names) if owner == "project" and not is_map else []
    else:
        kind, near = "outside-reference", []
        what = f"{broken.url!r} ({broken.kind}) leads out of the root of the static files"
    return Finding(
        kind,
        _severity(broken, owner),
        f"{what}; it is left as it is and will be a 404.",
        asset.path,
        f"{origin(asset)}:{broken.line}:{broken.column}",
        owner,
        _hint(owner, near),
    )


def _for_bundler(broken: Broken, names: Collection[str]) -> str:
    """The file that a bundler would find for an import without an ending, or ``""``."""
    if broken.kind not in _MODULES or not broken.target:
        return ""
    return next((p for e in _BUNDLER_ENDINGS if (p := broken.target + e) in names), "")


def _unbundled(asset: Asset, broken: Broken) -> Finding:
    return Finding(
        "unbundled-source",
        Severity.NOTE,
        f"{broken.url!r} ({broken.kind}) has no ending: the file is input for a bundler, not for browsers.",
        asset.path,
        f"{origin(asset)}:{broken.line}:{broken.column}",
        "vendor",
        "Exclude the package's sources if you want fewer files.",
    )


def _severity(broken: Broken, owner: Owner) -> Severity:
    if broken.kind in _SOURCE_MAPS:
        return Severity.WARNING if owner == "project" else Severity.NOTE
    if owner == "vendor":
        return Severity.NOTE if broken.kind in _AT_RUN_TIME else Severity.WARNING
    return Severity.WARNING if broken.kind in _AT_RUN_TIME else Severity.ERROR


def _hint(owner: Owner, near: list[str]) -> str:
    if near:
        return f"Did you mean {' or '.join(map(repr, near))}?"
    if owner == "vendor":
        return "The package ships it so; nothing to do unless you miss something on the page."
    return "Correct the path, or add the file."
