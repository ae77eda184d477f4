"""References in a web app manifest: the images of ``icons`` and ``screenshots``, wherever they stand.

https://www.w3.org/TR/appmanifest/#icons-member; other members are addresses of pages.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lading.references.notation import is_inline, read
from lading.references.reference import Notation, Reference

# RFC 8259 §2: a string, a structural character, or some other value.
_TOKEN = re.compile(rb"""[\s]*+(?:"((?:[^"\\]++|\\[\s\S]?+)*+)("?+)|([][{},:])|[^][{},:"\s]++)?+""")
_LISTS = frozenset((b"icons", b"screenshots"))


class _Container(NamedTuple):
    """An open object or list, under which key it stands (a list's objects: the list's)."""

    is_list: bool
    key: bytes
    in_list: bool


def references(data: bytes) -> list[Reference]:
    """Every image in a web app manifest, in the order of the text. Never raises, whatever the bytes."""
    if b'"src"' not in data:
        return []
    found: list[Reference] = []
    open_ = [_Container(is_list=False, key=b"", in_list=False)]  # the first stands for the document
    key, is_value = b"", True
    position = 0
    while position < len(data):
        token = _TOKEN.match(data, position)
        assert token is not None
        position = token.end()
        inner, mark = open_[-1], token[3]
        if mark == b"{":
            open_.append(_Container(False, inner.key if inner.is_list else key, inner.is_list))
            key, is_value = b"", False
        elif mark == b"[":
            open_.append(_Container(True, b"" if inner.is_list else key, inner.is_list))
            key, is_value = b"", True
        elif mark in (b"}", b"]"):
            if len(open_) > 1:
                open_.pop()
        elif mark == b",":
            key, is_value = b"", open_[-1].is_list
        elif mark == b":":
            is_value = True
        elif token[1] is not None and not is_value:
            key = token[1]
        elif token[2] and key == b"src" and inner.in_list and inner.key in _LISTS:
            _add(data, token.span(1), found)
    return found


def _add(data: bytes, span: tuple[int, int], found: list[Reference]) -> None:
    if not is_inline(data, *span):
        found.append(read(data, span, "manifest-image", Notation.JSON))
