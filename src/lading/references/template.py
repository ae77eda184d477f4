"""Django's template syntax in a text: which bytes are its tags, and which are text to it.

The rules are those of ``django.template.base.Lexer``: a tag ends on the line on which it begins.
https://docs.djangoproject.com/en/stable/ref/templates/language/
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lading.references.html_lexer import FILLER

_OPENS = re.compile(rb"\{[%{#]")
_LINE_END = re.compile(rb"[\n\r]|\Z")
_CLOSES = {b"{%": b"%}", b"{{": b"}}", b"{#": b"#}"}

# Tags by which a text is known to be written for Django, and not for another language with the same braces.
_TELLING = frozenset(
    b"load static url extends csrf_token comment verbatim trans translate blocktrans blocktranslate "
    b"get_static_prefix get_media_prefix endblocktrans endblocktranslate endcomment endverbatim".split()
)
_COMMENTS = frozenset((b"comment", b"endcomment"))
_LIQUID = frozenset(
    b"assign break capture case continue decrement elsif increment unless when".split()
)


class Token(NamedTuple):
    """A tag, variable or comment at ``data[start:end]``; ``content`` is what stands in the braces."""

    start: int
    end: int
    opening: bytes
    content: bytes

    @property
    def name(self) -> bytes:
        """The name of a block tag, else ``b""``."""
        return self.content.partition(b" ")[0] if self.opening == b"{%" else b""


def lex(data: bytes) -> Iterator[Token]:
    """Every token, as Django's lexer sees them with no regard to ``verbatim``. Linear in the length."""
    if not any(opening in data for opening in _CLOSES):
        return
    position = line_end = 0
    missing: set[bytes] = set()  # openings that nothing closes any more in this line
    while match := _OPENS.search(data, position):
        start, opening = match.start(), match[0]
        if start >= line_end:
            end_of_line = _LINE_END.search(data, start)
            assert end_of_line is not None
            line_end = end_of_line.start()
            missing.clear()
        close = -1
        if opening not in missing:
            close = data.find(_CLOSES[opening], start + 2, line_end)
        if close < 0:
            missing.add(opening)
            position = start + 1
            continue
        position = close + 2
        yield Token(start, position, opening, data[start + 2 : close].strip())


@dataclass(slots=True)
class Syntax:
    """What of a text is Django's: ``opaque`` are the spans of its tags (and of what ``comment`` hides);
    ``verbatim`` those in which braces are text. Both are in order and do not overlap each other.
    """

    opaque: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    verbatim: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    loads_static: bool = False
    extends_end: int = 0  # where {% extends %} ends, if there is one

    def is_verbatim(self, position: int) -> bool:
        """Whether ``position`` lies where Django's tags are text."""
        index = bisect_right(self.verbatim, (position, position)) - 1
        return any(
            start <= position < end for start, end in self.verbatim[max(index, 0) : index + 2]
        )


def parse(data: bytes) -> Syntax:
    """The template syntax of a text that is a Django template. Never raises; what is not closed goes on
    to the end.
    """
    syntax = Syntax()
    ends, start = b"", 0  # the tag that ends what we are in, and where that began
    for token in lex(data):
        if ends:
            if token.opening != b"{%" or token.content != ends:
                continue
            if ends == b"endcomment":
                syntax.opaque[-1] = (syntax.opaque[-1][0], token.end)
            else:
                syntax.verbatim.append((start, token.start))
                syntax.opaque.append((token.start, token.end))
            ends = b""
            continue
        syntax.opaque.append((token.start, token.end))
        if token.name == b"comment":
            ends = b"endcomment"
        elif token.name == b"verbatim":
            ends, start = b"end" + token.content, token.end
        elif token.name == b"load":
            syntax.loads_static = syntax.loads_static or _loads_static(token.content)
        elif token.name == b"extends" and not syntax.extends_end:
            syntax.extends_end = token.end
    if ends == b"endcomment":
        syntax.opaque[-1] = (syntax.opaque[-1][0], len(data))
    elif ends:
        syntax.verbatim.append((start, len(data)))
    return syntax


def is_django(data: bytes) -> bool:
    """Whether a text is a Django template, by tags that other languages with such braces do not have.

    Liquid (Jekyll, Shopify) has comments that look the same, which count only beside none of its own tags.
    """
    names = {token.name for token in lex(data)}
    if names & _LIQUID:
        names -= _COMMENTS
    return bool(names & _TELLING)


def mask(data: bytes, spans: list[tuple[int, int]]) -> bytes:
    """``data`` with each span filled with ``FILLER``, so that all offsets stay as they are."""
    pieces: list[bytes] = []
    position = 0
    for start, end in spans:
        pieces += data[position:start], FILLER * (end - start)
        position = end
    pieces.append(data[position:])
    return b"".join(pieces)


def _loads_static(content: bytes) -> bool:
    words = content.split()[1:]
    if b"from" in words:
        return words[:1] == [b"static"] and words[-1] in (b"static", b"staticfiles")
    return b"static" in words or b"staticfiles" in words
