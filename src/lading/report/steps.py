"""The run told step by step: one step for each scanned folder, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lading.asset import Asset
from lading.build import Outcome
from lading.rules import Skip
from lading.sources import Scan


@dataclass(frozen=True, slots=True)
class Step:
    """``found`` counts the files that the source offers (after the ignore rules), ``copied`` those this
    run wrote from it, ``unchanged`` those that were in the target already, ``shadowed`` those that
    another source's file of the same path wins over. ``*_so_far`` are the sums after this step.
    """

    number: int
    action: str
    label: str
    owner: str
    source: str
    destination: str
    found: int
    copied: int
    unchanged: int
    shadowed: int
    found_so_far: int
    copied_so_far: int
    notes: tuple[str, ...]
    skips: tuple[Skip, ...]


def steps(outcome: Outcome, destination: str) -> list[Step]:
    """The steps of a run into ``destination`` (a folder, or words for a remote target)."""
    catalog = outcome.plan.catalog
    written = {artifact.asset.path for artifact in outcome.plan.puts}
    sources = (catalog.winners.get(path) for path in written)  # a new source map has none
    copied = Counter(id(asset.source) for asset in sources if asset is not None)
    wins = Counter(id(asset.source) for asset in catalog.winners.values())
    places = {id(scan.source): number for number, scan in enumerate(catalog.scans, 1)}
    told: list[Step] = []
    found_so_far = copied_so_far = 0
    for number, scan in enumerate(catalog.scans, 1):
        source = scan.source
        found, won, put = len(scan.assets), wins[id(source)], copied[id(source)]
        found_so_far += found
        copied_so_far += put
        told.append(
            Step(
                number=number,
                action=_action(outcome, found, put),
                label=source.label,
                owner=source.owner,
                source=source.location,
                destination=f"{destination}/{source.prefix}" if source.prefix else destination,
                found=found,
                copied=put,
                unchanged=won - put,
                shadowed=found - won,
                found_so_far=found_so_far,
                copied_so_far=copied_so_far,
                notes=(*_shadow_notes(outcome, scan, places), *_scan_notes(scan, won - put)),
                skips=tuple(scan.skips),
            )
        )
    return told


def _action(outcome: Outcome, found: int, put: int) -> str:
    if not found:
        return "skip"
    if not put:
        return "compare"
    return "link" if outcome.plan.link else "copy"


def _shadow_notes(outcome: Outcome, scan: Scan, places: dict[int, int]) -> list[str]:
    """Which files of this source lost, to which step, and which won over an earlier one."""
    catalog = outcome.plan.catalog
    notes: list[str] = []
    for asset in scan.assets:
        losers = catalog.shadowed.get(asset.path)
        if not losers:
            continue
        winner = catalog.winners[asset.path]
        if winner.source is not scan.source:
            verb = "overwritten by" if catalog.policy == "last" else "skipped, already copied in"
            notes.append(f"{asset.path}: {verb} step {places[id(winner.source)]}")
        elif catalog.policy == "last":
            notes.append(f"{asset.path}: overwrites step {_numbers(losers, places)}")
    return notes


def _numbers(losers: Sequence[Asset], places: dict[int, int]) -> str:
    return ", ".join(str(places[id(loser.source)]) for loser in losers)


def _scan_notes(scan: Scan, unchanged: int) -> list[str]:
    notes: list[str] = []
    if unchanged:
        notes.append(f"{unchanged} unchanged")
    notes.extend(f"{skip.path}: {skip.reason}" for skip in scan.skips)
    notes.extend(
        f"{finding.path}: {finding.message}" if finding.path else finding.message
        for finding in scan.findings
        if finding.kind != "secret"  # told among the skips
    )
    return notes
