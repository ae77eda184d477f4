"""What the files of a theme are, and which of them a URL on one of its pages names."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from urllib.parse import unquote

from lading.nearest import Nearest

Trouble = Literal["missing", "outside", "local", "above", "case", "normalization"]
"""What is wrong with a URL: it names no file; it leads out of the folder; it is a path on someone's computer
(``file:``, ``C:\\``); it names a file but for steps above the top of the site, which browsers do not
take, but for upper and lower case, or for the Unicode form.
"""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_LOCAL = re.compile(r"file:|[A-Za-z]:[\\/]", re.IGNORECASE)
# What a URL parser ignores (https://url.spec.whatwg.org/#concept-basic-url-parser).
_IGNORED = str.maketrans("", "", "\t\n\r")
INDEX_NAMES = ("index.html", "index.htm", "index.xhtml")


@dataclass(frozen=True, slots=True)
class Found:
    """A URL that names ``path`` of the site; ``trouble`` is how it is written wrong, or ``None``."""

    path: str
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """A URL that should name a file of the site and does not; ``near`` are files that were perhaps meant.
    ``left_out`` is why the file that it names is none of the site's, if there is one.
    """

    trouble: Trouble
    path: str = ""
    near: tuple[str, ...] = ()
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A URL that names nothing of the site; ``reason`` says what instead, as half a sentence."""

    reason: str


def _never(path: str) -> str:
    return ""


@dataclass(frozen=True)
class Site:
    """The paths of all files below the theme's folder (``css/a.css``) and, of these, the pages.

    ``is_top`` says that this folder is the top of a site, so that no URL leads above it; ``why_absent`` why a
    file that lies in it is none of the site's (``""``: there is none).
    """

    files: Collection[str]
    pages: Mapping[str, str]  # path -> name of its URL
    is_top: bool = True
    why_absent: Callable[[str], str] = _never

    def find(
        self, page: str, url: str, base: str = "", *, module: bool = False
    ) -> Found | NotFound | Elsewhere:
        """What ``url`` names on ``page``, whose ``<base href>`` is ``base``.

        ``module``: it is a module specifier, which names a file only if it begins with ``/`` or a dot.
        """
        url = url.translate(_IGNORED)
        if _LOCAL.match(url):
            return NotFound("local", url)
        if elsewhere := _elsewhere(url, module=module):
            return elsewhere
        folder = posixpath.dirname(page)
        if base:
            if _SCHEME.match(base) or base.startswith("//"):
                return Elsewhere("it starts from a <base> that is elsewhere")
            folder, _ = _join(folder, posixpath.dirname(_path(base) + "x"))
        path = _path(url)
        if not path:
            return Elsewhere("it names the page itself")
        joined, leads_above = _join(folder, path)
        if leads_above:
            return self._look_above(joined, path)
        return self._look_up(joined, path)

    def _look_above(self, path: str, written: str) -> Found | NotFound:
        """What a URL names that leads above the top: what browsers find there, if anything."""
        named = self._look_up(path, written) if self.is_top else None
        if isinstance(named, Found) and named.trouble is None:
            return Found(named.path, "above")
        return NotFound("outside", written)

    def _look_up(self, path: str, written: str) -> Found | NotFound:
        is_folder = written.endswith(("/", "/.", "/..")) or written in (".", "..")
        if path in self.files and not is_folder:
            return Found(path)
        for name in INDEX_NAMES:
            if (index := posixpath.join(path, name)) in self.files:
                return Found(index)
        if reason := self.why_absent(path):
            return NotFound("missing", path, left_out=reason)
        if is_folder:
            return NotFound("missing", path)
        if same := self._by_form.get(unicodedata.normalize("NFC", path)):
            return Found(same, "normalization")
        same_but_case = self._by_case.get(_folded(path), ())
        if len(same_but_case) == 1:
            return Found(same_but_case[0], "case")
        return NotFound("missing", path, tuple(same_but_case or self._nearest.to(path)))

    @cached_property
    def _by_case(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self.files:
            found.setdefault(_folded(path), []).append(path)
        return found

    @cached_property
    def _by_form(self) -> dict[str, str]:
        return {
            form: path
            for path in self.files
            if (form := unicodedata.normalize("NFC", path)) != path or not path.isascii()
        }

    @cached_property
    def _nearest(self) -> Nearest:
        return Nearest(self.files)


_MISSPELLINGS: dict[str, str] = {
    "case": "only by upper and lower case: found on some computers, not on a Linux server",
    "normalization": "only by its Unicode form: found on some computers, not on a Linux server",
    "above": "by leading above the folder: found where that is the top of a site, not elsewhere",
}


def misspelling(named: Found) -> str:
    """What is wrong with a URL that names a file all the same, as a clause about the URL."""
    return f"which differs from the file {named.path!r} {_MISSPELLINGS[named.trouble or 'case']}"


def _elsewhere(url: str, *, module: bool) -> Elsewhere | None:
    if url.startswith(("//", "\\\\")):
        return Elsewhere("it is on another site")
    if match := _SCHEME.match(url):
        scheme = match[0].lower()
        if scheme in ("http:", "https:"):
            return Elsewhere("it is on another site")
        return Elsewhere(f"it is a {scheme} URL")
    if module and not url.startswith(("/", "./", "../")):
        return Elsewhere("it is the name of a package")
    return None


def _path(url: str) -> str:
    return unquote(re.split(r"[?#]", url, maxsplit=1)[0].replace("\\", "/"))


def _join(folder: str, path: str) -> tuple[str, bool]:
    """The path that ``path`` leads to from ``folder``, and whether it takes a step above the top, which a URL
    parser ignores (https://url.spec.whatwg.org/#shorten-a-urls-path).
    """
    names: list[str] = []
    leads_above = False
    for name in path.split("/") if path.startswith("/") else f"{folder}/{path}".split("/"):
        if name == "..":
            leads_above = leads_above or not names
            del names[-1:]
        elif name not in ("", "."):
            names.append(name)
    return "/".join(names), leads_above


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()
