"""``wsgi.py`` and ``asgi.py``: an application that is wrapped by the old tool is wrapped by Lading."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from lading.adopt.code import Code
from lading.adopt.draft import Draft
from lading.adopt.paths import path
from lading.adopt.tools import MODULES, Tool


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A class of the tool as the file imports it."""

    tool: Tool
    statement: ast.ImportFrom
    name: str
    function: str


def switch(draft: Draft, static_root: str | None) -> None:
    """Decide the edits of one file. ``static_root`` is the path of ``STATIC_ROOT`` where the settings say it
    plainly.
    """
    code, notes = draft.code, draft.notes
    for wrapper in _imports(code):
        notes.found(wrapper.tool.name, code.where(wrapper.statement))
        calls = _uses(code, wrapper)
        if problem := _problem(draft, wrapper, calls, static_root):
            notes.task(
                code.where(wrapper.statement),
                problem,
                f"from lading.django.serving import {wrapper.function}, and "
                f"application = {wrapper.function}(application)",
            )
            continue
        new = f"from lading.django.serving import {wrapper.function}"
        draft.edits.append(code.replace(wrapper.statement, new))
        for call in calls:
            assert isinstance(call, ast.Call)
            wrapped = f"{wrapper.function}({code.text(_application(call))})"
            draft.edits.append(code.replace(call, wrapped))
            notes.row(f"{wrapper.name}(…)", f"{wrapper.function}(…)", code.where(call))


def _imports(code: Code) -> list[Wrapper]:
    found: list[Wrapper] = []
    for node in code.nodes:
        if isinstance(node, ast.ImportFrom) and not node.level:
            tool = MODULES.get((node.module or "").partition(".")[0])
            for alias in node.names:
                if tool and alias.name in tool.wrappers:
                    name = alias.asname or alias.name
                    found.append(Wrapper(tool, node, name, tool.wrappers[alias.name]))
    return found


def _uses(code: Code, wrapper: Wrapper) -> list[ast.expr]:
    """Each call of the class, or where it is used otherwise, the name."""
    uses: list[ast.expr] = []
    for node in code.nodes:
        if isinstance(node, ast.Name) and node.id == wrapper.name:
            parent = code.parents[node]
            uses.append(parent if isinstance(parent, ast.Call) and parent.func is node else node)
    return uses


def _application(call: ast.Call) -> ast.expr:
    """What is wrapped; the call has been checked."""
    return call.args[0] if call.args else call.keywords[0].value


def _problem(draft: Draft, wrapper: Wrapper, uses: list[ast.expr], static_root: str | None) -> str:
    """Why a person has to switch the file, ``""`` if nobody has to."""
    text = draft.code.document.text
    if len(wrapper.statement.names) > 1:
        return f"{wrapper.tool.name} is imported together with other names"
    if "django.core" not in text:
        return f"{wrapper.name} wraps an application that is not Django's"
    if "add_files" in text:
        return f"{wrapper.name} serves further folders; what is to be served has to be collected"
    for use in uses:
        if not isinstance(use, ast.Call):
            return f"{wrapper.name} is used in a way of its own"
        if problem := _problem_of_call(draft, wrapper, use, static_root):
            return problem
    return ""


def _problem_of_call(
    draft: Draft, wrapper: Wrapper, call: ast.Call, static_root: str | None
) -> str:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if len(call.args) != (0 if "application" in given else 1):
        return f"{wrapper.name} is called in a way of its own"
    if "application" in given and call.keywords[0].arg != "application":
        return f"{wrapper.name} is called in a way of its own"
    if unknown := sorted(
        str(name) for name in given if name not in ("application", "root", "prefix")
    ):
        return f"{wrapper.name} is given {', '.join(unknown)}; write what it says into LADING"
    root = given.get("root")
    if root is None or ast.unparse(root) == "settings.STATIC_ROOT":
        return ""
    folder = path(draft, root)
    if folder is None or folder != static_root:
        return (
            f"{wrapper.name} serves the folder {ast.unparse(root)}, and it is not plain that this is "
            "STATIC_ROOT; Lading serves what collectstatic publishes there"
        )
    return ""
