"""Loading a table from the manifest of a published target."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from lading import manifest as manifests
from lading.errors import ManifestError
from lading.manifest import Manifest
from lading.policy import Policy
from lading.serve.record import read_record
from lading.serve.table import ManifestTable

if TYPE_CHECKING:
    from lading.config import Config

# 1980-01-02. Reproducible builds set all times to the start of the Unix, ZIP or DOS epoch; as a date of
# last modification that would stay the same for ever, whatever the file holds.
_FIRST_BELIEVED: Final = 315_619_200

_REMEDY: Final = "Run collectstatic (or `lading collect`) first, with the same target."


def load(
    root: str | os.PathLike[str],
    *,
    manifest: str | os.PathLike[str] | None = None,
    prefix: str = "/static/",
    policy: Policy | None = None,
    earlier: Iterable[Manifest] = (),
    site_root: str = "",
    index: str = "",
    fallthrough: bool | None = None,
) -> ManifestTable:
    """The table of a published target; the arguments are those of ``ManifestTable``.

    ``manifest``: its file, if that is not ``staticfiles.json`` in ``root``. The release's time is when
    that file was written. Raises ``ManifestError`` if there is none, or it does not say what files there
    are.
    """
    file = manifest_file(root, manifest)
    loaded, modified = read(file)
    return ManifestTable(
        loaded,
        root,
        prefix=prefix,
        policy=policy,
        modified=modified,
        earlier=earlier,
        site_root=site_root,
        index=index,
        fallthrough=fallthrough,
    )


def manifest_file(
    root: str | os.PathLike[str], manifest: str | os.PathLike[str] | None = None
) -> str:
    """The manifest's path on disk."""
    return os.path.join(root, manifests.NAME) if manifest is None else os.fspath(manifest)


def read(file: str) -> tuple[Manifest, int | None]:
    """A manifest, and when it was written in seconds since the epoch (``None``: not to be believed).

    Raises ``ManifestError`` as ``load``.
    """
    try:
        with open(file, "rb") as opened:
            modified = _believed(os.fstat(opened.fileno()))
            data = opened.read()
    except OSError as error:
        raise ManifestError(
            f"The manifest cannot be read, so nothing can be served: {error.strerror}.",
            where=file,
            remedy=_REMEDY,
        ) from error
    with paused_collection():
        loaded = manifests.loads(data, where=file)
    if loaded.paths and not loaded.files:
        raise ManifestError(
            "The manifest does not say what files there are (Django's own storage wrote it), so nothing "
            "can be served.",
            where=file,
            remedy="Use 'lading.django.storage.StaticStorage', which names files alike. Run collectstatic.",
        )
    return loaded, modified


def released(root: str, config: Config) -> Manifest:
    """What the folder ``root`` publishes: by its manifest, or by Lading's own record where names are plain.
    Raises ``ManifestError``.
    """
    if config.names == "hashed":
        return read(os.path.join(root, config.manifest))[0]
    packing = config.packing
    return read_record(root, packing.encodings if packing else ())[0]


@contextmanager
def paused_collection() -> Generator[None]:
    """Garbage is not collected inside. A manifest is a million objects that all stay: looking for garbage
    among them takes as long as making them.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def written(file: str) -> int | None:
    """When a manifest was written, as ``read`` gives it."""
    try:
        return _believed(os.stat(file))
    except OSError:
        return None


def _believed(status: os.stat_result) -> int | None:
    # A date in the future would be one that no answer may have (RFC 9110 §8.8.2.1).
    modified = int(status.st_mtime)
    return modified if _FIRST_BELIEVED <= modified <= time.time() else None
