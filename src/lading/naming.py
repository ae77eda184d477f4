"""Published names: how a content's digest becomes part of a path."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence

from lading.findings import Finding, Severity
from lading.globs import Globs

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


def unmatched(
    finished: Iterable[str], folders: Iterable[str], paths: Collection[str]
) -> Iterator[Finding]:
    """What the settings ``finished`` and ``folders`` name that is not among the logical paths. The files
    that were meant get names by content, so that whoever builds their paths finds nothing.
    """
    for pattern in finished:
        globs = Globs((pattern,))
        if not any(globs.match(path) for path in paths):
            yield _unmatched(f"The pattern {pattern!r} of the setting 'finished'", pattern)
    for folder in folders:
        if not any(path.startswith(f"{folder}/") for path in paths):
            yield _unmatched(f"The folder {folder!r} of the setting 'folders'", folder)


def _unmatched(what: str, path: str) -> Finding:
    return Finding(
        "empty-include",
        Severity.WARNING,
        f"{what} matches no file.",
        path,
        hint="Correct it: paths are those below STATIC_URL. Or remove it.",
    )
