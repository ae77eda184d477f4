"""The run as JSON, for machines."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from itertools import chain
from typing import Any

from lading.build import Outcome
from lading.findings import Finding
from lading.report import files
from lading.report.steps import Step

VERSION = 1


def document(outcome: Outcome, told: list[Step], destination: str) -> dict[str, Any]:
    """One JSON object; ``docs/collect.md`` describes its keys. Sizes in bytes, times in seconds."""
    decided = outcome.plan
    return {
        "version": VERSION,
        "dry_run": outcome.dry_run,
        "target": destination,
        "release": outcome.release,
        "new_release": outcome.is_new_release,
        "collisions": decided.catalog.policy,
        "steps": [dataclasses.asdict(step) for step in told],
        "copied": [artifact.path for artifact in decided.puts],
        "unchanged": len(decided.unchanged),
        "removed": outcome.removed,
        "findings": [finding(f) for f in outcome.findings],
        "seconds": {step: round(spent, 4) for step, spent in outcome.seconds.items()},
    }


def failure(found: Sequence[Finding]) -> dict[str, Any]:
    """The report of a run that its findings stopped: nothing was published."""
    return {"version": VERSION, "failed": True, "findings": [finding(f) for f in found]}


def finding(found: Finding) -> dict[str, str]:
    return {**dataclasses.asdict(found), "severity": found.severity.name.lower()}


def write(path: str, content: dict[str, Any]) -> None:
    """Write JSON to a file, as ``files.write`` does it."""
    # A file name that is no UTF-8 holds lone surrogates; "\\udce9" is how JSON writes them.
    text = json.JSONEncoder(ensure_ascii=False, indent=1).iterencode(content)
    files.write(path, chain(text, "\n"), "JSON", errors="backslashreplace")
