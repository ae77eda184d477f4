"""A few published files that stand for all: one of each sort that servers treat differently."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lading.doctor.published import Published
from lading.manifest import File

LARGE: Final = 256 << 10
"""Bytes from which a file counts as large."""

_USUAL: Final = re.compile(r"[0-9A-Za-z._/-]+")

Accepts = Callable[[str, str, File], bool]


@dataclass(frozen=True, slots=True)
class Sample:
    """One published file. ``sha256`` is ``""`` where the manifest does not tell, and ``size`` (in bytes) 0;
    ``is_module``: pages load it as a JavaScript module, so far as is known.
    """

    role: str
    path: str
    media_type: str
    immutable: bool
    sha256: str
    size: int
    encodings: tuple[str, ...]
    is_module: bool = False

    @property
    def kind(self) -> str:
        """The media type without parameters."""
        return self.media_type.partition(";")[0]


def _of_types(*prefixes: str) -> Accepts:
    return lambda path, kind, file: kind.startswith(prefixes)


_ROLES: Final[dict[str, Accepts]] = {
    "style sheet": _of_types("text/css"),
    "script": lambda path, kind, file: kind == "text/javascript" and path.endswith(".js"),
    "module": lambda path, kind, file: path.endswith(".mjs"),
    "font": _of_types("font/", "application/vnd.ms-fontobject"),
    "drawing": _of_types("image/svg"),
    "picture": lambda path, kind, file: (
        kind.startswith("image/") and not kind.startswith("image/svg")
    ),
    "film": _of_types("video/", "audio/"),
    "WebAssembly": _of_types("application/wasm"),
    "web app manifest": _of_types("application/manifest"),
    "plain name": lambda path, kind, file: not file.immutable,
    "large file": lambda path, kind, file: file.size >= LARGE,
    "unusual name": lambda path, kind, file: _USUAL.fullmatch(path) is None,
}


def choose(published: Published) -> list[Sample]:
    """At most one sample for each role, each file once."""
    best: dict[str, tuple[tuple[bool, ...], str]] = {}
    for path in published.files:
        file = published.files[path]
        kind = file.media_type.partition(";")[0]
        for role, accepts in _ROLES.items():
            if accepts(path, kind, file):
                rank = (*_rank(role, path, file),)
                if role not in best or (rank, path) < best[role]:
                    best[role] = rank, path
    chosen: dict[str, Sample] = {}
    for role in _ROLES:
        if role in best and (path := best[role][1]) not in chosen:
            chosen[path] = _sample(role, path, published)
    return list(chosen.values())


def _rank(role: str, path: str, file: File) -> tuple[bool, ...]:
    """What speaks against a file as the sample of a role, the weightiest first. Names that change with
    their content are what pages use most; a file that is packed shows more than one that is not.
    """
    if role == "plain name":
        return file.media_type.startswith("text/html"), not file.encodings
    return not file.immutable, not file.encodings, file.size < 64, file.size > LARGE


def _sample(role: str, path: str, published: Published) -> Sample:
    file = published.files[path]
    return Sample(
        role,
        path,
        file.media_type,
        file.immutable,
        published.sha256(path),
        file.size,
        tuple(sorted(file.encodings)),
        path.endswith(".mjs") or path in published.modules,
    )
