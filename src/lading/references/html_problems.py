"""Markup that is broken in a way that swallows what follows it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lading.references.html_lexer import Tag, attributes, tags

_QUOTED = re.compile(rb"""["'][^\s=>/]""")


def problems(data: bytes) -> list[tuple[int, str]]:
    """Where markup is broken, and how, by the errors that the HTML standard names.

    https://html.spec.whatwg.org/multipage/parsing.html#parse-errors
    """
    return list(_problems(data))


def _problems(data: bytes) -> Iterator[tuple[int, str]]:
    reader = tags(data)
    while True:
        try:
            tag = next(reader)
        except StopIteration as stop:
            if stop.value is not None:
                yield stop.value, "what begins here is cut off by the end of the file"
            return
        if _QUOTED.search(data, tag.inner, tag.end) and (name := _quote_in_name(data, tag)):
            yield (
                tag.start,
                f"a quote stands in the name of the attribute {name}; one is missing before",
            )
        if tag.content_end == len(data) > tag.end:
            name = tag.name.decode(errors="replace")
            yield tag.start, f"<{name}> is never closed, so that the rest of the page is its text"


def _quote_in_name(data: bytes, tag: Tag) -> str:
    for attribute in attributes(data, tag):
        if b'"' in attribute.name or b"'" in attribute.name:
            return repr(attribute.name.decode(errors="replace"))
    return ""
