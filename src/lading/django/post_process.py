"""Names by content for files that a ``collectstatic`` other than Lading's has collected.

They are read from their sources and saved through the storage's own methods, wherever it stores them.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.core.files.base import ContentFile
from django.core.files.base import File as DjangoFile
from django.core.files.storage import Storage

from lading import broken as brokens
from lading import references
from lading.artifact import Artifact, Names
from lading.asset import UNKNOWN_SIZE, Asset, signature
from lading.catalog import Catalog
from lading.config import Config
from lading.digests import Digests, UnreadableError, changing, hash_file, read_asset
from lading.django import conf
from lading.django.finders import is_plain_folder
from lading.django.target import folder_target
from lading.findings import Finding, Owner, Severity, grade
from lading.fingerprint import fingerprint
from lading.ledger import Ledger
from lading.manifest import File, Manifest
from lading.mediatypes import media_type
from lading.nearest import Nearest
from lading.plan import Plan
from lading.progress import Silent
from lading.references.rewrite import rewrite
from lading.sources import Scan, owner_of
from lading.targets.survey import Survey

if TYPE_CHECKING:
    from lading.django.storage import StaticStorage

logger = logging.getLogger("lading.storage")

Files = Mapping[str, tuple[Storage, str]]
"""What Django collected: path below the target -> the storage it came from, and its path there."""

Processed = tuple[str, str | None, "bool | Exception"]
"""What Django's ``post_process`` yields: path, hashed path, and whether it was written, or why not."""


@dataclass(slots=True)
class Result:
    """``manifest`` of what was saved; ``None`` when there were errors, and then nothing was saved."""

    manifest: Manifest | None = None


def run(storage: StaticStorage, paths: Files, result: Result) -> Iterator[Processed]:
    """Name and save what was collected. A reference to nothing and a file that cannot be read are yielded
    as exceptions, each before anything is saved.
    """
    config = replace(storage.configure(conf.load()), names="hashed")
    plan = Plan(_catalog(storage, paths), Survey(), Ledger(), Digests())
    try:
        names = fingerprint(plan, config, {}, Silent())
        errors = list(_errors(storage, names, plan.catalog, config))
        if errors:
            yield from errors
            return
        yield from _save_all(storage, names, result)
    except UnreadableError as error:
        yield error.where, None, ValueError(str(error))


@dataclass(frozen=True, slots=True)
class _Collected:
    """The collected files of one storage, as a source."""

    storage: Storage
    location: str
    owner: Owner
    label: str = ""
    prefix: str = ""

    def scan(self) -> Scan:
        return Scan(self)  # Django has listed it

    def open(self, relative: str) -> BinaryIO:
        return cast("BinaryIO", self.storage.open(relative))

    def local_path(self, relative: str) -> str | None:
        return self.storage.path(relative) if is_plain_folder(self.storage) else None


def _catalog(target: StaticStorage, paths: Files) -> Catalog:
    sources: dict[int, _Collected] = {}
    winners: dict[str, Asset] = {}
    for name in sorted(paths):
        storage, relative = paths[name]
        source = sources.get(id(storage))
        if source is None:
            location = str(getattr(storage, "location", "")) or repr(storage)
            source = sources[id(storage)] = _Collected(storage, location, owner_of(location))
        path = target.clean_name(name)
        size, state = UNKNOWN_SIZE, ""
        local = source.local_path(relative)
        if local is not None and os.path.exists(local):
            status = os.stat(local)
            size, state = status.st_size, signature(status)
        winners[path] = Asset(path, source, relative, size, state)
    return Catalog([source.scan() for source in sources.values()], "first", winners)


