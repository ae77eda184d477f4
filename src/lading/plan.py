"""What a run would do to a folder target, decided without writing anything."""

from __future__ import annotations

import contextlib
import os
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lading import catalog as catalogs
from lading.artifact import Artifact, Names
from lading.asset import Asset
from lading.catalog import Catalog
from lading.config import Config
from lading.digests import Digests, UnreadableError, hash_asset
from lading.errors import TargetError
from lading.findings import Finding, Severity
from lading.ledger import LINK, Ledger
from lading.parallel import in_threads
from lading.progress import Progress
from lading.sources import Scan
from lading.targets.folder import FolderTarget
from lading.targets.staging import Stage, Staged
from lading.targets.survey import Survey, size_of

if TYPE_CHECKING:  # most projects minify nothing
    from lading.minify.winners import Minified


@dataclass(slots=True)
class Plan:
    """``artifacts`` are all that is to be published: ``puts`` those to write, in path order (``new`` of
    them where nothing lies yet), ``unchanged`` the paths whose content is there already, with their
    ``states`` for the ledger. ``blocking`` are files that have to leave first, since they lie where a
    folder must go or the reverse. ``names`` are set when files are named by content and anything
    changed, ``inputs`` is then a digest of all that they depend on. ``companions`` are the paths of what is
    made of published files: the manifest, and variants that were taken over from the last release.
    ``winners`` are the assets to publish by logical path: the catalog's, or what was ``minified`` of them.
    ``variants`` are the sizes of encoded variants by published path and content coding, ``superseded`` as
    ``packing.variants`` has it. ``key`` is that of the release (``ledger.release_key``) if it is known: all
    was taken over from the last one.

    Deciding about names means reading; a plan that will be run at once has a ``stager`` that makes a
    ``stage``, where what is read is copied at the same time: ``staged`` by published path.
    """

    catalog: Catalog
    survey: Survey
    ledger: Ledger
    digests: Digests
    link: bool = False
    names: Names | None = None
    inputs: str = ""
    key: str = ""
    artifacts: list[Artifact] = field(default_factory=list[Artifact])
    puts: list[Artifact] = field(default_factory=list[Artifact])
    new: int = 0
    unchanged: list[str] = field(default_factory=list[str])
    states: dict[str, str] = field(default_factory=dict[str, str])
    blocking: list[str] = field(default_factory=list[str])
    variants: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    superseded: set[str] = field(default_factory=set[str])
    companions: list[str] = field(default_factory=list[str])
    findings: list[Finding] = field(default_factory=list[Finding])
    winners: dict[str, Asset] = field(init=False)
    minified: Minified | None = None
    stager: Callable[[], Stage] | None = None
    stage: Stage | None = None
    staged: dict[str, Staged] = field(default_factory=dict[str, "Staged"])

    def __post_init__(self) -> None:
        self.winners = self.catalog.winners

    def open_stage(self) -> None:
        """Have a stage from now on, if the plan will be run."""
        if self.stage is None and self.stager is not None:
            self.stage = self.stager()

    def take_staged(self, sha256: str, signature: str, *paths: str) -> None:
        """Note a file that was staged while deciding, under each of its names."""
        assert self.stage is not None
        state = f"{sha256} {signature}"  # once in memory
        for path in paths:
            self.staged[path] = Staged(self.stage.folder, path, state)

    def is_free(self, path: str) -> bool:
        """True when nothing lies at a published path yet, nor was staged for it."""
        survey = self.survey
        return path not in self.staged and path not in survey.folders and not survey.occupied(path)

    def original(self, asset: Asset) -> Asset:
        """The file of a source that an asset is, or was made of: the one that a person can mend."""
        return self.catalog.winners.get(asset.path, asset)


def decide(plan: Plan, target: FolderTarget, config: Config, progress: Progress) -> None:
    """Sort every artifact into ``puts`` or ``unchanged``, reading only what is in doubt."""
    artifacts = plan.artifacts
    if plan.link:
        _compare_links(plan, [a for a in artifacts if a.is_original])
        artifacts = [a for a in artifacts if not a.is_original]
    if doubtful := _compare(plan, artifacts):
        progress.begin("Comparing", len(doubtful))
        _settle(plan, doubtful, target, config, progress)
        plan.puts.sort(key=_by_path)


