"""A file of the project: its bytes, its text, and the text that it shall have."""

from __future__ import annotations

import io
import os
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass

from lading.adopt.edits import Edit, apply, unified_diff

LARGEST = 1 << 18
"""Bytes above which a file is no settings file and is not looked into."""


@dataclass(frozen=True, slots=True)
class Document:
    """``path`` is relative to the project, with slashes; ``file`` where the bytes lie, behind any link.
    ``text`` keeps line ends as they are.
    """

    path: str
    file: str
    data: bytes
    text: str
    encoding: str

    def line(self, offset: int) -> int:
        """The line of a character, from 1."""
        return self.text.count("\n", 0, offset) + 1

    def where(self, offset: int) -> str:
        """``path:line`` of a character."""
        return f"{self.path}:{self.line(offset)}"

    @property
    def newline(self) -> str:
        """How the file's lines end."""
        return "\r\n" if "\r\n" in self.text else "\n"


@dataclass(frozen=True, slots=True)
class Change:
    """A document and the text that it shall have."""

    document: Document
    text: str

    @property
    def data(self) -> bytes:
        """The bytes of the new text, in the file's own encoding."""
        return self.text.encode(self.document.encoding)

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        return unified_diff(self.document.path, self.document.text, self.text)


def read(root: str, path: str) -> Document | None:
    """The document at a relative path; ``None`` for what is no text or is too large to be looked into.

    Raises ``OSError``.
    """
    file = os.path.realpath(os.path.join(root, path))
    if os.path.getsize(file) > LARGEST:
        return None
    with open(file, "rb") as stream:
        data = stream.read()
    try:
        encoding = _encoding(data) if path.endswith(".py") else _utf8(data)
        return Document(path, file, data, data.decode(encoding), encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return None


def change(document: Document, edits: Iterable[Edit]) -> Change | None:
    """The change that the edits make, ``None`` if there is none."""
    text = apply(document.text, edits)
    return Change(document, text) if text != document.text else None


def _encoding(data: bytes) -> str:
    """What the file says its encoding is (PEP 263). Raises ``SyntaxError``."""
    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


def _utf8(data: bytes) -> str:
    return "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
