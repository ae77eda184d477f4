"""What one file refers to: the files of ours it names, and the references that name nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from lading import references
from lading.mediatypes import media_type
from lading.ownership import bears_notice
from lading.references.js import has_attributes
from lading.references.lines import Lines
from lading.references.reference import Kind, Reference
from lading.references.urls import Outside, Target, resolve


class Broken(NamedTuple):
    """A reference to a file that no source ships: ``target`` is the logical path it names, ``""`` when
    it leads out of the root; ``line`` and ``column`` from 1. ``in_library``: by its first lines the file
    it stands in is a published library's. ``for_bundlers``: it imports what no browser takes for a module.
    """

    kind: Kind
    url: str
    target: str
    line: int
    column: int
    in_library: bool = False
    for_bundlers: bool = False


class Analysis(NamedTuple):
    """``links`` are the references that name files of ours, in the order they stand."""

    links: Sequence[tuple[Reference, Target]]
    broken: Sequence[Broken]


_IMPORTS: frozenset[Kind] = frozenset({"js-import", "js-export", "js-dynamic-import"})
_MODULE_TYPES = frozenset({"text/javascript", "application/wasm"})

_NOTHING = Analysis((), ())  # most files: one for all of them


def analyse(path: str, data: bytes, exists: Callable[[str], bool], static_url: str) -> Analysis:
    """Find and resolve the references in the file of the logical path ``path``. Never raises."""
    links: list[tuple[Reference, Target]] = []
    missing: list[tuple[Reference, str]] = []
    for reference in references.find(path, data):
        target = resolve(path, reference.url, static_url, module=reference.is_module)
        if isinstance(target, Outside):
            missing.append((reference, ""))
        elif target is not None:
            if exists(target.path):
                links.append((reference, target))
            else:
                missing.append((reference, target.path))
    if not missing:
        return Analysis(links, ()) if links else _NOTHING
    lines, in_library = Lines(data), bears_notice(data)
    broken = [
        Broken(
            reference.kind,
            reference.url,
            target,
            *lines.position(reference.start),
            in_library,
            _is_for_bundlers(reference, target, data),
        )
        for reference, target in missing
    ]
    return Analysis(links, broken)


def _is_for_bundlers(reference: Reference, target: str, data: bytes) -> bool:
    """True for ``import "./a"`` and ``import "./a.css"``: by its media type browsers refuse what is neither a
    script nor WebAssembly, unless attributes say what it is
    (https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-single-module-script).
    """
    return (
        target != ""
        and reference.kind in _IMPORTS
        and media_type(target).partition(";")[0] not in _MODULE_TYPES
        and not has_attributes(data, reference)
    )
