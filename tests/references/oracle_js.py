"""What a full JavaScript parser, tree-sitter's, finds in a script."""

from __future__ import annotations

import re
from dataclasses import dataclass

import tree_sitter
import tree_sitter_javascript

from lading.references.notation import is_inline

_LANGUAGE = tree_sitter.Language(tree_sitter_javascript.language())
_QUERY = tree_sitter.Query(
    _LANGUAGE,
    """
    (import_statement source: (string) @literal) @js-import
    (export_statement source: (string) @literal) @js-export
    (call_expression function: (import) arguments: (arguments) @arguments) @js-dynamic-import
    (call_expression
      function: (member_expression object: (meta_property) property: (property_identifier) @property)
      arguments: (arguments) @arguments
      (#eq? @property "resolve")) @js-resolve
    (new_expression constructor: (_) @constructor arguments: (arguments) @arguments
      (#match? @constructor "^((window|self|globalThis)\\.)?URL$")) @js-new-url
    """,
)
_TOKENS = tree_sitter.Query(_LANGUAGE, "[(regex) (comment) (html_comment)] @token")

Span = tuple[int, int]


@dataclass(frozen=True)
class Parsed:
    """``urls``: (start, end, kind) without quotes. ``tokens``: comments and regular expressions.

    ``errors``: what the parser could not read, where it guesses.
    """

    urls: set[tuple[int, int, str]]
    tokens: set[Span]
    errors: list[Span]


def parse(data: bytes) -> Parsed:
    """All of a script that is compared."""
    tree = tree_sitter.Parser(_LANGUAGE).parse(data)
    urls: set[tuple[int, int, str]] = set()
    for _, captures in tree_sitter.QueryCursor(_QUERY).matches(tree.root_node):
        kind = next(name for name in captures if name.startswith("js-"))
        literal = (
            captures["literal"][0]
            if "literal" in captures
            else _argument(captures["arguments"][0], kind)
        )
        if literal and not is_inline(data, literal.start_byte + 1, literal.end_byte - 1):
            urls.add((literal.start_byte + 1, literal.end_byte - 1, kind))
    tokens = tree_sitter.QueryCursor(_TOKENS).captures(tree.root_node).get("token", [])
    # (The CR of a CR LF is part of the comment there.)
    spans = {
        (t.start_byte, t.start_byte + len(data[t.start_byte : t.end_byte].rstrip(b"\r")))
        for t in tokens
    }
    return Parsed(urls, spans, _errors(tree) if tree.root_node.has_error else [])


def _argument(arguments: tree_sitter.Node, kind: str) -> tree_sitter.Node | None:
    """The first argument, if it is a literal; for ``new URL`` if ``import.meta.url`` is the second."""
    nodes = [node for node in arguments.named_children if node.type != "comment"]
    if not nodes or nodes[0].type not in ("string", "template_string"):
        return None
    if any(child.type == "template_substitution" for child in nodes[0].children):
        return None
    if (
        kind == "js-new-url"
        and re.sub(rb"\s", b"", b"".join(n.text or b"" for n in nodes[1:])) != b"import.meta.url"
    ):
        return None
    return nodes[0]


def _errors(tree: tree_sitter.Tree) -> list[Span]:
    spans: list[Span] = []
    todo = [tree.root_node]
    while todo:
        node = todo.pop()
        if node.is_error or node.is_missing:
            spans.append((node.start_byte, node.end_byte))
        elif node.has_error:
            todo += node.children
    return sorted(spans)
