"""Files that build or start the site (``Dockerfile``, ``Procfile``, scripts, nginx): what they say of the old
tool, and what they lack for Lading.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Set
from typing import Final

from lading.adopt.document import Change, Document, change
from lading.adopt.edits import Edit
from lading.adopt.notes import Notes
from lading.adopt.requirements import new_requirement
from lading.adopt.tools import DISTRIBUTIONS, MENTION, normalized

PYTHON: Final = (3, 11)
DJANGO: Final = (5, 2)

_INSTALL: Final = re.compile(r"\b(?:pip3?|uv pip) install\b[^\n]*(?:\\\n[^\n]*)*")
_PACKAGE: Final = re.compile(
    r"""(?<=[\s"'])(?P<quote>["']?)
    (?P<name>[A-Za-z0-9][\w.-]*?)(?:\[[^\]\n]*\])?(?P<versions>[=<>~!][^\s"']*)?
    (?P=quote)(?=[\s"']|$)""",
    re.VERBOSE,
)
_FLAG: Final = re.compile(r"[ \t]+--disable-collectfasta?\b")
_STATIC_LOCATION: Final = re.compile(r"^[ \t]*location[ \t]+[^\n{]*static[^\n{]*\{", re.MULTILINE)
_IMAGE: Final = re.compile(
    r"^[ \t]*FROM[ \t]+[^\n]*?\bpython:(\d+)\.(\d+)", re.MULTILINE | re.IGNORECASE
)
_RUNTIME: Final = re.compile(r"^(?:python-)?(\d+)\.(\d+)")
_LOWEST: Final = re.compile(r"(?:>=|~=|\^|==|~)\s*(\d+)\.(\d+)")


def switch(document: Document, kept: Collection[str], notes: Notes) -> Change | None:
    """The change of one file, ``None`` where there is none. Distributions that are ``kept`` stay."""
    edits = [Edit(*found.span(), "") for found in _FLAG.finditer(document.text)]
    edits += _installs(document, DISTRIBUTIONS.keys() - set(kept))
    if document.path.endswith((".conf", ".conf.template", ".nginx")):
        _tell_of_locations(document, notes)
    for found in _IMAGE.finditer(document.text):
        _tell_of_python(found, document.where(found.start()), notes)
    names_python = document.path.rpartition("/")[2] in ("runtime.txt", ".python-version")
    if names_python and (found := _RUNTIME.match(document.text)):
        _tell_of_python(found, document.where(0), notes)
    return change(document, edits)


def _installs(document: Document, old: Set[str]) -> Iterator[Edit]:
    """Packages that are installed by name."""
    for command in _INSTALL.finditer(document.text):
        if (
            "#"
            in document.text[document.text.rfind("\n", 0, command.start()) + 1 : command.start()]
        ):
            continue
        has_lading = "lading" in command[0]
        for package in _PACKAGE.finditer(document.text, *command.span()):
            if normalized(package["name"]) in old:
                new = f'"{new_requirement(package["versions"] or "")}"'
                start = package.start() - (1 if has_lading else 0)
                yield Edit(start, package.end(), "" if has_lading else new)
                has_lading = True


def _tell_of_locations(document: Document, notes: Notes) -> None:
    found = _STATIC_LOCATION.search(document.text)
    if found and ".lading" not in document.text:
        notes.task(
            document.where(found.start()),
            "nginx would also serve Lading's own records, which stand in .lading/ inside STATIC_ROOT; "
            "lading webserver nginx writes a whole configuration",
            r"location ~ /\.lading/ { return 404; }",
        )


def _tell_of_python(found: re.Match[str], where: str, notes: Notes) -> None:
    if (int(found[1]), int(found[2])) < PYTHON:
        notes.task(where, f"Lading needs Python {_dotted(PYTHON)} or newer", "a newer Python")


def tell_of_versions(document: Document, package: str, said: str, notes: Notes) -> None:
    """Note a requirement (``>=3.9``, ``~=4.2``) that admits what Lading does not run on."""
    needed, name = (PYTHON, "Python") if package == "python" else (DJANGO, "Django")
    lowest = [(int(a), int(b)) for a, b in _LOWEST.findall(said)]
    if lowest and max(lowest) < needed and (name == "Python" or _is_bound(said)):
        notes.task(
            document.path,
            f"Lading needs {name} {_dotted(needed)} or newer, and the file says {name} {said}",
            f"{name} >={_dotted(needed)}",
        )


def _is_bound(said: str) -> bool:
    """Whether a requirement keeps the next series away."""
    return any(mark in said for mark in ("==", "~", "^", "<"))


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def tell_of_mentions(document: Document, text: str, kept: Collection[str], notes: Notes) -> None:
    """Note each line, comments left out, in which an old tool that is not ``kept`` is still named."""
    for number, line in enumerate(text.split("\n"), 1):
        found = MENTION.search(line.partition("#")[0])
        if found and normalized(found[0]) not in kept:
            notes.task(
                f"{document.path}:{number}",
                f"the line names {found[0]!r}",
                "remove it, or write lading there",
            )
