"""How a project is switched to Lading: read its files, decide every edit, and say what is left to a person.

Nothing is written here, and nothing of the project is imported or run.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lading.adopt import deployment, manifests, requirements, settings, subclasses, wrappers
from lading.adopt.code import Code, parse
from lading.adopt.document import Change, Document, change
from lading.adopt.draft import Draft
from lading.adopt.files import Files, find
from lading.adopt.notes import Notes
from lading.adopt.paths import named
from lading.adopt.tools import APPS, MENTION, MIDDLEWARES, MODULES, STORAGES, owner_of_setting
from lading.errors import NoProjectError


@dataclass(frozen=True, slots=True)
class Switch:
    """``changes`` make the whole, in the order of their paths."""

    root: str
    changes: list[Change]
    notes: Notes


def plan(root: str) -> Switch:
    """How the project in a folder is switched. Raises ``NoProjectError`` where no Django settings are."""
    notes = Notes()
    try:
        files = find(root)
    except OSError as error:
        raise NoProjectError(
            f"The folder cannot be read: {error}.", where=root, remedy="Name the project's folder."
        ) from error
    codes = [code for document in files.python if (code := _parse(document, notes)) is not None]
    of_settings = [code for code in codes if settings.is_settings(code)]
    if not any(_sets_apps(Draft(code, notes)) for code in of_settings):
        raise NoProjectError(
            "No Django settings are here or below: no Python file sets INSTALLED_APPS.",
            where=root,
            remedy="Run lading adopt in the folder of manage.py, or give that folder.",
        )
    drafts = settings.switch(of_settings, notes)
    root_folder = next((p for d in drafts if (p := named(d, "STATIC_ROOT"))), None)
    drafts += [
        Draft(code, notes) for code in codes if all(code is not known for known in of_settings)
    ]
    for draft in drafts:
        wrappers.switch(draft, root_folder)
        subclasses.switch(draft)
    changes = _changes(drafts, notes)
    kept = _tell_of_leftovers(codes, changes, notes)
    changes += _switch_dependencies(files, kept, notes)
    changes += _switch_deployment(files, kept, changes, notes)
    return Switch(root, sorted(changes, key=lambda c: c.document.path), notes)


def _sets_apps(draft: Draft) -> bool:
    return any(True for _ in draft.assignments("INSTALLED_APPS", everywhere=True))


def _parse(document: Document, notes: Notes) -> Code | None:
    code = parse(document)
    if code is None and (found := MENTION.search(document.text)):
        notes.task(
            document.where(found.start()),
            f"this Python cannot parse the file, which names {found[0]!r}",
            "what Lading has for it",
        )
    return code


def _changes(drafts: Sequence[Draft], notes: Notes) -> list[Change]:
    """The changes that hold together; a file in which they do not is left to a person, as a whole."""
    changes: list[Change] = []
    for draft in drafts:
        try:
            made = change(draft.code.document, draft.edits)
            if made is not None:
                ast.parse(made.text)
                changes.append(made)
        except (ValueError, SyntaxError):
            notes.task(draft.path, "its settings are written in a way that cannot be edited safely")
    return changes


def _tell_of_leftovers(codes: Sequence[Code], changes: Sequence[Change], notes: Notes) -> set[str]:
    """Note each place in which code still names an old tool, where nothing has been said of it. The
    distributions that this code needs.
    """
    kept: set[str] = set()
    changed = {change.document.path: change.text for change in changes}
    told = {task.where for task in notes.tasks}
    for code in codes:
        document = code.document
        tree = ast.parse(changed[document.path]) if document.path in changed else code.tree
        before = {text: n for n, text in enumerate(document.text.split("\n"), 1)}
        lines = changed.get(document.path, document.text).split("\n")
        for line, name in sorted(set(_names(tree))):
            kept.update(_distributions(name))
            # People know the line as it is now.
            where = f"{document.path}:{before.get(lines[line - 1], line)}"
            if where not in told:
                told.add(where)
                notes.task(where, *_leftover(name))
    return kept


def _distributions(name: str) -> Sequence[str]:
    """What has to be installed for a dotted name."""
    tool = MODULES.get(name.partition(".")[0])
    return tool.distributions if tool else ()


_NAMED = APPS.keys() | MIDDLEWARES.keys() | STORAGES.keys()


def _names(tree: ast.AST) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found += [(node.lineno, alias.name) for alias in names if _module(alias.name)]
            case ast.ImportFrom(module=str(module), level=0) if _module(module):
                found.append((node.lineno, module))
            case ast.Constant(value=str(text)) if _module(text) and text in _NAMED:
                found.append((node.lineno, text))
            case ast.Name(id=name, ctx=ast.Store()) if owner_of_setting(name):
                found.append((node.lineno, name))
            case _:
                pass
    return found


def _module(name: str) -> bool:
    return name.partition(".")[0] in MODULES


def _leftover(name: str) -> tuple[str, str]:
    tool = owner_of_setting(name)
    if tool is not None:
        return f"{name} is no setting of {tool.name}; Lading does not read it", "remove it"
    return f"the code names {name!r}, in a way that is left to you", "what Lading has for it"


def _switch_dependencies(files: Files, kept: Collection[str], notes: Notes) -> list[Change]:
    changes = requirements.switch(files.requirements, kept, notes)
    for document in files.manifests:
        made = manifests.switch(document, kept, notes)
        changes += [made] if made else []
        for said in manifests.versions(document).values():
            deployment.tell_of_versions(document, "python", said, notes)
    for document in files.requirements:
        for line in requirements.lines(document.text):
            if line.name == "django":
                deployment.tell_of_versions(document, "django", line.versions, notes)
    texts = {change.document.path: change.text for change in changes}
    dependencies = (*files.requirements, *files.manifests)
    if not any("lading" in texts.get(d.path, d.text) for d in dependencies):
        notes.change("Lading has to be installed: pip install 'lading[django]'")
    return changes


def _switch_deployment(
    files: Files, kept: Collection[str], done: Sequence[Change], notes: Notes
) -> list[Change]:
    changes = [
        c for document in files.deployment if (c := deployment.switch(document, kept, notes))
    ]
    texts = {c.document.path: c.text for c in (*done, *changes)}
    for document in (*files.requirements, *files.manifests, *files.deployment):
        text = texts.get(document.path, document.text)
        if document in files.manifests and not manifests.names_old(text, kept):
            continue
        deployment.tell_of_mentions(document, text, kept, notes)
    for path in files.locks:
        if texts.keys() & {d.path for d in (*files.manifests, *files.requirements)}:
            notes.task(path, "the file locks the old dependencies", _lock_command(path))
    return changes


def _lock_command(path: str) -> str:
    name = os.path.basename(path)
    return {"Pipfile.lock": "pipenv lock", "pylock.toml": "pip lock"}.get(
        name, f"{name.removesuffix('.lock')} lock"
    )
