"""``INSTALLED_APPS``: the old tools' applications go, Lading's stands before Django's."""

from __future__ import annotations

import ast

from lading.adopt.code import Display
from lading.adopt.draft import Draft
from lading.adopt.tools import APP, APPS, STATICFILES


def switch(draft: Draft) -> None:
    """Decide the edits of one settings file."""
    _drop(draft)
    _add(draft)


def names_lading(draft: Draft) -> bool:
    """Whether a list of the file has Lading's application."""
    return any(
        node.value == APP and _is_of_apps(draft, node, elements_alone=False)
        for node in draft.code.strings
    )


def holds_staticfiles(draft: Draft) -> bool:
    """Whether a list of the file has Django's application."""
    return any(True for _ in _staticfiles(draft))


def _staticfiles(draft: Draft) -> list[ast.Constant]:
    return [
        node
        for node in draft.code.strings
        if node.value in STATICFILES and _is_of_apps(draft, node)
    ]


def _add(draft: Draft) -> None:
    if any(names_lading(member) for member in draft.family()):
        return
    for node in _staticfiles(draft):
        draft.edits.append(draft.code.insert_before(node, draft.code.quote(node, APP)))
        draft.notes.row("", f'"{APP}" in INSTALLED_APPS', draft.code.where(node))


def _drop(draft: Draft) -> None:
    code, notes = draft.code, draft.notes
    gone: dict[Display, set[ast.expr]] = {}
    for node in code.strings:
        tool = APPS.get(str(node.value))
        if tool is None or not _is_of_apps(draft, node, elements_alone=False):
            continue
        notes.found(tool.name, code.where(node))
        parent = code.parents[node]
        if isinstance(parent, Display):
            gone.setdefault(parent, set()).add(node)
        elif not _drop_call(draft, node):
            notes.task(code.where(node), f"{node.value!r} is used in a way of its own", "remove it")
            continue
        notes.row(
            f'"{node.value}"', "", code.where(node), "an application that Lading makes needless"
        )
    for display, elements in gone.items():
        statement = code.statement(display)
        if not (_is_void(statement, display, elements) and draft.remove(statement)):
            draft.edits += code.remove_elements(display, elements)


def _drop_call(draft: Draft, node: ast.Constant) -> bool:
    """Remove ``INSTALLED_APPS.insert(0, "…")``; False for anything else."""
    call = draft.code.parents[node]
    statement = draft.code.statement(node)
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("append", "insert", "remove")
        and isinstance(statement, ast.Expr)
        and statement.value is call
        and draft.remove(statement)
    )


def _is_void(statement: ast.stmt, display: Display, gone: set[ast.expr]) -> bool:
    """Whether a statement does nothing once the elements are gone: ``APPS += []``, ``APPS = [*APPS]``."""
    left = [element for element in display.elts if element not in gone]
    match statement:
        case ast.AugAssign(value=value):
            return value is display and not left
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="extend"), args=[value])):
            return value is display and not left
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is display:
            return [ast.unparse(element) for element in left] == [f"*{name}"]
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=one, right=other)):
            both = [side for side in (one, other) if side is not display]
            return not left and len(both) == 1 and ast.unparse(both[0]) == name
        case _:
            return False


def _is_of_apps(draft: Draft, node: ast.Constant, *, elements_alone: bool = True) -> bool:
    """Whether a string stands in a list of applications, or is given to a method of one."""
    parents = draft.code.parents
    if not isinstance(parents[node], Display) and (
        elements_alone or not isinstance(parents[node], ast.Call)
    ):
        return False
    child: ast.AST = node
    while True:
        parent = parents[child]
        match parent:
            case ast.Assign(targets=targets):
                return any(isinstance(t, ast.Name) and "APPS" in t.id for t in targets)
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.AugAssign(target=ast.Name(id=name)):
                return "APPS" in name
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
                return "APPS" in name
            case ast.Dict() | ast.Subscript() | ast.Compare() | ast.stmt():
                return False
            case _:
                child = parent
