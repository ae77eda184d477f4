"""A theme's folder: which of its files are pages, which are assets, and which are left out."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from lading.errors import SourceError
from lading.findings import Finding, Severity
from lading.globs import Globs

PAGES = (".html", ".htm", ".xhtml")
EXCLUDED = "excluded"
"""Why a file is left out that matches what the caller excluded."""

# What builds a theme, or belongs to the tools of whoever made it.
_TOOLS = Globs(
    (
        ".*",
        "*~",
        "CVS",
        "Thumbs.db",
        "__MACOSX",
        "bower.json",
        "composer.json",
        "composer.lock",
        "gruntfile.js",
        "Gruntfile.js",
        "gulpfile.js",
        "gulpfile.babel.js",
        "package-lock.json",
        "package.json",
        "pnpm-lock.yaml",
        "webpack.config.js",
        "vite.config.js",
        "yarn.lock",
    )
)
_ROUTABLE = re.compile(r"[^<>\x00-\x1f\x7f\ud800-\udfff]+")
# Where package managers put what they fetch.
_HOLDER = r"(?:bower_components|node_modules)"
_HOLDERS = re.compile(rf"(?:.*/)?{_HOLDER}")
_NAMED = re.compile(rf"{_HOLDER}/((?:@[\w.-]+/)?[\w.-]+)".encode())
_PACKAGE = re.compile(rf"(?:.*/)?{_HOLDER}/((?:@[^/]+/)?[^/]+)")
# Programs of a server: as static files anyone could read them.
_PROGRAMS = Globs(("*.php", "*.php[3-8]", "*.phtml", "*.asp", "*.aspx", "*.jsp", "*.cgi", "*.pl"))


@dataclass(slots=True)
class Folder:
    """What lies below ``root``: paths with slashes, in order. ``left_out`` says why a file is not taken."""

    root: str
    pages: list[str] = field(default_factory=list[str])
    assets: list[str] = field(default_factory=list[str])
    left_out: dict[str, str] = field(default_factory=dict[str, str])
    findings: list[Finding] = field(default_factory=list[Finding])

    def file(self, path: str) -> str:
        return os.path.join(self.root, *path.split("/"))

    def why_left_out(self, path: str) -> str:
        """Why a file is not taken, or a folder that it lies in; ``""`` where that is not so."""
        above = [path[: place + 1] for place, mark in enumerate(path) if mark == "/"]
        return next((self.left_out[name] for name in (*above, path) if name in self.left_out), "")

    @property
    def has_packages(self) -> bool:
        """Whether folders of package managers were left out."""
        return any(_HOLDERS.fullmatch(path.rstrip("/")) for path in self.left_out)


def scan(root: str, exclude: Iterable[str] = (), packages: Collection[str] = ()) -> Folder:
    """The files of a theme. ``exclude`` are globs, of file and folder names or of whole paths. Of what
    package managers fetched only ``packages`` are taken, by their names; pages in them are assets.

    Links to what lies below ``root`` too are followed; others are findings. Raises ``SourceError`` when
    there is no such folder or it cannot be listed.
    """
    if not os.path.isdir(root):
        raise SourceError(
            "There is no such folder, so no theme to import.",
            where=root,
            remedy="Name the folder in which the theme's pages lie.",
        )
    found = Folder(os.path.abspath(root))
    real = os.path.realpath(root)
    scanning = _Scan(found, Globs(exclude), packages, real, {real})

    def fail(error: OSError) -> None:
        raise SourceError(
            f"The folder cannot be listed: {error.strerror}.", where=str(error.filename)
        ) from error

    for place, folders, names in os.walk(found.root, followlinks=True, onerror=fail):
        below = os.path.relpath(place, found.root).replace(os.sep, "/")
        prefix = "" if below == "." else f"{below}/"
        folders[:] = [name for name in sorted(folders) if scanning.enters(prefix + name, name)]
        for name in sorted(names):
            scanning.add(prefix + name, name)
    return found


def read(file: str, remedy: str) -> bytes:
    """The content of a file. Raises ``SourceError``, with what to do about it."""
    try:
        with open(file, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise SourceError(
            f"The file cannot be read: {error.strerror}.", where=file, remedy=remedy
        ) from error


def named_packages(texts: Iterable[bytes]) -> set[str]:
    """The packages whose files these texts name, where package managers put them."""
    return {name.decode() for text in texts for name in _NAMED.findall(text)}


@dataclass(slots=True)
class _Scan:
    """One walk; ``real`` is the theme's folder without links, ``seen`` the folders that links led to."""

    found: Folder
    excluded: Globs
    packages: Collection[str]
    real: str
    seen: set[str]

    def enters(self, path: str, name: str) -> bool:
        file = self.found.file(path)
        if reason := self._reason(path, name) or self._no_package(path):
            self.found.left_out[f"{path}/"] = reason
            return False
        if os.path.islink(file):
            target = os.path.realpath(file)
            if not _is_below(target, self.real):
                self.found.findings.append(_leads_out(self.found, path, target))
                return False
            if target in self.seen or _is_below(file, target):
                self.found.left_out[f"{path}/"] = "a link to a folder that is taken already"
                return False
            self.seen.add(target)
        return True

    def add(self, path: str, name: str) -> None:
        found, file = self.found, self.found.file(path)
        if reason := self._reason(path, name):
            found.left_out[path] = reason
        elif os.path.islink(file) and not _is_below(target := os.path.realpath(file), self.real):
            found.findings.append(_leads_out(found, path, target))
        elif not os.path.isfile(file):
            found.left_out[path] = "no regular file"
        elif _PROGRAMS.match(name.lower()):
            found.left_out[path] = "a program of a server, whose text nobody should read"
        elif name.lower().endswith(PAGES) and not _PACKAGE.match(path):
            found.pages.append(path)
        else:
            found.assets.append(path)

    def _reason(self, path: str, name: str) -> str:
        if self.excluded.match(name) or self.excluded.match(path):
            return EXCLUDED
        if not _ROUTABLE.fullmatch(name):
            return "its name has characters that no route or URL can hold"
        return "belongs to tools" if _TOOLS.match(name) else ""

    def _no_package(self, path: str) -> str:
        """Why a folder of packages, or one of them, is not entered."""
        if match := _PACKAGE.fullmatch(path):
            name = match[1]
            wanted = name in self.packages or any(p.startswith(f"{name}/") for p in self.packages)
        else:
            wanted = bool(self.packages) or _HOLDERS.fullmatch(path) is None
        return "" if wanted else "no page names a file of it"


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(os.path.join(root, ""))


def _leads_out(found: Folder, path: str, target: str) -> Finding:
    return Finding(
        "link-outside",
        Severity.WARNING,
        f"The link leads to {target}, out of the theme's folder, so it is not followed.",
        path=path,
        where=found.file(path),
        hint="Put a copy of what it names in the link's place.",
    )
