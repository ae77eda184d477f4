"""The folder that the old tool served at the root of the site: it becomes a folder of the static files."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lading.adopt.draft import Assignment, Draft, render
from lading.adopt.paths import named, path

PREFIX = "root"
"""The folder of the static files that such a folder becomes."""

CHANGE = (
    "Files at the root of the site are collected and listed like static files. Names that begin with a dot "
    "stay behind, but for the folder .well-known."
)
"""What is noticed."""


def collected(draft: Draft, statement: Assignment) -> str:
    """Where the folder's files are collected already, as a path below ``STATIC_ROOT``; ``""`` if nowhere, or
    if that is not plain.
    """
    folder = path(draft, statement.value) if statement.value is not None else None
    if folder is None:
        return ""
    for place in _places(draft):
        if folder.startswith(f"{place}/"):
            return folder[len(place) + 1 :].replace("\\", "/")
    return ""


def add_source(draft: Draft, statement: Assignment, source: str) -> ast.stmt | None:
    """Add the folder to ``STATICFILES_DIRS``, in the place of the old setting, or behind the statement that
    is returned if that sets the list later. ``None`` where it cannot be done safely.
    """
    code = draft.code
    pair = f"({render(PREFIX, draft.mark)}, {source})"
    own = [known for _, known in draft.assignments("STATICFILES_DIRS")]
    later = [known for known in own if code.start(known) > code.start(statement)]
    if later:
        if not all(code.is_top_level(known) for known in (statement, *later)):
            return None
        draft.add_after(later[-1], f"STATICFILES_DIRS = [*STATICFILES_DIRS, {pair}]")
        return later[-1]
    is_set = any(
        member.sets("STATICFILES_DIRS") for member in draft.family() if member is not draft
    )
    if own and not is_set and not any(code.is_top_level(known) for known in own):
        return None
    others = "*STATICFILES_DIRS, " if own or is_set else ""
    draft.edits.append(code.replace(statement, f"STATICFILES_DIRS = [{others}{pair}]"))
    return statement


def _places(draft: Draft) -> Iterator[str]:
    """The folders whose files lie below ``STATIC_ROOT`` as they lie in them."""
    if root := named(draft, "STATIC_ROOT"):
        yield root
    for member in draft.family():
        for _, statement in member.assignments("STATICFILES_DIRS"):
            if isinstance(statement.value, ast.List | ast.Tuple):
                for element in statement.value.elts:
                    if folder := path(member, element):
                        yield folder
