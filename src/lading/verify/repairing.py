"""Putting back what verifying found damaged: exactly the bytes that were published, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lading.cache import Cache
from lading.config import Config
from lading.ledger import LINK
from lading.progress import Progress
from lading.sources import Source
from lading.targets.folder import FolderTarget
from lading.verify import inventory as inventories
from lading.verify import verifying
from lading.verify.inventory import Proof
from lading.verify.salvage import Salvage, Salvaged
from lading.verify.verifying import Damage, Verified

_GONE = "its bytes are nowhere to be found any more: run collectstatic to publish what the sources hold now"


def repair(
    sources: Sequence[Source], target: FolderTarget, config: Config, progress: Progress
) -> Verified:
    """Verify, and restore what is damaged as far as its bytes are to be found. Holds the target's lock from
    beginning to end. Foreign files stay as they are.

    Raises what ``verifying.verify`` raises, ``TargetError`` when the target cannot be written, and what
    ``packing.pack`` raises.
    """
    inventories.read(target, config)  # where nothing is published, no lock file is left behind
    with (
        target.locked(config.lock_timeout, progress.say),
        Cache(config.cache_root, limit=config.cache_limit) as cache,
    ):
        found = verifying.look(target, config, progress)
        verifying.distrust(target, found)
        salvage = Salvage(
            found.inventory,
            sources,
            target,
            config,
            cache,
            progress,
            places=_places(found, target),
            intact=found.intact,
        )
        _Repair(found, target, config, salvage).run()
        found.notes.extend(salvage.problems)
        return found


def _places(found: Verified, target: FolderTarget) -> dict[str, str]:
    # Rather a published file than a kept one.
    proofs = found.inventory.contents | found.inventory.proofs
    return {
        proof.sha256: f"{target.root}/{path}"
        for path, proof in proofs.items()
        if path in found.intact and len(proof.sha256) == 64
    }


@dataclass(slots=True)
class _Repair:
    """One repair. ``wanted`` are the proofs of what is damaged still, ``reasons`` why something cannot be
    restored, by path.
    """

    found: Verified
    target: FolderTarget
    config: Config
    salvage: Salvage
    wanted: dict[str, Proof] = field(default_factory=dict[str, Proof])
    reasons: dict[str, str] = field(default_factory=dict[str, str])
    salvaged: dict[str, Salvaged] = field(default_factory=dict[str, Salvaged])

    def run(self) -> None:
        self.wanted = {proof.path: proof for proof in self._repairable()}
        manifest = self.wanted.pop(self.config.manifest, None)
        originals = [proof for proof in self.wanted.values() if proof.coding is None]
        # Once more for those whose content was restored meanwhile under another name.
        for proof in (*originals, *originals):
            if proof.path in self.wanted:
                self._take(proof, self.salvage.original(proof))
        for path, item in self.salvage.variants(list(self.wanted.values())).items():
            self._take(self.wanted[path], item)
        if manifest is not None:
            self._take(manifest, self.salvage.manifest(manifest))
        self._put_back()
        self._keep_manifest()
        self.found.damages = [self._told(damage) for damage in self.found.damages]

    def _repairable(self) -> Iterator[Proof]:
        survey, inventory = self.target.survey(), self.found.inventory
        for damage in self.found.damages:
            proof = inventory.proofs.get(damage.path) or inventory.contents.get(damage.path)
            if proof is None:
                self.reasons[damage.path] = "it is not Lading's to touch"
            elif proof.sha256 == LINK:
                self.reasons[damage.path] = "run collectstatic --link again"
            elif verifying.is_blocked(damage.path, survey):
                self.reasons[damage.path] = (
                    "move away what lies there, which Lading did not write, and repair again"
                )
            else:
                yield proof

    def _take(self, proof: Proof, item: Salvaged | None) -> None:
        if item is not None:
            self.salvaged[proof.path] = item
            self.salvage.places.setdefault(item.staged.sha256, item.staged.temporary)
            self.wanted.pop(proof.path, None)

    def _put_back(self) -> None:
        """Rename all that was found into place and note it in the ledger, where there is one."""
        if not self.salvaged:
            return
        staged = {path: item.staged for path, item in sorted(self.salvaged.items())}
        for path, proof in self.found.inventory.contents.items():
            if path in staged:
                self.target.put_content(staged.pop(path), proof.sha256)
        self.target.commit(staged)
        ledger = self.found.inventory.ledger
        ledger.written.update((path, item.state) for path, item in staged.items())
        if self.found.inventory.has_ledger:
            self.target.remember(ledger.releases, ledger.written, ledger.sources)
        self.found.intact.update(staged)

    def _keep_manifest(self) -> None:
        """Keep the published manifest once more if the copy of it is not the same."""
        inventory, name = self.found.inventory, self.config.manifest
        proof = inventory.proofs.get(name)
        if proof is None or name not in self.found.intact or not inventory.has_ledger:
            return
        kept = self.target.read_state(f"releases/{inventory.current}.json")
        data = kept.encode("utf-8", "surrogateescape")
        if hashlib.sha256(data).hexdigest() != proof.sha256:
            self.target.keep_manifest(inventory.current, name)
            self.found.notes.append("The kept copy of the manifest was made anew.")

    def _told(self, damage: Damage) -> Damage:
        item = self.salvaged.get(damage.path)
        if item is not None:
            return replace(
                damage, message=f"{damage.message} Restored from {item.origin}.", repaired=True
            )
        reason = self.reasons.get(damage.path, _GONE)
        return replace(damage, message=f"{damage.message} Not restored: {reason}.")
