"""Comparing two pages as browsers see them: trees of elements, whose URLs must name the same files.

The trees are those of ``turbohtml``, which knows nothing of how Lading reads HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any, cast

from lading.errors import MissingExtraError

Canonical = Callable[[str], str]
"""Gives for a URL on a page what it names, in one form for both pages."""

_URL = re.compile(r"""url\(\s*(["']?)(.*?)\1\s*\)""", re.DOTALL)
_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,]|[^\s,])((?:\s+[^,]+)?)(?:,|$)")
_REFRESH = re.compile(r"(.*?url=\s*[\"']?)([^\"']*)(.*)", re.IGNORECASE | re.DOTALL)
_STRING = re.compile(r"""(["'])((?:\.{0,2}/)[^"'\n]*)\1""")
_LIMIT = 5  # differences of one page that are told


def differences(original: bytes, rendered: bytes, one: Canonical, other: Canonical) -> list[str]:
    """How the trees differ, at most a few places; none if they are equal.

    Raises ``MissingExtraError`` without ``turbohtml``.
    """
    parse = _parser()
    found: list[str] = []
    trees = parse(original), parse(rendered, encoding="utf-8")  # as the answer's header says
    for left, right in zip_longest(*map(_walk, trees)):
        if len(found) >= _LIMIT:
            break
        if left is None or right is None:
            found.append(f"{_shown(left)} against {_shown(right)}")
            break
        if left[:2] != right[:2]:
            found.append(f"{_shown(left)} against {_shown(right)}")
            break
        for name in {**left[2], **right[2]}:
            before, after = left[2].get(name), right[2].get(name)
            if before != after and not _same(name, before, after, one, other):
                found.append(f"<{left[1]} {name}>: {before!r} against {after!r}")
    return found


def urls(page: bytes) -> list[str]:
    """Every URL in the attributes that load or link, as written."""
    found: list[str] = []
    for kind, _, attributes in _walk(_parser()(page, encoding="utf-8")):
        if kind != "element":
            continue
        for key, value in attributes.items():
            if key in ("src", "href", "poster", "data", "xlink:href", "background"):
                found.append(value)
            elif key.endswith("srcset"):
                found += (match[1] for match in _CANDIDATE.finditer(value))
            elif key == "style":
                found += (match[2] for match in _URL.finditer(value))
    return found


_Node = tuple[str, str, dict[str, str]]


def _parser() -> Callable[..., Any]:
    try:
        import turbohtml
    except ImportError:
        raise MissingExtraError("turbohtml", "themes", "Comparing pages") from None
    return turbohtml.parse


def _walk(document: Any) -> Iterator[_Node]:
    """The nodes in order: elements with attributes, texts (joined, white space between tags as one)."""
    import turbohtml

    stack: list[Any] = [iter(document.children)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            yield "end", "", {}
        elif isinstance(node, turbohtml.Element):
            yield "element", str(node.tag), dict(_attributes(node))
            stack.append(iter(node.children))
        elif isinstance(node, turbohtml.Comment):
            yield "comment", str(node.data), {}
        elif isinstance(node, turbohtml.Text):
            yield "text", "", {"text": str(node.data)}
        elif isinstance(node, turbohtml.DocumentFragment):  # the content of <template>
            yield "fragment", "", {}
            stack.append(iter(node.children))
        else:
            yield type(node).__name__.lower(), "", {}


def _attributes(node: Any) -> list[tuple[str, str]]:
    """Values that are sets of words, such as classes, come as lists."""
    found: list[tuple[str, str]] = []
    for name, value in node.attrs.items():
        words = cast("list[str]", value if isinstance(value, list) else [value or ""])
        found.append((str(name), " ".join(words)))
    return found


def _same(
    name: str, before: str | None, after: str | None, one: Canonical, other: Canonical
) -> bool:
    """Whether two values differ in nothing but how their URLs name the same."""
    if before is None or after is None:
        return False
    if name == "text":
        return _in_text(before, one) == _in_text(after, other)
    if name.endswith("srcset"):
        return _in_srcset(before, one) == _in_srcset(after, other)
    if "url(" in before.lower():
        return _in_css(before, one) == _in_css(after, other)
    if name == "content" and "url=" in before.lower():
        return _in_refresh(before, one) == _in_refresh(after, other)
    return one(before.strip()) == other(after.strip())


def _in_css(value: str, canonical: Canonical) -> str:
    return _URL.sub(lambda match: f"url({canonical(match[2])})", value)


def _in_text(value: str, canonical: Canonical) -> str:
    """Text of style sheets, module scripts and import maps: URLs stand in ``url()`` and in strings."""
    return _STRING.sub(lambda match: f'"{canonical(match[2])}"', _in_css(value, canonical))


def _in_srcset(value: str, canonical: Canonical) -> list[str]:
    return [
        canonical(match[1]) + " ".join(match[2].split()) for match in _CANDIDATE.finditer(value)
    ]


def _in_refresh(value: str, canonical: Canonical) -> str:
    return _REFRESH.sub(lambda match: match[1] + canonical(match[2]) + match[3], value)


def _shown(node: _Node | None) -> str:
    if node is None:
        return "the end of the page"
    kind, name, attributes = node
    if kind == "text":
        return repr(attributes["text"][:60])
    return f"<{name}>" if kind == "element" else f"{kind} {name[:60]}".strip()
