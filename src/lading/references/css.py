"""References in CSS: ``url()``, ``@import``, ``image-set()`` and ``src()``, by the tokens of CSS Syntax 3.

The few places where a reference may begin are found first, by plain substring search; then one walk over the
strings and comments tells which of them are code. Every pattern here matches whatever it has consumed,
and no byte is consumed twice by the same one, so the work is linear in the length of the data.
(A sub-pattern that is repeated possessively is decided by its first byte and cannot fail after it:
Python 3.11.0 to 3.11.4 mishandle the others, see https://github.com/python/cpython/issues/100061.)
"""

from __future__ import annotations

import re

from lading.references.notation import is_inline, read
from lading.references.reference import Kind, Notation, Reference

# https://drafts.csswg.org/css-syntax/#tokenization
_CODE = re.compile(rb"""(?:[^"'/\\]++|\\[\s\S]?+)*+""")
# A hexadecimal escape takes one white space with it, even a newline.
_ESCAPED = rb"[0-9a-fA-F]{1,6}+(?:\r\n|[ \t\n\r\f])?+"
_STRING = {
    quote: re.compile(rb"(?:[^%b\\\n\r\f]++|\\(?:%b|\r\n|[\s\S])?+)*+" % (quote, _ESCAPED))
    for quote in (b'"', b"'")
}
_BARE = re.compile(rb"""(?:[^"'()\\\x01-\x20\x7f]++|\\(?:%b|[^\n\r\f]))*+""" % _ESCAPED)
_BAD_URL = re.compile(rb"(?:[^)\\]++|\\[\s\S]?+)*+\)?+")
_SPACE = re.compile(rb"[ \t\n\r\f]*+")
_NAME = re.compile(rb"[-\w\x80-\xff]*+")
_IN_IMAGE_SET = re.compile(rb"""(?:[^"'/\\(){};]++|\\[\s\S]?+)*+""")

_NAME_BYTES = frozenset(
    b"-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
) | frozenset(range(0x80, 0x100))
# What may not stand before a function's name: it would be another name, a #hash, an @keyword, or escaped.
_JOINS_NAME = _NAME_BYTES | frozenset(b"#@\\")

_WORDS = (b"url(", b"src(", b"image-set(", b"@import", b"@namespace")


def references(data: bytes) -> list[Reference]:
    """Every reference in a style sheet, in the order of the text. Never raises, whatever the bytes."""
    candidates = _candidates(data)
    return _Scanner(data).scan(candidates) if candidates else []


def is_comment(data: bytes, start: int) -> bool:
    """Whether a comment begins at ``data[start]`` (and not in a string or in another comment)."""
    position = 0
    while position <= start:
        position = _end(_CODE, data, position)
        if position == start:
            return data.startswith(b"/*", start)
        position = _after(data, position)
    return False


def _candidates(data: bytes) -> list[tuple[int, bytes]]:
    """Where one of ``_WORDS`` stands, in order; a style sheet without any is read no further."""
    lower = data.lower()
    found: list[tuple[int, bytes]] = []
    for word in _WORDS:
        at = lower.find(word)
        while at >= 0:
            found.append((at, word))
            at = lower.find(word, at + len(word))
    found.sort()
    return found


def _after(data: bytes, position: int) -> int:
    """Where the string, comment or other single byte that begins at ``position`` ends."""
    quote = data[position : position + 1]
    if quote == b"/":
        if not data.startswith(b"/*", position):
            return position + 1
        end = data.find(b"*/", position + 2)
        return len(data) if end < 0 else end + 2
    pattern = _STRING.get(quote)
    if pattern is None:
        return position + 1
    end = _end(pattern, data, position + 1)
    return end + 1 if data[end : end + 1] == quote else end


