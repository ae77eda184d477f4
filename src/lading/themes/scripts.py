"""Files that scripts ask for by a path beside the page, as in ``fetch("data/ships.json")``.

What a string in a script is for cannot be known, so scripts stay as they are; but where a string is the path
of a file of the theme, that path can be made to lead to it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator

from lading.references.html_lexer import attributes, tags

_STRING = re.compile(
    rb"""["'`]([\w\-./@+% ]{1,200}?\.[A-Za-z0-9]{2,5})(?:[?#][^"'`\n]{0,200})?["'`]"""
)
_LARGEST = 2 << 20  # bytes of a script that is read for them
_MOST = 200  # routes; a theme that names more has a list of them for other ends


def inline(page: bytes) -> Iterator[bytes]:
    """The text of each script on a page."""
    for tag in tags(page):
        if tag.name != b"script" or tag.content_end == tag.end:
            continue
        if all(attribute.name != b"src" for attribute in attributes(page, tag)):
            yield page[tag.end : tag.content_end]


def named(scripts: Iterable[bytes], folders: Iterable[str], assets: Collection[str]) -> set[str]:
    """The assets that strings in the scripts name, seen from a page in any of the folders."""
    starts = set(folders)
    paths: set[str] = set()
    for script in scripts:
        if len(script) <= _LARGEST:
            paths.update(m[1].decode(errors="replace") for m in _STRING.finditer(script))
    found = {
        path
        for written in paths
        for start in starts
        if (path := posixpath.normpath(posixpath.join(start, written)).lstrip("/")) in assets
    }
    return found if len(found) <= _MOST else set()
