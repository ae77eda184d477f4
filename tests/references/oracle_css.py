"""What a full CSS parser, tinycss2, finds: the URLs in a style sheet, in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tinycss2
from tinycss2.ast import AtRule, FunctionBlock, Node, QualifiedRule, StringToken, URLToken


def references(data: bytes) -> list[tuple[str, str]]:
    """``(url, kind)`` in the order of the text."""
    rules, _ = tinycss2.parse_stylesheet_bytes(data)
    return [
        (url, kind)
        for url, kind in _nodes(rules)
        if url and not url.startswith("#") and not url.lower().startswith("data:")
    ]


def _nodes(nodes: list[Node]) -> Iterator[tuple[str, str]]:
    # A stack and not recursion: style sheets nest as deeply as they like.
    todo: list[tuple[Any, str]] = [(node, "") for node in reversed(nodes)]
    while todo:
        node, inside = todo.pop()
        if isinstance(node, AtRule):
            if node.lower_at_keyword == "namespace":
                continue
            children = [*node.prelude, *(node.content or [])]
            todo += reversed([(child, "") for child in children])
            if node.lower_at_keyword == "import":
                first = next((c for c in children if c.type not in ("whitespace", "comment")), None)
                todo = [(n, "import" if n is first else i) for n, i in todo]
        elif isinstance(node, QualifiedRule):
            todo += reversed([(child, "") for child in [*node.prelude, *node.content]])
        elif isinstance(node, URLToken):
            # The end of the data ends a URL for tinycss2, as the specification says: the file was cut off.
            if not node.representation.endswith(")"):
                continue
            yield node.value, "css-import" if inside == "import" else "css-url"
        elif isinstance(node, StringToken):
            if inside in ("url", "src", "image-set", "import"):
                yield node.value, f"css-{inside}"
        elif isinstance(node, FunctionBlock):
            name = node.lower_name.removeprefix("-webkit-")
            arguments = [n for n in node.arguments if n.type not in ("whitespace", "comment")]
            if name in ("url", "src"):
                kind = "import" if inside == "import" else name
                todo += reversed([(n, kind if n is arguments[0] else "") for n in arguments])
            else:
                kind = name if name == "image-set" else ""
                todo += reversed([(n, kind) for n in arguments])
        elif hasattr(node, "content"):
            todo += reversed([(child, "") for child in node.content])
