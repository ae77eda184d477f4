"""Minifies CSS by rcssmin, proves that nothing but white space was lost, and maps it to its source.

The only module that imports ``rcssmin``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from lading.errors import MissingExtraError
from lading.minify.sourcemaps import Lines, Segment

# CSS Syntax Module Level 3 §4, as far as telling apart what must not be cut in two: comments, white
# space, strings, unquoted url(), names with numbers; anything else by the character. No input is read
# more than twice. (A sub-pattern that is repeated possessively is decided by its first character and
# cannot fail after it: Python 3.11.0 to 3.11.4 mishandle the others, CPython issue 100061.)
_TOKEN: Final = re.compile(
    r"""
      (?P<comment> /\*(?:.*?\*/|.*+) )
    | (?P<space> [ \t\r\n\f]++ )
    | "(?:[^"\\]++|\\.?+)*+"?+
    | '(?:[^'\\]++|\\.?+)*+'?+
    | [uU][rR][lL]\([ \t\r\n\f]*+(?!["'])(?:[^)\\]++|\\.?+)*+\)?+
    | (?:[\w%.\#@$-]|[^\x00-\x7f]|\\.?+)++
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACE: Final = " \t\r\n\f"
_NEWLINE: Final = re.compile(r"\r\n|[\r\n\f]")
_ESCAPED_NEWLINE: Final = re.compile(r"\\(?:\r\n|[\r\n\f])")
_EMPTY_PROPERTY: Final = re.compile(r"(--[\w-]++:)(?=[;}])")
_APART_BEFORE: Final = frozenset("{};,>)]=!/")  # white space before these says nothing
_APART_BEHIND: Final = frozenset("{};,>([=!/")  # nor does it behind these
_MAPPED_BEHIND: Final = frozenset("{};:,")


class Token(NamedTuple):
    """A token other than white space and comments: its text, offset, and whether white space (perhaps
    with comments in it) stands before it.
    """

    text: str
    start: int
    spaced: bool


def version() -> str:
    """The tool's name and version. Raises ``MissingExtraError``."""
    return f"rcssmin {_rcssmin().__version__}"


def minify(text: str) -> tuple[str, Lines]:
    """The style sheet without white space and comments, licences (``/*! ... */``) kept; and the
    mappings of its lines to the original, which is source 0.

    Raises ``ValueError`` when rcssmin changed more than that, and ``MissingExtraError``.
    """
    made: str = _rcssmin().cssmin(text, keep_bang_comments=True)
    # "--x: ;" is an empty custom property everywhere, "--x:;" only in newer browsers.
    made = _EMPTY_PROPERTY.sub(r"\1 ", made)
    return made, _mapped(text, made, _pairs(text, made))


def _rcssmin() -> Any:
    try:
        import rcssmin  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        raise MissingExtraError("rcssmin", "minify", "Minifying CSS") from None
    return rcssmin


def _tokens(text: str) -> tuple[list[Token], list[str]]:
    """The tokens, and the licences among the comments."""
    tokens: list[Token] = []
    licences: list[str] = []
    spaced = False
    for match in _TOKEN.finditer(text):
        if match["space"]:
            spaced = True
        elif match["comment"]:
            if match["comment"].startswith("/*!"):
                licences.append(match["comment"])
        else:
            tokens.append(Token(_plain(match[0]), match.start(), spaced))
            spaced = False
    return tokens, licences


def _plain(token: str) -> str:
    """A token without what means nothing inside it (CSS Syntax §4.3.5, §4.3.6)."""
    if token[0] in "\"'":
        return _ESCAPED_NEWLINE.sub("", token)
    if token[:4].lower() == "url(":
        return f"url({token[4:].removesuffix(')').strip(_SPACE)})"
    return token


def _pairs(text: str, made: str) -> Iterator[tuple[Token, Token]]:
    """Each token of the original with its like in the minified text.

    Raises ``ValueError`` unless the one is the other without white space that says nothing, without
    comments that are no licences, and without semicolons that say nothing.
    """
    before, licences = _tokens(text)
    after, kept = _tokens(made)
    if licences != kept:
        raise ValueError("a licence would be lost")
    opens = _opens_block(before)
    index = 0
    for number, token in enumerate(before):
        if index < len(after) and after[index].text == token.text:
            if number:
                _check_space(before, number, after[index], opens=opens[number])
            yield token, after[index]
            index += 1
        elif token.text != ";" or not _idle(before, number):
            raise ValueError(f"{token.text[:60]!r} would be lost")
    if index < len(after):
        raise ValueError(f"{after[index].text[:60]!r} would be added")


def _idle(tokens: Sequence[Token], number: int) -> bool:
    """Whether a semicolon ends nothing, or its end is said by the block's."""
    behind = tokens[number + 1].text if number + 1 < len(tokens) else "}"
    return behind in ";}" or (number > 0 and tokens[number - 1].text in ";{")


def _opens_block(tokens: Sequence[Token]) -> list[bool]:
    """For each token, whether a ``{`` comes behind it before any ``;`` or ``}``: it is in a prelude."""
    found = [False] * len(tokens)
    opens = False
    for number in range(len(tokens) - 1, -1, -1):
        if tokens[number].text in "{};":
            opens = tokens[number].text == "{"
        found[number] = opens
    return found


def _check_space(tokens: Sequence[Token], number: int, made: Token, *, opens: bool) -> None:
    """Raise ``ValueError`` when white space before a token was lost or added and it may matter there."""
    previous, token = tokens[number - 1].text, tokens[number]
    if token.spaced == made.spaced or (made.spaced and token.text == "{"):
        return
    if token.spaced and not made.spaced:
        if token.text in _APART_BEFORE or previous in _APART_BEHIND:
            return
        # "a :hover {" is not "a:hover {", but "color : red;" is "color:red;".
        if previous == ":" or (
            token.text == ":" and (not opens or _in_parentheses(tokens, number))
        ):
            return
        raise ValueError(f"the white space before {token.text[:60]!r} would be lost")
    if token.text == ";" or previous == ":":
        return  # the space of an empty custom property
    raise ValueError(f"white space before {token.text[:60]!r} would be added")


def _in_parentheses(tokens: Sequence[Token], number: int) -> bool:
    """Whether a colon is that of a media feature, ``(name : value)``."""
    return number >= 2 and tokens[number - 2].text == "("


def _mapped(text: str, made: str, pairs: Iterator[tuple[Token, Token]]) -> Lines:
    """A mapping for what follows each brace, colon, comma and semicolon, and for the beginning."""
    sources, places = _Places(text), _Places(made)
    lines: Lines = [[]]
    previous = "{"
    for original, token in pairs:
        line, column = places.of(token.start)
        while len(lines) <= line:
            lines.append([])
        if previous in _MAPPED_BEHIND or not lines[line]:
            lines[line].append(Segment(column, 0, *sources.of(original.start)))
        previous = token.text
    return lines


class _Places:
    """Line and column (UTF-16 code units, both from 0) of offsets that only grow."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.breaks = [match.end() for match in _NEWLINE.finditer(text)]
        self.line = 0
        self.offset = 0
        self.column = 0

    def of(self, offset: int) -> tuple[int, int]:
        while self.line < len(self.breaks) and self.breaks[self.line] <= offset:
            self.offset = self.breaks[self.line]
            self.column = 0
            self.line += 1
        part = self.text[self.offset : offset]
        self.column += len(part) if part.isascii() else len(part.encode("utf-16-le")) // 2
        self.offset = offset
        return self.line, self.column
