"""What becomes of a static path in production: found, a 404, or an exception and so a 500.

The rules are those of ``HashedFilesMixin.url`` and ``ManifestFilesMixin.stored_name`` for storages with a
manifest, and of ``FileSystemStorage.url`` for the others.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Collection
from urllib.parse import unquote, urldefrag, urlsplit

from lading.catalog import Catalog
from lading.django.uses import Use
from lading.findings import Finding, Severity
from lading.nearest import Nearest
from lading.search import why_missing

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_SPACES = "\t\n\r\f "
_TEMPLATE_CODE = re.compile(r"\{\{|\{%")


class StaticPaths:
    """Judges uses. ``is_strict``: the storage raises for a path that its manifest does not list.
    ``plain`` are the paths that are published under their own names, ``None`` if all of them are;
    ``folders`` those for which the storage gives the URL of a folder under one digest. ``labels`` are the
    names that installed applications may have for their folders.
    """

    def __init__(
        self,
        catalog: Catalog,
        static_url: str,
        *,
        is_strict: bool,
        plain: Collection[str] | None = None,
        folders: Collection[str] = (),
        labels: Collection[str] = (),
    ) -> None:
        self._catalog = catalog
        self._static_url = static_url
        self._is_strict = is_strict
        self._plain = plain
        self._folders = tuple(f"{folder}/" for folder in folders)
        self._labels = labels
        self._sorted = list(catalog.winners)
        self._lowered = {path.lower(): path for path in catalog.winners}
        self._nearest = Nearest(catalog.winners)
        self._hints: dict[str, list[str]] = {}

    def finding(self, use: Use) -> Finding | None:
        """What is wrong with the use, or ``None``."""
        if use.path is None:
            return Finding(
                "unchecked-static",
                Severity.NOTE,
                f"{use.form} is only known at run time, so it was not checked.",
                where=use.where,
                owner=use.owner,
            )
        if not use.is_plain and self._is_looked_up(use.path):
            path = _looked_up(use.path)
            return None if path in self._catalog.winners else self._missing(use, path)
        if _SCHEME.match(use.path):
            return None  # the storage joins it to its own URL, as browsers do: it leads elsewhere
        path = _normalised(use.path + use.after)
        # The names below STATIC_URL under which files are there for the asking.
        is_hashed_folder = not use.is_plain and path.startswith(self._folders)
        plain = None if is_hashed_folder else self._plain
        if use.continues or path.endswith("/") or not path:
            return None if self._has_below(path, plain) else self._empty(use, path, plain)
        if path not in self._catalog.winners:
            is_folder = not use.is_plain and self._has_below(f"{path}/", plain)
            return None if is_folder else self._missing(use, path)  # a folder's URL, to add to
        return None if plain is None or path in plain else self._renamed(use, path)

    def _is_looked_up(self, path: str) -> bool:
        """Whether the storage looks the path up in its manifest; folders are passed on as they are."""
        return self._is_strict and not urlsplit(urldefrag(path)[0]).path.endswith("/")

    def _has_below(self, prefix: str, plain: Collection[str] | None = None) -> bool:
        """Whether any path, or any of the ``plain`` ones, begins with the prefix."""
        if plain is not None:
            return any(path.startswith(prefix) for path in plain)
        at = bisect_left(self._sorted, prefix)
        return at < len(self._sorted) and self._sorted[at].startswith(prefix)

    def _missing(self, use: Use, path: str) -> Finding:
        named = f"names {path!r}, which no source ships" if path else "names no file"
        outcome = (
            "asking for its URL raises an exception in production, a 500"
            if not use.is_plain and self._is_strict
            else "its URL will be a 404"
        )
        return Finding(
            "missing-static",
            self._severity(use, path, Severity.ERROR),
            f"{use.form} {named}; {outcome}.",
            path,
            use.where,
            use.owner,
            self._hint(use, path),
        )

    def _empty(self, use: Use, prefix: str, plain: Collection[str] | None) -> Finding:
        return Finding(
            "empty-static-folder",
            self._severity(use, prefix, Severity.WARNING),
            f"{use.form} begins a path with {prefix!r}, and no published path does; whatever is "
            "appended, its URL will be a 404.",
            prefix,
            use.where,
            use.owner,
            self._hint(use, prefix) if plain is None else _ORIGINALS,
        )

    def _severity(self, use: Use, path: str, severity: Severity) -> Severity:
        """Milder for packages, and no more than a note where they are made for others as well: in an
        ``if`` (on Django's version, or on what is installed), and for a path into the folder of another
        package, which is not installed.
        """
        if use.owner == "project":
            return severity
        if use.is_conditional:
            return Severity.NOTE
        folder, slash, _ = path.partition("/")
        is_foreign = (
            bool(slash) and folder not in self._labels and not self._has_below(f"{folder}/")
        )
        return Severity.NOTE if is_foreign else Severity.WARNING

    def _renamed(self, use: Use, path: str) -> Finding:
        return Finding(
            "missing-static",
            Severity.ERROR if use.owner == "project" else Severity.WARNING,
            f"{use.form} names {path!r} without its hash, and originals are not published; its URL "
            "will be a 404.",
            path,
            use.where,
            use.owner,
            _ORIGINALS,
        )

    def _hint(self, use: Use, path: str) -> str:
        if not path:
            return "Name a file, or use {% get_static_prefix %} for the root's URL."
        if not use.is_plain and use.path and _SCHEME.match(use.path):
            return "Write the URL itself: static() is for the site's own files."
        if use.path and _TEMPLATE_CODE.search(use.path):
            return "Template code inside a tag is not run: join the parts with the filter 'add'."
        if not use.is_plain and self._is_completed(use, path):
            return (
                "The tag looks the path up before the text after it is added: name the whole file "
                "inside the tag, or end the path with '/' to get the folder's URL."
            )
        if path not in self._hints:
            self._hints[path] = self._look_around(path)
        reasons = self._hints[path]
        if use.owner == "vendor":  # what lies near it is of other packages
            reasons = [reason for reason in reasons if not reason.startswith("Near: ")]
            return " ".join(reasons) or "The package does not ship it: its authors can mend it."
        return " ".join(reasons) or "Correct the path, or add the file."

    def _is_completed(self, use: Use, path: str) -> bool:
        """Whether the text after the tag makes it a path that exists."""
        whole = path + use.after
        return self._has_below(whole) if use.continues else whole in self._catalog.winners

    def _look_around(self, path: str) -> list[str]:
        """Sentences about why the path is not found."""
        meant = self._lowered.get(path.lower())
        if meant is not None:
            return [f"{meant!r} differs only by case, which counts on Linux: write it so."]
        bare = _normalised(path)
        if bare != path and bare in self._catalog.winners:
            return [f"Write {bare!r}: manifests list paths without leading slashes and dots."]
        below = path.removeprefix(self._static_url.lstrip("/"))
        if below != path and below in self._catalog.winners:
            return [f"Write {below!r}: static() puts STATIC_URL before it."]
        return why_missing(self._catalog, path, self._static_url, self._nearest)


_ORIGINALS = "Name each file with {% static %}, or publish originals too (the setting 'originals')."


def names(use: Use, path: str) -> bool:
    """Whether a use names the file of a logical path, by itself or with the text after it."""
    if use.path is None or _SCHEME.match(use.path):
        return False
    if not use.is_plain and _looked_up(use.path) == path:
        return True
    return not use.continues and _normalised(use.path + use.after) == path


def _looked_up(path: str) -> str:
    """The path that ``ManifestFilesMixin.stored_name`` looks for."""
    return urlsplit(unquote(urldefrag(path)[0])).path.strip()


def _normalised(path: str) -> str:
    """The path that a browser asks for below STATIC_URL; ``""`` is the root, folders end with a slash."""
    text = unquote(path.partition("#")[0].partition("?")[0]).strip(_SPACES).lstrip("/")
    if not text:
        return ""
    slash = "/" if text.endswith("/") else ""
    return posixpath.normpath(text).removeprefix(".") + slash if text != "./" else ""
