"""The project's staticfiles storage as a folder target, where it is one."""

from __future__ import annotations

import os
from typing import cast

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import FileSystemStorage, Storage

from lading.targets.folder import FolderTarget

# A storage that writes, names or compares files in a way of its own must do the work itself.
_WRITING = (
    "_save",
    "save",
    "delete",
    "exists",
    "get_alternative_name",
    "get_available_name",
    "get_modified_time",
    "get_valid_name",
    "generate_filename",
    "listdir",
    "open",
    "_open",
)


def folder_target(storage: Storage, *, read_only: bool = False) -> FolderTarget | None:
    """The storage's folder, or ``None`` for a storage that must be written through its own methods.
    ``read_only`` is the setting of that name.

    Raises ``ImproperlyConfigured`` when ``STATIC_ROOT`` is not set.
    """
    kind = storage.__class__  # not type(): Django hands out a lazy proxy
    if not isinstance(storage, FileSystemStorage):
        return None
    if any(getattr(kind, name) is not getattr(FileSystemStorage, name) for name in _WRITING):
        return None
    if kind.path not in (FileSystemStorage.path, StaticFilesStorage.path):
        return None
    storage.path("")  # raises for a STATIC_ROOT that is not set
    return FolderTarget(
        os.fspath(cast("str", storage.location)),
        file_mode=storage.file_permissions_mode,
        folder_mode=storage.directory_permissions_mode,
        read_only=read_only,
    )


def why_no_folder(root: str) -> str:
    """What to say of a STATIC_ROOT that is there and is no folder."""
    if os.path.islink(root):
        return (
            f"{root}: STATIC_ROOT is a symbolic link to {os.readlink(root)!r}, which is not there.\n"
            "  Mount or make that folder, or remove the link."
        )
    return (
        f"{root}: A file lies where STATIC_ROOT must be a folder.\n"
        "  Move it away, or set STATIC_ROOT to a folder of its own."
    )
