"""Markup that is broken in a way that swallows what follows it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lading.references.html_lexer import Tag, attributes, tags
from lading.references.template import Syntax, mask

# A quote after which no attribute may begin, or before which no value does.
_STRAY = re.compile(rb"""["'][^\s=>/]|[^\s="']["']|[\s/]<""")


def problems(data: bytes, syntax: Syntax | None = None) -> list[tuple[int, str]]:
    """Where markup is broken, and how, by the errors that the HTML standard names. ``syntax`` is that of the
    template, if it is one.

    https://html.spec.whatwg.org/multipage/parsing.html#parse-errors
    """
    return list(_problems(mask(data, syntax.opaque) if syntax else data))


def _problems(data: bytes) -> Iterator[tuple[int, str]]:
    reader = tags(data)
    while True:
        try:
            tag = next(reader)
        except StopIteration as stop:
            if stop.value is not None:
                yield stop.value, "what begins here is cut off by the end of the file"
            return
        if _STRAY.search(data, tag.inner, tag.end) and (told := _stray(data, tag)):
            yield tag.start, told
        if tag.content_end == len(data) > tag.end:
            name = tag.name.decode(errors="replace")
            yield tag.start, f"<{name}> is never closed, so that the rest of the page is its text"


def _stray(data: bytes, tag: Tag) -> str:
    """What is wrong with the attribute that has a quote or ``<`` in its name, or a quote in a value without
    quotes (parse errors "unexpected-character-in-attribute-name" and "…-in-unquoted-attribute-value").
    """
    for attribute in attributes(data, tag):
        name = repr(attribute.name.decode(errors="replace"))
        value = b"" if attribute.quote else data[attribute.start : attribute.end]
        if b"<" in attribute.name:
            return f"the attribute {name} looks like a tag; a quote or > is missing before it"
        if b'"' in attribute.name + value or b"'" in attribute.name:
            return f"a quote stands at the attribute {name} where none can; one is missing"
    return ""
