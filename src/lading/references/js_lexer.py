"""Which bytes of a script are code: the walk over strings, comments, regular expressions and templates.

JavaScript cannot be split into tokens without knowing what came before: ``/`` divides or begins a regular
expression, ``}`` ends a block or goes on with a template (ECMA-262 §12, the "InputElement" goals). Brackets
are matched only where that decision needs them. Nothing is recursive, and the work is linear in the length
of the data: each pattern matches whatever it has consumed, and none consumes a byte twice.
"""

from __future__ import annotations

import re

# A sub-pattern that is repeated possessively is decided by its first byte and cannot fail after it: Python
# 3.11.0 to 3.11.4 mishandle the others, see https://github.com/python/cpython/issues/100061.
_CODE = re.compile(rb"""[^"'`/]*+""")
# Code and strings, the last of which is perhaps cut off by the end of what is searched.
_CODE_AND_STRINGS = re.compile(
    rb"""(?:[^"'`/]++|("(?:[^"\\\n\r]++|\\(?:\r\n|[\s\S])?+)*+"?+|'(?:[^'\\\n\r]++|\\(?:\r\n|[\s\S])?+)*+'?+))*+"""
)
_CODE_IN_TEMPLATE = re.compile(rb"""[^"'`/{}]*+""")
# Strings and the pairs with no bracket in them are passed over.
_BRACKET = re.compile(
    rb"""([({])(?![^"'(){}]*+[)}])|([)}])|[({][^"'(){}]*+[)}]"""
    rb"""|"(?:[^"\\\n\r]++|\\[\s\S]?+)*+"?+|'(?:[^'\\\n\r]++|\\[\s\S]?+)*+'?+"""
)
STRING = {
    quote: re.compile(rb"(?:[^%b\\\n\r]++|\\(?:\r\n|[\s\S])?+)*+" % quote) for quote in (b'"', b"'")
}
_TEMPLATE = re.compile(rb"(?:[^`\\$]++|\\[\s\S]?+)*+")
_LINE = re.compile(rb"[^\n\r]*+")
# ECMA-262 §12.9.5: a class hides slashes, and nothing hides the end of the line.
_REGEX = re.compile(
    rb"/(?:[^/\\\[\n\r]++|\\[^\n\r]?+|\[(?:[^\]\\\n\r]++|\\[^\n\r]?+)*+\]?+)*+(/[\w$]*+)?+"
)
# What ends a regular expression that begins a statement: valid flags, then a line's end (a semicolon is
# inserted), an operator or punctuation that can follow a value outside of brackets.
_STATEMENT_TAIL = re.compile(
    rb"""[dgimsuvy]*+(?![\w$])[ \t]*+(?:[\n\r]|in(?:stanceof)?\b|(?![\w$\x80-\xff)\]:"'`{@#~\\]))"""
)
_WHITE = re.compile(rb"(?:\s++|\xc2\xa0|\xef\xbb\xbf|\xe2\x80[\xa8\xa9])*+")

_NAME_BYTES = frozenset(
    b"_$0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + bytes(range(0x80, 0x100))
)
_LAST_WORD = re.compile(rb"[\w$\x80-\xff]*+\Z")
_LONGEST_WORD = len(b"instanceof")
# Words that an operand follows, so that a slash after them begins a regular expression.
_OPERATORS = frozenset(
    b"await case delete do else in instanceof new return throw typeof void yield".split()
)
_HEADS = frozenset(b"if while for with".split())  # if (a) /b/.test(c)
# A brace after one of these opens an object, which can be divided; after all else it opens a block.
_BEFORE_OBJECT = frozenset(b"=(,[?&|+-*%<^~!")


def match_end(pattern: re.Pattern[bytes], data: bytes, position: int) -> int:
    """Where the match of a pattern that always matches ends."""
    match = pattern.match(data, position)
    assert match is not None
    return match.end()


def skip_blank(data: bytes, position: int) -> int:
    """Where the white space and comments at ``position`` end."""
    position = match_end(_WHITE, data, position)
    while data.startswith((b"//", b"/*"), position):
        position = match_end(_WHITE, data, _comment_end(data, position))
    return position


def _comment_end(data: bytes, position: int) -> int:
    if data.startswith(b"//", position):
        return match_end(_LINE, data, position)
    end = data.find(b"*/", position + 2)
    return len(data) if end < 0 else end + 2


def string_end(data: bytes, position: int) -> int:
    """Where the string whose quote is at ``position`` ends; at the end of the line when it is not closed."""
    quote = data[position : position + 1]
    end = match_end(STRING[quote], data, position + 1)
    return end + 1 if data[end : end + 1] == quote else end


def template_end(data: bytes, position: int) -> int:
    """Where the text of a template ends that goes on at ``position``: at a backtick or at ``${``."""
    end = match_end(_TEMPLATE, data, position)
    while data[end : end + 1] == b"$" and data[end + 1 : end + 2] != b"{":
        end = match_end(_TEMPLATE, data, end + 1)
    return end


