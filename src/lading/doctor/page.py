"""What an HTML page makes a browser load."""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin

from lading.references.html import HtmlReference, references

_LIMIT: Final = 1 << 20  # bytes of a page that are looked at
_MOST: Final = 400  # loaded URLs that are looked at
_FRAMES: Final = frozenset({"iframe", "frame", "embed", "object"})


def loaded(body: bytes, base: str) -> list[str]:
    """The URLs that a page at ``base`` loads by its tags, whole and each once, in its order."""
    named = references(body[:_LIMIT])
    base = _base(named, base)
    found: dict[str, None] = {}
    for item in named:
        if item.role == "file" or item.element in _FRAMES:
            if url := _joined(base, item.reference.url):
                found.setdefault(url)
            if len(found) == _MOST:
                break
    return list(found)


def _base(named: list[HtmlReference], base: str) -> str:
    """Where relative URLs start: the first ``<base href>`` decides."""
    given = next((item.reference.url for item in named if item.role == "base"), "")
    return _joined(base, given) or base


def _joined(base: str, url: str) -> str:
    """``""`` for what is no URL at all, as browsers find too."""
    try:
        return urljoin(base, url)
    except ValueError:
        return ""
