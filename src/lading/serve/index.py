"""Folders that are answered with a file of theirs."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from lading.serve.entry import Redirect


def find(name: str, index: str, max_age: int, has: Callable[[str], bool]) -> str | Redirect:
    """What a name below a target stands for: ``docs/`` for its index file. A folder without its slash, and
    the index file's own name, are redirected to ``docs/``, so that each page has one address.

    ``has``: whether a file of that name is served. ``max_age``: seconds for which a redirect is kept.
    """
    if not index:
        return name
    last = name.rpartition("/")[2]
    if not last:
        return name + index
    if last == index and has(name):
        return Redirect("./", max_age)
    if not has(name) and has(f"{name}/{index}"):
        return Redirect(f"{quote(last)}/", max_age)
    return name
