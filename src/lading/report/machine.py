"""The run as JSON, for machines."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from collections.abc import Sequence
from typing import Any

from lading.build import Outcome
from lading.errors import ConfigError
from lading.findings import Finding
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
    """Write JSON to a file, whole or not at all. Raises ``ConfigError`` when that cannot be done."""
    temporary = f"{path}.{os.getpid()}.new"
    try:
        # A file name that is no UTF-8 holds lone surrogates; "\\udce9" is how JSON writes them.
        with open(temporary, "w", encoding="utf-8", errors="backslashreplace") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.write("\n")
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise ConfigError(
            f"The JSON report cannot be written: {error.strerror}.",
            where=path,
            remedy="Name a file in a folder that can be written.",
        ) from error
