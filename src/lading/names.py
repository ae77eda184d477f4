"""Deciding all names of a run, or finding that nothing they depend on changed since the last release."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from typing import Any

import lading
from lading import recipes
from lading.config import Config
from lading.digests import UnreadableError
from lading.findings import Finding, Severity
from lading.fingerprint import fingerprint
from lading.plan import Plan
from lading.progress import Progress
from lading.targets.folder import FolderTarget
from lading.variants import packing_key

# Raised when the same input would be published otherwise than before.
_VERSION = 1


def decide_names(plan: Plan, target: FolderTarget, config: Config, progress: Progress) -> None:
    """Set the plan's artifacts, or take its ``unchanged`` paths over from the last release."""
    plan.inputs = _inputs(plan, config)
    last = plan.ledger.releases[-1] if plan.ledger.releases else None
    if last is not None and last.inputs == plan.inputs != "" and not plan.link:
        record = target.read_record(last.number)
        if record and all(_is_intact(plan, path) for path in record):
            plan.unchanged = sorted(record)
            plan.states = {path: plan.ledger.written[path] for path in plan.unchanged}
            plan.findings.extend(_load_findings(target.read_state("findings")))
            return
    known = recipes.loads(target.read_state("recipes"), recipe_key(config))
    try:
        plan.names = fingerprint(plan, config, known, progress)
    except UnreadableError as error:
        plan.findings.append(
            Finding(error.kind, Severity.ERROR, error.what, where=error.where, hint=error.remedy)
        )
        return
    plan.inputs = _inputs(plan, config)  # now that every digest is known
    plan.artifacts = plan.names.artifacts
    plan.findings.extend(plan.names.findings)


def remember(plan: Plan, target: FolderTarget, config: Config) -> None:
    """Keep what makes the next run quick. Raises ``TargetError``."""
    if plan.names is not None:
        target.write_state("recipes", [recipes.dumps(plan.names.recipes, recipe_key(config))])
        rows = [dataclasses.asdict(finding) for finding in plan.names.findings]
        target.write_state("findings", [json.dumps(rows, ensure_ascii=False)])


def recipe_key(config: Config) -> str:
    """All that a published name depends on beside the sources' content."""
    return json.dumps(
        [
            lading.__version__,
            _VERSION,
            config.originals,
            config.finished,
            config.folders,
            config.module_imports,
            config.static_url,
            config.manifest,
        ]
    )


def _inputs(plan: Plan, config: Config) -> str:
    """A digest of everything that the release depends on; ``""`` while a content is not known."""
    digest = hashlib.sha256(f"{recipe_key(config)} {packing_key(config.packing)}".encode())
    look_up = plan.digests.look_up
    for path, asset in plan.catalog.winners.items():
        known = look_up(asset)
        if not known:
            return ""
        digest.update(f"{known[:64]}\t{path}\n".encode())
    return digest.hexdigest()


def _is_intact(plan: Plan, path: str) -> bool:
    state = plan.ledger.written.get(path)
    return state is not None and state[65:] == plan.survey.files.get(path)


def _load_findings(text: str) -> Sequence[Finding]:
    try:
        rows: list[dict[str, Any]] = json.loads(text)
        return [Finding(severity=Severity(row.pop("severity")), **row) for row in rows]
    except (ValueError, TypeError, KeyError):
        return []