class _Scanner:
    """One walk over one style sheet."""

    __slots__ = ("data", "found", "import_url", "namespace_url")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.found: list[Reference] = []
        self.import_url = -1  # where the url( or src( of an @import begins
        self.namespace_url = -1  # and that of an @namespace, which names no file

    def scan(self, candidates: list[tuple[int, bytes]]) -> list[Reference]:
        data = self.data
        position = 0  # all before it is done with
        end = _end(_CODE, data, 0)  # data[position:end] is code; a string or comment begins at end
        for at, word in candidates:
            while end <= at:
                position = _after(data, end)
                end = _end(_CODE, data, position)
            if at >= position:
                position = self._candidate(at, word)
                if position > end:
                    end = _end(_CODE, data, position)
        return self.found

    def _candidate(self, at: int, word: bytes) -> int:
        """Read what begins at ``at``; return how far the data has been dealt with."""
        before = self.data[at - 1] if at else 0
        if word == b"@import":
            return self._at_import(at) if before != 0x5C else at + 1
        if word == b"@namespace":
            return self._at_namespace(at) if before != 0x5C else at + 1
        if word == b"image-set(" and self.data[max(at - 8, 0) : at].lower() == b"-webkit-":
            before = self.data[at - 9] if at > 8 else 0
        if before in _JOINS_NAME:
            return at + len(word)
        if word == b"url(":
            return self._url(at)
        if word == b"src(":
            return self._src(at)
        return self._image_set(at + len(word))

    def _add(
        self, start: int, end: int, kind: Kind, notation: Notation, outer: tuple[int, int]
    ) -> None:
        if not is_inline(self.data, start, end):
            self.found.append(read(self.data, (start, end), kind, notation, outer))

    def _add_string(self, start: int, end: int, kind: Kind) -> None:
        """A string of which only the content is to be rewritten; ``start`` is after its opening quote."""
        double = self.data[start - 1] == 0x22
        self._add(
            start, end, kind, Notation.CSS_DOUBLE if double else Notation.CSS_SINGLE, (start, end)
        )

    def _string(self, start: int) -> tuple[int, bool]:
        """Where the content of the string whose quote is at ``start`` ends, and whether a quote follows."""
        quote = self.data[start : start + 1]
        end = _end(_STRING[quote], self.data, start + 1)
        return end, self.data[end : end + 1] == quote

    def _blank(self, position: int) -> int:
        """Where the white space and comments at ``position`` end."""
        position = _end(_SPACE, self.data, position)
        while self.data.startswith(b"/*", position):
            position = _end(_SPACE, self.data, _after(self.data, position))
        return position

    def _url(self, at: int) -> int:
        data = self.data
        kind: Kind = "css-import" if at == self.import_url else "css-url"
        start = _end(_SPACE, data, at + 4)
        if data[start : start + 1] in _STRING:
            return self._url_of_string(at, start, kind)
        end = _end(_BARE, data, start)
        close = _end(_SPACE, data, end)
        if data[close : close + 1] != b")":  # not a URL (CSS Syntax 3, "bad-url-token")
            return _end(_BAD_URL, data, close)
        if at != self.namespace_url:
            self._add(start, end, kind, Notation.CSS_URL, (at, close + 1))
        return close + 1

    def _url_of_string(self, at: int, start: int, kind: Kind) -> int:
        data = self.data
        end, closed = self._string(start)
        if not closed:
            return end
        close = _end(_SPACE, data, end + 1)
        if at == self.namespace_url:
            return end + 1
        if data[close : close + 1] == b")":
            self._add(start + 1, end, kind, Notation.CSS_URL, (at, close + 1))
            return close + 1
        if close == len(data):
            return close
        # Modifiers follow: url("a.png" cross-origin(anonymous)).
        self._add_string(start + 1, end, kind)
        return end + 1

    def _src(self, at: int) -> int:
        start = _end(_SPACE, self.data, at + 4)
        if self.data[start : start + 1] not in _STRING:
            # src(var(--a)) is known to the browser alone.
            return at + 4
        end, closed = self._string(start)
        if closed:
            self._add_string(start + 1, end, "css-import" if at == self.import_url else "css-src")
        return end + closed

    def _at_import(self, at: int) -> int:
        data, start = self.data, at + len(b"@import")
        if data[start : start + 1] == b"\\" or _end(_NAME, data, start) > start:
            return start  # @import-of-another-name
        rest = self._blank(start)
        if data[rest : rest + 1] not in _STRING:
            self.import_url = rest
            return start
        end, closed = self._string(rest)
        if closed and _end(_SPACE, data, start) == rest:
            self._add(rest + 1, end, "css-import", Notation.CSS_IMPORT, (at, end + 1))
        elif closed:  # a comment stands between, which Django does not look for
            self._add_string(rest + 1, end, "css-import")
        return end + closed

    def _at_namespace(self, at: int) -> int:
        data, start = self.data, at + len(b"@namespace")
        rest = self._blank(start)
        if data[rest : rest + 4].lower() != b"url(":
            rest = self._blank(_end(_NAME, data, rest))  # @namespace svg url(...)
        self.namespace_url = rest
        return start

    def _image_set(self, position: int) -> int:
        """From after ``image-set(`` to its end: strings in it are URLs, those in its ``type()`` are not."""
        data, depth = self.data, 1
        while depth:
            position = _end(_IN_IMAGE_SET, data, position)
            byte = data[position : position + 1]
            if byte in (b"", b";", b"{", b"}"):
                return position  # never closed
            if byte == b"(":
                if data[max(position - 3, 0) : position].lower() == b"url":
                    position = self._url(position - 3)
                    continue
                depth += 1
            elif byte == b")":
                depth -= 1
            elif byte != b"/" and depth == 1:
                end, closed = self._string(position)
                if closed:
                    self._add_string(position + 1, end, "css-image-set")
            position = _after(data, position)
        return position


def _end(pattern: re.Pattern[bytes], data: bytes, position: int) -> int:
    """Where the match of a pattern that always matches ends."""
    match = pattern.match(data, position)
    assert match is not None
    return match.end()
