"""One Python file on its way to Lading: its code and the edits that were decided so far."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from lading.adopt.code import Code
from lading.adopt.edits import Edit
from lading.adopt.notes import Notes

Assignment = ast.Assign | ast.AnnAssign | ast.AugAssign


@dataclass(slots=True)
class Draft:
    """``bases``: the drafts of the files whose names this one imports (``from .base import *``). ``mark`` is
    the quotation mark that the file uses for most of its strings.
    """

    code: Code
    notes: Notes
    edits: list[Edit] = field(default_factory=list[Edit])
    bases: list[Draft] = field(default_factory=list["Draft"], repr=False)
    mark: str = field(init=False)

    def __post_init__(self) -> None:
        marks = [self.code.text(node).lstrip("rRuU")[:1] for node in self.code.strings]
        self.mark = "'" if marks.count("'") > marks.count('"') else '"'

    @property
    def path(self) -> str:
        return self.code.document.path

    def family(self) -> Iterator[Draft]:
        """This draft, then those that it builds on, the nearest first."""
        seen: list[Draft] = [self]
        for draft in seen:
            seen.extend(base for base in draft.bases if all(base is not other for other in seen))
        return iter(seen)

    def assignments(
        self, name: str = "", *, everywhere: bool = False
    ) -> Iterator[tuple[str, Assignment]]:
        """Each statement that sets a name (or this one alone) of the module; ``everywhere``: in classes and
        functions too.
        """
        for node in self.code.nodes:
            if isinstance(node, Assignment) and (everywhere or not self.code.is_nested(node)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if isinstance(target, ast.Name) and name in ("", target.id):
                        yield target.id, node

    def sets(self, name: str) -> bool:
        """Whether the file sets a name."""
        return next(self.assignments(name), None) is not None

    def remove(self, statement: ast.stmt) -> bool:
        """Remove a statement; False where that cannot be done by lines."""
        edit = self.code.remove_statement(statement)
        if edit is not None:
            self.edits.append(edit)
        return edit is not None

    def add_after(self, statement: ast.stmt, text: str) -> None:
        """Put another statement behind one, on a line of its own."""
        code = self.code
        end = code.end(statement)
        line_end = code.document.text.find("\n", end)
        indent = code.indent(code.start(statement)) or ""
        newline = code.document.newline
        if line_end < 0:
            line_end = len(code.document.text)
        elif newline == "\r\n":
            line_end -= 1
        self.edits.append(Edit(line_end, line_end, f"{newline}{indent}{text}"))

    def lines(self, statement: ast.stmt, text: str) -> str:
        """A text of several lines, indented and ended as the statement's."""
        indent = self.code.indent(self.code.start(statement)) or ""
        return text.replace("\n", f"{self.code.document.newline}{indent}")


def render(value: Any, mark: str) -> str:
    """Python source of a value made of texts, numbers, lists and dictionaries."""
    if isinstance(value, str):
        text = repr(value)
        return f"{mark}{text[1:-1]}{mark}" if mark not in value and "\\" not in text else text
    if isinstance(value, dict):
        pairs = cast("dict[Any, Any]", value).items()
        return f"{{{', '.join(f'{render(k, mark)}: {render(v, mark)}' for k, v in pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(render(item, mark) for item in cast('list[Any]', value))}]"
    return repr(value)
