"""The tags of an HTML document, by the tokenization of the HTML standard, with exact offsets.

https://html.spec.whatwg.org/multipage/parsing.html#tokenization. What the tree builder tells the tokenizer
(which elements hold text, where SVG and MathML begin and end) is followed as far as tokens differ by it.
Each pattern is decided by its first byte and matches whatever it has consumed, so the work is linear.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import NamedTuple

from lading.references.html_foreign import Foreign

FILLER = b"\x1a"
"""What template syntax is masked with: white space between attributes, any character in a value."""

TEXT_ELEMENTS = frozenset(
    b"script style textarea title xmp iframe noembed noframes plaintext".split()
)
"""Elements whose content is text, not markup (scripting off, so that what ``<noscript>`` holds is read)."""

_SPACE = rb"\t\n\f\r \x1a"
_NAME = rb"[^%(s)s/>][^%(s)s/>=]*+" % {b"s": _SPACE}  # "=" may begin it
_EQUALS = rb"=[\t\n\f\r ]*+"
_UNQUOTED = rb"""[^\t\n\f\r >"'][^\t\n\f\r >]*+"""
# One attribute, or what a browser takes for one.
_ITEM = rb"""%b[%b]*+(?:%b(?:"[^"]*+"?+|'[^']*+'?+|%b)?+)?+""" % (_NAME, _SPACE, _EQUALS, _UNQUOTED)
_TAG = re.compile(
    rb"<(?:(/?+)([a-zA-Z][^%(s)s/>]*+)((?:[%(s)s/]++|%(i)s)*+)(>?+)|!--|!\[CDATA\[|[!?/])"
    % {b"s": _SPACE, b"i": _ITEM}
)
# Its last group that matches: 1 the name, 2 "=" with nothing behind it, 3 to 5 the value.
_ATTRIBUTE = re.compile(
    rb"""(%b)[%b]*+(?:(=)[\t\n\f\r ]*+(?:"([^"]*+)"|'([^']*+)'|(%b))?+)?+"""
    % (_NAME, _SPACE, _UNQUOTED)
)
_QUOTES = (b"", b"", b"", b'"', b"'", b"")
_COMMENT_END = re.compile(rb"--!?+>")
_END = {
    name: re.compile(rb"</%b[\t\n\f\r /\x1a>]" % name, re.IGNORECASE)
    for name in TEXT_ELEMENTS - {b"plaintext"}
}
_IN_SCRIPT = re.compile(rb"<!--|-->|<(/?+)script[\t\n\f\r /\x1a>]", re.IGNORECASE)


class Tag(NamedTuple):
    """A start tag. ``name`` is in lower case; ``data[start:end]`` is the tag, its attributes stand in
    ``data[inner:end]``. ``data[end:content_end]`` is the text of an element of ``TEXT_ELEMENTS``.
    ``foreign`` says that it is an element of SVG or MathML.
    """

    name: bytes
    start: int
    inner: int
    end: int
    content_end: int
    foreign: bool


class Attribute(NamedTuple):
    """An attribute: its name in lower case, where that begins, and its value's span without quotes
    (empty, at the end of the name, where there is no value); ``quote`` is ``"``, ``'`` or nothing.
    """

    name: bytes
    at: int
    start: int
    end: int
    quote: bytes


def tags(data: bytes) -> Generator[Tag, None, int | None]:
    """Every start tag of a document, in order. Never raises, whatever the bytes.

    A tag that the end of the file cuts off is none, as the standard says; where such a tag or comment
    begins is what the generator returns.
    """
    search = _TAG.search
    foreign = Foreign()
    position = 0
    while match := search(data, position):
        position = match.end()
        name = match[2]
        if name is None:
            end = _no_tag(data, match.start(), position, is_foreign=foreign.allows_cdata)
            if end < 0:
                return match.start()
            position = end
            continue
        if not match[4]:
            return match.start()
        name = name.lower()
        if match[1]:
            if foreign:
                foreign.close(name)
            continue
        is_foreign = False
        if foreign or name in (b"svg", b"math"):
            self_closing = data[position - 2 : position] == b"/>"
            is_foreign = foreign.open(name, match[3], self_closing=self_closing)
        content_end = position
        if name in TEXT_ELEMENTS and not is_foreign:
            content_end = text_end(data, name, position)
        yield Tag(name, match.start(), match.end(2), position, content_end, is_foreign)
        position = content_end
    return None


def attributes(data: bytes, tag: Tag) -> list[Attribute]:
    """The attributes of a tag, in order; of several with one name only the first counts."""
    found: list[Attribute] = []
    seen: set[bytes] = set()
    for match in _ATTRIBUTE.finditer(data, tag.inner, tag.end - 1):
        name = match[1].lower()
        if name in seen:
            continue
        seen.add(name)
        group = match.lastindex or 1
        start, end = match.span(group) if group > 2 else (match.end(group),) * 2
        found.append(Attribute(name, match.start(), start, end, _QUOTES[group]))
    return found


def text_end(data: bytes, name: bytes, position: int) -> int:
    """Where the text ends that begins at ``position``, in an element of ``TEXT_ELEMENTS``."""
    if name == b"script":
        return _script_end(data, position)
    if name == b"plaintext":
        return len(data)
    match = _END[name].search(data, position)
    return match.start() if match else len(data)


def _script_end(data: bytes, position: int) -> int:
    """https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements"""
    escaped = doubly = False
    while match := _IN_SCRIPT.search(data, position):
        position = match.end()
        if match[1] is None:
            if match[0] == b"-->":
                escaped = doubly = False
            elif not escaped:
                escaped = True
                position = match.start() + 2  # <!--> ends at once
        elif match[1]:
            if not doubly:
                return match.start()
            doubly = False
        elif escaped:
            doubly = True
    return len(data)


def _no_tag(data: bytes, start: int, position: int, *, is_foreign: bool) -> int:
    """Where the comment, document type or CDATA section that begins at ``start`` ends; -1 if it does not."""
    mark = data[start:position]
    if mark == b"<!--":
        if data[position : position + 1] == b">":
            return position + 1
        if data[position : position + 2] == b"->":
            return position + 2
        match = _COMMENT_END.search(data, position)
        return match.end() if match else -1
    close = b"]]>" if mark == b"<![CDATA[" and is_foreign else b">"
    end = data.find(close, position)
    return end if end < 0 else end + len(close)
