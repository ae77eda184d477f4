"""Python source as a tree whose nodes know their place in the text, so that it can be edited by spans."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from lading.adopt.document import Document
from lading.adopt.edits import Edit

Display = ast.List | ast.Tuple
"""A list or tuple whose elements are written out."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_COMMA = re.compile(r"(?:\s|#[^\n]*)*,")
_REST_OF_LINE = re.compile(r"[ \t]*,?[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)")
_REST_OF_STATEMENT = re.compile(r"[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Code:
    """A document and its tree; ``nodes`` are all of it, ``strings`` those that are written out as a whole
    (parts of f-strings are not), ``reads`` the names that are used.
    """

    document: Document
    tree: ast.Module
    nodes: list[ast.AST] = field(repr=False)
    parents: dict[ast.AST, ast.AST] = field(repr=False)
    strings: list[ast.Constant] = field(repr=False)
    reads: frozenset[str] = field(repr=False)
    _lines: list[int] = field(repr=False)
    _is_ascii: bool = field(repr=False)

    def start(self, node: ast.expr | ast.stmt) -> int:
        """Where a node begins in the text."""
        return self._offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Where a node ends in the text."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._offset(node.end_lineno, node.end_col_offset)

    def text(self, node: ast.expr | ast.stmt) -> str:
        """The source of a node."""
        return self.document.text[self.start(node) : self.end(node)]

    def where(self, node: ast.expr | ast.stmt) -> str:
        """``path:line`` of a node."""
        return f"{self.document.path}:{node.lineno}"

    def _offset(self, line: int, column: int) -> int:
        """The character at a line (from 1) and a column that counts bytes of UTF-8, as ``ast`` does."""
        start = self._lines[line - 1]
        if self._is_ascii:
            return start + column
        text = self.document.text[start : start + column]
        return start + len(text.encode()[:column].decode())

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that a node stands in."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """The statements among which one stands."""
        parent = self.parents[statement]
        for _, value in ast.iter_fields(parent):
            if isinstance(value, list) and statement in value:
                return value  # pyright: ignore[reportUnknownVariableType]
        raise ValueError("the statement is in no block")

    def is_top_level(self, statement: ast.stmt) -> bool:
        """True when the statement is always executed."""
        return self.parents[statement] is self.tree

    def is_nested(self, node: ast.AST) -> bool:
        """True for what stands in a class or a function."""
        while (parent := self.parents.get(node)) is not None:
            if isinstance(
                parent, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
            ):
                return True
            node = parent
        return False

    def outermost(self, statement: ast.stmt) -> ast.stmt:
        """The statement at the top level of the module that holds this one, or it itself."""
        node: ast.AST = statement
        while (parent := self.parents[node]) is not self.tree:
            node = parent
        assert isinstance(node, ast.stmt)
        return node

    def indent(self, offset: int) -> str | None:
        """What stands between the beginning of the line and a character, if it is nothing but spaces."""
        text = self.document.text
        before = text[text.rfind("\n", 0, offset) + 1 : offset]
        return before if not before.strip(" \t") else None

    def replace(self, node: ast.expr | ast.stmt, text: str) -> Edit:
        return Edit(self.start(node), self.end(node), text)

    def quote(self, node: ast.expr, value: str) -> str:
        """A string literal in the style of the one at ``node``."""
        mark = '"' if self.text(node).lstrip("rRuUbB")[:1] != "'" else "'"
        return f"{mark}{value}{mark}"

    def remove_statement(self, statement: ast.stmt) -> Edit | None:
        """Remove the statement's lines, or put ``pass`` where nothing else is left; ``None`` where another
        statement stands on the same line.
        """
        start, end = self.start(statement), self.end(statement)
        indent, rest = self.indent(start), _REST_OF_STATEMENT.match(self.document.text, end)
        if indent is None or rest is None:
            return None
        if len(self.block(statement)) == 1 and not self.is_top_level(statement):
            return Edit(start, end, "pass")
        return Edit(start - len(indent), rest.end(), "")

    def insert_before(self, element: ast.expr, text: str) -> Edit:
        """Put another element before one of a display, on a line of its own if that one has its own."""
        start = self.start(element)
        indent = self.indent(start)
        gap = " " if indent is None else f"{self.document.newline}{indent}"
        return Edit(start, start, f"{text},{gap}")

    def remove_elements(self, display: Display, gone: Collection[ast.expr]) -> list[Edit]:
        """Remove elements of a display, with their line where nothing else stands on it."""
        spans = [(self.start(element), self.end(element)) for element in display.elts]
        lost = {n for n, element in enumerate(display.elts) if element in gone}
        edits = self._remove(spans, lost)
        left = [span for n, span in enumerate(spans) if n not in lost]
        if isinstance(display, ast.Tuple) and len(left) == 1:
            # Without a comma it would be no tuple any more.
            end = left[0][1]
            behind = next((edit.end for edit in edits if edit.start == end), end)
            if not _COMMA.match(self.document.text, behind):
                edits.append(Edit(end, end, ","))
        return edits

    def remove_items(self, table: ast.Dict, gone: Collection[int]) -> list[Edit]:
        """Remove the pairs at these positions of a dictionary that is written out."""
        spans = [
            (self.start(key or value), self.end(value))
            for key, value in zip(table.keys, table.values, strict=True)
        ]
        return self._remove(spans, gone)

    def _remove(self, spans: Sequence[tuple[int, int]], gone: Collection[int]) -> list[Edit]:
        """Remove what lies between commas."""
        edits: list[Edit] = []
        position = 0
        while position < len(spans):
            last = position
            while last in gone and last + 1 in gone:
                last += 1
            if last in gone:
                edits += self._remove_run(spans, position, last)
            position = last + 1
        return edits

    def _remove_run(self, spans: Sequence[tuple[int, int]], first: int, last: int) -> list[Edit]:
        """Remove neighbours: by lines if all have lines of their own."""
        text = self.document.text
        (start, _), (_, end) = spans[first], spans[last]
        indents = [self.indent(span[0]) for span in spans[first : last + 1]]
        rests = [_REST_OF_LINE.match(text, span[1]) for span in spans[first : last + 1]]
        if all(indent is not None for indent in indents) and all(rests):
            return [
                Edit(span[0] - len(indent or ""), rest.end() if rest else span[1], "")
                for span, indent, rest in zip(spans[first : last + 1], indents, rests, strict=True)
            ]
        if last + 1 < len(spans):
            return [Edit(start, spans[last + 1][0], "")]
        if first:
            return [Edit(spans[first - 1][1], end, "")]  # a comma that is left is a trailing one
        comma = _COMMA.match(text, end)
        return [Edit(start, comma.end() if comma else end, "")]

    def add_item(self, table: ast.Dict, position: int, text: str) -> Edit:
        """Put another pair behind the one at a position of a dictionary that is written out."""
        end = self.end(table.values[position])
        indent = self.indent(self.start(table.keys[position] or table.values[position]))
        gap = " " if indent is None else f"{self.document.newline}{indent}"
        return Edit(end, end, f",{gap}{text}")


def parse(document: Document) -> Code | None:
    """``None`` for what this Python cannot parse."""
    try:
        tree = ast.parse(document.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    nodes = list(ast.walk(tree))
    parents = {child: parent for parent in nodes for child in ast.iter_child_nodes(parent)}
    strings = [
        node
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and not isinstance(parents[node], ast.JoinedStr | ast.FormattedValue)
    ]
    reads = frozenset(
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )
    starts = [0, *(match.end() for match in _LINE_END.finditer(document.text))]
    return Code(document, tree, nodes, parents, strings, reads, starts, document.text.isascii())
