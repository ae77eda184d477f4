"""The encoded variants of a release: taken over from the last one, out of the build cache, or packed now."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from lading import encoders
from lading.artifact import Artifact
from lading.cache import Cache
from lading.config import Config
from lading.encoders import SUFFIXES, Coding
from lading.errors import LadingError, TargetError
from lading.findings import Finding
from lading.packing.efforts import Settings
from lading.packing.executors import opener
from lading.packing.packer import Item, Packed, pack
from lading.plan import LINK, Plan
from lading.progress import Progress
from lading.sealed import seal, unseal
from lading.targets.folder import FolderTarget
from lading.targets.staging import Stage, Staged
from lading.targets.survey import signature

_STATE = "variants"
_ALL_SUFFIXES = frozenset(SUFFIXES.values())
_LONGEST_NAME = 255  # bytes: NAME_MAX of Linux, macOS and Windows file systems
_TRIES = 3  # before whoever empties the build cache meanwhile is told of

Sizes = dict[str, int]
"""The size in bytes of each variant of one file, by content coding."""


@dataclass(slots=True)
class Variants:
    """``sizes`` by published path (no entry: none), ``kept`` the variants' paths that are in the target
    as they should be, with their states for the ledger, ``staged`` those to put there. ``superseded`` are
    the plain names of files that are published with another content under their hashed names.
    """

    sizes: dict[str, Sizes] = field(default_factory=dict[str, Sizes])
    kept: dict[str, str] = field(default_factory=dict[str, str])
    staged: dict[str, Staged] = field(default_factory=dict[str, Staged])
    superseded: set[str] = field(default_factory=set[str])
    findings: list[Finding] = field(default_factory=list[Finding])
    packed: int = 0
    reused: int = 0


def stage(
    plan: Plan,
    staged: Mapping[str, Staged],
    target: FolderTarget,
    config: Config,
    cache: Cache,
    progress: Progress,
) -> Variants:
    """Give every artifact of the plan the variants that the settings ask for, writing only what the
    target lacks.

    Raises what ``packing.pack`` raises, ``TargetError``, and ``LadingError`` when others keep emptying the
    build cache.
    """
    result = Variants()
    settings = config.packing
    if settings is None or not settings.encodings or not plan.artifacts:
        return result
    taken = {artifact.path for artifact in plan.artifacts}
    digests = {a.path: sha for a in plan.artifacts if (sha := _digest(plan, staged, a))}
    superseded = result.superseded = _superseded(plan, digests)
    rest = _take_over(plan, digests, taken, load(target, settings), result)
    items = [
        _item(path, digests[path], staged, target, is_superseded=path in superseded)
        for path in rest
    ]
    for _ in range(_TRIES):
        packed = pack(items, settings, cache, opener(config.executor, config.threads), progress)
        items = _stage_packed(packed, items, taken, target, plan, result)
        result.findings.extend(packed.findings)
        result.packed += packed.encoded
        result.reused += packed.reused
        if not items:
            return result
    raise LadingError(
        "Entries of the build cache vanish while this run uses them; nothing was published.",
        where=cache.root,
        remedy="Find out who empties that folder, or name another one in the setting 'cache'.",
    )


def remember(plan: Plan, target: FolderTarget, config: Config, written: Mapping[str, str]) -> None:
    """Keep the sizes for the next run, with the digests of the contents that they are of (``written`` is
    the ledger's). Raises ``TargetError``.
    """
    if config.packing is None or not config.packing.encodings:
        return
    taken = {artifact.path for artifact in plan.artifacts}
    suffixes = _suffixes(config.packing)
    rows = {
        path: [_mark(written[path][:64], path in plan.superseded), sizes]
        for path, sizes in plan.variants.items()
        # Where a source ships a variant of its own, what would be made without it is not known.
        if not any(path + suffix in taken for suffix in suffixes)
    }
    target.write_state(_STATE, [seal(rows, packing_key(config.packing))], sealed=True)


def variant_paths(sizes: Mapping[str, Sizes]) -> list[str]:
    """The published path of every variant."""
    return [path + SUFFIXES[_coding(c)] for path, codings in sizes.items() for c in codings]


def is_variant(path: str, published: Container[str]) -> bool:
    """True when a web server could take the file for a variant of one that is published."""
    root, suffix = os.path.splitext(path)
    return suffix in _ALL_SUFFIXES and root in published


def packing_key(settings: Settings | None) -> str:
    """All that a variant depends on beside the content and its path."""
    if settings is None or not settings.encodings:
        return ""
    versions = [
        encoders.fingerprint(encoders.Recipe(coding, encoders.LEVELS[coding][-1]))
        for coding in settings.encodings
    ]
    return f"{settings!r} {versions!r}"


def _digest(plan: Plan, staged: Mapping[str, Staged], artifact: Artifact) -> str:
    """The digest of what is published, ``""`` for a symbolic link."""
    path = artifact.path
    if artifact.sha256:
        return "" if plan.link and artifact.is_original else artifact.sha256
    if path in staged:
        return staged[path].sha256
    state = plan.states[path]
    return "" if state == LINK else state[:64]


def _superseded(plan: Plan, digests: Mapping[str, str]) -> set[str]:
    """``Variants.superseded``, by the digests of what is published."""
    if plan.names is None:
        return set()
    return {
        logical
        for logical, published in plan.names.paths.items()
        if logical in digests and digests[logical] != digests.get(published, "")
    }


def _mark(digest: str, is_superseded: bool) -> str:
    """What a variant is of: the content, and how much effort that is worth."""
    return f"{digest} superseded" if is_superseded else digest


def load(target: FolderTarget, settings: Settings) -> dict[str, tuple[str, Sizes]]:
    """The sizes and what they are of, as ``remember`` kept them under the same settings."""
    return unseal(target.read_state(_STATE), packing_key(settings)) or {}


def _suffixes(settings: Settings) -> list[str]:
    return [SUFFIXES[coding] for coding in settings.encodings]


def _take_over(
    plan: Plan,
    digests: Mapping[str, str],
    taken: Container[str],
    before: Mapping[str, tuple[str, Sizes]],
    result: Variants,
) -> list[str]:
    """Take over the variants of files that did not change and whose variants are all there still; the
    paths of the others.
    """
    written, files = plan.ledger.written, plan.survey.files
    # Perhaps the build cache's own files, whose permissions are not ours.
    writable = plan.survey.writable
    rest: list[str] = []
    for path, digest in digests.items():
        of, sizes = before.get(path, ("", {}))
        states = {(p := path + SUFFIXES[_coding(c)]): written.get(p, "") for c in sizes}
        if of == _mark(digest, path in result.superseded) and all(
            state and state[65:] == files.get(p) and p not in taken and p not in writable
            for p, state in states.items()
        ):
            result.sizes[path] = sizes
            result.kept.update(states)
        else:
            rest.append(path)
    return rest


def _coding(name: str) -> Coding:
    if name not in SUFFIXES:
        raise ValueError(name)
    return name


def _item(
    path: str,
    sha256: str,
    staged: Mapping[str, Staged],
    target: FolderTarget,
    *,
    is_superseded: bool,
) -> Item:
    file = staged[path].temporary if path in staged else f"{target.root}/{path}"
    return Item(path, sha256, os.path.getsize(file), file, is_superseded)


def _stage_packed(
    packed: Packed,
    items: Iterable[Item],
    taken: set[str],
    target: FolderTarget,
    plan: Plan,
    result: Variants,
) -> list[Item]:
    """The items of which a variant has left the build cache since it was packed."""
    stage: Stage | None = None
    lost: list[Item] = []
    for item in items:
        sizes = result.sizes[item.path] = {}
        for variant in packed.variants.get(item.path, ()):
            path = item.path + SUFFIXES[variant.coding]
            if path in taken or len(os.path.basename(path).encode()) > _LONGEST_NAME:
                continue  # a source ships a variant of its own, or the name has no room for one
            sizes[variant.coding] = variant.size
            state = plan.ledger.written.get(path, "")
            if (
                state.startswith(variant.sha256)
                and state[65:] == plan.survey.files.get(path)
                and path not in plan.survey.writable
            ):
                result.kept[path] = state
                continue
            if path in result.staged:
                continue  # before another variant of the item was lost
            stage = stage or target.stage()
            try:
                state = f"{variant.sha256} {signature(os.stat(variant.path))}"
                blob = Staged(*os.path.split(variant.path), state)
                result.staged[path] = stage.again(blob, path)
            except (FileNotFoundError, TargetError):
                if os.path.exists(variant.path):
                    raise
                lost.append(item)
                break
    return lost
