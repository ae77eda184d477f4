"""What a target publishes, by the records it holds, as one asks for it: by logical path or published name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import quote

from lading import manifest as manifests
from lading.config import Config
from lading.errors import ManifestError
from lading.explain.explanation import Published
from lading.ledger import LINK
from lading.manifest import File, Manifest
from lading.mediatypes import media_type
from lading.targets.folder import FolderTarget
from lading.verify import inventory as inventories
from lading.verify.inventory import Inventory, Proof, sizes_of


@dataclass(frozen=True, slots=True)
class Publication:
    """``manifest`` has the published names; it is empty where names are plain. ``lacking`` says why nothing
    is known to be published, or why nobody can look names up, with the remedy; else ``""``.
    """

    root: str
    static_url: str
    inventory: Inventory
    manifest: Manifest
    lacking: str

    def proof(self, name: str) -> Proof | None:
        return self.inventory.proofs.get(name)

    def is_variant(self, name: str) -> bool:
        """Whether a published path is an encoded variant of another."""
        proof = self.proof(name)
        return proof is not None and proof.coding is not None

    def is_link(self, name: str) -> bool:
        """Whether a published path is a symbolic link."""
        proof = self.proof(name)
        return proof is not None and proof.sha256 == LINK

    def logical(self, name: str) -> tuple[str, int] | None:
        """The logical path of a published name, and the number of the kept release that it is of, ``0`` if
        it is still the name.
        """
        for path, published in self.manifest.paths.items():
            if published == name:
                return path, 0
        for number in reversed(self.inventory.manifests):
            for path, published in self.inventory.manifests[number].paths.items():
                if published == name:
                    return path, number
        return None

    def names(self, path: str, *others: str) -> list[str]:
        """Which names a logical path is published under, the one for pages first, and which of the others
        are published.
        """
        candidates = dict.fromkeys((self.manifest.paths.get(path, path), path, *others))
        known = {*self.inventory.proofs, *self.manifest.paths.values()}
        return [name for name in candidates if name in known and not self.is_variant(name)]

    def describe(self, name: str, path: str) -> Published:
        """All about one name of a logical path."""
        file = self.file(name, path)
        return Published(
            name,
            self.url(name),
            file.size,
            file.sha256,
            file.immutable,
            dict(file.encodings),
            self.inventory.releases_with(name),
        )

    def file(self, name: str, path: str) -> File:
        """One published file, as a manifest describes it."""
        for manifest in (self.manifest, *reversed(self.inventory.manifests.values())):
            try:
                if name in manifest.files:
                    return manifest.files[name]
            except ManifestError:
                continue
        proof = self.proof(name)
        sha256, size = (proof.sha256, proof.size) if proof else ("", self.size(name))
        if self.is_link(name):
            sha256, size = "", self.size(name)
        is_immutable = name != path and name in self.manifest.paths.values()
        encodings = sizes_of(self.inventory.proofs, name)
        return File(sha256, size, media_type(path), is_immutable, encodings)

    def url(self, name: str) -> str:
        return self.static_url + quote(name)

    def size(self, name: str) -> int:
        """The size in bytes of what lies at a published path, -1 if there is no file."""
        file = os.path.join(self.root, name)
        try:
            return os.stat(file).st_size if os.path.isfile(file) else -1
        except OSError:
            return -1


def read(target: FolderTarget, config: Config) -> Publication:
    """What a target publishes. What is lost or damaged is told, not raised."""
    lacking = ""
    try:
        inventory = inventories.read(target, config)
    except ManifestError as error:
        inventory, lacking = Inventory(), _told(error)
    manifest = Manifest({}, {})
    place = os.path.join(target.root, config.manifest)
    try:
        with open(place, "rb") as file:
            loaded = manifests.loads(file.read(), where=place)
        # Of Django's own manifest the names are all that there is; with plain names, one is left over.
        if config.names == "hashed" or not loaded.files:
            manifest = loaded
    except FileNotFoundError:
        missing = f"{place}: The manifest is missing. Run collectstatic to write it again."
        lacking = lacking or (missing if config.names == "hashed" else "")
    except OSError as error:
        lacking = f"{place}: The manifest cannot be read: {error.strerror}."
    except ManifestError as error:
        lacking = _told(error) if config.names == "hashed" else lacking
    return Publication(target.root, config.static_url, inventory, manifest, lacking)


def _told(error: ManifestError) -> str:
    return f"{error.where}: {error.what} {error.remedy}"
