"""What a release holds: logical path -> published path, with the proof of every published file.

The file format is Django's ``staticfiles.json`` version 1.1 (``paths``, ``version``, ``hash``) with one
more key, ``lading``, that Django ignores.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from json.encoder import encode_basestring
from typing import Any, NamedTuple, TypeVar, cast

from lading.errors import ManifestError

NAME = "staticfiles.json"
VERSION = "1.1"  # Django's
EXTENSION_VERSION = 1  # ours

_REMEDY = "Run collectstatic again to write a new one."


NO_VARIANTS: Mapping[str, int] = {}


class File(NamedTuple):
    """One published file: SHA-256 as 64 hex digits, size in bytes, media type, and the size of each
    encoded variant by content coding (``{"br": 812, "gzip": 950}``); a variant's path is the file's
    path plus the coding's suffix (``.br``, ``.gz``, ``.zst``). ``immutable``: the name changes with the
    content, so it may be cached for ever.
    """

    sha256: str
    size: int
    media_type: str
    immutable: bool = False
    encodings: Mapping[str, int] = NO_VARIANTS


@dataclass(frozen=True, slots=True)
class Manifest:
    """``paths`` maps logical to published paths; ``files`` maps every published path to its ``File``;
    ``modules`` maps each JavaScript file that imports others to their logical paths.
    """

    paths: Mapping[str, str]
    files: Mapping[str, File]
    modules: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    @property
    def digest(self) -> str:
        """Django's manifest hash: 12 hex digits of the MD5 of the sorted pairs of ``paths``."""
        digest = hashlib.md5(usedforsecurity=False)
        pairs = ([path, self.paths[path]] for path in sorted(self.paths))
        before = "["
        for batch in _batches(pairs):
            digest.update(f"{before}{json.dumps(batch)[1:-1]}".encode())
            before = ", "
        digest.update(b"]" if self.paths else b"[]")
        return digest.hexdigest()[:12]


def dumps(manifest: Manifest) -> bytes:
    """The manifest as JSON (UTF-8, sorted, no times: the same input gives the same bytes)."""
    return b"".join(pieces(manifest))


def pieces(manifest: Manifest) -> Iterator[bytes]:
    """What ``dumps`` gives, piece by piece: the text of a million files takes more memory than the files."""
    paths, files, modules = manifest.paths, manifest.files, manifest.modules
    yield b'{"paths": '
    yield from _object((path, encode_basestring(paths[path])) for path in sorted(paths))
    yield f', "version": "{VERSION}", "hash": "{manifest.digest}", "lading": '.encode()
    yield f'{{"version": {EXTENSION_VERSION}, "files": '.encode()
    yield from _object((path, _row(files[path])) for path in sorted(files))
    yield b', "modules": '
    yield from _object((path, _json(list(modules[path]))) for path in sorted(modules))
    yield b"}}"


_json = json.JSONEncoder(ensure_ascii=False).encode


def _row(file: File) -> str:
    sha256, size, kind, immutable, encodings = file
    variants = _json(dict(sorted(encodings.items()))) if encodings else "{}"
    return f'["{sha256}", {size}, {encode_basestring(kind)}, {int(immutable)}, {variants}]'


def _object(members: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """A JSON object of keys and the JSON of their values."""
    before = "{"
    for batch in _batches(members):
        text = ", ".join([f"{encode_basestring(key)}: {value}" for key, value in batch])
        yield f"{before}{text}".encode()
        before = ", "
    yield b"{}" if before == "{" else b"}"


T = TypeVar("T")


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, 1000)):
        yield batch


def to_document(manifest: Manifest) -> dict[str, Any]:
    """What ``dumps`` writes, as JSON's types."""
    files = {
        path: [
            file.sha256,
            file.size,
            file.media_type,
            int(file.immutable),
            dict(sorted(file.encodings.items())) if file.encodings else {},
        ]
        for path, file in sorted(manifest.files.items())
    }
    return {
        "paths": dict(sorted(manifest.paths.items())),
        "version": VERSION,
        "hash": manifest.digest,
        "lading": {
            "version": EXTENSION_VERSION,
            "files": files,
            "modules": {path: list(modules) for path, modules in sorted(manifest.modules.items())},
        },
    }


def loads(data: bytes | str, *, where: str = NAME) -> Manifest:
    """Read what ``dumps`` wrote, or Django's own file (then ``files`` is empty).

    Raises ``ManifestError`` when the text is not JSON, not a manifest, or of another version.
    """
    try:
        document: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ManifestError(
            f"The manifest is not JSON: {error}.", where=where, remedy=_REMEDY
        ) from None
    return from_document(document, where=where)


def from_document(document: Any, *, where: str = NAME) -> Manifest:
    """Read what ``to_document`` gave. Raises ``ManifestError`` as ``loads``."""
    remedy = _REMEDY
    if not isinstance(document, dict):
        raise ManifestError("The manifest is not a JSON object.", where=where, remedy=remedy)
    document = cast("dict[str, Any]", document)
    if document.get("version") not in ("1.0", VERSION):
        raise ManifestError(
            f"The manifest's version is {document.get('version')!r}; this Lading reads {VERSION}.",
            where=where,
            remedy=remedy,
        )
    extension = cast(
        "dict[str, Any]", document.get("lading") or {"version": EXTENSION_VERSION, "files": {}}
    )
    try:
        if extension["version"] != EXTENSION_VERSION:
            raise ManifestError(
                f"The manifest was written by another Lading (format {extension['version']}; "
                f"this one reads {EXTENSION_VERSION}).",
                where=where,
                remedy=remedy,
            )
        files = _Files(extension["files"], where)
        modules = dict(extension.get("modules", {}))
        paths = dict(document["paths"])
        if not all(isinstance(path, str) for path in paths.values()):
            raise TypeError("a path that is no text")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(error, where) from None
    return Manifest(paths, files, modules)


class _Files(Mapping[str, File]):
    """The published files as they stand in the document. Each is made, and proved to be one, when it is
    asked for: a process that only looks names up asks for few. Raises ``ManifestError``.
    """

    __slots__ = ("_rows", "_where")

    def __init__(self, rows: dict[str, Any], where: str) -> None:
        self._rows = dict(rows)
        self._where = where

    def __getitem__(self, path: str) -> File:
        row = self._rows[path]
        try:
            sha256, size, media_type, immutable, encodings = row
            bytes.fromhex(sha256)
            if len(sha256) != 64 or size < 0 or not all(size >= 0 for size in encodings.values()):
                raise ValueError("a digest or size that is none")
            return File(sha256, size, media_type, bool(immutable), encodings)
        except (TypeError, ValueError, AttributeError) as error:
            raise _damaged(error, self._where) from None

    def __contains__(self, path: object) -> bool:
        return path in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def _damaged(error: Exception, where: str) -> ManifestError:
    return ManifestError(
        f"The manifest is damaged ({type(error).__name__}: {error}).", where=where, remedy=_REMEDY
    )
