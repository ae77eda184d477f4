"""The story: scan the sources, decide, publish whole."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lading import catalog as catalogs
from lading import lookup, naming, siteroot, snapshot
from lading import plan as plans
from lading.artifact import Artifact
from lading.cache import Cache
from lading.catalog import Catalog
from lading.config import Config
from lading.digests import Digests
from lading.errors import FindingsError, TargetError
from lading.findings import Finding, Severity, grade
from lading.garbage import uncollected
from lading.ledger import Ledger
from lading.plan import Plan
from lading.progress import Progress, Silent
from lading.snapshot import Repeat, Snapshot
from lading.sources import Source
from lading.targets.folder import FolderTarget
from lading.targets.survey import Survey

if TYPE_CHECKING:
    from lading.packing.variants import Variants
    from lading.release import Closed

Finish = Callable[[Plan], Iterable[str]]
"""Runs when everything is in place and the lock is still held (a Django storage's ``post_process``);
gives the paths of what it published itself, so that ``clear`` spares them."""


@dataclass(slots=True)
class Outcome:
    """What a run did, or would do if ``dry_run``. ``removed`` are pruned and cleared paths; ``release``
    the number of the target's release (0: none yet); ``seconds`` the time spent by step; ``packed`` and
    ``reused`` the encodings made now and found in the build cache; ``conflicts`` a path for each file
    that lost against another content. ``is_repeat``: everything was as the last run had left it.
    """

    plan: Plan
    findings: list[Finding]
    removed: list[str]
    dry_run: bool
    release: int = 0
    is_new_release: bool = False
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    packed: int = 0
    reused: int = 0
    conflicts: list[str] = field(default_factory=list[str])
    is_repeat: bool = False

    @property
    def modified(self) -> set[str]:
        """The logical paths of which a file was written, under whatever name."""
        return {artifact.asset.path for artifact in self.plan.puts}

    @property
    def unmodified(self) -> list[str]:
        """The logical paths whose files were in the target already, under all their names."""
        if self.is_repeat:
            return self.plan.unchanged
        modified = self.modified
        return [path for path in self.plan.winners if path not in modified]

    def take(self, made: Variants, cache: Cache, config: Config) -> None:
        """Add what packing gave, and what is wrong with the build cache."""
        self.plan.variants, self.plan.superseded = made.sizes, made.superseded
        self.plan.states.update(made.kept)
        found = [*made.findings, *cache.findings()]
        self.findings.extend(grade(found, config.severities, strict=config.strict))
        self.packed, self.reused = made.packed, made.reused


def collect(
    sources: Sequence[Source],
    target: FolderTarget,
    config: Config,
    *,
    link: bool = False,
    clear: bool = False,
    finish: Finish | None = None,
    progress: Progress | None = None,
    brief: bool = False,
) -> Outcome:
    """Publish what the sources hold into the target, whole or not at all.

    ``brief`` allows an outcome whose plan has no details (catalog, survey, states) when nothing at all
    changed since the last run.

    Raises ``FindingsError`` when a finding is an error, and ``TargetError`` when the target cannot be
    written; it then still holds the previous release.
    """
    progress = progress or Silent()
    refuse_overlap(sources, target.root)
    with target.locked(config.lock_timeout, progress.say), _cache(config) as cache, uncollected():
        seen = None if link or clear or finish is not None else snapshot.take(sources, config)
        if brief and (repeat := snapshot.look_up(target, seen)) is not None:
            return _repeated(repeat, config)
        from lading import publish  # a run that finds nothing changed needs neither
        from lading import release as releases
        from lading.packing import variants

        outcome = plan(
            sources,
            target,
            config,
            link=link,
            clear=clear,
            progress=progress,
            cache=cache,
            stages=True,
        )
        refuse_errors(outcome.findings)
        with _timed(outcome.seconds, "copy"):
            staged = publish.stage(outcome.plan, outcome.findings, target, config.threads, progress)
        with _timed(outcome.seconds, "pack"):
            packed = variants.stage(outcome.plan, staged, target, config, cache, progress)
            outcome.take(packed, cache, config)
            staged.update(packed.staged)
        with _timed(outcome.seconds, "publish"):
            target.remove(outcome.plan.blocking)
            releases.preserve(outcome.plan, target, staged)
            states = target.commit(staged)
            staged.clear()  # large where there are many files
            extra = finish(outcome.plan) if finish is not None else ()
            closed = releases.close(outcome.plan, target, config, states, clear=clear, extra=extra)
        _keep(outcome, target, config, seen, closed)
    outcome.dry_run = False
    outcome.removed = closed.removed
    outcome.release, outcome.is_new_release = closed.release.number, closed.is_new
    return outcome


def plan(
    sources: Sequence[Source],
    target: FolderTarget,
    config: Config,
    *,
    link: bool = False,
    clear: bool = False,
    progress: Progress | None = None,
    cache: Cache | None = None,
    stages: bool = False,
) -> Outcome:
    """Decide what a run would do, writing nothing but to the build cache: ``cache`` if that is open already.
    With ``stages`` the plan is to be run, so that what is read is staged on the way (see ``Plan``).
    Raises ``TargetError`` when the target overlaps a source or cannot be listed.
    """
    from lading import release as releases
    from lading.names import decide_names

    progress = progress or Silent()
    if cache is None:
        with _cache(config) as cache:
            return plan(
                sources, target, config, link=link, clear=clear, progress=progress, cache=cache
            )
    refuse_overlap(sources, target.root)
    seconds: dict[str, float] = {}
    with _timed(seconds, "scan"):
        found = catalog(sources, config)
    with _timed(seconds, "survey"):
        ledger = target.ledger()
        decided = Plan(found, target.survey(), ledger, Digests(ledger.sources), link)
        decided.stager = target.stage if stages else None
    if config.minify and not link:  # a link leads to the file as it was written
        from lading.minify.winners import minify_winners

        with _timed(seconds, "minify"):
            minify_winners(decided, target, config, cache, progress)
    if config.names == "hashed":
        with _timed(seconds, "name"):
            decide_names(decided, target, config, progress)
    else:
        decided.artifacts = [Artifact(path, asset) for path, asset in decided.winners.items()]
    with _timed(seconds, "compare"):
        plans.decide(decided, target, config, progress)
        plans.find(decided, target.root, overrides=config.overrides, clear=clear)
        decided.findings.extend(siteroot.findings(config.site_root, decided.winners))
        if config.names == "hashed":
            named = naming.unmatched(config.finished, config.folders, decided.winners)
            decided.findings.extend(named)
        removals = releases.foresee(decided, target, config, clear=clear)
    findings = grade(decided.findings, config.severities, strict=config.strict)
    number = ledger.releases[-1].number if ledger.releases else 0
    outcome = Outcome(decided, findings, removals, True, number, seconds=seconds)
    outcome.conflicts = conflicts(found, findings)
    return outcome


def _cache(config: Config) -> Cache:
    return Cache(config.cache_root, limit=config.cache_limit)


def conflicts(found: Catalog, findings: Sequence[Finding]) -> list[str]:
    """The paths at which different contents collided, once for each file that lost."""
    differing = {finding.path for finding in findings if finding.kind == "collision"}
    return [p for p, lost in found.shadowed.items() if p in differing for _ in lost]


def _repeated(repeat: Repeat, config: Config) -> Outcome:
    """The outcome of a run that found everything as the last one left it."""
    decided = Plan(Catalog((), config.collisions), Survey(), Ledger(), Digests())
    decided.unchanged = repeat.unchanged
    return Outcome(
        decided,
        repeat.findings,
        [],
        dry_run=False,
        release=repeat.release,
        conflicts=repeat.conflicts,
        is_repeat=True,
    )


def _keep(
    outcome: Outcome,
    target: FolderTarget,
    config: Config,
    seen: Snapshot | None,
    closed: Closed,
) -> None:
    """Note what this run found, so that the next one can be brief."""
    unchanged = list(outcome.plan.winners)
    repeat = Repeat(closed.release.number, unchanged, outcome.conflicts, outcome.findings)
    snapshot.keep(target, seen, repeat, closed.expires)


def catalog(sources: Sequence[Source], config: Config) -> Catalog:
    """All that the sources hold, and what is generated from it. No file is read."""
    scans = [source.scan() for source in sources]
    found = catalogs.build(scans, config.collisions)
    if config.js_module is None:
        return found
    scans.append(lookup.scan(config.js_module, found.winners))
    return catalogs.build(scans, config.collisions)


def gather(sources: Sequence[Source], config: Config) -> Plan:
    """The catalog and its findings alone, for a target that the core does not write itself."""
    decided = Plan(catalog(sources, config), Survey(), Ledger(), Digests())
    plans.find(decided, "", overrides=config.overrides)
    decided.findings.extend(siteroot.findings(config.site_root, decided.winners))
    return decided


def refuse_overlap(sources: Sequence[Source], root: str) -> None:
    """Raise ``TargetError`` when the target ``root`` is a source, lies in one, or holds one: collecting would
    then publish its own output, or ``--clear`` delete the sources.
    """
    for source in sources:
        folder = source.local_path("")
        if folder is None:
            continue
        folder = os.path.realpath(folder)
        if folder == root:
            relation = "is the source folder itself"
        elif _is_below(root, folder):
            relation = f"lies inside the source folder {source.location!r}"
        elif _is_below(folder, root):
            relation = f"contains the source folder {source.location!r}"
        else:
            continue
        raise TargetError(
            f"The target {relation}; nothing was written.",
            where=root,
            remedy="Point the target (STATIC_ROOT) at a folder of its own.",
        )


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def refuse_errors(findings: Sequence[Finding]) -> None:
    """Raise ``FindingsError`` if any finding is an error."""
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise FindingsError(findings)


class _timed:  # noqa: N801 - reads as a statement
    """Adds the seconds spent inside to ``laps[step]``."""

    def __init__(self, laps: dict[str, float], step: str) -> None:
        self.laps = laps
        self.step = step

    def __enter__(self) -> None:
        self.start = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        spent = time.perf_counter() - self.start
        self.laps[self.step] = self.laps.get(self.step, 0.0) + spent
