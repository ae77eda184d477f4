"""The URLs in a ``srcset`` attribute.

https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute
"""

from __future__ import annotations

import re

_BETWEEN = re.compile(rb"[\t\n\f\r ,]*+")
_URL = re.compile(rb"[^\t\n\f\r ]*+")
_DESCRIPTORS = re.compile(rb"(?:[^,(]++|\([^)]*+\)?+)*+")


def urls(text: bytes) -> list[tuple[int, int]]:
    """The span of each candidate's URL in the value (character references resolved)."""
    found: list[tuple[int, int]] = []
    position = _end(_BETWEEN, text, 0)
    while position < len(text):
        end = _end(_URL, text, position)
        stripped = position + len(text[position:end].rstrip(b","))
        found.append((position, stripped))
        if stripped == end:
            end = _end(_DESCRIPTORS, text, end)
        position = _end(_BETWEEN, text, end)
    return found


def _end(pattern: re.Pattern[bytes], text: bytes, position: int) -> int:
    match = pattern.match(text, position)
    assert match is not None  # these patterns match anywhere
    return match.end()
