"""What can be seen on this machine: folders that get into each other's way, and what is published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lading import build
from lading.build import Outcome
from lading.doctor.diagnosis import Group
from lading.doctor.folders import is_writable_by_all
from lading.doctor.published import Published, read
from lading.errors import LadingError, ManifestError
from lading.findings import Finding, Severity
from lading.project import Project


def published_in(work: Project) -> Published:
    """What a project's target holds. Raises ``ManifestError``."""
    config = work.config
    packing = config.packing
    found = read(
        work.target.root,
        config.manifest if config.names == "hashed" else "",
        tuple(packing.encodings) if packing else (),
    )
    if config.is_bucket:
        return replace(found, is_negotiated=config.bucket.encoding == "siblings")
    return replace(found, site_root=config.site_root)


def examine_folders(work: Project) -> Group:
    """The settings of a project without Django, whose values were checked when they were read."""
    found: list[Finding] = []
    try:
        build.refuse_overlap(work.sources, work.target.root)
    except LadingError as error:
        found.append(
            Finding(
                "target-overlap",
                Severity.ERROR,
                f"{error.what} Collecting would publish its own output or delete sources.",
                where=error.where,
                hint=error.remedy,
            )
        )
    root = work.target.root
    if is_writable_by_all(root):
        found.append(
            Finding(
                "writable-by-all",
                Severity.WARNING,
                "Every user and service of this machine may write into the target, so each of them can "
                "change the scripts that visitors run.",
                where=root,
                hint=f"chmod o-w {root}",
            )
        )
    return Group("Settings", "2 checks", found)


def examine_published(work: Project) -> Group:
    """Whether anything is published, and whether it is what the sources hold now."""
    try:
        published = published_in(work)
    except ManifestError as error:
        unpublished = Finding(
            "unpublished",
            Severity.WARNING,
            f"{error.what} Pages have no styles and scripts, or fail.",
            where=error.where,
            hint="Run collectstatic (or `lading collect`).",
        )
        return Group("Published files", "nothing to look at", [unpublished], is_skipped=True)
    looked = f"{len(published.files):,} files in {work.target.root}"
    return Group("Published files", looked, [*_stale(work, published)])


def _stale(work: Project, published: Published) -> Iterator[Finding]:
    try:
        outcome = build.plan(work.sources, work.target, work.config)
    except LadingError as error:
        yield Finding(
            "stale-release",
            Severity.WARNING,
            f"Whether this is the newest release cannot be said: {error.what}",
            where=error.where,
            hint=error.remedy,
        )
        return
    changes = _changes(outcome, published)
    if changes:
        named = ", ".join(changes[:3])
        more = f" and {len(changes) - 3:,} more" if len(changes) > 3 else ""
        yield Finding(
            "stale-release",
            Severity.WARNING,
            f"The sources have changed since the last release ({named}{more}): what is published is older.",
            where=work.target.root,
            hint="Run collectstatic (or `lading collect`); with --plan it says what it would do.",
        )


def _changes(outcome: Outcome, published: Published) -> list[str]:
    """The published paths that would be written, and the logical ones that no source ships any more."""
    gone = published.logical - outcome.plan.catalog.winners.keys()
    return sorted({*(artifact.path for artifact in outcome.plan.puts), *gone})
