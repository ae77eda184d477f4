"""The catalog: every asset by logical path, the winner and those it shadows, under one policy."""

from __future__ import annotations

import fnmatch
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from lading.asset import UNKNOWN_SIZE, Asset
from lading.findings import Finding, Severity
from lading.sources import Scan

CollisionPolicy = Literal["first", "last", "error"]
POLICIES: tuple[str, ...] = get_args(CollisionPolicy)


@dataclass(slots=True)
class Catalog:
    """``winners`` maps each logical path, in sorted order, to the asset that is published there;
    ``shadowed`` maps a path that several sources ship to the losing assets, in source order.
    """

    scans: Sequence[Scan]
    policy: CollisionPolicy
    winners: dict[str, Asset] = field(default_factory=dict[str, Asset])
    shadowed: dict[str, list[Asset]] = field(default_factory=dict[str, list[Asset]])


def build(scans: Sequence[Scan], policy: CollisionPolicy = "first") -> Catalog:
    """Merge the scans in order. ``first`` (and ``error``) let the earliest source win, ``last`` the
    latest. No file is read.
    """
    catalog = Catalog(scans, policy)
    winners, shadowed = catalog.winners, catalog.shadowed
    for scan in scans:
        for asset in scan.assets:
            earlier = winners.setdefault(asset.path, asset)
            if earlier is asset:
                continue
            losers = shadowed.setdefault(asset.path, [])
            if policy == "last":
                winners[asset.path] = asset
                losers.append(earlier)
            else:
                losers.append(asset)
    catalog.winners = dict(sorted(winners.items()))
    return catalog


def collisions(
    catalog: Catalog, digest: Callable[[Asset], str], overrides: Sequence[str] = ()
) -> list[Finding]:
    """A finding for each path whose losing assets differ in content from the winner.

    ``digest`` gives an asset's content digest; it is asked only where the sizes agree, so most
    collisions are told without reading. ``overrides`` are patterns of paths that collide on purpose.
    """
    found: list[Finding] = []
    for path, losers in sorted(catalog.shadowed.items()):
        winner = catalog.winners[path]
        different = [
            loser
            for loser in losers
            if _sizes_differ(loser, winner) or digest(loser) != digest(winner)
        ]
        if different:
            meant = any(fnmatch.fnmatchcase(path, pattern) for pattern in overrides)
            found.append(_collision(catalog.policy, winner, different, meant=meant))
    return found


def _sizes_differ(one: Asset, other: Asset) -> bool:
    return one.size != other.size and UNKNOWN_SIZE not in (one.size, other.size)


def _collision(
    policy: CollisionPolicy, winner: Asset, losers: Sequence[Asset], *, meant: bool
) -> Finding:
    others = ", ".join(describe(loser) for loser in losers)
    rule = {
        "first": "the first source wins",
        "last": "the last source wins",
        "error": "the policy is 'error'",
    }[policy]
    # Two installed packages that ship one path are nobody's intention; a project that overrides a
    # package's file on purpose is the ordinary case, told but not counted against it.
    if meant:
        severity = Severity.NOTE
    elif policy == "error":
        severity = Severity.ERROR
    elif winner.source.owner == "project" and all(a.source.owner == "vendor" for a in losers):
        severity = Severity.NOTE
    else:
        severity = Severity.WARNING
    return Finding(
        "collision",
        severity,
        f"Several sources ship this path with different content; {rule}: "
        f"{describe(winner)} is published, not {others}.",
        winner.path,
        origin(winner),
        winner.source.owner,
        "Give each file a path of its own (put it into a folder named after its app), "
        "reorder the sources so that the right one wins, or list the path in 'overrides' if it is meant.",
    )


def left_out(catalog: Catalog) -> dict[str, str]:
    """What the sources leave out, by its path (that of a folder ends in a slash), and by which rule."""
    return {
        (f"{scan.source.prefix}/" if scan.source.prefix else "") + skip.path: skip.reason
        for scan in catalog.scans
        for skip in scan.skips
    }


def describe(asset: Asset) -> str:
    """An asset's source for a person: ``'blog' (/srv/site/blog/static)``."""
    label, location = asset.source.label, asset.source.location
    return f"{label!r} ({location})" if label and label != location else location


def origin(asset: Asset) -> str:
    """The file a person opens: its path on this machine, or its path inside a remote source."""
    return asset.source.local_path(asset.relative) or f"{asset.source.location}:{asset.relative}"


def lookalikes(paths: Iterable[str]) -> list[Finding]:
    """Paths that are one path on file systems that fold case or Unicode forms (macOS, Windows)."""
    ordered = list(paths)
    if len({_fold(path) for path in ordered}) == len(ordered):
        return []
    groups: dict[str, list[str]] = {}
    for path in ordered:
        groups.setdefault(_fold(path), []).append(path)
    return [
        Finding(
            "lookalike",
            Severity.WARNING,
            "These paths differ only by case or Unicode normalisation and become one file on "
            f"macOS and Windows: {', '.join(map(repr, group))}.",
            group[0],
            hint="Rename all but one of them.",
        )
        for group in groups.values()
        if len(group) > 1
    ]


def _fold(path: str) -> str:
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def file_or_folder(catalog: Catalog) -> list[Finding]:
    """Paths that one source needs as a file and another as a folder."""
    winners = catalog.winners
    found: list[Finding] = []
    for folder, example in parent_folders(winners).items():
        if file := winners.get(folder):
            other = winners[example]
            found.append(
                Finding(
                    "file-or-folder",
                    Severity.ERROR,
                    f"One path cannot be a file and a folder: {describe(file)} ships it as a file, "
                    f"{describe(other)} ships {example!r} below it.",
                    folder,
                    origin(file),
                    file.source.owner,
                    "Rename or exclude one of them.",
                )
            )
    return found


def parent_folders(paths: Iterable[str]) -> dict[str, str]:
    """Every folder above the given paths (``a/b/c.css`` -> ``a/b``, ``a``), with one path below it."""
    folders: dict[str, str] = {}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders[folder] = path
            folder = folder.rpartition("/")[0]
    return folders
