"""What a full JavaScript parser, tree-sitter's, finds: the spans of the URLs in a script."""

from __future__ import annotations

import tree_sitter
import tree_sitter_javascript

_LANGUAGE = tree_sitter.Language(tree_sitter_javascript.language())
_QUERY = tree_sitter.Query(
    _LANGUAGE,
    """
    (import_statement source: (string) @literal) @js-import
    (export_statement source: (string) @literal) @js-export
    (call_expression
      function: (import)
      arguments: (arguments . [(string) (template_string)] @literal)) @js-dynamic-import
    (call_expression
      function: (member_expression object: (meta_property) property: (property_identifier) @property)
      arguments: (arguments . [(string) (template_string)] @literal)
      (#eq? @property "resolve")) @js-resolve
    (new_expression
      constructor: [(identifier) (member_expression)] @constructor
      arguments: (arguments
        . [(string) (template_string)] @literal
        . (member_expression object: (meta_property) property: (property_identifier) @property) .)
      (#match? @constructor "^((window|self|globalThis)\\\\.)?URL$")
      (#eq? @property "url")) @js-new-url
    """,
)


def references(data: bytes) -> tuple[set[tuple[int, int, str]], list[tuple[int, int]]]:
    """``(start, end, kind)`` of each URL without its quotes, and the spans that the parser could not read."""
    tree = tree_sitter.Parser(_LANGUAGE).parse(data)
    found: set[tuple[int, int, str]] = set()
    for _, captures in tree_sitter.QueryCursor(_QUERY).matches(tree.root_node):
        (literal,) = captures["literal"]
        if any(child.type == "template_substitution" for child in literal.children):
            continue
        kind = next(name for name in captures if name.startswith("js-"))
        found.add((literal.start_byte + 1, literal.end_byte - 1, kind))
    return found, _errors(tree) if tree.root_node.has_error else []


def _errors(tree: tree_sitter.Tree) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    todo = [tree.root_node]
    while todo:
        node = todo.pop()
        if node.is_error or node.is_missing:
            spans.append((node.start_byte, node.end_byte))
        elif node.has_error:
            todo += node.children
    return sorted(spans)
