"""The storage of static files: the old tools' classes become Lading's, with the options that say the same."""

from __future__ import annotations

import ast
from typing import Any, Final

from lading.adopt.draft import Draft, render
from lading.adopt.edits import Edit
from lading.adopt.equivalents import ByHand, Dropped, Option, enhanced_option
from lading.adopt.notes import Row
from lading.adopt.old_settings import NO_PLACE, Entry, Wishes
from lading.adopt.tools import ENHANCED, PLAIN_STORAGE, STORAGE, STORAGES, StorageKind

_DJANGO_OPTIONS: Final = frozenset(
    {
        "allow_overwrite",
        "base_url",
        "directory_permissions_mode",
        "file_permissions_mode",
        "location",
        "manifest_storage",
    }
)
"""Options of Django's own storages, which Lading's takes too."""

_RENAMED: Final = (
    "Files that refer to nothing and style sheets keep their hashed names; JavaScript modules that import "
    "others, and style sheets with image-set(), get new ones."
)
_REQUOTED: Final = (
    "Files that refer to nothing keep their hashed names; style sheets get new ones where they write url() "
    "without quotation marks or @import without url(), since these are rewritten as Django does it."
)
_LEFT: Final = "the storage is left as it is"
_FILES: Final = "django.core.files.storage.FileSystemStorage"


def kind_in(draft: Draft) -> StorageKind | None:
    """The kind of storage that the file names; of several, one that takes options."""
    kinds = {kind for node in draft.code.strings if (kind := _kind(node))}
    return next((kind for kind in ("manifest", "testing", "packed") if kind in kinds), None)


def switch(draft: Draft, wishes: Wishes) -> None:
    """Decide the edits of one settings file. What plain names cannot have as options is added to the
    ``wishes`` for ``LADING``, and why a storage cannot be given its options.
    """
    for node in draft.code.strings:
        if (kind := _kind(node)) is None or isinstance(draft.code.parents[node], ast.Expr):
            continue
        tool = STORAGES[str(node.value)]
        draft.notes.found(tool.name, draft.code.where(node))
        if _is_old_setting(draft, node):
            _switch_old_setting(draft, node, kind, wishes)
        elif kind == "packed":
            _switch_packed(draft, node, wishes)
        else:
            _switch_entry(draft, node, kind, wishes)


def _kind(node: ast.Constant) -> StorageKind | None:
    tool = STORAGES.get(str(node.value))
    return tool.storages[str(node.value)] if tool else None


def _row(draft: Draft, node: ast.Constant, new: str) -> None:
    draft.notes.row(f'"{node.value}"', new, draft.code.where(node))
    if new == f'"{STORAGE}"':
        draft.notes.change(_RENAMED if STORAGES[str(node.value)] is not ENHANCED else _REQUOTED)
        draft.notes.change(
            "References to files that do not exist are told all together, with file and line; in packages "
            "they do not stop collectstatic."
        )


def _replace(draft: Draft, node: ast.Constant, backend: str) -> None:
    draft.edits.append(draft.code.replace(node, draft.code.quote(node, backend)))
    _row(draft, node, f'"{backend}"')


# STORAGES


def _switch_entry(draft: Draft, node: ast.Constant, kind: StorageKind, wishes: Wishes) -> None:
    """A storage with names by content, as the ``BACKEND`` of an entry or wherever else it is named."""
    options = dict(wishes.options)
    if kind == "testing":
        options["strict"] = "always"
    parent = draft.code.parents[node]
    table = parent if isinstance(parent, ast.Dict) and node in parent.values else None
    if table is not None and _key_of(table, node) == "BACKEND":
        if not _switch_options(draft, node, table, options, wishes):
            wishes.obstacle = _LEFT
            return
    elif options:
        _add_options(draft, node, options, wishes)
    _replace(draft, node, STORAGE)


def _key_of(table: ast.Dict, value: ast.expr) -> str:
    key = table.keys[table.values.index(value)]
    return str(key.value) if isinstance(key, ast.Constant) else ""


