"""Replacing one file of a Django storage whole, where the storage can."""

from __future__ import annotations

import os
import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from lading.django.target import folder_target


def put_whole(storage: Storage, name: str, data: bytes) -> None:
    """Save ``data`` as ``name``, unless that is there already. In a folder it is renamed into place, so that
    no reader sees a part of it; in any other storage an older file is deleted first, as Django does.
    """
    target = folder_target(storage)
    if target is None:
        if storage.exists(name):
            storage.delete(name)
        storage._save(name, ContentFile(data))  # type: ignore[attr-defined]  # noqa: SLF001
        return
    path = storage.path(name)
    if _read(path) == data:
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = f"{path}.{secrets.token_hex(8)}.new"
    mode = 0o666 if target.file_mode is None else target.file_mode
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(descriptor, "wb") as file:
            if target.file_mode is not None:
                os.chmod(temporary, mode)  # bits that a umask may have taken away
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
