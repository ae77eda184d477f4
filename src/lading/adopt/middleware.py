"""``MIDDLEWARE``: Lading's stands where the old tool's stood, however the list is put together."""

from __future__ import annotations

import ast

from lading.adopt.code import Display
from lading.adopt.draft import Draft
from lading.adopt.tools import MIDDLEWARE, MIDDLEWARES


def switch(draft: Draft) -> None:
    """Decide the edits of one settings file: each mention becomes Lading's, a second one in a list goes."""
    code, notes = draft.code, draft.notes
    seen: set[ast.AST] = set()
    gone: dict[Display, set[ast.expr]] = {}
    for node in code.strings:
        tool = MIDDLEWARES.get(str(node.value))
        if tool is None:
            continue
        notes.found(tool.name, code.where(node))
        notes.row(f'"{node.value}"', f'"{MIDDLEWARE}"', code.where(node))
        parent = code.parents[node]
        if isinstance(parent, Display) and parent in seen:
            gone.setdefault(parent, set()).add(node)
            continue
        seen.add(parent)
        draft.edits.append(code.replace(node, code.quote(node, MIDDLEWARE)))
        _tell(draft, tool.name)
    for display, elements in gone.items():
        draft.edits += code.remove_elements(display, elements)


def _tell(draft: Draft, tool: str) -> None:
    draft.notes.change(
        f"A path below STATIC_URL that is not published is a 404 at once; with {tool} the application was "
        "asked for it."
    )
    draft.notes.change(
        "Files that lie in STATIC_ROOT and were not collected by Lading are not served; run collectstatic "
        "once before the new code starts."
    )
    draft.notes.change(
        "Hashed names are cached for one year in place of ten, and plain ones with must-revalidate."
    )
    draft.notes.change(
        "Media types are those that are registered now: .ico, .woff, .xml and .m4a have other ones than "
        "before, and .ts is TypeScript's."
    )