def _rstrip(data: bytes, start: int, end: int) -> int:
    """Where ``data[start:end]`` ends without its trailing white space (looks no further back than that)."""
    while start < end:
        low = max(start, end - 64)
        kept = len(data[low:end].rstrip())
        if kept:
            return low + kept
        end = low
    return start


def is_property(data: bytes, end: int) -> bool:
    """Whether the token that ends at ``end`` makes the next name that of a property (``a.import``)."""
    return data.endswith(b".", 0, end) and not data.endswith(b"...", 0, end)


def _last_word(data: bytes, end: int) -> bytes:
    """The keyword that ends at ``end``, or what could be one: not a property, nor a long name."""
    match = _LAST_WORD.search(data, max(0, end - _LONGEST_WORD - 1), end)
    word = match[0] if match else b""
    start = end - len(word)
    if (
        len(word) > _LONGEST_WORD
        or data[start - 1 : start] in (b"#", b"\\")
        or is_property(data, start)
    ):
        return b""
    return word


class Lexer:
    """A walk forwards over one script. ``data[position:end]`` is code; something else begins at ``end``."""

    __slots__ = (
        "_before",
        "_depth",
        "_matched",
        "_no_regex_before",
        "_opaque",
        "_open",
        "_peeked",
        "_regex_end",
        "_templates",
        "data",
        "end",
        "position",
    )

    def __init__(self, data: bytes) -> None:
        self.data = data
        # Where the last token before position ends (comments left out), and the last regular expression.
        self._before = 0
        self._regex_end = -1
        # The rest of a line in which a regular expression did not end; bytes looked at ahead of a decision.
        self._no_regex_before = 0
        self._peeked = 0
        # For each ${ we are in, the depth of braces around its template; the depth within the innermost.
        self._templates: list[int] = []
        self._depth = 0
        # Brackets open at _matched, to where somebody asked; what is not code from there on.
        self._matched = 0
        self._open: list[int] = []
        self._opaque: list[tuple[int, int]] = []
        self._go_on(0)
        if data.startswith((b"#!", b"\xef\xbb\xbf#!")):
            self.skip_line(0)

    def reach(self, at: int) -> bool:
        """Walk until ``data[at]`` has been passed or is in ``data[position:end]``; whether it is, so in code.

        ``at`` must not decrease from call to call.
        """
        while self.end <= at and self.end < len(self.data):
            if self._templates or not self._skip_strings(at):
                self._step()
        return self.position <= at < self.end

    def _skip_strings(self, limit: int) -> bool:
        """Go on to the last place up to ``limit`` with nothing but code and whole strings before it, which is
        most of what there is to pass over; whether that is any farther.
        """
        start = self.end
        if self.data[start] not in b"\"'":
            return False
        match = _CODE_AND_STRINGS.match(self.data, start, limit)
        if match and match.end(1) == limit:
            match = _CODE_AND_STRINGS.match(self.data, start, match.start(1))
        if not match or match.end() == start:
            return False
        self._before = max(match.end(1), _rstrip(self.data, start, match.end()))
        self._go_on(match.end())
        return True

    def reaches_comment(self, at: int) -> bool:
        """Whether a comment begins at ``data[at]``."""
        while self.end < at:
            self._step()
        return self.end == at and self.data.startswith((b"//", b"/*"), at)

    def token_before(self, at: int) -> int:
        """Where the token before ``at`` ends, which must be within ``position`` and ``end``; 0 for none."""
        end = _rstrip(self.data, self.position, at)
        return end if end > self.position else self._before

    def skip_line(self, at: int) -> None:
        """Take the rest of the line from ``at`` (in the present run of code) for a comment."""
        self._before = self.token_before(at)
        end = match_end(_LINE, self.data, at)
        if end > self.end:
            self._skip(at, end)
        else:  # The run of code goes on behind it; to look for its end again would be too often.
            self._opaque.append((at, end))
            self.position = end

    def _go_on(self, position: int) -> None:
        self.position = position
        code = _CODE_IN_TEMPLATE if self._templates else _CODE
        self.end = match_end(code, self.data, position)

    def _skip(self, start: int, end: int) -> None:
        self._opaque.append((start, end))
        self._go_on(end)

    def _step(self) -> None:
        """Pass over what begins at ``end``."""
        data, at = self.data, self.end
        byte = data[at : at + 1]
        if byte == b"/":
            self._slash(at)
            return
        if byte == b"`":
            self._template(at)
            return
        if byte == b"}" and self._depth == 0:
            self._depth = self._templates.pop()
            self._template(at)
            return
        if byte == b"{":
            self._depth += 1
        elif byte == b"}":
            self._depth -= 1
        self._before = at + 1 if byte in b"{}" else string_end(data, at)
        self._go_on(self._before)

    def _template(self, at: int) -> None:
        """From a template's backtick, or the brace that ends a substitution, to the next of either."""
        data = self.data
        end = template_end(data, at + 1)
        if data[end : end + 1] == b"$":
            self._templates.append(self._depth)
            self._depth = 0
            end += 1
        self._before = min(end + 1, len(data))
        self._skip(at, self._before)

    def _slash(self, at: int) -> None:
        data = self.data
        if data[at + 1 : at + 2] in (b"/", b"*"):
            self._before = self.token_before(at)
            self._skip(at, _comment_end(data, at))
            return
        if at >= self._no_regex_before and self._operand_follows(at):
            match = _REGEX.match(data, at)
            assert match is not None
            if match[1]:
                self._before = self._regex_end = match.end()
                self._skip(at, match.end())
                return
            # Not closed on its line, so not one; nor will another try find one there.
            self._no_regex_before = match.end()
        self._before = at + 1
        self._go_on(at + 1)

    def _operand_follows(self, at: int) -> bool:
        """Whether an operand is due at ``at``, so that the slash there begins a regular expression."""
        data, end = self.data, self.token_before(at)
        if end == self._regex_end:
            return False
        last = data[end - 1] if end else 0x3B
        if last in _NAME_BYTES:
            word = _last_word(data, end)
            return word in _OPERATORS or (word == b"of" and self._is_keyword_of(end - len(word)))
        if last == 0x29:  # )
            return self._may_be_statement(at) and self._closes_head(end)
        if last == 0x7D:  # }
            return self._may_be_statement(at) and self._closes_block(end)
        if last in b"+-":  # a++ / b
            return data[end - 2 : end - 1] != data[end - 1 : end]
        if last == 0x2E:  # 1. / 2, but [.../a/.exec(b)]
            return data.endswith(b"...", 0, end)
        return last not in b"]\"'`"

    def _is_keyword_of(self, at: int) -> bool:
        """Whether the ``of`` at ``at`` is that of ``for (a of …)``; minifiers make it a name."""
        before = _rstrip(self.data, 0, at)
        last = self.data[before - 1] if before else 0
        if last in _NAME_BYTES:
            follows = before < at and _last_word(self.data, before) not in _OPERATORS | {b"of"}
        else:
            follows = last in b"]}"
        return follows and self._word_before(self._innermost(at)) == b"for"

    def _may_be_statement(self, at: int) -> bool:
        """Whether a regular expression at ``at`` could begin a statement: saves matching brackets."""
        if self._peeked > len(self.data):  # a slash may be peeked past many times, but not for ever
            return True
        match = _REGEX.match(self.data, at)
        assert match is not None
        self._peeked += match.end() - at
        return bool(match[1]) and _STATEMENT_TAIL.match(self.data, match.start(1) + 1) is not None

    def _closes_head(self, end: int) -> bool:
        """Whether the parenthesis before ``end`` closes that of an ``if``, ``while``, ``for`` or ``with``."""
        return self._word_before(self._match(end)) in _HEADS

    def _word_before(self, opener: int) -> bytes:
        """The word before the bracket at ``opener``, without the ``await`` of ``for await``."""
        end = _rstrip(self.data, 0, max(opener, 0))
        word = _last_word(self.data, end)
        if word == b"await":
            return _last_word(self.data, _rstrip(self.data, 0, end - len(word)))
        return word

    def _closes_block(self, end: int) -> bool:
        """Whether the brace before ``end`` closes a block or body, and not an object."""
        data = self.data
        before = _rstrip(data, 0, max(self._match(end), 0))
        if not before:
            return True
        last = data[before - 1]
        if last in _NAME_BYTES:
            return (word := _last_word(data, before)) not in _OPERATORS or word in (b"else", b"do")
        if last == 0x3E:  # >
            return data[before - 2 : before - 1] == b"="
        return last not in _BEFORE_OBJECT

    def _match(self, end: int) -> int:
        """Where the bracket that the one before ``end`` closes stands; -1 when none is open."""
        opener = self._innermost(end - 1)
        if self._open:
            self._open.pop()
        self._matched = end
        return opener

    def _innermost(self, at: int) -> int:
        """Where the innermost bracket open at ``at`` stands; -1 when none is.

        Goes on from where the last call stopped.
        """
        position, done = self._matched, 0
        for start, stop in self._opaque:
            if start >= at:
                break
            self._match_code(position, start)
            position, done = stop, done + 1
        del self._opaque[:done]
        self._match_code(position, at)
        self._matched = at
        return self._open[-1] if self._open else -1

    def _match_code(self, position: int, end: int) -> None:
        for match in _BRACKET.finditer(self.data, position, end):
            if match.lastindex == 1:
                self._open.append(match.start())
            elif match.lastindex == 2 and self._open:
                self._open.pop()
