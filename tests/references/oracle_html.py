"""What a full HTML parser, turbohtml, finds: the span of each start tag and of each of its attributes."""

from __future__ import annotations

import turbohtml

from lading.references.html_lexer import attributes, tags

Spans = set[tuple[str, int, int]]


def normalized(data: bytes) -> bytes:
    """With the line ends that the parser counts with, and without a byte order mark."""
    text = data.decode(errors="replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").encode()


def theirs(data: bytes) -> Spans:
    """``("", start, end)`` of tags and ``(name, start, end)`` of attributes, in bytes."""
    text = data.decode()
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + len(character.encode()))
    found: Spans = set()
    for element in turbohtml.parse(text, source_locations=True).find_all():
        location = element.source_location
        if location is None or location.start_tag is None:
            continue
        tag = location.start_tag
        found.add(("", offsets[tag.start_offset], offsets[tag.end_offset]))
        for name, span in location.attrs.items():
            found.add((name, offsets[span.start_offset], offsets[span.end_offset]))
    return found


def ours(data: bytes) -> Spans:
    found: Spans = set()
    for tag in tags(data):
        found.add(("", tag.start, tag.end))
        for attribute in attributes(data, tag):
            end = attribute.end + len(attribute.quote)
            found.add((attribute.name.decode(errors="replace"), attribute.at, end))
    return found


def disagreements(data: bytes) -> list[str]:
    """Each with what stands there."""
    them, us = theirs(data), ours(data)
    return [
        *(f"only the parser: {name} {data[a:b]!r}" for name, a, b in sorted(them - us)),
        *(f"only Lading: {name} {data[a:b]!r}" for name, a, b in sorted(us - them)),
    ]
