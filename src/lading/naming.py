"""Published names: how a content's digest becomes part of a path."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

_LONGEST_NAME = 255  # bytes: NAME_MAX of Linux, macOS and Windows file systems
_DIGEST_PART = 13  # a dot and 12 hex digits


def hashed_name(path: str, digest: str) -> str:
    """``css/app.css`` with ``5e0040571e1a`` is ``css/app.5e0040571e1a.css``, as Django names it
    (``HashedFilesMixin.hashed_name``).
    """
    folder, slash, name = path.rpartition("/")
    root, extension = posixpath.splitext(name)
    return f"{folder}{slash}{root}.{digest}{extension}"


def hashed_folder(folder: str, path: str, digest: str) -> str:
    """``tinymce/skins/x.css`` in the folder ``tinymce`` is ``tinymce.5e0040571e1a/skins/x.css``."""
    return f"{folder}.{digest}{path[len(folder) :]}"


def is_too_long(path: str) -> bool:
    """True when no file system has room for the name with a digest in it."""
    return len(posixpath.basename(path).encode()) > _LONGEST_NAME - _DIGEST_PART


def by_folder(paths: Iterable[str], folders: Sequence[str]) -> dict[str, str]:
    """The first of ``folders`` that each path lies in; paths outside of all of them are left out."""
    if not folders:
        return {}
    found = ((path, next((f for f in folders if path.startswith(f"{f}/")), "")) for path in paths)
    return {path: folder for path, folder in found if folder}
