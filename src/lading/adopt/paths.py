"""The folders that settings put together, as far as that can be seen without running them."""

from __future__ import annotations

import ast
import os.path

from lading.adopt.draft import Draft

_SAME = frozenset(
    {
        "Path",
        "abspath",
        "os.fspath",
        "os.path.abspath",
        "os.path.realpath",
        "pathlib.Path",
        "realpath",
        "str",
    }
)
"""Functions that give the path that they are given."""


def named(draft: Draft, name: str, asked: frozenset[str] = frozenset()) -> str | None:
    """The path that a name holds in a file or in those it builds on, ``None`` where that is not plain."""
    if name in asked:
        return None
    for member in draft.family():
        found = [statement for _, statement in member.assignments(name)]
        if not found:
            continue
        if len(found) > 1 or isinstance(found[0], ast.AugAssign) or found[0].value is None:
            return None
        return path(member, found[0].value, asked | {name})
    return None


def path(draft: Draft, node: ast.expr, asked: frozenset[str] = frozenset()) -> str | None:
    """The path that an expression such as ``BASE_DIR / "static"`` or ``os.path.join(BASE_DIR, "static")``
    gives, ``None`` where it is not plain. ``asked`` are the names that are being looked up.
    """
    match node:
        case ast.Constant(value=str(text)):
            return os.path.normpath(text)
        case ast.Name(id="__file__"):
            return draft.code.document.file
        case ast.Name(id=name):
            return named(draft, name, asked)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _joined(draft, [left, right], asked)
        case ast.Attribute(value=inner, attr="parent"):
            return _folder(path(draft, inner, asked))
        case ast.Call(func=ast.Attribute(value=inner, attr="joinpath"), args=parts):
            return _joined(draft, [inner, *parts], asked)
        case ast.Call(func=ast.Attribute(value=inner, attr="resolve" | "absolute"), args=[]):
            return path(draft, inner, asked)
        case ast.Call(func=function, args=arguments):
            return _called(draft, ast.unparse(function), arguments, asked)
        case _:
            return None


def _called(
    draft: Draft, function: str, arguments: list[ast.expr], asked: frozenset[str]
) -> str | None:
    match function, arguments:
        case (("os.path.join" | "join"), _):
            return _joined(draft, arguments, asked)
        case (("os.path.dirname" | "dirname"), [one]):
            return _folder(path(draft, one, asked))
        case _, [one] if function in _SAME:
            return path(draft, one, asked)
        case _:
            return None


def _joined(draft: Draft, nodes: list[ast.expr], asked: frozenset[str]) -> str | None:
    parts = [path(draft, node, asked) for node in nodes]
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    return os.path.normpath(os.path.join(*known))


def _folder(of: str | None) -> str | None:
    return None if of is None else os.path.dirname(of)
