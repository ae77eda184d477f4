"""The names of a theme's pages: of their URLs, of their views, and the routes that lead to them."""

from __future__ import annotations

import keyword
import posixpath
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from lading.themes.site import INDEX_NAMES

# What the module of the views has of its own, so that no view may be called so.
_TAKEN = frozenset(
    {"FileResponse", "finders", "redirect", "render", "service_worker", "static", "theme_file"}
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its path in the theme, the name of its URL, that of its view, and its routes: the first is
    the one that links lead to.
    """

    path: str
    name: str
    view: str
    routes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two pages that would have one URL name: the second is called ``name`` instead."""

    path: str
    other: str
    name: str


def name_pages(paths: Iterable[str], *, clean: bool = False) -> tuple[list[Page], list[Clash]]:
    """A name for each page, and where two would have had the same. ``clean`` routes have no ``.html``."""
    pages: list[Page] = []
    clashes: list[Clash] = []
    names: dict[str, str] = {}
    views = set(_TAKEN)
    routes: set[str] = set()
    for path in sorted(paths, key=_order):
        wanted = name = page_name(path)
        number = 2
        while name in names:
            name = f"{wanted}-{number}"
            number += 1
        if name != wanted:
            clashes.append(Clash(path, names[wanted], name))
        names[name] = path
        own = tuple(route for route in _routes(path, clean=clean) if route not in routes)
        own = own or (path,)
        routes.update(own)
        pages.append(Page(path, name, _view(name, views), own))
    return pages, clashes


def _order(path: str) -> tuple[bool, str]:
    """``index.html`` first, and ``.html`` before ``.htm``."""
    return path not in INDEX_NAMES, path.removesuffix(".html")


def page_name(path: str) -> str:
    """The name of a page's URL: ``blog-post`` of ``blog/post.html``."""
    stem = posixpath.splitext(path)[0]
    return re.sub(r"[^\w.]+|\.", "-", stem).strip("-") or "page"


def _view(name: str, taken: set[str]) -> str:
    view = unicodedata.normalize("NFKC", re.sub(r"\W", "_", name)).strip("_")
    if not view.isidentifier():
        view = f"page_{view}" if f"page_{view}".isidentifier() else "page"
    if keyword.iskeyword(view):
        view += "_"
    unique, number = view, 2
    while unique in taken:
        unique = f"{view}_{number}"
        number += 1
    taken.add(unique)
    return unique


def _routes(path: str, *, clean: bool) -> tuple[str, ...]:
    """Where a page is found: as in the theme, so that what scripts and forms ask for is there."""
    folder, name = posixpath.split(path)
    if name in INDEX_NAMES:
        return (f"{folder}/" if folder else "", path)
    return (f"{posixpath.splitext(path)[0]}/", path) if clean else (path,)
