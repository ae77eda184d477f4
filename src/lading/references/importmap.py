"""The URLs in an import map.

https://html.spec.whatwg.org/multipage/webappapis.html#import-maps: addresses are URLs relative to the page,
and so are the specifiers that begin with ``/``, ``./`` or ``../``, and the prefixes of scopes.
"""

from __future__ import annotations

import re

from lading.references.notation import is_inline, read
from lading.references.reference import Notation, Reference

# RFC 8259 §2: a string, a structural character, or some other value.
_TOKEN = re.compile(rb"""[\s]*+(?:"((?:[^"\\]++|\\[\s\S]?+)*+)("?+)|([][{},:])|[^][{},:"\s]++)?+""")
_RELATIVE = (b"/", b"./", b"../")
_MAPS = (b"imports", b"scopes", b"integrity")


def references(data: bytes) -> list[Reference]:
    """Every URL in an import map, in the order of the text. Never raises, whatever the bytes."""
    found: list[Reference] = []
    depth = position = 0
    member, key_span, is_value = b"", (0, 0), False
    while position < len(data):
        token = _TOKEN.match(data, position)
        assert token is not None
        position = token.end()
        mark = token[3]
        if mark in (b"{", b"["):
            depth += 1
            is_value = False
        elif mark in (b"}", b"]"):
            depth -= 1
        elif mark == b",":
            is_value = False
        elif mark == b":":
            is_value = True
            if depth == 1:
                member = data[slice(*key_span)]
            elif member in _MAPS and data[slice(*key_span)].startswith(_RELATIVE):
                _add(data, key_span, found)
        elif token[2] and is_value and depth > 1 and member in _MAPS[:2]:
            _add(data, token.span(1), found)
        elif token[2]:
            key_span = token.span(1)
    return found


def _add(data: bytes, span: tuple[int, int], found: list[Reference]) -> None:
    if not is_inline(data, *span):
        found.append(read(data, span, "html-import-map", Notation.JSON))
