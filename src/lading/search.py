"""Where a logical path is found, which file wins, and why a path is not found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from lading.asset import Asset
from lading.catalog import Catalog, describe, origin
from lading.findings import Owner
from lading.nearest import Nearest
from lading.rules import name_problem


@dataclass(frozen=True, slots=True)
class Hit:
    """One file that a source ships for the path: its place, its source, what becomes of it
    (``published``, or why not), the source's label and whose it is.
    """

    file: str
    source: str
    fate: str
    label: str = ""
    owner: Owner = "project"


def hits(catalog: Catalog, path: str, digest: Callable[[Asset], str]) -> list[Hit]:
    """Every file for ``path``, the winner first, then those it shadows in source order."""
    winner = catalog.winners.get(path)
    if winner is None:
        return []
    found = [_hit(winner, "published")]
    for loser in catalog.shadowed.get(path, ()):
        same = digest(loser) == digest(winner)
        fate = f"shadowed, {'same' if same else 'different'} content"
        found.append(_hit(loser, fate))
    return found


def _hit(asset: Asset, fate: str) -> Hit:
    source = asset.source
    return Hit(origin(asset), describe(asset), fate, source.label, source.owner)


def why_missing(
    catalog: Catalog, path: str, static_url: str = "", nearest: Nearest | None = None
) -> list[str]:
    """Sentences that say why ``path`` is not published and what was probably meant. Who asks for many
    paths gives an index of the winners, ``nearest``.
    """
    reasons = list(_skipped(catalog, path))
    for prefix in (static_url, "/"):
        bare = path.removeprefix(prefix) if prefix else path
        if bare != path and bare in catalog.winners:
            return [f"Leave out {prefix!r}: the path is {bare!r}."]
    if path != path.strip() and path.strip() in catalog.winners:
        reasons.append("The path has white space around it.")
    folder = f"{path.rstrip('/')}/"
    below = sum(candidate.startswith(folder) for candidate in catalog.winners)
    if below:
        files = "1 file" if below == 1 else f"{below:,} files"
        reasons.append(f"It is a folder ({files} below it); name one file.")
    elif folder == path and not name_problem(path[:-1]):
        reasons.append("No source ships a folder of this name.")
    if not reasons and (problem := name_problem(path)):
        reasons.append(f"Nothing can be published as {path!r}, because {problem}.")
    if near := (nearest or Nearest(catalog.winners)).to(path):
        reasons.append(f"Near: {', '.join(map(repr, near))}.")
    return reasons


def near_names(path: str, names: Collection[str]) -> list[str]:
    """The names nearest to ``path``, at most 3; see ``Nearest``, which is quicker for many paths."""
    return Nearest(names).to(path)


def _skipped(catalog: Catalog, path: str) -> Iterable[str]:
    for scan in catalog.scans:
        head = f"{scan.source.prefix}/" if scan.source.prefix else ""
        for skip in scan.skips:
            full = head + skip.path
            if path == full or (full.endswith("/") and path.startswith(full)):
                yield f"{scan.source.location}/{skip.path} is left out: {skip.reason}."
        for finding in scan.findings:
            if finding.path == path:
                yield f"{finding.where}: {finding.message}"
