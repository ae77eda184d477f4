"""Dependencies in ``pyproject.toml`` (PEP 621, dependency groups, Poetry) and in a ``Pipfile``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Set
from typing import Any, Final, cast

import lading
from lading.adopt.document import Change, Document, change
from lading.adopt.edits import Edit
from lading.adopt.notes import Notes
from lading.adopt.requirements import REQUIREMENT, new_requirement
from lading.adopt.tools import DISTRIBUTIONS, normalized

_TABLE: Final = re.compile(r"^[ \t]*\[([^\[\]\n]+)\][ \t]*(?:#.*)?\r?$", re.MULTILINE)
_STRING: Final = re.compile(r"""(?P<mark>["'])(?P<text>(?:(?!(?P=mark))[^\\\n])*)(?P=mark)""")
_KEYED: Final = re.compile(
    r"""^[ \t]*(?P<name>[\w.-]+|"[^"\n]+")[ \t]*=[ \t]*
    (?P<value>"[^"\n]*"|'[^'\n]*'|\{[^\n\#]*\})[ \t]*(?:\#.*)?\r?$""",
    re.MULTILINE | re.VERBOSE,
)
_POETRY: Final = re.compile(r"tool\.poetry(\.group\.[^.]+)?\.(dev-)?dependencies")
_LISTING: Final = re.compile(r"dependenc|requires|packages")
_PIPFILE: Final = ("packages", "dev-packages")


def switch(document: Document, kept: Collection[str], notes: Notes) -> Change | None:
    """The change of one file, ``None`` where there is none or a person has to make it. Distributions that are
    ``kept`` stay.
    """
    before = _parsed(document.text)
    if before is None:
        if any(name in document.text for name in DISTRIBUTIONS):
            notes.task(document.path, "the file is not TOML", "lading[django] in its dependencies")
        return None
    old = DISTRIBUTIONS.keys() - set(kept)
    edits = [*_listed(document, old, notes), *_keyed(document, old, notes)]
    if not edits:
        return None
    made = change(document, edits)
    after = _parsed(made.text) if made else None
    if made is None or after is None or _others(before) != _others(after):
        notes.task(
            document.path,
            "its dependencies are written in a way that cannot be edited safely",
            "lading[django] in place of the old tool",
        )
        return None
    return made


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _others(value: Any) -> Any:
    """What a document says beside the requirements that are switched: it must stay as it is."""
    if isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        return {key: _others(item) for key, item in table.items() if not _is_switched(key)}
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return [_others(item) for item in items if not _is_switched(item)]
    return value


def _is_switched(item: Any) -> bool:
    found = REQUIREMENT.match(item) if isinstance(item, str) else None
    return found is not None and normalized(found["name"]) in {*DISTRIBUTIONS, "lading"}


# Lists of requirements: [project], [project.optional-dependencies], [dependency-groups]


def _listed(document: Document, old: Set[str], notes: Notes) -> list[Edit]:
    """Lading is put where Django stands, as in requirement files."""
    found = [_requirements(document.text, start, end) for start, end in _lists(document.text)]
    has_django = any("django" in names for names in found)
    edits: list[Edit] = []
    for names in found:
        wanted = "lading" not in names and ("django" in names or not has_django)
        for name in names.keys() & old:
            string, requirement = names[name]
            notes.found(DISTRIBUTIONS[name].name, document.where(string.start()))
            if wanted:
                begin, end = (string.start("text") + at for at in requirement.span("whole"))
                edits.append(Edit(begin, end, new_requirement(requirement["versions"])))
                wanted = False
            else:
                edits.append(_removed(document.text, string))
        if wanted and "django" in names:
            string = names["django"][0]
            edits.append(
                _added(document, string, f"{string['mark']}lading[django]{string['mark']}")
            )
    return edits


def _requirements(
    text: str, start: int, end: int
) -> dict[str, tuple[re.Match[str], re.Match[str]]]:
    """By normalized name, each requirement's string and what is in it."""
    strings = _strings(text, start, end)
    found = [(string, inner) for string in strings if (inner := REQUIREMENT.match(string["text"]))]
    return {normalized(inner["name"]): (string, inner) for string, inner in found}


def _lists(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the arrays that list requirements."""
    tables = list(_TABLE.finditer(text))
    for position, table in enumerate(tables):
        end = tables[position + 1].start() if position + 1 < len(tables) else len(text)
        name = table[1].strip()
        if name not in ("project", "project.optional-dependencies", "dependency-groups"):
            continue
        for key in re.finditer(
            r"^[ \t]*([\w\"'.-]+)[ \t]*=[ \t]*\[", text[table.end() : end], re.MULTILINE
        ):
            if name == "project" and key[1] != "dependencies":
                continue
            start = table.end() + key.end()
            yield start, _end_of_array(text, start)


def _end_of_array(text: str, start: int) -> int:
    """Where the array that was opened before ``start`` is closed."""
    position, depth = start, 1
    token = re.compile(r"#[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[\[\]]")
    while found := token.search(text, position):
        depth += {"[": 1, "]": -1}.get(found[0], 0)
        if not depth:
            return found.start()
        position = found.end()
    return len(text)


def _strings(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The strings of an array, without those in comments and inline tables."""
    token = re.compile(rf"#[^\n]*|\{{[^}}\n]*\}}|{_STRING.pattern}")
    for found in token.finditer(text, start, end):
        if found["mark"]:
            yield found


def _added(document: Document, string: re.Match[str], text: str) -> Edit:
    """Another string behind one of an array."""
    line = document.text.rfind("\n", 0, string.start()) + 1
    indent = document.text[line : string.start()]
    gap = " " if indent.strip() else f"{document.newline}{indent}"
    return Edit(string.end(), string.end(), f",{gap}{text}")


def _removed(text: str, string: re.Match[str]) -> Edit:
    """The string with its comma, and its line where nothing else stands on it."""
    start = string.start()
    rest = re.compile(r"[ \t]*,?[ \t]*(?:#[^\n]*)?\n").match(text, string.end())
    line = text.rfind("\n", 0, start) + 1
    if rest and not text[line:start].strip():
        return Edit(line, rest.end(), "")
    comma = re.compile(r"[ \t]*,[ \t]*").match(text, string.end())
    if comma:
        return Edit(start, comma.end(), "")
    before = text.rfind(",", 0, start)
    return Edit(before, string.end(), "")


# Tables of requirements: Poetry, Pipfile


def _keyed(document: Document, old: Set[str], notes: Notes) -> list[Edit]:
    """Lading is put where Django stands, as in requirement files."""
    tables = list(_keyed_tables(document))
    has_django = any("django" in table for table in tables)
    edits: list[Edit] = []
    for table in tables:
        wanted = "lading" not in table and ("django" in table or not has_django)
        for name in [name for name in table if name in old]:
            line = table[name]
            notes.found(DISTRIBUTIONS[name].name, document.where(line.start("name")))
            if wanted:
                new = _table_line(document, line["value"])
                edits.append(Edit(line.start("name"), line.end("value"), new))
                wanted = False
            else:
                end = min(line.end() + 1, len(document.text))
                edits.append(Edit(line.start(), end, ""))
        if wanted and "django" in table:
            end = min(table["django"].end() + 1, len(document.text))
            lead = "" if document.text[:end].endswith("\n") else document.newline
            new = f"{lead}{_table_line(document, '*')}{document.newline}"
            edits.append(Edit(end, end, new))
    return edits


def _keyed_tables(document: Document) -> Iterator[dict[str, re.Match[str]]]:
    """The lines of each table of requirements, by normalized name."""
    text = document.text
    tables = list(_TABLE.finditer(text))
    for position, table in enumerate(tables):
        name = table[1].strip()
        if not (_POETRY.fullmatch(name) or (_is_pipfile(document) and name in _PIPFILE)):
            continue
        end = tables[position + 1].start() if position + 1 < len(tables) else len(text)
        lines = _KEYED.finditer(text, table.end(), end)
        yield {normalized(line["name"].strip('"')): line for line in lines}


def _is_pipfile(document: Document) -> bool:
    return document.path.endswith("Pipfile")


def _table_line(document: Document, value: str) -> str:
    """The line of Lading that is as strict as an old one's value (``"^6.5"``, ``"*"``, a table)."""
    said = re.search(r"[\"']([~^=<>]*)\s*\d", value)
    version = "*"
    if said is not None:
        loose = ">=" if _is_pipfile(document) else "^"
        version = f"{'==' if said[1] == '==' else loose}{lading.__version__}"
    return f'lading = {{version = "{version}", extras = ["django"]}}'


def names_old(text: str, kept: Collection[str]) -> bool:
    """Whether some dependency, wherever it is listed, is an old tool that is not ``kept``."""
    return _names_old(_parsed(text) or {}, DISTRIBUTIONS.keys() - set(kept), is_listing=False)


def _names_old(value: Any, old: Set[str], *, is_listing: bool) -> bool:
    if isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        return any(
            (is_listing and normalized(key) in old)
            or _names_old(item, old, is_listing=is_listing or bool(_LISTING.search(key)))
            for key, item in table.items()
        )
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return any(_names_old(item, old, is_listing=is_listing) for item in items)
    found = REQUIREMENT.match(value) if is_listing and isinstance(value, str) else None
    return found is not None and normalized(found["name"]) in old


def versions(document: Document) -> Mapping[str, str]:
    """What the file says of Python (``requires-python`` of PEP 621, ``python`` of Poetry), by key."""
    table = _parsed(document.text) or {}
    project: Any = table.get("project", {})
    poetry: Any = table.get("tool", {}).get("poetry", {})
    said = {
        "requires-python": project.get("requires-python"),
        "python": poetry.get("dependencies", {}).get("python"),
    }
    return {key: value for key, value in said.items() if isinstance(value, str)}
