"""The comment that links a style sheet or script to its source map, where ECMA-426 puts it.

ECMA-426 ("Linking generated code to source maps") takes the last ``sourceMappingURL`` comment that no code
follows, found by parsing or without, and warns that the two can differ. What both find is a reference here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lading.references import css, js
from lading.references.notation import is_inline, read
from lading.references.reference import Kind, Notation, Reference

_WORD = b"sourceMappingURL="
_OPEN = re.compile(rb"(/[/*])[@#]\s*+\Z")
_OPEN_LOOKS_BACK = 64
# MatchSourceMapURL; a quote ends the URL, for then the comment may be the inside of a string.
_URL = re.compile(rb"[^\s\"'`]*+")
_SPACE = re.compile(rb"\s*+")
_SPACE_IN_LINE = re.compile(rb"[^\S\n\r]*+")
_LINE = re.compile(rb"[^\n\r]*+")


def in_css(data: bytes) -> list[Reference]:
    """The ``/*# sourceMappingURL=… */`` of a style sheet: one reference or none. Never raises."""
    return _find(data, "css-source-map", (b"/*",), css.is_comment)


def in_js(data: bytes) -> list[Reference]:
    """The ``//# sourceMappingURL=…`` (or ``//@``, or ``/*# … */``) of a script: one reference or none."""
    return _find(data, "js-source-map", (b"//", b"/*"), js.is_comment)


def _find(
    data: bytes,
    kind: Kind,
    comments: tuple[bytes, ...],
    is_comment: Callable[[bytes, int], bool],
) -> list[Reference]:
    at = data.rfind(_WORD)
    if at < 0:
        return []
    low = max(0, at - _OPEN_LOOKS_BACK)
    opening = _OPEN.search(data, low, at)
    if not opening or opening[1] not in comments:
        return []
    opened, start = opening.start(), at + len(_WORD)
    closed = data.find(b"*/", start) if opening[1] == b"/*" else _end(_LINE, data, start)
    if closed < 0 or (opening[1] == b"//" and _end(_LINE, data, opened) != closed):
        return []
    end = _end(_URL, data, start, closed)
    if is_inline(data, start, end) or _end(_SPACE, data, end, closed) != closed:
        return []
    after = closed + 2 if opening[1] == b"/*" else closed
    alone = _end(_SPACE, data, after) == len(data)
    if not alone and not _only_comments(data, after, comments):
        return []
    if not (alone and _begins_line(data, opened)) and not is_comment(data, opened):
        return []
    outer = _django_span(data, opened, at, end, after)
    if not outer or (kind == "js-source-map" and opening[1] == b"/*"):
        return [read(data, (start, end), kind, Notation.COMMENT)]
    notation = Notation.CSS_COMMENT if kind == "css-source-map" else Notation.JS_COMMENT
    return [read(data, (start, end), kind, notation, outer)]


def _end(pattern: re.Pattern[bytes], data: bytes, position: int, stop: int | None = None) -> int:
    """Where the match of a pattern that always matches ends."""
    match = pattern.match(data, position, len(data) if stop is None else stop)
    assert match is not None
    return match.end()


def _only_comments(data: bytes, position: int, comments: tuple[bytes, ...]) -> bool:
    """Whether nothing but white space and comments follows."""
    position = _end(_SPACE, data, position)
    while data.startswith(comments, position):
        if data.startswith(b"//", position):
            position = _end(_LINE, data, position)
        else:
            position = data.find(b"*/", position + 2) + 2
            if position < 2:
                return False
        position = _end(_SPACE, data, position)
    return position == len(data)


def _begins_line(data: bytes, at: int) -> bool:
    """Whether ``at`` begins a line outside of all comments.

    With nothing after it, it is then outside of strings too: none could be closed.
    """
    newline = max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at))
    return not data[newline + 1 : at].strip() and data.rfind(b"/*", 0, at) <= data.rfind(
        b"*/", 0, at
    )


def _django_span(data: bytes, opened: int, at: int, end: int, after: int) -> tuple[int, int] | None:
    """What Django replaces: a comment spelt as generators do that has a line to itself, with a last CR."""
    if data[opened - 1 : opened] not in (b"", b"\n"):
        return None
    opening, rest = data[opened:at], data[after : after + 2]
    if opening == b"//# " and (rest[:1] in (b"", b"\n") or rest in (b"\r", b"\r\n")):
        return opened, after + rest.startswith(b"\r")
    if opening in (b"/*# ", b"/*#\t") and rest[:1] in (b"", b"\n") and b"\n" not in data[end:after]:
        return opened, after
    return None
