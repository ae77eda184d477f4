"""Recipes: how each file came by its published name, so that what did not change need not be read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

from lading.analysis import Broken
from lading.sealed import seal_members, unseal


class Recipe(NamedTuple):
    """``sha256`` is of the source, ``output`` of what was published as ``published``; ``targets`` are the
    logical paths it refers to and ``names`` what these were published as then; ``modules`` the paths that
    it imports as modules, whether their names are written into it or not; ``scripts`` the JavaScript files
    it names by ``new URL``, as for a worker. Of a file without any references only ``sha256`` is known.
    """

    sha256: str
    published: str
    output: str
    targets: tuple[str, ...]
    names: tuple[str, ...]
    modules: tuple[str, ...]
    scripts: tuple[str, ...]
    broken: tuple[Broken, ...]


def dump(recipes: Mapping[str, Recipe], bare: Iterable[tuple[str, str]], key: str) -> Iterator[str]:
    """The recipes as text, piece by piece: those of files with references, and of those without any
    (``bare``) the path and the source's SHA-256. ``key`` stands for all else that a published name depends
    on: the settings and the version of the rewriting.
    """

    def members() -> Iterator[tuple[str, str]]:
        for path, recipe in recipes.items():
            yield path, json.dumps(recipe, separators=(",", ":"))
        for path, sha256 in bare:
            yield path, f'"{sha256}"'

    return seal_members(members(), key)


def loads(text: str, key: str) -> dict[str, Recipe]:
    """Read what ``dump`` wrote; nothing if it is damaged, of another form, or made under another key."""
    rows = cast("dict[str, list[Any] | str] | None", unseal(text, key))
    try:
        return {path: _recipe(row) for path, row in rows.items()} if rows else {}
    except (TypeError, ValueError):
        return {}


def _recipe(row: list[Any] | str) -> Recipe:
    if isinstance(row, str):
        return Recipe(row, "", row, (), (), (), (), ())
    sha256, published, output, targets, names, modules, scripts, broken = row
    return Recipe(
        sha256,
        published,
        output,
        tuple(targets),
        tuple(names),
        tuple(modules),
        tuple(scripts),
        tuple(Broken(*item) for item in broken),
    )
