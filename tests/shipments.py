"""Releases for buckets, made of texts; and the proof that a bucket holds one whole release."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from lading.manifest import File, Manifest
from lading.objectstore.client import ObjectStore
from lading.progress import Silent
from lading.shipment import Shipment, key_of
from lading.targets.bucket import BucketTarget
from lading.targets.history import Head, State
from lading.targets.publication import Published, publish

HEADERS = (("Cache-Control", "max-age=60"), ("Content-Type", "text/css"))


def shipment(files: Mapping[str, str], headers: tuple[tuple[str, str], ...] = HEADERS) -> Shipment:
    """Each file under its plain name and one that holds its digest."""
    paths: dict[str, str] = {}
    rows: dict[str, File] = {}
    states: dict[str, State] = {}
    contents: dict[str, bytes] = {}
    for path, text in files.items():
        data = text.encode()
        sha256 = hashlib.sha256(data).hexdigest()
        paths[path] = f"{path}.{sha256[:8]}"
        for name in (path, paths[path]):
            rows[name] = File(sha256, len(data), "text/css", immutable=name != path)
            states[name] = State(sha256, len(data), "", headers, name == path)
            contents[name] = data
    return Shipment(Manifest(paths, rows), states, contents.__getitem__, key_of(states))


def put(
    target: BucketTarget,
    files: Mapping[str, str],
    *,
    known: Head | None = None,
    clear: bool = False,
) -> Published:
    """Publish files."""
    return publish(target, shipment(files), Silent(), known=known, clear=clear)


def objects(store: ObjectStore) -> dict[str, str]:
    """Path and text of every object that is no state of Lading's."""
    found: dict[str, str] = {}
    for item in store.listing():
        if not item.path.startswith(".lading/"):
            fetched = store.get(item.path)
            assert fetched is not None
            found[item.path] = fetched.data.decode()
    return found


def state_of(store: ObjectStore) -> list[str]:
    """The kinds of Lading's own objects that are there."""
    return sorted({item.path.split("/")[1] for item in store.listing(".lading")})


def problems(target: BucketTarget) -> list[str]:
    """What the published manifest names that is not there, or not with that content."""
    head = target.head()
    found: list[str] = []
    for path, file in head.manifest.files.items():
        try:
            fetched = target.store.get(path)
        except FileNotFoundError:
            found.append(f"{path} is missing")
            continue
        assert fetched is not None
        if hashlib.sha256(fetched.data).hexdigest() != file.sha256:
            found.append(f"{path} has another content")
    return found