def _by_path(artifact: Artifact) -> str:
    return artifact.path


def _compare(plan: Plan, artifacts: Iterable[Artifact]) -> list[Artifact]:
    """Sort artifacts by what is known; the doubtful ones are left, equal in size on both sides as far
    as is known, but with a digest unknown on either.
    """
    doubtful: list[Artifact] = []
    files, written = plan.survey.files, plan.ledger.written
    look_up, states, unchanged = plan.digests.look_up, plan.states, plan.unchanged
    for artifact in artifacts:
        path, asset, source, edits = artifact
        signature = files.get(path)
        if signature is None:
            plan.new += not plan.survey.occupied(path)
            plan.puts.append(artifact)
            continue
        state = written.get(path, "")
        source = source or look_up(asset)[:64]
        if source and state[65:] == signature:
            if state.startswith(source):
                states[path] = state
                unchanged.append(path)
            else:
                plan.puts.append(artifact)
        elif asset.signature and not edits and asset.size != size_of(signature):
            plan.puts.append(artifact)
        else:
            doubtful.append(artifact)
    return doubtful


def _compare_links(plan: Plan, artifacts: Iterable[Artifact]) -> None:
    for artifact in artifacts:
        path, asset = artifact.path, artifact.asset
        local = asset.source.local_path(asset.relative)
        if local is None:
            plan.findings.append(
                Finding(
                    "no-link",
                    Severity.ERROR,
                    "A file of a source that is no folder on this machine cannot be linked to.",
                    path,
                    asset.source.location,
                    hint="Run without --link.",
                )
            )
        elif plan.survey.links.get(path) == local:
            plan.unchanged.append(path)
            plan.states[path] = LINK
        else:
            plan.new += not plan.survey.occupied(path)
            plan.puts.append(artifact)


def _settle(
    plan: Plan,
    doubtful: Sequence[Artifact],
    target: FolderTarget,
    config: Config,
    progress: Progress,
) -> None:
    """Decide the doubtful artifacts by their content, reading on either side only what is not known."""
    digests, written, files = plan.digests, plan.ledger.written, plan.survey.files

    def read(batch: Sequence[Artifact]) -> list[tuple[str, str, str] | UnreadableError]:
        return [_digests_of(artifact) for artifact in batch]

    def _digests_of(artifact: Artifact) -> tuple[str, str, str] | UnreadableError:
        """Digest of the source, the signature it holds for, digest of the target."""
        path, asset, sha256, _ = artifact
        state = written.get(path, "")
        there = state[:64] if state[65:] == files[path] else ""
        try:
            known = sha256 or digests.look_up(asset)
            source, settled = (known, "") if known else hash_asset(asset)
        except UnreadableError as error:
            return error
        if not there:
            # What cannot be read is replaced: renaming needs no permission of the file's own.
            with contextlib.suppress(TargetError):
                there = target.digest(path)
        return source, settled, there

    for batch, results in in_threads(read, doubtful, config.threads):
        for artifact, result in zip(batch, results, strict=True):
            path, asset, sha256, _ = artifact
            if isinstance(result, UnreadableError):
                plan.findings.append(unreadable_finding(asset, result))
                continue
            source, settled, there = result
            if not sha256 and (settled or not digests.look_up(asset)):
                digests.learn(asset, source, settled)
            if source[:64] == there:
                plan.states[path] = f"{there} {files[path]}"
                plan.unchanged.append(path)
            else:
                plan.puts.append(artifact)
        progress.advance(len(batch))


