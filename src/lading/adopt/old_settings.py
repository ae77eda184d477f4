"""The settings of the old tools: each becomes a key of ``LADING`` or an option of the storage, goes, or is
left to a person.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, Final

from lading.adopt import root_folder
from lading.adopt.draft import Assignment, Draft, render
from lading.adopt.equivalents import (
    ByHand,
    Dropped,
    Equivalent,
    Lading,
    Option,
    RootFolder,
    equivalent,
)
from lading.adopt.tools import StorageKind, owner_of_setting

NO_PLACE: Final = "this file has no place for the storage's options"


@dataclass(frozen=True, slots=True)
class Entry:
    """A key for ``LADING`` and the source of its value, in the place of a statement or behind it."""

    statement: ast.stmt
    key: str
    value: str
    replaces: bool


@dataclass(slots=True)
class Wishes:
    """What the old settings of one file ask for. ``moves`` are the settings that become ``options`` of the
    storage: by name, with their statements; ``obstacle`` is why a storage cannot be given them, ``""`` if
    each can. ``origins``: who may read files is said already; ``site_root``: so is which folder answers at
    the root of the site.
    """

    entries: list[Entry] = field(default_factory=list[Entry])
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    moves: list[tuple[str, ast.stmt, Option]] = field(
        default_factory=list[tuple[str, ast.stmt, Option]]
    )
    obstacle: str = ""
    dropped: list[ast.stmt] = field(default_factory=list[ast.stmt])
    origins: bool = False
    site_root: bool = False


def read(draft: Draft, storage: StorageKind | None) -> Wishes:
    """What the file's old settings ask for. ``storage`` is the kind that the file names, to which options can
    be moved.
    """
    wishes = Wishes()
    for name, statement in draft.assignments(everywhere=True):
        tool = owner_of_setting(name)
        if tool is None:
            continue
        known = _equivalent(draft, name, statement)
        if known is None:
            continue
        draft.notes.found(tool.name, draft.code.where(statement))
        if isinstance(known, Option):
            known = _placed(draft, statement, known, storage)
        _note(draft, name, statement, known, wishes)
    return wishes


def settle(draft: Draft, wishes: Wishes) -> None:
    """Drop the settings whose options the storage has now; the others stay, with their options left to a
    person.
    """
    for name, statement, option in wishes.moves:
        where = draft.code.where(statement)
        if wishes.obstacle:
            draft.notes.task(where, f"{name}: {wishes.obstacle}", _line(option, draft.mark))
            continue
        wishes.dropped.append(statement)
        told = f'"{option.key}": {render(option.value, draft.mark)} in the OPTIONS'
        draft.notes.row(name, told, where)


def _equivalent(draft: Draft, name: str, statement: Assignment) -> Equivalent | None:
    value = statement.value
    if isinstance(statement, ast.AugAssign) or value is None:
        return None
    found = equivalent(name, value, draft.code.text(value))
    if found is None or isinstance(found, ByHand):
        return found
    if isinstance(statement, ast.Assign) and len(statement.targets) > 1:
        return ByHand("it is set together with another name", _line(found, draft.mark))
    if draft.code.is_nested(statement):
        return ByHand("it is set in a class or a function", _line(found, draft.mark))
    if name in draft.code.reads:
        return ByHand("other settings are made of it", _line(found, draft.mark))
    if draft.code.remove_statement(statement) is None:
        return ByHand("it shares its line with another statement", _line(found, draft.mark))
    return found


def _placed(
    draft: Draft, statement: Assignment, option: Option, storage: StorageKind | None
) -> Equivalent:
    """An option that can be moved to the storage, else what becomes of it."""
    if not draft.code.is_top_level(statement):
        return ByHand("it holds under a condition", _line(option, draft.mark))
    if storage is None:
        return ByHand(NO_PLACE, _line(option, draft.mark))
    if storage == "packed" and option.key in ("originals", "missing"):
        return Dropped("it says nothing where names are plain")
    return option


def _note(
    draft: Draft, name: str, statement: Assignment, known: Equivalent, wishes: Wishes
) -> None:
    where, notes = draft.code.where(statement), draft.notes
    match known:
        case Lading(key, source, value):
            text = source or render(value, draft.mark)
            wishes.entries.append(Entry(statement, key, text, replaces=True))
            wishes.origins = wishes.origins or key == "ORIGINS"
            notes.row(name, f'LADING["{key}"]', where)
        case Option(key, value):
            wishes.options[key] = value
            wishes.moves.append((name, statement, known))
        case RootFolder(source):
            _note_root_folder(draft, name, statement, source, wishes)
        case Dropped(why):
            wishes.dropped.append(statement)
            notes.row(name, "", where, why)
        case ByHand(why, write):
            notes.task(where, f"{name}: {why}", write)


def _note_root_folder(
    draft: Draft, name: str, statement: Assignment, source: str, wishes: Wishes
) -> None:
    where, notes = draft.code.where(statement), draft.notes
    entry = None if wishes.site_root else _root_entry(draft, statement, source)
    if entry is None:
        why = "it is set more than once, or where STATICFILES_DIRS may not be set yet"
        notes.task(where, f"{name}: {why}", _line(RootFolder(source), draft.mark))
        return
    wishes.site_root = True
    wishes.entries.append(entry)
    if entry.statement is not statement:
        wishes.dropped.append(statement)
    notes.row(name, 'LADING["SITE_ROOT"]', where)
    notes.change(root_folder.CHANGE)


def _root_entry(draft: Draft, statement: Assignment, source: str) -> Entry | None:
    if inner := root_folder.collected(draft, statement):
        return Entry(statement, "SITE_ROOT", render(inner, draft.mark), replaces=True)
    beside = root_folder.add_source(draft, statement, source)
    prefix = render(root_folder.PREFIX, draft.mark)
    return None if beside is None else Entry(beside, "SITE_ROOT", prefix, replaces=False)


def _line(known: Equivalent, mark: str) -> str:
    """What a person is to write for an equivalent."""
    match known:
        case Lading(key, source, value):
            return f'LADING = {{"{key}": {source or render(value, mark)}}}'
        case Option(key, value):
            return f'"OPTIONS": {{"{key}": {render(value, mark)}}}  # of STORAGES["staticfiles"]'
        case RootFolder(source):
            return (
                f'STATICFILES_DIRS = [*STATICFILES_DIRS, ("{root_folder.PREFIX}", {source})], and '
                f'LADING = {{"SITE_ROOT": "{root_folder.PREFIX}"}}'
            )
        case Dropped(why):
            return f"remove it: {why}"
        case ByHand(_, write):
            return write
