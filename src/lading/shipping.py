"""Publishing to a bucket: build whole into a folder of this machine, then send what the bucket lacks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from lading import build
from lading.build import Finish, Outcome
from lading.config import Config
from lading.errors import ConfigError, ManifestError, StoreError
from lading.objectstore.client import open_store
from lading.progress import Progress, Silent
from lading.retention import Retention
from lading.shipment import Shipment, from_folder
from lading.sources import Source
from lading.targets.bucket import BucketTarget
from lading.targets.folder import FolderTarget
from lading.targets.history import Head, dump_head, load_head
from lading.targets.lock import locked
from lading.targets.publication import Published, publish

_KNOWN = "bucket"


@dataclass(frozen=True, slots=True)
class Shipped:
    """What a run built, and what of it reached the bucket."""

    built: Outcome
    published: Published


# A page waits while the application reads the manifest, and a server ends a worker that answers nothing
# for long (gunicorn's after 30 s): a deployment's patience would be minutes.
_READING_TIMEOUT: Final = 8.0  # seconds
_READING_RETRIES: Final = 1


def open_target(config: Config, *, for_reading: bool = False) -> BucketTarget:
    """The bucket that the settings name; ``for_reading``: by an application, which cannot wait long. No
    request is sent. Raises ``ConfigError``.
    """
    settings, store = config.bucket, config.bucket.store
    if for_reading:
        timeout, retries = (
            min(store.timeout, _READING_TIMEOUT),
            min(store.retries, _READING_RETRIES),
        )
        store = replace(store, timeout=timeout, retries=retries)
    return BucketTarget(
        open_store(config.target, store),
        config.manifest,
        Retention(config.keep_releases, config.keep_age),
        settings.requests,
        config.lock_timeout,
        settings.guarded,
    )


def ship(
    sources: Sequence[Source],
    local: FolderTarget,
    target: BucketTarget,
    config: Config,
    *,
    clear: bool = False,
    finish: Finish | None = None,
    progress: Progress | None = None,
    brief: bool = False,
) -> Shipped:
    """Build what the sources hold, and make it the bucket's release, whole or not at all.

    ``clear``: look at every object in the bucket, and keep no earlier release. The others are as
    ``build.collect`` has them. Raises what that raises, and ``StoreError``.
    """
    progress = progress or Silent()
    config.bucket.hook()  # one that is not there is told before anything is sent
    _demand_encoding(config)
    os.makedirs(os.path.dirname(local.root), exist_ok=True)
    with locked(f"{local.root}.lock", config.lock_timeout, progress.say):
        built = build.collect(
            sources, local, config, clear=clear, finish=finish, progress=progress, brief=brief
        )
        shipment = describe(local, config)
        known = _recall(local, target)
        published = publish(target, shipment, progress, known=known, clear=clear)
        if published.head is not known:
            _remember(local, target, published.head)
        _tell_others(config, published)
    return Shipped(built, published)


def _demand_encoding(config: Config) -> None:
    """Raises ``ConfigError`` if the encoding to publish is one that no variant is made in."""
    wanted = config.bucket.encoding
    made = config.packing.encodings if config.packing else ()
    if wanted not in ("siblings", "none", *made):
        raise ConfigError(
            f"'encoding' is {wanted!r}, but no variants are made in it (made: {', '.join(made) or 'none'}), "
            "so that every file would be published as it is.",
            where="bucket",
            remedy=f"Add {wanted!r} to the setting 'encodings', or choose one of those.",
        )


def summary(shipped: Shipped, url: str) -> str:
    """One line: what was done."""
    published = shipped.published
    sent, total = len(published.uploaded), len(published.head.manifest.files)
    parts = [f"{sent} object{'' if sent == 1 else 's'} ({_size(published.size)}) sent to {url!r}"]
    if published.removed:
        parts.append(f"{len(published.removed)} removed")
    state = "is published now" if published.is_new else "was published already"
    return f"{', '.join(parts)}; release {published.number} of {total} files {state}."


def document(shipped: Shipped, url: str) -> dict[str, Any]:
    """What the JSON report of a run says of the bucket at ``url``, in place of what it would of the folder
    that is built into.
    """
    published = shipped.published
    return {
        "target": url,
        "release": published.number,
        "new_release": published.is_new,
        "bucket": {
            "sent": list(published.uploaded),
            "bytes": published.size,
            "removed": list(published.removed),
            "purge": list(published.purge),
        },
    }


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"


def describe(local: FolderTarget, config: Config) -> Shipment:
    """What the built folder has for the bucket. Raises ``ManifestError`` if nothing was built."""
    from lading.serve.loading import released

    ledger = local.ledger()
    manifest = released(local.root, config)
    digests = {path: state[:64] for path, state in ledger.written.items()}
    return from_folder(local.root, manifest, digests, config.policy, config.bucket.encoding)


def _recall(local: FolderTarget, target: BucketTarget) -> Head | None:
    """The head as the last run from this folder left it."""
    url, _, rest = local.read_state(_KNOWN).partition("\n")
    etag, _, text = rest.partition("\n")
    if url != target.url or not etag:
        return None
    try:
        return load_head(text.encode(), etag, _KNOWN)
    except ManifestError:
        return None


def _remember(local: FolderTarget, target: BucketTarget, head: Head) -> None:
    text = dump_head(head).decode()
    local.write_state(_KNOWN, [f"{target.url}\n{head.etag}\n{text}"])


def _tell_others(config: Config, published: Published) -> None:
    """Hand on what belongs into the application's image, and what a CDN must forget."""
    if config.bucket.manifest_file:
        _write(config, "manifest_file", dump_head(published.head))
    tell_purge(config, published.purge)


def tell_purge(config: Config, paths: Iterable[str]) -> None:
    """Hand on which published paths have another content than before, as URLs. Raises ``StoreError``,
    ``ConfigError`` for a hook that is not there, and what the hook raises.
    """
    urls = [config.static_url + quote(path) for path in paths]
    if config.bucket.purge_file:
        _write(config, "purge_file", "".join(f"{url}\n" for url in urls).encode())
    hook = config.bucket.hook()
    if hook is not None and urls:
        hook(urls)


def _write(config: Config, setting: str, data: bytes) -> None:
    """Replace the file that a setting names, whole."""
    place = os.path.join(config.root, getattr(config.bucket, setting))
    try:
        with open(f"{place}.new", "wb") as file:
            file.write(data)
        os.replace(f"{place}.new", place)
    except OSError as error:
        raise StoreError(
            f"The release is published, but a file for others cannot be written: {error.strerror}.",
            where=place,
            remedy=f"Make the folder, or mend {setting!r} in the setting 'bucket'.",
        ) from error
