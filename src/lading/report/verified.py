"""What verifying found, as a table, one sentence, or JSON."""

from __future__ import annotations

import dataclasses
from typing import Any

from lading.report import machine
from lading.report.console import Screen, listing
from lading.report.told import on_one_line, shown
from lading.verify.verifying import Verified

_DAMAGES, _FOREIGN = 50, 10  # damaged and foreign files that are named unless asked for all


def text(screen: Screen, found: Verified, *, verbose: bool) -> str:
    """The damaged paths as a table, then the foreign ones and what is wrong with the records."""
    parts: list[str] = []
    if found.damages:
        damages = sorted(found.damages, key=lambda damage: damage.repaired)
        named = damages if verbose else damages[:_DAMAGES]
        rows = [
            ("restored" if damage.repaired else damage.kind, damage.path, damage.message)
            for damage in named
        ]
        parts.append(listing(screen, ("Found", "Published path", "What"), rows))
        parts += _more(len(damages) - len(named))
    if found.foreign:
        named = found.foreign if verbose else found.foreign[:_FOREIGN]
        parts.append("Foreign files, which are left alone:")
        parts += [on_one_line(f"  {path}") for path in named]
        parts += _more(len(found.foreign) - len(named))
    parts += [shown(f"Note: {note}") for note in found.notes]
    return "\n".join(parts)


def _more(number: int) -> list[str]:
    return [f"  … and {number:,} more (-v 2 or --json shows all)"] if number else []


def summary(found: Verified, target: str) -> str:
    """What was looked at and how it went, in one line."""
    kinds = [damage.kind for damage in found.damages if not damage.repaired]
    counts = {kind: kinds.count(kind) for kind in ("missing", "changed", "unreadable", "stale")}
    restored = sum(damage.repaired for damage in found.damages)
    told = [f"{number:,} {kind}" for kind, number in counts.items() if number]
    if restored:
        told.append(f"{restored:,} restored")
    verdict = ", ".join(told) or "all as they were published"
    files = f"{found.files:,} file{'' if found.files == 1 else 's'}"
    return (
        f"Verified {files} ({found.variants:,} encoded){_releases(found)} in {target!r}: {verdict}."
    )


def _releases(found: Verified) -> str:
    numbers = sorted(found.inventory.releases)
    if len(numbers) < 2:
        return f" of release {numbers[0]}" if numbers else ""
    return f" of releases {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def document(found: Verified, target: str) -> dict[str, Any]:
    """One JSON object; ``docs/verify.md`` describes its keys."""
    return {
        "version": machine.VERSION,
        "failed": not found.is_sound,
        "target": target,
        "release": found.inventory.current,
        "releases": sorted(found.inventory.releases),
        "files": found.files,
        "variants": found.variants,
        "bytes": found.size,
        "damages": [dataclasses.asdict(damage) for damage in found.damages],
        "foreign": found.foreign,
        "notes": found.notes,
    }
