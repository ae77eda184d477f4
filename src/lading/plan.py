"""What a run would do to a folder target, decided without writing anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lading import catalog as catalogs
from lading.asset import Asset
from lading.catalog import Catalog
from lading.config import Config
from lading.digests import Digests, UnreadableError, hash_asset, hash_file
from lading.findings import Finding, Severity
from lading.ledger import Ledger
from lading.parallel import in_threads
from lading.progress import Progress
from lading.targets.folder import FolderTarget
from lading.targets.survey import Survey

LINK = "link"
"""The ledger's state of a published symbolic link."""


@dataclass(slots=True)
class Plan:
    """``puts`` are the winners to write, in path order (``new`` of them where nothing lies yet);
    ``unchanged`` the paths whose content is there already, with their ``states`` for the ledger;
    ``blocking`` files that have to leave first, since they lie where a folder must go or the reverse.
    """

    catalog: Catalog
    survey: Survey
    ledger: Ledger
    digests: Digests
    link: bool = False
    puts: list[Asset] = field(default_factory=list[Asset])
    new: int = 0
    unchanged: list[str] = field(default_factory=list[str])
    states: dict[str, str] = field(default_factory=dict[str, str])
    blocking: list[str] = field(default_factory=list[str])
    findings: list[Finding] = field(default_factory=list[Finding])


def decide(plan: Plan, target: FolderTarget, config: Config, progress: Progress) -> None:
    """Sort every winner into ``puts`` or ``unchanged``, reading only what is in doubt."""
    if plan.link:
        _compare_links(plan)
    elif doubtful := _compare(plan):
        progress.begin("Comparing", len(doubtful))
        _settle(plan, doubtful, target, config, progress)
        plan.puts.sort()


def _compare(plan: Plan) -> list[Asset]:
    """Sort the winners by what is known; the doubtful ones are left, equal in size on both sides but
    with a digest unknown on either.
    """
    doubtful: list[Asset] = []
    files, written = plan.survey.files, plan.ledger.written
    look_up, states, unchanged = plan.digests.look_up, plan.states, plan.unchanged
    for path, asset in plan.catalog.winners.items():
        signature = files.get(path)
        if signature is None:
            plan.new += not plan.survey.occupied(path)
            plan.puts.append(asset)
            continue
        state = written.get(path, "")
        source = look_up(asset)[:64]
        if source and state[65:] == signature:
            if state.startswith(source):
                states[path] = state
                unchanged.append(path)
            else:
                plan.puts.append(asset)
        elif asset.signature and asset.size != int(signature.partition(":")[0]):
            plan.puts.append(asset)
        else:
            doubtful.append(asset)
    return doubtful


def _compare_links(plan: Plan) -> None:
    for path, asset in plan.catalog.winners.items():
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
            plan.puts.append(asset)


def _settle(
    plan: Plan,
    doubtful: Sequence[Asset],
    target: FolderTarget,
    config: Config,
    progress: Progress,
) -> None:
    """Decide the doubtful winners by their content, reading on either side only what is not known."""
    digests, written, files = plan.digests, plan.ledger.written, plan.survey.files

    def read(batch: Sequence[Asset]) -> list[tuple[str, str, str] | UnreadableError]:
        return [_digests_of(asset) for asset in batch]

    def _digests_of(asset: Asset) -> tuple[str, str, str] | UnreadableError:
        """Digest of the source, the signature it holds for, digest of the target."""
        state = written.get(asset.path, "")
        there = state[:64] if state[65:] == files[asset.path] else ""
        try:
            known = digests.look_up(asset)
            source, settled = (known, "") if known else hash_asset(asset)
        except UnreadableError as error:
            return error
        if not there:
            with target.open(asset.path) as file:
                there = hash_file(file)
        return source, settled, there[:64]

    for batch, results in in_threads(read, doubtful, config.threads):
        for asset, result in zip(batch, results, strict=True):
            if isinstance(result, UnreadableError):
                plan.findings.append(unreadable_finding(asset, result))
                continue
            source, settled, there = result
            if settled or not digests.look_up(asset):
                digests.learn(asset, source, settled)
            if source[:64] == there:
                plan.states[asset.path] = f"{there} {files[asset.path]}"
                plan.unchanged.append(asset.path)
            else:
                plan.puts.append(asset)
        progress.advance(len(batch))


def find(plan: Plan, root: str, *, clear: bool) -> None:
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
    findings.extend(catalogs.collisions(catalog, digest))
    findings.extend(catalogs.lookalikes(catalog.winners))
    findings.extend(catalogs.file_or_folder(catalog))
    findings.extend(_obstacles(plan, root, clear=clear))


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
    survey, winners, written = plan.survey, plan.catalog.winners, plan.ledger.written
    for folder in catalogs.parent_folders(winners):
        if not survey.occupied(folder):
            continue
        if clear or folder in written:
            plan.blocking.append(folder)
        else:
            kind = "symbolic link" if folder in survey.links else "file"
            yield _obstacle(root, folder, f"A {kind} lies where a folder must go")
    for path in winners.keys() & survey.folders:
        below = [p for p in everything(survey) if p.startswith(f"{path}/")]
        if clear or all(p in written for p in below):
            plan.blocking.extend(below)
        else:
            yield _obstacle(root, path, "A folder with files lies where a file must go")


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
