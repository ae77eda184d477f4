"""Finding the bytes of a published path again: in the target, in the build cache, or in the sources.

Whatever is found is compared with the digest of what was published before it is used.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from lading import build
from lading.artifact import Artifact
from lading.cache import Cache
from lading.config import Config
from lading.digests import CHUNK, UnreadableError
from lading.encoders import SUFFIXES, Coding
from lading.errors import LadingError
from lading.manifest import dumps
from lading.packing.efforts import Settings
from lading.packing.executors import opener
from lading.packing.packer import Item, Variant, fetch, pack
from lading.plan import Plan
from lading.progress import Progress
from lading.publish import describe, stage_one
from lading.sources import Source
from lading.targets.folder import FolderTarget
from lading.targets.staging import Staged
from lading.targets.survey import signature
from lading.verify.decoders import NotDecodableError, decode
from lading.verify.inventory import Inventory, Proof, sizes_of

# Whether a plain name was superseded when it was packed is not recorded: both are tried.
_EFFORTS = (False, True)


class Salvaged(NamedTuple):
    """A file staged to be put back, and where its bytes come from, for a person."""

    staged: Staged
    origin: str


@dataclass
class Salvage:
    """Looks for contents. ``places`` are files that were proved to hold a content, by its digest. All that
    it gives is staged in the target, whose lock must be held. ``problems`` say why a place was of no use.
    """

    inventory: Inventory
    sources: Sequence[Source]
    target: FolderTarget
    config: Config
    cache: Cache
    progress: Progress
    places: dict[str, str]
    intact: set[str]
    problems: list[str] = field(default_factory=list[str])

    def original(self, proof: Proof) -> Salvaged | None:
        """The content of a path that is no variant: where it costs least, and at last from the sources.
        Raises ``TargetError``.
        """
        return (
            self._from_place(proof)
            or self._from_variants(proof)
            or self._from_cache(proof)
            or self._from_sources(proof)
        )

    def variants(self, proofs: Iterable[Proof]) -> dict[str, Salvaged]:
        """Those of the variants that can be had, by path: of another name, out of the build cache, or
        packed again of an original that is at hand. Raises ``TargetError``, and what ``packing.pack`` raises.
        """
        packing = self.config.packing
        found: dict[str, Salvaged] = {}
        originals: dict[str, dict[Coding, Proof]] = {}
        for proof in proofs:
            if (item := self._from_place(proof)) is not None:
                found[proof.path] = item
            elif proof.coding is not None:
                originals.setdefault(proof.original, {})[proof.coding] = proof
        if packing is None or not originals:
            return found
        for is_superseded in _EFFORTS:
            left: dict[str, dict[Coding, Proof]] = {}
            for path, wanted in originals.items():
                for coding, proof in wanted.items():
                    if proof.path not in found:
                        left.setdefault(path, {})[coding] = proof
            found.update(self._made(left, packing, is_superseded=is_superseded))
        return found

    def _made(
        self,
        originals: Mapping[str, dict[Coding, Proof]],
        packing: Settings,
        *,
        is_superseded: bool,
    ) -> dict[str, Salvaged]:
        """Those of the variants of each original that the cache has, or that packing gives."""
        found: dict[str, Salvaged] = {}
        items: list[Item] = []
        for path, wanted in originals.items():
            original = self.inventory.proofs[path]
            content = self.places.get(original.sha256, b"")
            item = Item(path, original.sha256, original.size, content, is_superseded)
            if item.content:
                items.append(item)
            else:
                found.update(self._take(wanted, fetch(item, packing, self.cache)))
        workers = opener(self.config.executor, self.config.threads)
        packed = pack(items, packing, self.cache, workers, self.progress)
        for item in items:
            made = packed.variants.get(item.path, ())
            found.update(self._take(originals[item.path], made))
        return found

    def manifest(self, proof: Proof) -> Salvaged | None:
        """The manifest: the copy that is kept of it, or made anew. Raises ``TargetError``."""
        kept = self.target.read_state(f"releases/{self.inventory.current}.json")
        data = kept.encode("utf-8", "surrogateescape")
        if hashlib.sha256(data).hexdigest() == proof.sha256:
            return Salvaged(self.target.stage().write(data, proof.path), "the copy kept of it")
        if self._plan is None or self._plan.names is None:
            return None
        proofs = self.inventory.proofs
        sizes = {path: sizes_of(proofs, path) for path in proofs}
        try:
            made = describe(self._plan.names, self.inventory.ledger.written, sizes)
        except KeyError:
            return None  # the sources are those of another release
        staged = self.target.stage().write(dumps(made), proof.path)
        return self._proved(proof, staged, "its sources")

    def _from_place(self, proof: Proof) -> Salvaged | None:
        file = self.places.get(proof.sha256)
        if file is None:
            return None
        item = Staged(*os.path.split(file), f"{proof.sha256} {signature(os.stat(file))}")
        staged = self.target.stage().again(item, proof.path)
        return Salvaged(staged, "another file of the same content")

    def _from_variants(self, proof: Proof) -> Salvaged | None:
        for coding, suffix in SUFFIXES.items():
            path = proof.path + suffix
            variant = self.inventory.proofs.get(path)
            if variant is None or variant.original != proof.path or path not in self.intact:
                continue
            file = f"{self.target.root}/{path}"
            if found := self._decode(proof, file, coding, f"its variant {suffix}"):
                return found
        return None

    def _from_cache(self, proof: Proof) -> Salvaged | None:
        packing = self.config.packing
        if packing is None:
            return None
        for is_superseded in _EFFORTS:
            item = Item(proof.path, proof.sha256, proof.size, b"", is_superseded)
            for variant in fetch(item, packing, self.cache):
                if found := self._decode(proof, variant.path, variant.coding, "the build cache"):
                    return found
        return None

    def _decode(self, proof: Proof, file: str, coding: Coding, origin: str) -> Salvaged | None:
        try:
            with open(file, "rb") as opened:
                staged = self.target.stage().write_pieces(decode(opened, coding), proof.path)
        except (OSError, NotDecodableError):
            self.target.stage().discard(proof.path)
            return None
        return self._proved(proof, staged, origin)

    def _from_sources(self, proof: Proof) -> Salvaged | None:
        candidates = [
            *self._by_content.get(proof.sha256, ()),
            *self._by_path.get(proof.path, ()),
            *self._unread.get(proof.size, ()),
        ]
        for artifact in candidates:
            if artifact.sha256 not in ("", proof.sha256):
                continue
            staged = stage_one(self.target.stage(), artifact._replace(path=proof.path), link=False)
            if isinstance(staged, UnreadableError):
                self.target.stage().discard(proof.path)
            elif found := self._proved(proof, staged, "its source"):
                return found
        return None

    @cached_property
    def _plan(self) -> Plan | None:
        """What a run would publish now. It reads the sources again, as far as the ledger distrusts what was
        made of them.
        """
        try:
            outcome = build.plan(
                self.sources, self.target, self.config, progress=self.progress, cache=self.cache
            )
        except LadingError as error:
            self.problems.append(f"The sources were of no use: {error.what}")
            return None
        return outcome.plan

    @cached_property
    def _by_path(self) -> dict[str, list[Artifact]]:
        artifacts = self._plan.artifacts if self._plan else ()
        return {artifact.path: [artifact] for artifact in artifacts}

    @cached_property
    def _by_content(self) -> dict[str, list[Artifact]]:
        """What can be made of the sources, by the digest of the content."""
        return {sha256: [made] for sha256, made in _contents(self._plan)} if self._plan else {}

    @cached_property
    def _unread(self) -> dict[int, list[Artifact]]:
        """The sources' files whose content is not known, by size in bytes."""
        found: dict[int, list[Artifact]] = {}
        if (plan := self._plan) is not None:
            for path, asset in plan.winners.items():
                if not plan.digests.look_up(asset):
                    found.setdefault(asset.size, []).append(Artifact(path, asset))
        return found

    def _take(
        self, wanted: dict[Coding, Proof], made: Sequence[Variant]
    ) -> Iterator[tuple[str, Salvaged]]:
        for variant in made:
            proof = wanted.get(variant.coding)
            if proof is None:
                continue
            with open(variant.path, "rb") as opened:
                pieces = iter(lambda opened=opened: opened.read(CHUNK), b"")
                staged = self.target.stage().write_pieces(pieces, proof.path)
            if found := self._proved(proof, staged, "the build cache"):
                yield proof.path, found

    def _proved(self, proof: Proof, staged: Staged, origin: str) -> Salvaged | None:
        if proof.sha256 and staged.sha256 != proof.sha256:
            self.target.stage().discard(proof.path)
            return None
        return Salvaged(staged, origin)


def _contents(plan: Plan) -> Iterator[tuple[str, Artifact]]:
    for path, asset in plan.winners.items():
        if known := plan.digests.look_up(asset):
            yield known[:64], Artifact(path, asset, known[:64])
    for artifact in plan.artifacts:
        if artifact.sha256:
            yield artifact.sha256, artifact
