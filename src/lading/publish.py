"""Staging artifacts: each content is written once, and linked where it is published under more names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from lading import manifest as manifests
from lading.artifact import Artifact, Names
from lading.config import Config
from lading.digests import UNKNOWN_MD5, UnreadableError, changing, read_asset
from lading.errors import FindingsError
from lading.findings import Finding
from lading.ledger import LINK
from lading.manifest import NO_VARIANTS, File, Manifest
from lading.mediatypes import media_type
from lading.parallel import in_threads
from lading.plan import Plan, unreadable_finding
from lading.progress import Progress
from lading.references.rewrite import rewrite
from lading.targets.folder import FolderTarget
from lading.targets.staging import Stage, Staged
from lading.targets.survey import size_of

_NEIGHBOURS = 16  # in the order of paths, the two names of a file are near


def stage(
    plan: Plan, findings: Sequence[Finding], target: FolderTarget, threads: int, progress: Progress
) -> dict[str, Staged]:
    """Write all that the plan puts under temporary names; the staged files by published path.

    Raises ``FindingsError`` (with ``findings`` before its own) when a source cannot be read after all.
    """
    if not plan.puts:
        return {}
    progress.begin("Linking" if plan.link else "Copying", len(plan.puts))
    own = target.stage()

    def stage_batch(batch: Sequence[Artifact]) -> list[Staged | UnreadableError]:
        return [stage_one(own, artifact, link=plan.link) for artifact in batch]

    staged, first, again = _by_content(plan)
    for path in plan.staged.keys() - staged.keys():
        own.discard(path)  # since all that lies in the stage is published
    progress.advance(len(staged))
    failures: list[Finding] = []
    for batch, results in in_threads(stage_batch, first, threads):
        for artifact, result in zip(batch, results, strict=True):
            if isinstance(result, UnreadableError):
                failures.append(unreadable_finding(artifact.asset, result))
                continue
            staged[artifact.path] = result
            if not artifact.sha256 and result.sha256:
                digests = f"{result.sha256} {UNKNOWN_MD5}"
                plan.digests.learn(artifact.asset, digests, result.settled)
        progress.advance(len(batch))
    if failures:
        raise FindingsError([*findings, *dict.fromkeys(failures)])  # once for all its names
    _link(plan, again, staged, target, own)
    progress.advance(len(again))
    plan.staged.clear()
    return {artifact.path: staged[artifact.path] for artifact in plan.puts}


def _by_content(plan: Plan) -> tuple[dict[str, Staged], list[Artifact], list[Artifact]]:
    """What was staged as it was read and is to be published, the artifacts to write, and those whose content
    is then, or already, in the target: each content is stored once.
    """
    # By digest, the state of the staged file that all others with it share; "" where there is no such file.
    present = {plan.states[path][:64]: "" for path in plan.unchanged}
    staged: dict[str, Staged] = {}
    first: list[Artifact] = []
    again: list[Artifact] = []
    for artifact in sorted(plan.puts, key=lambda put: put.path not in plan.staged):
        item, sha256 = plan.staged.get(artifact.path), artifact.sha256
        if item and item.sha256 == sha256 and present.setdefault(sha256, item.state) == item.state:
            staged[artifact.path] = item  # the first file of this content, or another name of it
            continue
        if sha256 and not (plan.link and artifact.is_original):
            if sha256 in present:
                again.append(artifact)
                continue
            present[sha256] = ""
        first.append(artifact)
    return staged, first, again


def stage_one(stage: Stage, artifact: Artifact, *, link: bool) -> Staged | UnreadableError:
    """Write one artifact, or as a symbolic link if it may be one. Raises ``TargetError``."""
    asset = artifact.asset
    try:
        if link and artifact.is_original:
            local = asset.source.local_path(asset.relative)
            if local is not None:
                return stage.link(local, artifact.path)
        if artifact.edits:
            data, _ = read_asset(asset)
            staged = stage.write(rewrite(data, artifact.edits), artifact.path)
        else:
            staged = stage.copy(asset, artifact.path)
        if artifact.sha256 and staged.sha256 != artifact.sha256:
            raise changing(asset)  # it is not what was named
        return staged
    except UnreadableError as error:
        return error
    except ValueError:  # the references are of another content
        return changing(asset)


def _link(
    plan: Plan,
    artifacts: Sequence[Artifact],
    staged: dict[str, Staged],
    target: FolderTarget,
    stage: Stage,
) -> None:
    """Stage further names of contents that are staged or published already."""
    places = {
        plan.states[path][:64]: Staged(target.root, path, plan.states[path])
        for path in plan.unchanged
        if artifacts and plan.states[path][64:65] == " "
    }
    places.update((item.sha256, item) for item in staged.values() if item.sha256)
    for artifact in artifacts:
        staged[artifact.path] = stage.again(places[artifact.sha256], artifact.path)


def publish_manifest(
    plan: Plan, named: Names, target: FolderTarget, config: Config, written: dict[str, str]
) -> None:
    """Write the manifest, after everything that it names, and note it in ``written``."""
    made = describe(named, written, plan.variants)
    plan.companions = [config.manifest]
    staged = target.stage().write_pieces(manifests.pieces(made), config.manifest)
    state = written.get(config.manifest, "")
    if state[:64] == staged.sha256 and state[65:] == plan.survey.files.get(config.manifest):
        target.stage().discard(config.manifest)
        return
    target.commit({config.manifest: staged})
    written[config.manifest] = staged.state


def describe(
    named: Names, written: Mapping[str, str], sizes: Mapping[str, Mapping[str, int]]
) -> Manifest:
    """The manifest of a release, of the states of its files (as in the ledger) and the sizes of its
    variants. Raises ``KeyError`` for a file without a state.
    """
    return Manifest(named.paths, _Files(named, written, sizes), named.modules)


class _Files(Mapping[str, File]):
    """The files of a release, each described when it is asked for: a million take much memory at once."""

    def __init__(
        self, named: Names, written: Mapping[str, str], sizes: Mapping[str, Mapping[str, int]]
    ) -> None:
        self._written, self._sizes = written, sizes
        self._artifacts = {a.path: a for a in named.artifacts if written[a.path] != LINK}
        # Originals whose names change with their content, or that are what another file is published as.
        names = named.paths
        self._immutable = named.finished.union(
            p for path, p in names.items() if p != path and p in names
        )
        self._media_type = lru_cache(_NEIGHBOURS)(media_type)

    def __getitem__(self, path: str) -> File:
        logical, state = self._artifacts[path].asset.path, self._written[path]
        return File(
            state[:64],
            size_of(state[65:]),
            self._media_type(logical),  # which a digest in the name does not change
            path != logical or path in self._immutable,
            self._sizes.get(path, NO_VARIANTS),
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._artifacts)

    def __len__(self) -> int:
        return len(self._artifacts)
