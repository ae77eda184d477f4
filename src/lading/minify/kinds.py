"""What can be minified, and what is minified already."""

from __future__ import annotations

import posixpath
import re
from typing import Final, Literal

Kind = Literal["css", "js"]

KINDS: Final[dict[str, Kind]] = {".css": "css", ".js": "js", ".mjs": "js", ".cjs": "js"}
"""What can be minified, by the extension of its name."""

_NAMED: Final = re.compile(r"[-.]min(?=[-.])", re.IGNORECASE)
_LONG_LINES: Final = 200  # bytes on average
_LITTLE_SPACE: Final = 0.12  # of all bytes


def kind_of(path: str) -> Kind | None:
    """What a file is, by the extension of its name, or ``None`` for what cannot be minified."""
    return KINDS.get(posixpath.splitext(path)[1].lower())


def is_minified(path: str, content: bytes) -> bool:
    """Whether a file is minified already: it is named so, or has long lines and hardly any white space."""
    if not content or _NAMED.search(posixpath.basename(path)):
        return True
    lines = content.count(b"\n") + 1
    space = sum(content.count(character) for character in (b" ", b"\n", b"\t", b"\r"))
    return len(content) >= _LONG_LINES * lines and space <= _LITTLE_SPACE * len(content)
