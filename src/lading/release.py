"""Releases of a folder target: which are kept, what leaves, and the record of all that was written."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from lading import contents, names
from lading.config import Config
from lading.encoders import SUFFIXES
from lading.errors import TargetError
from lading.ledger import LINK, Release, release_key
from lading.packing import variants
from lading.packing.variants import is_variant, variant_paths
from lading.plan import Plan, everything
from lading.publish import publish_manifest
from lading.retention import Retention
from lading.targets.folder import FolderTarget
from lading.targets.staging import Staged

_NEVER = 1e12


@dataclass(frozen=True, slots=True)
class Closed:
    """How a run ended: the target's release, whether this run made it, the paths removed, and when the
    retention rule has something to do again (seconds since the epoch).
    """

    release: Release
    is_new: bool
    removed: list[str]
    expires: float


def close(
    plan: Plan,
    target: FolderTarget,
    config: Config,
    states: Mapping[str, str],
    *,
    clear: bool,
    extra: Iterable[str],
) -> Closed:
    """End a run that has put files of these ``states`` into the target: record the release, remove what no
    kept release needs (with ``clear``: all that is not of this run or in ``extra``), replace the ledger last.

    A crash before the end leaves a ledger that names files already gone, or does not know the newest
    release: the next run finds out by comparing.
    """
    written = _written(plan, states)
    if plan.names is not None:
        publish_manifest(plan, plan.names, target, config, written)
        names.remember(plan, target, config)
    if plan.artifacts:
        variants.remember(plan, target, config, written)
    if plan.minified is not None:
        from lading.minify import winners as minified  # most projects minify nothing

        minified.remember(plan, target)
    target.protect(
        path for path in plan.survey.writable.intersection(_paths(plan)) if path not in states
    )
    releases, is_new = _releases(plan, written)
    keeping = releases[-1:] if clear else kept(releases, config, time.time())
    if is_new or (not plan.key and target.read_record(releases[-1].number) != set(_paths(plan))):
        published = ((path, written[path]) for path in _paths(plan))
        target.write_record(releases[-1].number, contents.lines(published))
        if plan.names is not None:
            target.keep_manifest(releases[-1].number, config.manifest)
    leaving = _leaving(target, written, {*_paths(plan), config.manifest}, () if clear else keeping)
    removed = _others(plan, extra) if clear else _own(plan, target, written, leaving)
    contents.preserve(
        target, plan.ledger.written, plan.survey, {p: "" for p in removed if p in leaving}
    )
    target.remove(removed)
    contents.prune(target, [release.number for release in keeping[:-1]])
    for path in leaving:
        del written[path]
    if (
        states
        or plan.ledger.interrupted
        or plan.digests.learnt
        or keeping != plan.ledger.releases
        or written != plan.ledger.written
    ):
        target.remember(keeping, written, _sources(plan))
    ageing = keeping[: -config.keep_releases]
    expires = min((r.replaced + config.keep_age for r in ageing), default=_NEVER)
    return Closed(releases[-1], is_new, sorted([*plan.blocking, *removed]), expires)


def preserve(plan: Plan, target: FolderTarget, staged: Mapping[str, Staged]) -> None:
    """Keep what the staged files are about to replace, for the release that it is of. Raises
    ``TargetError``.
    """
    before = plan.ledger.written
    replaced = {path: item.sha256 for path, item in staged.items() if path in before}
    contents.preserve(target, before, plan.survey, replaced)


def foresee(plan: Plan, target: FolderTarget, config: Config, *, clear: bool) -> list[str]:
    """The paths that a run of this plan would remove, as far as that is known without packing, and if
    all that it puts is new content (of a file put back as it was, a run makes no new release).
    """
    paths = _expected(plan, config)
    if clear:
        return sorted([*plan.blocking, *_others(plan, paths)])
    written, releases = plan.ledger.written, plan.ledger.releases
    paths.add(config.manifest)
    if written.keys() <= paths:
        return []
    if releases and (
        plan.puts or {*target.read_record(releases[-1].number), config.manifest} != paths
    ):
        replaced = replace(releases[-1], replaced=int(time.time()))
        releases = [*releases[:-1], replaced, Release(0, "")]
    keeping = kept(releases, config, time.time())
    leaving = _leaving(target, written, paths, keeping).difference(plan.blocking)
    return sorted([*plan.blocking, *_own(plan, target, written, leaving)])


def kept(releases: Sequence[Release], config: Config, now: float) -> list[Release]:
    """The releases that retention keeps: the newest ``keep_releases``, and those that were current
    within the last ``keep_age`` seconds, and the pinned ones. The current one is always among them.
    """
    return Retention(config.keep_releases, config.keep_age).split(releases, now)[0]


def _expected(plan: Plan, config: Config) -> set[str]:
    """What a run of this plan would publish: the variants that are there are taken to be right."""
    paths = set(_paths(plan))
    suffixes = [SUFFIXES[coding] for coding in config.packing.encodings] if config.packing else []
    if plan.names is not None:
        paths.add(config.manifest)
    return paths.union(
        variant for path in paths for s in suffixes if (variant := path + s) in plan.survey.files
    )


def _leaving(
    target: FolderTarget,
    written: Iterable[str],
    paths: Set[str],
    keeping: Sequence[Release],
) -> set[str]:
    """What Lading wrote once and neither this run (its ``paths``, and the manifest: an application that
    runs may still load that after a run without one) nor a kept release publishes. A variant leaves with
    the content that it is of, or web servers would send it in the place of the new one.
    """
    unpublished = {path for path in written if path not in paths}
    leaving = set(unpublished)
    for release in keeping:
        if not leaving:
            break
        leaving -= target.read_record(release.number)
    return leaving.union(path for path in unpublished if is_variant(path, paths))


def _own(
    plan: Plan, target: FolderTarget, written: Mapping[str, str], paths: Iterable[str]
) -> list[str]:
    """Those of the paths that still hold what Lading wrote there. What somebody else has put in its
    place since is theirs.
    """
    own: list[str] = []
    for path in sorted(paths):
        state, there = written[path], plan.survey.files.get(path)
        if there is None:
            if state == LINK and path in plan.survey.links:
                own.append(path)
        elif state[65:] == there or state[:64] == _digest(target, path):
            own.append(path)
    return own


def _digest(target: FolderTarget, path: str) -> str:
    """The digest of a published file, ``""`` if it cannot be read: whose it is is not known then."""
    with contextlib.suppress(TargetError):
        return target.digest(path)
    return ""


def _others(plan: Plan, extra: Iterable[str]) -> list[str]:
    """All that was in the target before this run, is not of it and has not had to leave already."""
    spared = {*_paths(plan), *extra, *plan.blocking}
    return sorted(path for path in everything(plan.survey) if path not in spared)


def _paths(plan: Plan) -> list[str]:
    """Every path that the release publishes."""
    return [
        *plan.unchanged,
        *(artifact.path for artifact in plan.puts),
        *variant_paths(plan.variants),
        *plan.companions,
    ]


def _written(plan: Plan, states: Mapping[str, str]) -> dict[str, str]:
    """``Ledger.written`` after this run, in path order as far as it goes."""
    written = {**plan.ledger.written, **plan.states, **states}
    for path in plan.blocking:
        written.pop(path, None)
    return written


def _releases(plan: Plan, written: Mapping[str, str]) -> tuple[list[Release], bool]:
    """The releases with this run's, which is a new one unless it publishes just what the last did."""
    key = plan.key or release_key(_paths(plan), written)
    releases = list(plan.ledger.releases)
    if releases and releases[-1].key == key:
        releases[-1] = replace(releases[-1], inputs=plan.inputs)
        return releases, False
    number = 1
    if releases:
        number = releases[-1].number + 1
        releases[-1] = replace(releases[-1], replaced=int(time.time()))
    return [*releases, Release(number, key, plan.inputs)], True


def _sources(plan: Plan) -> dict[str, dict[str, str]]:
    """What is known of the scanned sources' content, for ``Ledger.sources``."""
    tables: dict[str, dict[str, str]] = {}
    known, learnt = plan.digests.known, plan.digests.learnt
    for scan in plan.catalog.scans:
        location = scan.source.location
        before, now = known.get(location, {}), learnt.get(location, {})
        table = tables.setdefault(location, {})
        for asset in scan.assets:
            line = now.get(asset.relative) or before.get(asset.relative)
            if line is not None:
                table[asset.relative] = line
    return {location: table for location, table in tables.items() if table}
