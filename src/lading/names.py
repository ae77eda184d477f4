"""Deciding all names of a run, or finding that nothing they depend on changed since the last release."""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

import lading
from lading import bundles, recipes, references
from lading.catalog import origin
from lading.config import Config
from lading.digests import UnreadableError
from lading.findings import Finding, Severity, from_row, to_row
from lading.fingerprint import fingerprint
from lading.ledger import Release, release_key
from lading.packing.variants import is_variant, packing_key
from lading.plan import Plan
from lading.progress import Progress
from lading.sealed import seal, unseal
from lading.targets.folder import FolderTarget

# Raised when the same input would be published otherwise than before.
_VERSION = 4
_LOSSLESS = ("utf-8", "surrogateescape")


def decide_names(plan: Plan, target: FolderTarget, config: Config, progress: Progress) -> None:
    """Set the plan's artifacts, or take its ``unchanged`` paths over from the last release."""
    _reserve(plan, config.manifest)
    plan.inputs = _inputs(plan, config)
    last = plan.ledger.releases[-1] if plan.ledger.releases else None
    if last is not None and last.inputs == plan.inputs != "" and not plan.link:
        findings = _load_findings(target, plan.inputs)
        if findings is not None and _take_over(plan, target, last, config.manifest):
            plan.findings.extend(findings)
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
        known = plan.names.recipes
        bare = (
            (path, plan.digests.look_up(asset)[:64])
            for path, asset in plan.winners.items()
            if path not in known and references.carries(path)
        )
        target.write_state("recipes", recipes.dump(known, bare, recipe_key(config)), sealed=True)
        rows = [to_row(finding) for finding in plan.names.findings]
        target.write_state("findings", [seal(rows, plan.inputs)], sealed=True)


def _reserve(plan: Plan, manifest: str) -> None:
    """Keep the manifest's path free."""
    asset = plan.catalog.winners.pop(manifest, None)
    plan.winners.pop(manifest, None)
    plan.catalog.shadowed.pop(manifest, None)
    if asset is not None:
        plan.findings.append(
            Finding(
                "manifest-name",
                Severity.WARNING,
                "The file lies where the manifest of the published files goes, so it is left out.",
                manifest,
                origin(asset),
                asset.source.owner,
                "Exclude it (it may be an older output of collectstatic), or rename it.",
            )
        )


def _take_over(plan: Plan, target: FolderTarget, last: Release, manifest: str) -> bool:
    """Take over all that the last release published, if it is all there as it was written."""
    paths = sorted(target.read_record(last.number))
    if not all(_is_intact(plan, path) for path in paths):
        return False
    states = {path: plan.ledger.written[path] for path in paths}
    if release_key(paths, states) != last.key:
        return False  # the record is damaged
    published = set(paths)
    for path in paths:
        made = path == manifest or (path not in plan.winners and is_variant(path, published))
        (plan.companions if made else plan.unchanged).append(path)
    plan.states, plan.key = states, last.key
    return True


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
            config.site_root,
        ]
    )


def _inputs(plan: Plan, config: Config) -> str:
    """A digest of everything that the release depends on; ``""`` while a content is not known."""
    digest = hashlib.sha256(f"{recipe_key(config)} {packing_key(config.packing)}".encode())
    look_up = plan.digests.look_up
    # Where a file lies, and whose it is, decide what findings say of it.
    numbers: dict[int, int] = {}
    for number, scan in enumerate(plan.catalog.scans):
        numbers[id(scan.source)] = number
        digest.update(f"{scan.source.location}\t{scan.source.owner}\n".encode(*_LOSSLESS))
        for skip in scan.skips:
            digest.update(f"{skip.path}\t{skip.reason}\n".encode(*_LOSSLESS))
    for path, asset in plan.winners.items():
        known = look_up(asset)
        if not known:
            return ""
        source = plan.original(asset).source
        digest.update(f"{known[:64]} {numbers.get(id(source))} {path}\n".encode())
    for document in bundles.hidden_manifests(plan.catalog):
        digest.update(document)
    return digest.hexdigest()


def _is_intact(plan: Plan, path: str) -> bool:
    state = plan.ledger.written.get(path)
    survey = plan.survey
    return (
        state is not None
        and state[65:] == survey.files.get(path)
        and path not in survey.writable  # it would have to be published anew as a read-only file
    )


def _load_findings(target: FolderTarget, inputs: str) -> list[Finding] | None:
    """What was found when these inputs were read, or ``None`` if that is lost."""
    rows = cast("list[dict[str, Any]] | None", unseal(target.read_state("findings"), inputs))
    if rows is None:
        return None
    return [from_row(row) for row in rows]