def _errors(
    storage: StaticStorage, names: Names, catalog: Catalog, config: Config
) -> Iterator[Processed]:
    """Each file with an error, with what Django says of it; the first one's notes tell them all, since
    Django's ``collectstatic`` stops there.
    """
    missing: dict[Finding, str] = {}
    nearest = Nearest(catalog.winners)
    for path, recipe in names.recipes.items():
        for broken, finding in brokens.findings(catalog.winners[path], recipe.broken, nearest):
            missing[finding] = broken.target
    graded = list(
        zip(
            names.findings,
            grade(names.findings, config.severities, strict=config.strict),
            strict=True,
        )
    )
    errors = [found for found in graded if found[1].severity is Severity.ERROR]
    told = [f"{finding.where}: {finding.message} {finding.hint}" for _, finding in errors]
    seen: set[str] = set()
    for found, finding in errors:
        if finding.path in seen:
            continue
        seen.add(finding.path)
        target = missing.get(found, "")
        text = f"The file '{target}' could not be found with {storage!r}."
        error = ValueError(text if target else finding.message)
        for note in told:
            error.add_note(note)
        told = []
        yield finding.path, None, error
    if not errors:
        _log([finding for _, finding in graded])


def _log(found: Iterable[Finding]) -> None:
    warnings = [finding for finding in found if finding.severity is Severity.WARNING]
    for finding in warnings:
        logger.info("%s: %s %s", finding.where, finding.message, finding.hint)
    if warnings:
        logger.warning(
            "%d warnings about the collected files; the first: %s: %s",
            len(warnings),
            warnings[0].where,
            warnings[0].message,
        )


def _save_all(storage: StaticStorage, names: Names, result: Result) -> Iterator[Processed]:
    files: dict[str, File] = {}
    for artifact in names.artifacts:
        path, asset = artifact.path, artifact.asset
        data = _rewritten(artifact)
        size = _size(asset) if data is None else len(data)
        immutable = not artifact.is_original or path in names.finished
        files[path] = File(artifact.sha256, size, media_type(asset.path), immutable)
        if artifact.is_original:
            if path in names.finished:
                yield path, path, False
            continue
        written = _save(storage, artifact, data)
        # Django counts what may have been rewritten as processed, whether it was there or not.
        yield asset.path, path, written or references.carries(asset.path)
    result.manifest = Manifest(names.paths, files, names.modules)


def _rewritten(artifact: Artifact) -> bytes | None:
    """The content to publish where it is not the source's own. Raises ``UnreadableError``."""
    if not artifact.edits:
        return None
    try:
        data = rewrite(read_asset(artifact.asset)[0], artifact.edits)
    except ValueError:  # the references are of another content
        raise changing(artifact.asset) from None
    if hashlib.sha256(data).hexdigest() != artifact.sha256:
        raise changing(artifact.asset)
    return data


def _size(asset: Asset) -> int:
    if asset.size != UNKNOWN_SIZE:
        return asset.size
    return cast("_Collected", asset.source).storage.size(asset.relative)


def _save(storage: Storage, artifact: Artifact, data: bytes | None) -> bool:
    """Save one file unless it is there; whether it had to be."""
    path, asset = artifact.path, artifact.asset
    if storage.exists(path):
        # A name by content tells what a file holds, but for one that a killed run has left unfinished.
        if folder_target(storage) is None or _digest(storage, path) == artifact.sha256:
            return False
        storage.delete(path)
    save = cast("Any", storage)._save  # noqa: SLF001 - as Django: not under another name
    if data is not None:
        save(path, ContentFile(data))
        return True
    with asset.source.open(asset.relative) as file:
        save(path, file if isinstance(file, DjangoFile) else DjangoFile(file))
    return True


def _digest(storage: Storage, path: str) -> str:
    with storage.open(path) as file:
        return hash_file(cast("BinaryIO", file))[:64]


def describe(storage: Storage, paths: Mapping[str, str]) -> dict[str, File]:
    """What lies in the storage under the logical and the published paths, by reading it."""
    immutable = {published: published != path for path, published in paths.items()}
    files: dict[str, File] = {}
    for path in sorted({*paths, *paths.values()}):
        try:
            digest, size = _digest(storage, path), storage.size(path)
        except (OSError, NotImplementedError):
            continue  # not published, or not to be read from here
        files[path] = File(digest, size, media_type(path), immutable.get(path, False))
    return files