def _switch_options(
    draft: Draft, node: ast.Constant, table: ast.Dict, options: dict[str, Any], wishes: Wishes
) -> bool:
    """Bring the entry's ``OPTIONS`` to Lading's names, and add those given; False if a person has to."""
    code = draft.code
    given = [value for value in table.values if _key_of(table, value) == "OPTIONS"]
    if not given:
        if options:
            pair = f"{draft.mark}OPTIONS{draft.mark}: {render(options, draft.mark)}"
            end = code.end(node)
            indent = code.indent(code.start(table.keys[table.values.index(node)] or node))
            gap = " " if indent is None else f"{code.document.newline}{indent}"
            draft.edits.append(Edit(end, end, f",{gap}{pair}"))
        return True
    old = given[0]
    translated = _translate(draft, node, old)
    if translated is None:
        return False
    if not isinstance(old, ast.Dict):
        if options:
            _hand_over(draft, node, options, wishes)
        return True
    gone, renamed = translated
    for position, option in renamed.items():
        key = old.keys[position]
        assert key is not None
        draft.edits.append(code.replace(key, code.quote(key, option.key)))
        draft.edits.append(code.replace(old.values[position], render(option.value, draft.mark)))
    draft.edits += code.remove_items(old, gone)
    options = {k: v for k, v in options.items() if k not in {o.key for o in renamed.values()}}
    left = [position for position in range(len(old.values)) if position not in gone]
    if options and gone and not left:
        _hand_over(draft, node, options, wishes)
        return True
    if options and not left:
        draft.edits.append(code.replace(old, render(options, draft.mark)))
        return True
    for key, value in options.items():
        text = f"{draft.mark}{key}{draft.mark}: {render(value, draft.mark)}"
        draft.edits.append(code.add_item(old, left[-1], text))
    return True


def _translate(
    draft: Draft, node: ast.Constant, old: ast.expr
) -> tuple[set[int], dict[int, Option]] | None:
    """The positions of options that go, and those that are Lading's by another name; ``None`` where
    something has to be decided by a person, which is noted.
    """
    is_enhanced = STORAGES[str(node.value)] is ENHANCED
    if not isinstance(old, ast.Dict):
        if not is_enhanced:
            return set(), {}
        _refuse(draft, node, "its options are not written out here", '"OPTIONS": {…}')
        return None
    gone: set[int] = set()
    renamed: dict[int, Option] = {}
    rows: list[Row] = []
    is_decided = True
    for position, (key, value) in enumerate(zip(old.keys, old.values, strict=True)):
        name = str(key.value) if isinstance(key, ast.Constant) else ""
        known = enhanced_option(name, value) if is_enhanced else None
        match known:
            case Option(new):
                renamed[position] = known
                rows.append(Row(f'option "{name}"', f'"{new}"', draft.code.where(value)))
            case Dropped(why):
                gone.add(position)
                rows.append(Row(f'option "{name}"', "", draft.code.where(value), why))
            case ByHand(why, write):
                _refuse(draft, node, f'option "{name}": {why}', write)
                is_decided = False
            case _ if name not in _DJANGO_OPTIONS:
                _refuse(draft, node, f"Lading has no option {name!r}", "an entry without it")
                is_decided = False
            case _:
                pass
    if not is_decided:
        return None
    draft.notes.rows += rows
    return gone, renamed


def _refuse(draft: Draft, node: ast.Constant, why: str, write: str) -> None:
    draft.notes.task(
        draft.code.where(node),
        f"{why}; so this storage is left as it is",
        f'{write}, and "BACKEND": "{STORAGE}"',
    )


def _add_options(draft: Draft, node: ast.Constant, options: dict[str, Any], wishes: Wishes) -> None:
    """Options beside ``STORAGES["staticfiles"]["BACKEND"] = "…"``, if a person need not add them."""
    statement = draft.code.statement(node)
    match statement:
        case ast.Assign(
            targets=[ast.Subscript(value=entry, slice=ast.Constant(value="BACKEND"))], value=value
        ) if value is node and not _has_options(draft):
            mark = draft.mark
            place = f"{draft.code.text(entry)}[{mark}OPTIONS{mark}]"
            draft.add_after(statement, f"{place} = {render(options, mark)}")
        case _:
            _hand_over(draft, node, options, wishes)


def _has_options(draft: Draft) -> bool:
    """Whether an entry of a storage has options already, in this file or one that it builds on."""
    return any(
        node.value == "OPTIONS" and "staticfiles" in ast.unparse(member.code.statement(node))
        for member in draft.family()
        for node in member.code.strings
    )


