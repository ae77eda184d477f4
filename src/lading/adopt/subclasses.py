"""Storages of the project's own: subclasses of an old tool's class that only set what Lading's knows too."""

from __future__ import annotations

import ast
from typing import Final

from lading.adopt.draft import Draft
from lading.adopt.tools import DJANGO, SERVESTATIC, STORAGE, STORAGES, WHITENOISE

_ATTRIBUTES: Final = frozenset({"manifest_name", "manifest_strict"})
"""What a subclass of Lading's storage sets with the same meaning."""

_MODULE, _, _CLASS = STORAGE.rpartition(".")


def switch(draft: Draft) -> None:
    """Give such classes Lading's as their base; others are left to a person."""
    for node in draft.code.nodes:
        if isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                path = f"{node.module}.{alias.name}"
                if path in STORAGES and STORAGES[path].storages[path] == "manifest":
                    _switch_import(draft, node, alias.asname or alias.name, path)


def _switch_import(draft: Draft, statement: ast.ImportFrom, name: str, path: str) -> None:
    code, notes = draft.code, draft.notes
    uses = [node for node in code.nodes if isinstance(node, ast.Name) and node.id == name]
    notes.found(STORAGES[path].name, code.where(statement))
    if len(statement.names) > 1 or not all(_is_simple_base(draft, use) for use in uses):
        if STORAGES[path] is DJANGO and not notes.tools.keys() & {
            WHITENOISE.name,
            SERVESTATIC.name,
        }:
            notes.change(
                f"The storage of your own at {code.where(statement)} stays: collectstatic runs Django's code "
                "for it, and publishes what that makes."
            )
            return
        notes.task(
            code.where(statement),
            f"a storage of your own is made of {path}, and does more than to set "
            f"{' or '.join(sorted(_ATTRIBUTES))}",
            f"from {_MODULE} import {_CLASS}, and that as the base, if it still has to be done",
        )
        return
    draft.edits.append(code.replace(statement, f"from {_MODULE} import {_CLASS}"))
    draft.edits += [code.replace(use, _CLASS) for use in uses]
    notes.row(f"class of {path}", f"class of {STORAGE}", code.where(statement))


def _is_simple_base(draft: Draft, use: ast.Name) -> bool:
    """Whether the name is the only base of a class that sets nothing but what is known."""
    parent = draft.code.parents[use]
    return (
        isinstance(parent, ast.ClassDef)
        and parent.bases == [use]
        and not parent.keywords
        and all(map(_is_simple, parent.body))
    )


def _is_simple(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant()):
            return name in _ATTRIBUTES
        case _:
            return False
