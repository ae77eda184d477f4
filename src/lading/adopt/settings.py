"""The settings files of a project, and how each is switched: the story of a settings package."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from lading.adopt import apps, lading_setting, middleware, old_settings, storages
from lading.adopt.code import Code
from lading.adopt.draft import Draft
from lading.adopt.notes import Notes
from lading.adopt.tools import COLLECTFASTA, SERVESTATIC, WHITENOISE, owner_of_setting

_NAMES: Final = frozenset(
    {
        "DEFAULT_FILE_STORAGE",
        "INSTALLED_APPS",
        "MIDDLEWARE",
        "ROOT_URLCONF",
        "STATICFILES_STORAGE",
        "STATIC_ROOT",
        "STATIC_URL",
        "STORAGES",
    }
)


def is_settings(code: Code) -> bool:
    """Whether a file sets, outside of functions, what only Django's settings set."""
    for node in code.nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) if name in _NAMES or owner_of_setting(name):
                if not code.is_nested(node) or isinstance(
                    code.parents[code.statement(node)], ast.ClassDef
                ):
                    return True
            case ast.ImportFrom() if _is_star(node) and "settings" in code.document.path:
                return True
            case _:
                pass
    return False


def switch(codes: Sequence[Code], notes: Notes) -> list[Draft]:
    """The drafts of all settings files, those first that others build on."""
    drafts = [Draft(code, notes) for code in codes]
    for draft in drafts:
        draft.bases = [base for base in drafts if base is not draft and _imports(draft, base)]
    # What a file builds on is decided before it: which has LADING already, for one.
    drafts.sort(key=lambda draft: (sum(1 for _ in draft.family()), draft.path))
    writers: list[Draft] = []
    says_origins = [_switch_file(draft, writers) for draft in drafts]
    if COLLECTFASTA.name in notes.tools:
        notes.change(
            "collectstatic compares contents and saves several files at once, with no cache to set up. To "
            'publish compressed variants into a bucket too: "OPTIONS": {"target": "s3://…"}.'
        )
    serving = next((tool for tool in (WHITENOISE, SERVESTATIC) if tool.name in notes.tools), None)
    if serving is not None and not any(says_origins):
        notes.change(
            f"With {serving.name} pages of other origins may read every file; now fonts, scripts, style "
            'sheets, JSON and WebAssembly only. LADING = {"ORIGINS": "all"} keeps it as it was.'
        )
    _tell_of_apps(drafts, notes)
    return drafts


def _switch_file(draft: Draft, writers: list[Draft]) -> bool:
    """Decide a file's edits; whether it says who may read files. ``writers`` set ``LADING`` already."""
    middleware.switch(draft)
    wishes = old_settings.read(draft, storages.kind_in(draft))
    storages.switch(draft, wishes)
    old_settings.settle(draft, wishes)
    for statement in wishes.dropped:
        draft.remove(statement)
    has_base = any(member is writer for member in draft.family() for writer in writers)
    lading_setting.write(draft, wishes.entries, has_base=has_base)
    if wishes.entries:
        writers.append(draft)
    apps.switch(draft)
    return wishes.origins


def _tell_of_apps(drafts: Sequence[Draft], notes: Notes) -> None:
    if any(apps.holds_staticfiles(draft) for draft in drafts):
        return
    for draft in drafts:
        for _, statement in draft.assignments("INSTALLED_APPS", everywhere=True):
            notes.task(
                draft.code.where(statement),
                "no list of applications holds 'django.contrib.staticfiles' as it is written out",
                '"lading.django" before "django.contrib.staticfiles" in INSTALLED_APPS',
            )
            return


def _imports(draft: Draft, base: Draft) -> bool:
    """Whether a file takes over names of another: ``from .base import *``."""
    for node in draft.code.nodes:
        if isinstance(node, ast.ImportFrom) and _is_of(draft.path, node, base.path):
            return True
    return False


def _is_of(importer: str, node: ast.ImportFrom, path: str) -> bool:
    """Whether the module that is imported from is the file at a path."""
    module = path.removesuffix(".py").removesuffix("/__init__")
    names = (node.module or "").split(".") if node.module else []
    if node.level:
        folder = importer.split("/")[:-1]
        above = node.level - 1
        if above > len(folder):
            return False
        return module == "/".join([*folder[: len(folder) - above], *names])
    return bool(names) and f"/{module}".endswith("/" + "/".join(names))


def _is_star(node: ast.ImportFrom) -> bool:
    return any(alias.name == "*" for alias in node.names)
