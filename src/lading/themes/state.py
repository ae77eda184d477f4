"""What an import wrote, so that the next one knows the theme's changes from those made by hand.

It is a JSON file in the app: for each file its SHA-256 as written, and of text the content, packed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from lading.errors import LadingError

NAME = ".lading-theme.json"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Written:
    """A file as an import wrote it; ``base`` is its content, kept for text alone."""

    sha256: str
    base: bytes | None = None


@dataclass(slots=True)
class State:
    """All files of the last import, by path in the app."""

    files: dict[str, Written] = field(default_factory=dict[str, Written])


def load(folder: str) -> State:
    """The state in an app's folder; empty when nothing was imported yet. Raises ``LadingError`` when the
    file is damaged or of another version.
    """
    file = os.path.join(folder, NAME)
    try:
        with open(file, encoding="utf-8") as stream:
            content: Any = json.load(stream)
        if content["version"] != VERSION:
            raise ValueError(f"its version is {content['version']!r}")
        files = cast("Mapping[str, Mapping[str, str]]", content["files"])
        return State({path: _read(entry) for path, entry in files.items()})
    except FileNotFoundError:
        return State()
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error, binascii.Error) as error:
        raise LadingError(
            f"The record of the last import cannot be read ({error}), so changes made by hand cannot be "
            "told from the theme's.",
            where=file,
            remedy="Restore it from version control; or delete it: files that differ are then kept.",
        ) from error


def dump(state: State) -> bytes:
    """The content of the state's file: the same for the same state."""
    files: dict[str, dict[str, str]] = {}
    for path, written in sorted(state.files.items()):
        files[path] = {"sha256": written.sha256}
        if written.base is not None:
            packed = zlib.compress(written.base, 9)
            files[path]["base"] = base64.b85encode(packed).decode()
    return (json.dumps({"version": VERSION, "files": files}, indent=1) + "\n").encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(entry: Mapping[str, str]) -> Written:
    base = entry.get("base")
    return Written(
        entry["sha256"], None if base is None else zlib.decompress(base64.b85decode(base))
    )
