"""What becomes of each URL on a page of a theme, and what is to be told about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from lading.findings import Finding, Severity
from lading.references.html import HtmlReference
from lading.references.lines import Lines
from lading.themes.site import Elsewhere, Found, NotFound, Site, misspelling
from lading.themes.tagging import Keep, Static, Url, place

_KEPT_ROLES = {
    "action": Keep("where forms are sent is for the site to say"),
    "identity": Keep("it is the page's own address or that of another version"),
    "base": Keep("other URLs start from it"),
}
_GUESSED_ROLES = ("data", "meta")
_LINK_MODULES = ("module",)


@dataclass(slots=True)
class Decider:
    """Decides for one page. ``file`` is where a person opens it; ``namespace`` that of the URLs' names
    (``""``: links between pages are left); ``prefix`` what stands before each static path.
    """

    site: Site
    page: str
    file: str
    lines: Lines
    namespace: str
    prefix: str
    findings: list[Finding] = field(default_factory=list[Finding])
    base: str | None = None

    def __call__(self, found: HtmlReference) -> Static | Url | Keep:
        reference = found.reference
        if found.role == "base" and self.base is None:
            self.base = "//" if found.is_dynamic else reference.url
        if kept := _KEPT_ROLES.get(found.role):
            return kept
        is_module = found.role in _LINK_MODULES
        named = self.site.find(self.page, reference.url, self.base or "", module=is_module)
        if isinstance(named, Elsewhere):
            return Keep(named.reason)
        if isinstance(named, NotFound):
            return self._not_found(found, named)
        if named.trouble is not None:
            self._tell_spelling(found, named)
        if named.path not in self.site.pages:
            return Static(self.prefix + named.path)
        if not self.namespace:
            return Keep("it is a page, and no app was named whose URL it could be")
        return Url(f"{self.namespace}:{self.site.pages[named.path]}")

    def _not_found(self, found: HtmlReference, named: NotFound) -> Keep:
        url = found.reference.url
        if named.trouble == "local":
            self._find(
                "local-link",
                found,
                f"{place(found)} names {url!r}, a file on the computer of whoever made the page; nobody "
                "else can load it.",
                "Copy the file into the theme and name it by a relative URL.",
            )
            return Keep("it is a path on another computer")
        if named.trouble == "outside":
            self._find(
                "outside-reference",
                found,
                f"{place(found)} names {url!r}, which leads out of the folder that URLs start from.",
                "Start from a folder above, or copy the file into this one.",
            )
            return Keep("it leads out of the folder")
        if found.role in _GUESSED_ROLES:
            return Keep("no file of the theme has this path")
        if named.left_out:
            self._find(
                "missing-reference",
                found,
                f"{place(found)} names {named.path!r}, which was left out ({named.left_out}); the reference "
                "stays as it is.",
                "Make it a file of the project's own, or take the reference out.",
            )
            return Keep("the file that it names was left out")
        near = ", ".join(map(repr, named.near))
        self._find(
            "missing-reference",
            found,
            f"{place(found)} names {url!r}, but the theme has no file {named.path!r}; it is left as it is.",
            f"Near: {near}." if near else "Add the file, or take the reference out.",
        )
        return Keep("no file of the theme has this path")

    def _tell_spelling(self, found: HtmlReference, named: Found) -> None:
        self._find(
            "misspelt-reference",
            found,
            f"{place(found)} names {found.reference.url!r}, {misspelling(named)}. It was mended.",
            "",
        )

    def _find(self, kind: str, found: HtmlReference, message: str, hint: str) -> None:
        line, column = self.lines.position(found.reference.start)
        where = f"{self.file}:{line}:{column}"
        self.findings.append(
            Finding(kind, Severity.WARNING, message, path=self.page, where=where, hint=hint)
        )
