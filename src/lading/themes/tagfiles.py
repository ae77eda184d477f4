"""Tagging single files, in place."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lading.errors import SourceError, TargetError
from lading.findings import Finding, Severity
from lading.references.html import HtmlReference
from lading.references.lines import Lines
from lading.themes.deciding import Decider
from lading.themes.encoding import to_utf_8
from lading.themes.folder import PAGES, read
from lading.themes.naming import page_name
from lading.themes.site import NotFound, Site
from lading.themes.tagging import Braces, Keep, Static, Tagged, Url, tag
from lading.themes.writing import replace

# Roles of which the element itself says that the URL is a file's, wherever that lies now.
_SURE_ROLES = ("file", "module")


@dataclass(frozen=True, slots=True)
class Options:
    """``prefix`` stands before each static path; ``root`` is where URLs start from (``None``: each file's
    folder); ``app`` is the namespace of links between pages, or ``""``.
    """

    files: tuple[str, ...]
    prefix: str = ""
    root: str | None = None
    app: str = ""
    braces: Braces = "auto"


@dataclass(slots=True)
class File:
    """One file: as it was, and tagged; ``failed`` says that it cannot be tagged, which a finding explains."""

    path: str
    data: bytes
    tagged: Tagged
    findings: list[Finding] = field(default_factory=list[Finding])
    failed: bool = False

    @property
    def changed(self) -> bool:
        return self.tagged.data != self.data


@dataclass(slots=True)
class _Decide:
    """As in an import where the file that a URL names lies beside the page. Where it does not, the element
    decides: the files of a template are elsewhere already.
    """

    decider: Decider
    prefix: str

    def __call__(self, found: HtmlReference) -> Static | Url | Keep:
        decider = self.decider
        named = decider.site.find(
            decider.page,
            found.reference.url,
            decider.base or "",
            module=found.role == "module",
        )
        if (
            isinstance(named, NotFound)
            and named.trouble == "missing"
            and found.role in _SURE_ROLES
            and not named.path.lower().endswith(PAGES)
            and not found.reference.url.startswith("/")
        ):
            return Static(self.prefix + named.path)
        return decider(found)


def tag_files(options: Options) -> list[File]:
    """Each file tagged; nothing is written. Raises ``SourceError`` when one cannot be read."""
    return [_tag_file(options, path) for path in options.files]


def write(files: Sequence[File]) -> None:
    """Write those that changed, each atomically. Raises ``TargetError``."""
    for file in files:
        if file.changed and not file.failed:
            try:
                replace(file.path, file.tagged.data)
            except OSError as error:
                raise TargetError(
                    f"The file cannot be written: {error.strerror}; those before it were.",
                    where=file.path,
                    remedy="Make it writable, and run the same again.",
                ) from error


def _tag_file(options: Options, path: str) -> File:
    data = read(path, "Name files that exist and are readable.")
    decoded = to_utf_8(data)
    if decoded.data != data or decoded.replaced:
        return File(
            path,
            data,
            Tagged(data),
            [
                Finding(
                    "page-encoding",
                    Severity.ERROR,
                    f"The file is not UTF-8 but, it seems, {decoded.encoding}; Django could not load it as a "
                    "template, and it is left as it is.",
                    path=path,
                    where=f"{path}:{decoded.line}",
                    hint="Convert it to UTF-8 first; theme import does so by itself.",
                )
            ],
            failed=True,
        )
    root = os.path.abspath(options.root or os.path.dirname(path) or ".")
    page = os.path.relpath(os.path.abspath(path), root).replace(os.sep, "/")
    if page.startswith("../"):
        raise SourceError(
            f"The file does not lie below the folder {root}, from which its URLs are to start.",
            where=path,
            remedy="Name a --root above all files.",
        )
    prefix = f"{options.prefix.strip('/')}/" if options.prefix.strip("/") else ""
    files = _Below(root)
    site = Site(files, _Pages(files), is_top=options.root is not None)
    decider = Decider(site, page, path, Lines(data), options.app, prefix)
    tagged = tag(data, _Decide(decider, prefix), options.braces)
    return File(path, data, tagged, decider.findings)


class _Pages(Mapping[str, str]):
    """The names of the URLs of the pages below a folder, by path."""

    def __init__(self, files: _Below) -> None:
        self._files = files

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and path.lower().endswith(PAGES) and path in self._files

    def __getitem__(self, path: str) -> str:
        if path not in self:
            raise KeyError(path)
        return page_name(path)

    def __iter__(self) -> Iterator[str]:
        return (path for path in self._files if path in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Below:
    """The paths of the files below a folder: a collection that looks when it is asked, not before."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._all: list[str] | None = None

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and os.path.isfile(os.path.join(self._root, path))

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed())

    def __len__(self) -> int:
        return len(self._listed())

    def _listed(self) -> list[str]:
        if self._all is None:
            self._all = []
            for place, folders, names in os.walk(self._root):
                folders[:] = sorted(
                    n for n in folders if not n.startswith(".") and n != "node_modules"
                )
                below = os.path.relpath(place, self._root).replace(os.sep, "/")
                prefix = "" if below == "." else f"{below}/"
                self._all += (prefix + name for name in sorted(names))
                if len(self._all) > 100_000:
                    break  # no theme's folder
        return self._all
