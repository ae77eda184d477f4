"""What a project has published, as far as its manifest or its record of plain names says."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lading import manifest as manifests
from lading.encoders import SUFFIXES
from lading.errors import ManifestError
from lading.manifest import File, Manifest
from lading.mediatypes import media_type
from lading.serve.record import read_record
from lading.targets.folder import FolderTarget

_UNKNOWN: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Published:
    """``files``: every published path of the release. ``root``: the folder they lie in, ``""`` if it is not
    on this machine. ``earlier``: the paths of kept earlier releases that change with their content.
    ``modules``: the published paths of scripts that import others, or are imported. ``logical``: the
    logical paths. ``site_root``: the folder whose files answer at the root of the site too, ``""`` for none.
    ``is_negotiated``: variants lie beside the files for a server to choose; else a store has each file in one
    coding, whoever asks.
    """

    files: Mapping[str, File]
    root: str = ""
    earlier: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    logical: frozenset[str] = frozenset()
    site_root: str = ""
    is_negotiated: bool = True

    def sha256(self, path: str) -> str:
        """The digest of a published file, 64 hex digits, ``""`` if neither manifest nor file tell."""
        digest = self.files[path].sha256
        if digest != _UNKNOWN:
            return digest
        try:
            with open(os.path.join(self.root, path), "rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() if self.root else ""
        except OSError:
            return ""


def read(root: str, manifest: str, encodings: tuple[str, ...] = ()) -> Published:
    """What lies in the folder ``root``. ``manifest``: its manifest's name, ``""`` where names are plain and
    there is none; ``encodings``: the content codings it is packed in. Raises ``ManifestError``.
    """
    if not manifest:
        recorded, _ = read_record(root, encodings)
        return Published(recorded.files, root, logical=frozenset(recorded.files))
    place = os.path.join(root, manifest)
    try:
        with open(place, "rb") as file:
            data = file.read()
    except OSError as error:
        raise ManifestError(
            f"There is no manifest: {error.strerror}. Nothing has been published here.",
            where=place,
            remedy="Run collectstatic (or `lading collect`) first.",
        ) from error
    return of_manifest(manifests.loads(data, where=place), root)


def of_manifest(manifest: Manifest, root: str = "") -> Published:
    """What a manifest says, with the kept releases of the folder ``root`` if it is on this machine."""
    files = manifest.files or {
        published: _described(root, published, immutable=published != path)
        for path, published in manifest.paths.items()
    }
    modules = {manifest.paths.get(path, path) for path in manifest.modules}
    modules.update(manifest.paths.get(m, m) for found in manifest.modules.values() for m in found)
    earlier = _earlier(root, files) if root else frozenset[str]()
    return Published(files, root, earlier, frozenset(modules), frozenset(manifest.paths))


def _described(root: str, path: str, *, immutable: bool) -> File:
    """A file that the manifest only names: what the disk says of it, if it is on this machine."""
    sizes: dict[str, int] = {}
    for coding, suffix in ("", ""), *SUFFIXES.items():
        with contextlib.suppress(OSError):
            if root:
                sizes[coding] = os.stat(os.path.join(root, path + suffix)).st_size
    return File(_UNKNOWN, sizes.pop("", 0), media_type(path), immutable, sizes)


def _earlier(root: str, current: Mapping[str, File]) -> frozenset[str]:
    """The names of kept releases that change with their content and are not in the current one."""
    target = FolderTarget(root)
    names: set[str] = set()
    for release in target.ledger().releases[:-1]:
        try:
            kept = manifests.loads(target.read_state(f"releases/{release.number}.json")).files
            names.update(path for path in kept if path not in current and kept[path].immutable)
        except ManifestError:
            continue  # a release whose names nobody can serve any more
    return frozenset(names)
