"""A theme's folder: which of its files are pages, which are assets, and which are left out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
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
        "node_modules",
        "bower_components",
        "package-lock.json",
        "package.json",
        "pnpm-lock.yaml",
        "webpack.config.js",
        "vite.config.js",
        "yarn.lock",
    )
)
_ROUTABLE = re.compile(r"[^<>\x00-\x1f\x7f\ud800-\udfff]+")
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


def scan(root: str, exclude: Iterable[str] = ()) -> Folder:
    """The files of a theme. ``exclude`` are globs, of file and folder names or of whole paths.

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
    excluded = Globs(exclude)
    real = os.path.realpath(root)

    def fail(error: OSError) -> None:
        raise SourceError(
            f"The folder cannot be listed: {error.strerror}.", where=str(error.filename)
        ) from error

    seen = {real}
    for place, folders, names in os.walk(found.root, followlinks=True, onerror=fail):
        below = os.path.relpath(place, found.root).replace(os.sep, "/")
        prefix = "" if below == "." else f"{below}/"
        folders[:] = [
            name
            for name in sorted(folders)
            if _enters(found, prefix + name, name, excluded, real, seen)
        ]
        for name in sorted(names):
            _add(found, prefix + name, name, excluded, real)
    return found


def _enters(
    found: Folder, path: str, name: str, excluded: Globs, real: str, seen: set[str]
) -> bool:
    file = found.file(path)
    if reason := _reason(path, name, excluded):
        found.left_out[f"{path}/"] = reason
        return False
    if os.path.islink(file):
        target = os.path.realpath(file)
        if not _is_below(target, real):
            found.findings.append(_leads_out(found, path, target))
            return False
        if target in seen or _is_below(file, target):
            found.left_out[f"{path}/"] = "a link to a folder that is taken already"
            return False
        seen.add(target)
    return True


def _add(found: Folder, path: str, name: str, excluded: Globs, real: str) -> None:
    file = found.file(path)
    if reason := _reason(path, name, excluded):
        found.left_out[path] = reason
    elif os.path.islink(file) and not _is_below(target := os.path.realpath(file), real):
        found.findings.append(_leads_out(found, path, target))
    elif not os.path.isfile(file):
        found.left_out[path] = "no regular file"
    elif _PROGRAMS.match(name.lower()):
        found.left_out[path] = "a program of a server, whose text nobody should read"
    elif name.lower().endswith(PAGES):
        found.pages.append(path)
    else:
        found.assets.append(path)


def _reason(path: str, name: str, excluded: Globs) -> str:
    if excluded.match(name) or excluded.match(path):
        return EXCLUDED
    if not _ROUTABLE.fullmatch(name):
        return "its name has characters that no route or URL can hold"
    return "belongs to tools" if _TOOLS.match(name) else ""


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
