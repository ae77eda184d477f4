"""Import maps: where browsers find a module by the path that its importers name.

With ``module_imports`` ``"importmap"`` the names by content stand in the map alone, so that a changed module
renames none of its importers. https://html.spec.whatwg.org/multipage/webappapis.html#import-maps
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from lading.django.storage import StaticStorage

# What would end the script element, or begin another (as in django.utils.html.json_script).
_UNSAFE_IN_SCRIPT = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})
_WILD = "*?["


def dumps(storage: StaticStorage, patterns: Sequence[str] = ()) -> str:
    """The map as JSON that may stand in a script element.

    ``patterns`` choose modules by path (``*`` matches ``/`` too); all that those import, directly or not,
    is in the map as well. Without any, all modules that import or are imported are. The option
    ``imports`` adds names of its own. In development and in tests without a manifest, those are all.

    Raises ``ValueError`` for a path without wildcards that the manifest does not list.
    """
    key = ("importmap", *patterns) if not settings.DEBUG else ("importmap", "")
    text = storage.memo.get(key)
    if text is None:
        document = _build(storage, patterns)
        text = json.dumps(document, separators=(",", ":")).translate(_UNSAFE_IN_SCRIPT)
        storage.memo[key] = text
    return text


def is_url(target: str) -> bool:
    """Whether a target of the option ``imports`` is a URL, and no path of a static file."""
    return "://" in target or target.startswith("//")


def _build(storage: StaticStorage, patterns: Sequence[str]) -> dict[str, dict[str, str]]:
    named = storage.options.imports
    modules: set[str] = set()
    if not settings.DEBUG:
        targets = [target for target in named.values() if target in storage.hashed_files]
        start = _chosen(storage, patterns) if patterns else _all(storage.modules)
        modules = _closure({*start, *targets}, storage.modules)
    imports: dict[str, str] = {}
    integrity: dict[str, str] = {}
    for path in sorted(modules):
        plain, url = FileSystemStorage.url(storage, path), storage.url(path)
        if url != plain:
            imports[plain] = url
        if metadata := storage.integrity(path):
            integrity[url] = metadata
    for name, target in named.items():
        imports.update(_named(storage, name, target))
    document = {"imports": imports}
    if integrity:
        document["integrity"] = integrity
    return document


def _named(storage: StaticStorage, name: str, target: str) -> Iterator[tuple[str, str]]:
    """The entries of one name of the option ``imports``."""
    if is_url(target):
        yield name, target
        return
    yield name, storage.url(target)
    if target.endswith("/"):
        # The files below have names of their own each.
        for path in storage.hashed_files if not settings.DEBUG else ():
            if path.startswith(target) and path.endswith((".js", ".mjs")):
                yield name + path.removeprefix(target), storage.url(path)


def _all(modules: Mapping[str, Sequence[str]]) -> set[str]:
    return {*modules, *(target for targets in modules.values() for target in targets)}


def _chosen(storage: StaticStorage, patterns: Iterable[str]) -> set[str]:
    chosen: set[str] = set()
    for pattern in patterns:
        if any(character in pattern for character in _WILD):
            scripts = (p for p in storage.hashed_files if p.endswith((".js", ".mjs")))
            chosen.update(fnmatch.filter(scripts, pattern))
        else:
            storage.stored_name(pattern)  # raises for a path that does not exist
            chosen.update({pattern} & storage.hashed_files.keys())
    return chosen


def _closure(start: set[str], modules: Mapping[str, Sequence[str]]) -> set[str]:
    found, pending = set(start), list(start)
    while pending:
        for target in modules.get(pending.pop(), ()):
            if target not in found:
                found.add(target)
                pending.append(target)
    return found
