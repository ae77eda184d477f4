"""What a built folder has for a bucket: every object with its headers, ready to be sent."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lading.encoders import SUFFIXES
from lading.errors import StoreError
from lading.manifest import File, Manifest
from lading.policy import Policy, response_headers
from lading.targets.history import Headers, State

_KEPT_BY_STORES = frozenset(
    {"content-type", "cache-control", "content-disposition", "content-language"}
)

_SUFFIXES: Mapping[str, str] = {**SUFFIXES}

Content = bytes | str
"""An object's bytes, or the path of a local file that holds them."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """``states`` of all objects by path, not written yet; ``manifest`` what they make up; ``read`` gives an
    object's content by its path (raises ``LadingError``); ``key`` the digest of all of it; ``of`` the
    number of the earlier release that it is (``0``: it is built anew).
    """

    manifest: Manifest
    states: Mapping[str, State]
    read: Callable[[str], Content]
    key: str
    of: int = 0


def from_folder(
    root: str,
    manifest: Manifest,
    digests: Mapping[str, str],
    policy: Policy,
    encoding: str,
) -> Shipment:
    """Describe a folder target's current release.

    ``digests``: the SHA-256 of every file in it by path. ``encoding``: ``"siblings"`` publishes each
    variant under a name of its own, ``"none"`` no variant, and a content coding (``"br"``) that variant in
    the place of the original wherever there is one.
    """
    states: dict[str, State] = {}
    files: dict[str, File] = {}
    local: dict[str, str] = {}
    for path, file in manifest.files.items():
        in_place = encoding if encoding in file.encodings else ""
        for name, coding, source in _objects(path, file, in_place, encoding):
            size = file.encodings[coding] if coding else file.size
            headers = _headers(policy, path, file, coding)
            states[name] = State(digests[source], size, "", headers, not file.immutable)
            local[name] = source
        files[path] = file if encoding == "siblings" else file._replace(encodings={})

    def read(path: str) -> Content:
        return _checked(f"{root}/{local[path]}", states[path])

    shipped = Manifest(manifest.paths, files, manifest.modules)
    return Shipment(shipped, states, read, key_of(states))


def _objects(path: str, file: File, in_place: str, encoding: str) -> Iterator[tuple[str, str, str]]:
    """Path, content coding and local path of each object that a file is published as."""
    yield (path, in_place, path + _SUFFIXES[in_place]) if in_place else (path, "", path)
    if encoding == "siblings":
        for coding in file.encodings:
            yield path + _SUFFIXES[coding], coding, path + _SUFFIXES[coding]


def _headers(policy: Policy, path: str, file: File, coding: str) -> Headers:
    """A store sends what it was given and nothing else; of the policy's headers it takes but a few."""
    given = response_headers(
        policy, path, file.media_type, immutable=file.immutable, varies=bool(coding)
    )
    headers = [pair for pair in given if pair[0].lower() in _KEPT_BY_STORES]
    if coding:
        headers.append(("Content-Encoding", coding))
    return tuple(sorted(headers))


def _checked(file: str, state: State) -> Content:
    """The content of a built file, or its path if it is large; raises ``StoreError`` if it is another."""
    from lading.objectstore.client import LARGE

    try:
        if state.size >= LARGE:
            if os.path.getsize(file) != state.size:
                raise _changed(file)
            return file
        with open(file, "rb") as opened:
            data = opened.read()
    except OSError as error:
        raise StoreError(
            f"A built file cannot be read: {error.strerror}.",
            where=file,
            remedy="Run again; it is built anew.",
        ) from error
    if hashlib.sha256(data).hexdigest() != state.sha256:
        raise _changed(file)
    return data


def _changed(file: str) -> StoreError:
    return StoreError(
        "A built file has another content than when it was built; it was not uploaded.",
        where=file,
        remedy="Let nothing else write to the build folder, delete it, and run again.",
    )


def key_of(states: Mapping[str, State]) -> str:
    """The digest of all that is published: paths, contents and headers."""
    digest = hashlib.sha256()
    for path in sorted(states):
        state = states[path]
        digest.update(f"{state.sha256}\t{path}\t{state.headers}\n".encode())
    return digest.hexdigest()
