"""Lines of a configuration: comments, blocks and indentation, the same for every server's language."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

Lines = Iterable[str]


def comment(text: str) -> Iterator[str]:
    """Lines of a comment; whatever the text holds, none of it is read as configuration."""
    for line in text.splitlines():
        yield from (f"# {part}" for part in textwrap.wrap(line, 96) or [""])


def block(head: str, *bodies: Lines, close: str = "}", indent: str = "    ") -> Iterator[str]:
    """``head``, the lines of the bodies further in, and ``close``."""
    yield head
    for body in bodies:
        for line in body:
            yield indent + line if line else ""
    yield close


def joined(*parts: Lines) -> str:
    """The whole text: the parts with an empty line between them."""
    texts = ["\n".join(line.rstrip() for line in part) for part in parts]
    return "\n\n".join(text for text in texts if text) + "\n"
