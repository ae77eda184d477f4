"""Findings for references that name nothing: how bad one is depends on what it is and whose."""

from __future__ import annotations

from lading import references
from lading.analysis import Broken
from lading.asset import Asset
from lading.catalog import origin
from lading.findings import Finding, Owner, Severity
from lading.nearest import Nearest
from lading.ownership import owner_of

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


def finding(asset: Asset, broken: Broken, paths: Nearest) -> Finding:
    """``paths`` are all logical paths, among which the nearest are offered."""
    owner = owner_of(asset)
    is_map = broken.kind in _SOURCE_MAPS
    if meant := _for_bundler(broken, paths):
        return _unbundled(asset, broken, owner, meant)
    if broken.target:
        kind = "missing-source-map" if is_map else "missing-reference"
        what = f"{broken.url!r} ({broken.kind}) names {broken.target!r}, which no source ships"
        near = paths.to(broken.target) if owner == "project" and not is_map else []
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


def _for_bundler(broken: Broken, paths: Nearest) -> str:
    """The file that a bundler would find for an import without an ending, or ``""``."""
    if broken.kind not in _MODULES or not broken.target:
        return ""
    return next((p for e in _BUNDLER_ENDINGS if (p := broken.target + e) in paths), "")


def _unbundled(asset: Asset, broken: Broken, owner: Owner, meant: str) -> Finding:
    """An import without an ending. Whoever lets browsers load the file sees it fail in development
    already, so that most of these files are input for a bundler that lies beside its output.
    """
    hint = "Exclude the package's sources if you want fewer files."
    if owner == "project":
        hint = f"If browsers load the file, name {meant!r} in full; if a bundler does, exclude the file."
    return Finding(
        "unbundled-source",
        Severity.WARNING if owner == "project" else Severity.NOTE,
        f"{broken.url!r} ({broken.kind}) lacks an ending: bundlers find {meant!r}, browsers nothing.",
        asset.path,
        f"{origin(asset)}:{broken.line}:{broken.column}",
        owner,
        hint,
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