def _hand_over(draft: Draft, node: ast.Constant, options: dict[str, Any], wishes: Wishes) -> None:
    """The storage is switched; its options are left to a person, and so are the settings they are of."""
    wishes.obstacle = NO_PLACE
    own = {key: value for key, value in options.items() if key not in wishes.options}
    if own:
        told = f'"OPTIONS": {render(own, draft.mark)}'
        draft.notes.task(draft.code.where(node), wishes.obstacle, told)


# Compressed files under plain names


def _switch_packed(draft: Draft, node: ast.Constant, wishes: Wishes) -> None:
    """Django's own storage with variants: what that storage takes no options for stands in ``LADING``."""
    statement = draft.code.statement(node)
    if draft.code.is_nested(statement):
        wishes.obstacle = _LEFT
        draft.notes.task(
            draft.code.where(node),
            "the storage is chosen in a class or a function",
            f'"BACKEND": "{PLAIN_STORAGE}", and LADING = {{"ENCODINGS": ["br", "gzip"]}}',
        )
        return
    _pack(draft, statement, wishes, replaces=False)
    _replace(draft, node, PLAIN_STORAGE)


def _pack(draft: Draft, statement: ast.stmt, wishes: Wishes, *, replaces: bool) -> None:
    encodings = wishes.options.get("encodings", ["br", "gzip"])
    wanted = {"ENCODINGS": encodings}
    if "pack" in wishes.options:
        wanted["PACK"] = wishes.options["pack"]
    for key, value in wanted.items():
        if any(entry.key == key for entry in wishes.entries):
            continue
        text = render(value, draft.mark)
        wishes.entries.append(Entry(statement, key, text, replaces=replaces))


# STATICFILES_STORAGE


def _is_old_setting(draft: Draft, node: ast.Constant) -> bool:
    match draft.code.statement(node):
        case ast.Assign(targets=[ast.Name(id="STATICFILES_STORAGE")]):
            return True
        case ast.AnnAssign(target=ast.Name(id="STATICFILES_STORAGE")):
            return True
        case _:
            return False


def _switch_old_setting(
    draft: Draft, node: ast.Constant, kind: StorageKind, wishes: Wishes
) -> None:
    """``STATICFILES_STORAGE = "…"``, which Django 5.1 took away, becomes ``STORAGES``."""
    code = draft.code
    statement = code.statement(node)
    draft.notes.change(
        "Django 5.1 and later ignore STATICFILES_STORAGE "
        f"({code.where(statement)}). If this project runs on one of them, its files had plain names until "
        "now; from now on the storage that is named there takes effect."
    )
    entry: dict[str, Any] = {"BACKEND": STORAGE}
    options = dict(wishes.options)
    if kind == "testing":
        options["strict"] = "always"
    if options:
        entry["OPTIONS"] = options
    obstacle = _obstacle(draft, node, statement)
    if obstacle:
        told = (
            f'STORAGES = {{"default": {{"BACKEND": …}}, "staticfiles": {render(entry, chr(34))}}}'
        )
        draft.notes.task(code.where(statement), obstacle, told)
        wishes.obstacle = _LEFT
        return
    if kind == "packed":
        _pack(draft, statement, wishes, replaces=True)
        _row(draft, node, 'Django\'s own storage, with LADING["ENCODINGS"]')
        return
    mark = draft.mark
    text = (
        f"STORAGES = {{\n"
        f"    {mark}default{mark}: {render({'BACKEND': _FILES}, mark)},\n"
        f"    {mark}staticfiles{mark}: {render(entry, mark)},\n"
        f"}}"
    )
    draft.edits.append(code.replace(statement, draft.lines(statement, text)))
    _row(draft, node, f'"{STORAGE}"')


def _obstacle(draft: Draft, node: ast.Constant, statement: ast.stmt) -> str:
    """Why a person has to write ``STORAGES``, ``""`` if nobody has to."""
    if any(member.sets("STORAGES") for member in draft.family()):
        return "STORAGES is set too, and Django ignores STATICFILES_STORAGE"
    if any(member.sets("DEFAULT_FILE_STORAGE") for member in draft.family()):
        return "DEFAULT_FILE_STORAGE goes with STATICFILES_STORAGE, and holds for uploads"
    if not (isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is node):
        return "the storage's name is put together when the program runs"
    if draft.code.is_nested(statement):
        return "it is set in a class or a function"
    return ""
