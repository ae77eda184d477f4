"""The inventory of a target: every path that Lading published there, and the proof of its content.

Made of the ledger, which knows the digest of each file that was written, and of the manifests of the kept
releases; where one of the two is lost, of the other.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lading import manifest as manifests
from lading.config import Config
from lading.encoders import SUFFIXES, Coding
from lading.errors import ManifestError
from lading.ledger import LINK, Ledger
from lading.manifest import File, Manifest
from lading.packing import variants
from lading.targets.folder import FolderTarget
from lading.targets.survey import size_of

UNKNOWN_SIZE = -1


class Proof(NamedTuple):
    """What one published path has to hold. ``sha256`` is 64 hex digits, ``LINK`` for a symbolic link, or
    ``""``: not known, and then only what a variant decodes to proves it. ``coding`` and ``original`` (a
    path) are set for an encoded variant. ``size`` in bytes, or ``UNKNOWN_SIZE``.
    """

    path: str
    sha256: str
    size: int
    coding: Coding | None = None
    original: str = ""


@dataclass(slots=True)
class Inventory:
    """``proofs`` by published path. ``contents`` are those of what is kept to go back to earlier releases, by
    path in the target. ``uncertain`` are those of them that an interrupted run may not have
    written. ``releases`` maps the number of each kept release, oldest first, to the paths it publishes, and
    ``manifests`` to its manifest if it has one. ``current`` is the newest release's number (0: not known),
    ``notes`` say what is wrong with the records.
    """

    proofs: dict[str, Proof] = field(default_factory=dict[str, Proof])
    contents: dict[str, Proof] = field(default_factory=dict[str, Proof])
    uncertain: set[str] = field(default_factory=set[str])
    ledger: Ledger = field(default_factory=Ledger)
    releases: dict[int, set[str]] = field(default_factory=dict[int, set[str]])
    manifests: dict[int, Manifest] = field(default_factory=dict[int, Manifest])
    current: int = 0
    published: Manifest | None = None
    notes: list[str] = field(default_factory=list[str])

    @property
    def has_ledger(self) -> bool:
        return bool(self.ledger.releases)

    def releases_with(self, path: str) -> list[int]:
        """The kept releases that publish a path, newest first."""
        return [number for number in reversed(self.releases) if path in self.releases[number]]


def read(target: FolderTarget, config: Config) -> Inventory:
    """The inventory of a target. Raises ``ManifestError`` when nothing is known to be published there."""
    found = Inventory(ledger=target.ledger())
    _read_releases(found, target)
    found.contents = {proof.path: proof for proof in _contents(target)}
    if found.has_ledger:
        _prove_by_ledger(found, target, config)
        return found
    _tell_of_ledger(found, target)
    found.published = load_manifest(target, config)
    _prove_by_manifests(found)
    return found


def load_manifest(target: FolderTarget, config: Config) -> Manifest:
    """The published manifest. Raises ``ManifestError`` when there is none, it is damaged, of another
    version, or does not say what files there are.
    """
    place = os.path.join(target.root, config.manifest)
    remedy = "Run collectstatic (or lading collect) with the same settings first."
    try:
        with open(place, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        raise ManifestError(
            "Nothing is known to be published in the target: it holds neither a manifest nor Lading's "
            "record of a release.",
            where=target.root,
            remedy=remedy,
        ) from None
    except OSError as error:
        raise ManifestError(
            f"The manifest cannot be read: {error.strerror}.",
            where=place,
            remedy="Mend the cause, or run collectstatic to write a new one.",
        ) from error
    loaded = manifests.loads(data, where=place)
    if loaded.paths and not loaded.files:
        raise ManifestError(
            "The manifest does not say what files there are, since Django's own storage wrote it.",
            where=place,
            remedy="Use 'lading.django.storage.StaticStorage' and run collectstatic.",
        )
    return loaded


def files_of(manifest: Manifest, notes: list[str] | None = None) -> Iterator[tuple[str, File]]:
    """Every file that a manifest describes; a damaged row is left out and noted."""
    for path in manifest.files:
        try:
            yield path, manifest.files[path]
        except ManifestError as error:
            if notes is not None:
                notes.append(f"{error.where}: {error.what} (at {path!r})")


def _read_releases(found: Inventory, target: FolderTarget) -> None:
    has_manifest: set[int] = set()
    for release in found.ledger.releases:
        number = release.number
        found.releases[number] = target.read_record(number)
        if release.inputs:  # its files are named by content
            has_manifest.add(number)
        if not found.releases[number]:
            found.notes.append(f"The list of what release {number} publishes is lost.")
    for number in list(found.releases) or _kept_numbers(target):
        found.current = number
        text = target.read_state(f"releases/{number}.json")
        if not text:
            if number in has_manifest:
                found.notes.append(f"The kept manifest of release {number} is lost.")
            continue
        try:
            kept = manifests.loads(text, where=f".lading/releases/{number}.json")
        except ManifestError as error:
            found.notes.append(f"{error.where}: {error.what}")
            continue
        found.manifests[number] = kept
        found.releases.setdefault(number, {*kept.files})


def _contents(target: FolderTarget) -> Iterator[Proof]:
    for sha256 in target.contents():
        file = target.content_path(sha256)
        if len(sha256) == 64 and os.path.isfile(file):  # else an unfinished one
            path = os.path.relpath(file, target.root).replace(os.sep, "/")
            yield Proof(path, sha256, os.path.getsize(file))


def _kept_numbers(target: FolderTarget) -> list[int]:
    try:
        names = os.listdir(os.path.join(target.root, ".lading", "releases"))
    except OSError:
        return []
    stems = (name.removesuffix(".json") for name in names if name.endswith(".json"))
    return sorted(int(stem) for stem in stems if stem.isdecimal())


def _tell_of_ledger(found: Inventory, target: FolderTarget) -> None:
    state = "damaged or of another version" if target.read_state("ledger") else "missing"
    found.notes.append(
        f"Lading's record of what it wrote (.lading/ledger) is {state}, so this goes by the manifests: "
        "which files are foreign is not known for sure. The next collectstatic writes a new record."
    )


def _prove_by_ledger(found: Inventory, target: FolderTarget, config: Config) -> None:
    encoded = _variants(found, target, config)
    known = set[str]().union(*found.releases.values())
    for path, state in found.ledger.written.items():
        coding, original = encoded.get(path, (None, ""))
        sha256, size = (LINK, 0) if state == LINK else (state[:64], size_of(state[65:]))
        found.proofs[path] = Proof(path, sha256, size, coding, original)
    if found.ledger.interrupted:
        found.uncertain = found.proofs.keys() - known
        found.notes.append(
            "The last run did not come to its end; run collectstatic once more to finish it."
        )


def _variants(
    found: Inventory, target: FolderTarget, config: Config
) -> dict[str, tuple[Coding, str]]:
    """Which paths are encoded variants, in which coding and of which path."""
    encoded: dict[str, tuple[Coding, str]] = {}
    for number in reversed(found.manifests):
        for path, file in files_of(found.manifests[number], found.notes):
            _add_variants(encoded, path, file.encodings)
    if config.packing is not None and config.packing.encodings:
        for path, (_, sizes) in variants.load(target, config.packing).items():
            _add_variants(encoded, path, sizes)
    return encoded


def _add_variants(
    encoded: dict[str, tuple[Coding, str]], path: str, codings: Iterable[str]
) -> None:
    for coding, suffix in SUFFIXES.items():
        if coding in codings:
            encoded.setdefault(path + suffix, (coding, path))


def _prove_by_manifests(found: Inventory) -> None:
    """By the published manifest, and by the kept ones for names that change with their content."""
    if found.published is None:
        return
    for path, file in files_of(found.published, found.notes):
        _add_file(found.proofs, path, file)
    earlier: dict[str, Proof] = {}
    for number in reversed(found.manifests):
        for path, file in files_of(found.manifests[number], found.notes):
            if file.immutable and path not in found.proofs:
                _add_file(earlier, path, file)
    # Whether a kept release's variants were still wanted is not known.
    found.uncertain.update(earlier)
    found.proofs.update(earlier)


def _add_file(proofs: dict[str, Proof], path: str, file: File) -> None:
    proofs[path] = Proof(path, file.sha256, file.size)
    for coding, suffix in SUFFIXES.items():
        if coding in file.encodings:
            variant = path + suffix
            proofs[variant] = Proof(variant, "", file.encodings[coding], coding, path)


def sizes_of(proofs: Mapping[str, Proof], path: str) -> dict[str, int]:
    """The size in bytes of each variant of a published path, by content coding."""
    return {
        coding: proof.size
        for coding, suffix in SUFFIXES.items()
        if (proof := proofs.get(path + suffix)) is not None and proof.original == path
    }
