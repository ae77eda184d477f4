"""A page of HTML -> the same page as a Django template: only URLs that name files of the site change."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from lading.references.html import HtmlReference, references
from lading.references.lines import Lines
from lading.references.reference import Notation
from lading.references.template import Syntax, is_django, lex, parse
from lading.themes.braces import Edit, protect

Braces = Literal["auto", "django", "literal"]
"""What ``{{`` and ``{%`` on a page are: Django's, text, or either, as the page itself suggests."""


@dataclass(frozen=True, slots=True)
class Static:
    """A URL to be written as ``{% static 'path' %}``."""

    path: str


@dataclass(frozen=True, slots=True)
class Url:
    """A URL to be written as ``{% url 'name' %}``."""

    name: str


@dataclass(frozen=True, slots=True)
class Keep:
    """A URL to be left as it is; ``reason`` says why, as half a sentence."""

    reason: str


Decide = Callable[[HtmlReference], Static | Url | Keep]


@dataclass(frozen=True, slots=True)
class Change:
    """One URL that was changed: its line, from 1, and what stood and stands there (without its query)."""

    line: int
    place: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Left:
    """One URL that was left as it is, and why."""

    line: int
    place: str
    url: str
    reason: str


@dataclass(slots=True)
class Tagged:
    """A page as a template: its bytes, what was changed and what not."""

    data: bytes
    changes: list[Change] = field(default_factory=list[Change])
    left: list[Left] = field(default_factory=list[Left])
    protected: int = 0  # places where braces were protected


_BOM = b"\xef\xbb\xbf"
_XML = re.compile(rb"<\?xml[^>]*+>")
_LOAD = b"{% load static %}"
# Characters of a rendered URL that end one without quotes in CSS.
_ENDS_BARE_URL = frozenset("()'")
_DYNAMIC = Keep("template syntax makes a part of it")


def tag(data: bytes, decide: Decide, braces: Braces = "auto") -> Tagged:
    """The page ``data`` (UTF-8) as a template. ``decide`` is asked for each reference.

    All bytes but those of changed URLs stay; ``{% load static %}`` is put where it belongs, and braces that
    are text are protected. Tagging the result again changes nothing.
    """
    django = syntax_of(data, braces)
    syntax = django or Syntax()
    tokens = [(token.start, token.end) for token in lex(data)] if django is None else []
    lines = Lines(data)
    done = Tagged(data)
    edits: list[Edit] = []
    uses_static = False
    for found in references(data, syntax):
        reference = found.reference
        if found.role == "base":
            decision = decide(found)  # also where it cannot change, for what follows starts from it
        elif found.is_dynamic:
            decision = _DYNAMIC
        elif syntax.is_verbatim(reference.start) or _meets(tokens, reference.start, reference.end):
            decision = Keep("braces around it or in it are text, so that a tag would be, too")
        else:
            decision = decide(found)
        line, _ = lines.position(reference.start)
        written = None if isinstance(decision, Keep) else _written(decision, found)
        if written is None:
            reason = decision.reason if isinstance(decision, Keep) else _UNWRITABLE
            if found.is_dynamic and reference.url.startswith("\x1a"):
                continue  # a tag that does already what would be done
            done.left.append(Left(line, place(found), _shown(data, found), reason))
            continue
        edits.append((reference.start, found.path_end, written))
        uses_static = uses_static or isinstance(decision, Static)
        before = data[reference.start : found.path_end].decode(errors="replace")
        done.changes.append(Change(line, place(found), before, written.decode()))
    if django is None:
        protection = protect(data, edits)
        done.protected = sum(start == end for start, end, _ in protection) // 2
        edits = sorted([*edits, *protection], key=_position)
    if uses_static and not syntax.loads_static:
        edits.insert(*_load(data, syntax, edits))
    done.data = apply(data, edits)
    return done


def syntax_of(data: bytes, braces: Braces) -> Syntax | None:
    """The template syntax of a page; ``None`` where braces are text."""
    if braces == "literal" or (braces == "auto" and not is_django(data)):
        return None
    return parse(data)


def apply(data: bytes, edits: Sequence[Edit]) -> bytes:
    """``data`` with the edits (in order, not overlapping) made."""
    pieces: list[bytes] = []
    position = 0
    for start, end, new in edits:
        pieces += data[position:start], new
        position = end
    pieces.append(data[position:])
    return b"".join(pieces)


def place(found: HtmlReference) -> str:
    """Where a reference stands, for a person: ``<img src>``, ``<style>``."""
    return f"<{found.element}{' ' * bool(found.attribute)}{found.attribute}>"


_UNWRITABLE = "its path has characters that no template tag can write here"


def _position(edit: Edit) -> int:
    return edit[0]


def _shown(data: bytes, found: HtmlReference) -> str:
    return data[found.reference.start : found.reference.end].decode(errors="replace")


def _meets(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of the spans (in order, apart) overlaps this one."""
    index = bisect_right(spans, (start, start))
    return (index < len(spans) and spans[index][0] < end) or (
        index > 0 and spans[index - 1][1] > start
    )


def _written(decision: Static | Url, found: HtmlReference) -> bytes | None:
    """The tag for a decision at its place; ``None`` where it cannot be written or would not render well."""
    path = decision.path if isinstance(decision, Static) else decision.name
    if "%}" in path or "\n" in path or "\r" in path:
        return None
    notation = found.reference.notation
    if notation is Notation.CSS_BARE and not _ENDS_BARE_URL.isdisjoint(path):
        return None
    # Where no character references are, Django's escape of the apostrophe would not be read.
    if not found.attribute and "'" in path and not found.reference.in_xml:
        return None
    quote = _quote(path, found.quotes)
    escaped = path.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    name = "static" if isinstance(decision, Static) else "url"
    return f"{{% {name} {quote}{escaped}{quote} %}}".encode(errors="replace")


def _quote(path: str, around: bytes) -> str:
    """The better of both quotes: one that the path has not, nor what is around it."""
    for quote in ("'", '"'):
        if quote not in path and quote.encode() not in around:
            return quote
    outer = around[-1:].decode() or '"'
    quote = "'" if outer == '"' else '"'
    return quote if quote not in path else outer


def _load(data: bytes, syntax: Syntax, edits: Sequence[Edit]) -> tuple[int, Edit]:
    """The edit that loads the tag, and its index among the others: after what must come first."""
    newline = _newline(data)
    if syntax.extends_end:
        at, text = syntax.extends_end, newline + _LOAD
    elif xml := _XML.match(data, len(_BOM) if data.startswith(_BOM) else 0):
        at, text = xml.end(), newline + _LOAD
    else:
        at, text = len(_BOM) if data.startswith(_BOM) else 0, _LOAD + newline
    index = next((i for i, edit in enumerate(edits) if edit[0] >= at), len(edits))
    return index, (at, at, text)


def _newline(data: bytes) -> bytes:
    match = re.search(rb"\r\n|\n|\r", data)
    return match[0] if match else b"\n"