def find(plan: Plan, root: str, *, overrides: Sequence[str] = (), clear: bool = False) -> None:
    """Gather what a person should know about the sources and the target, the folder ``root``."""
    findings, catalog = plan.findings, plan.catalog

    def digest(asset: Asset) -> str:
        try:
            return plan.digests.read(asset)
        except UnreadableError as error:
            findings.append(unreadable_finding(asset, error))
            return f"unreadable {asset.source.location} {asset.relative}"

    for scan in catalog.scans:
        findings.extend(scan.findings)
    findings.extend(catalogs.collisions(catalog, digest, overrides))
    findings.extend(catalogs.lookalikes(catalog.winners))
    findings.extend(catalogs.file_or_folder(catalog))
    findings.extend(_inside_target(catalog, root))
    findings.extend(_obstacles(plan, root, clear=clear))


def _inside_target(catalog: Catalog, root: str) -> Iterator[Finding]:
    """Sources that offer files of the target ``root``, its own output: through a symbolic link, or
    because they are no folder themselves (a folder that overlaps with the target is refused earlier).
    """
    for scan in catalog.scans if root else ():
        if where := _way_into(scan, root):
            yield Finding(
                "inside-target",
                Severity.ERROR,
                "The source offers files of the target itself; nothing was published.",
                where=where,
                owner=scan.source.owner,
                hint="Delete the link or exclude it, or point the target at a folder of its own.",
            )


def _way_into(scan: Scan, root: str) -> str:
    """The link or file by which a source reaches into the folder ``root``, or ``""``."""
    for link, folder in scan.linked.items():
        if _is_in(folder, root) or _is_in(root, folder):
            return f"{scan.source.location}/{link}"
    if scan.source.local_path("") is not None:
        return ""
    folders: dict[str, Asset] = {}
    for asset in scan.assets:
        if (local := scan.source.local_path(asset.relative)) is not None:
            folders.setdefault(os.path.dirname(local), asset)
    inside = (a for folder, a in folders.items() if _is_in(os.path.realpath(folder), root))
    return next(map(catalogs.origin, inside), "")


def _is_in(path: str, folder: str) -> bool:
    return f"{path}{os.sep}".startswith(f"{folder.rstrip(os.sep)}{os.sep}")


def unreadable_finding(asset: Asset, error: UnreadableError) -> Finding:
    return Finding(
        error.kind,
        Severity.ERROR,
        error.what,
        asset.path,
        error.where,
        asset.source.owner,
        error.remedy,
    )


def _obstacles(plan: Plan, root: str, *, clear: bool) -> Iterator[Finding]:
    """What lies in the target where a folder or file must go. Lading's own old files leave, and with
    ``clear`` everything does; anything else is an error.
    """
    survey, written = plan.survey, plan.ledger.written
    paths = {artifact.path for artifact in plan.artifacts}
    for folder in catalogs.parent_folders(paths):
        if not survey.occupied(folder):
            continue
        if clear or folder in written:
            plan.blocking.append(folder)
        else:
            kind = "symbolic link" if folder in survey.links else "file"
            yield _obstacle(root, folder, f"A {kind} lies where a folder must go")
    clashes = paths & survey.folders
    present = sorted(everything(survey)) if clashes else []
    for path in clashes:
        # "0" is the character after "/".
        below = present[bisect_left(present, f"{path}/") : bisect_left(present, f"{path}0")]
        if clear or all(p in written for p in below):
            plan.blocking.extend(below)
        else:
            yield _obstacle(root, path, "A folder with files lies where a file must go")
    for folder in sorted(survey.closed) if clear else ():
        yield Finding(
            "not-cleared",
            Severity.WARNING,
            "The folder in the target cannot be listed, so it is not cleared.",
            folder,
            f"{root}/{folder}",
            hint="Give the user that runs collectstatic read permission for it, or delete it.",
        )


def _obstacle(root: str, path: str, what: str) -> Finding:
    return Finding(
        "obstacle",
        Severity.ERROR,
        f"{what}, and Lading did not write it; nothing was published.",
        path,
        f"{root}/{path}",
        hint="Move it away, or run with --clear.",
    )


def everything(survey: Survey) -> Iterable[str]:
    """The path of everything in the target that is no folder."""
    return [*survey.files, *survey.links, *survey.others]
