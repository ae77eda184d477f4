"""Findings for references that name nothing: how bad one is depends on what it is and whose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from posixpath import splitext

from lading import references
from lading.analysis import Broken
from lading.asset import Asset
from lading.catalog import origin
from lading.findings import Finding, Owner, Severity
from lading.makers import is_for_makers
from lading.nearest import Nearest
from lading.ownership import owner_of

_SOURCE_MAPS = frozenset({"css-source-map", "js-source-map"})
# Often built for a place or a condition that never comes; the browser asks only when it does.
_AT_RUN_TIME = frozenset({"js-dynamic-import", "js-new-url", "js-resolve"})
_MODULES = references.MODULE_KINDS
_DEPENDENCIES = references.DEPENDENCY_KINDS
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


def findings(
    asset: Asset, found: Sequence[Broken], paths: Nearest, left_out: Mapping[str, str] | None = None
) -> Iterator[tuple[Broken, Finding]]:
    """What to tell of one file's ``found``, each with the reference that it is about; imports that only
    bundlers resolve are told together, with the first of them.

    ``paths`` are all logical paths, among which the nearest are offered; ``left_out`` what is not
    published though it is there (see ``catalog.left_out``).
    """
    if not found:
        return  # whose a file is takes time to find out
    owner = "vendor" if any(item.in_library for item in found) else owner_of(asset)
    meant = {item: _for_bundler(item, paths) for item in found}
    # Where browsers fail at one import, nobody lets them load the file, so the others say no more.
    is_input = owner == "vendor" or any(
        meant[item] and item.kind in _DEPENDENCIES for item in found
    )
    bundled = {item for item in found if meant[item] or (is_input and item.for_bundlers)}
    is_told = False
    for item in found:
        if item not in bundled:
            yield item, _missing(asset, item, owner, paths, left_out or {})
        elif not is_told:
            is_told = True
            yield item, _unbundled(asset, item, owner, meant[item], len(bundled) - 1)


def _missing(
    asset: Asset, broken: Broken, owner: Owner, paths: Nearest, left_out: Mapping[str, str]
) -> Finding:
    kind, what, hint = _told(broken, owner, paths, left_out)
    return Finding(
        kind,
        _severity(asset, broken, owner),
        f"{broken.url!r} ({broken.kind}) {what}; it is left as it is and will be a 404.",
        asset.path,
        f"{origin(asset)}:{broken.line}:{broken.column}",
        owner,
        hint,
    )


def _told(
    broken: Broken, owner: Owner, paths: Nearest, left_out: Mapping[str, str]
) -> tuple[str, str, str]:
    """The finding's kind, what is wrong, and what to do."""
    hint = "The package ships it so; nothing to do unless you miss something on the page."
    if owner == "project":
        hint = "Correct the path, or add the file."
    if not broken.target:
        kind = "outside-reference"
        return kind, "leads out of the root of the static files", hint
    is_map = broken.kind in _SOURCE_MAPS
    kind = "missing-source-map" if is_map else "missing-reference"
    if rule := _why_left_out(broken.target, left_out):
        hint = "Publish it by another rule (settings 'ignore' and 'default_ignore'), or rename it."
        return kind, f"names {broken.target!r}, which is {rule}", hint
    if owner == "project" and not is_map and (near := paths.to(broken.target)):
        hint = f"Did you mean {' or '.join(map(repr, near))}?"
    return kind, f"names {broken.target!r}, which no source ships", hint


def _why_left_out(path: str, left_out: Mapping[str, str]) -> str:
    """The rule that leaves out the path or a folder above it, or ``""``."""
    above = [path[: place + 1] for place, mark in enumerate(path) if mark == "/"]
    return next((left_out[part] for part in (*above, path) if part in left_out), "")


def _for_bundler(broken: Broken, paths: Nearest) -> str:
    """The file that a bundler would find for an import without an ending, or ``""``."""
    if broken.kind not in _MODULES or not broken.target:
        return ""
    return next((p for e in _BUNDLER_ENDINGS if (p := broken.target + e) in paths), "")


def _unbundled(asset: Asset, broken: Broken, owner: Owner, meant: str, others: int) -> Finding:
    """Imports without an ending, or of what is no script. Whoever lets browsers load the file sees it
    fail in development already, so that most of these files are input for a bundler, beside its output.
    """
    hint = "Exclude the package's sources if you want fewer files."
    if owner == "project":
        hint = f"If browsers load the file, name {meant!r} in full; if a bundler does, exclude the file."
    if meant:
        lacks = f"lacks an ending: bundlers find {meant!r}, browsers nothing"
    elif splitext(broken.target)[1]:
        lacks = "names no script: bundlers may take it, browsers do not"
    else:
        lacks = "lacks an ending: bundlers may find something, browsers nothing"
    if others:
        lacks += f"; the file has {others} more such import{'' if others == 1 else 's'}"
    return Finding(
        "unbundled-source",
        Severity.WARNING if owner == "project" else Severity.NOTE,
        f"{broken.url!r} ({broken.kind}) {lacks}.",
        asset.path,
        f"{origin(asset)}:{broken.line}:{broken.column}",
        owner,
        hint,
    )


def _severity(asset: Asset, broken: Broken, owner: Owner) -> Severity:
    if broken.kind in _SOURCE_MAPS:
        return Severity.WARNING if owner == "project" else Severity.NOTE
    if owner == "vendor":
        is_asked_for = broken.kind not in _AT_RUN_TIME and not is_for_makers(asset.path)
        return Severity.WARNING if is_asked_for else Severity.NOTE
    return Severity.WARNING if broken.kind in _AT_RUN_TIME else Severity.ERROR
