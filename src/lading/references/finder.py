"""Which files carry references, by their names, and the references of each."""

from __future__ import annotations

import re
from collections.abc import Callable

from lading.references import css, js, sourcemap, svg, webmanifest
from lading.references.reference import Reference

_Find = Callable[[bytes], list[Reference]]

_SCRIPT: tuple[_Find, ...] = (js.references, sourcemap.in_js)
_BY_EXTENSION: dict[str, tuple[_Find, ...]] = {
    ".css": (css.references, sourcemap.in_css),
    ".js": _SCRIPT,
    ".mjs": _SCRIPT,
    ".cjs": _SCRIPT,
    ".svg": (svg.references,),
    ".xml": (svg.stylesheets,),
    ".webmanifest": (webmanifest.references,),
}
_MANIFEST_NAME = re.compile(r"(?:.*[-_.])?manifest\.json", re.IGNORECASE)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def carries(path: str) -> bool:
    """Whether a file of this name can have references, so that it must be read to know."""
    return bool(_finders(path))


def find(path: str, data: bytes) -> list[Reference]:
    """All references in a file, in the order of the text, by what its name says it is.

    Never raises, whatever the bytes; time and memory are linear in their length. UTF-16 is left alone.
    """
    if data.startswith(_UTF_16):
        return []
    found = [reference for find in _finders(path) for reference in find(data)]
    found.sort(key=_start)
    return found


def _finders(path: str) -> tuple[_Find, ...]:
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    extension = name[dot:].lower() if dot > 0 else ""
    if extension == ".json" and _MANIFEST_NAME.fullmatch(name):
        return (webmanifest.references,)
    return _BY_EXTENSION.get(extension, ())


def _start(reference: Reference) -> int:
    return reference.start
