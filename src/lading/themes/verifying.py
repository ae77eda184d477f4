"""Proof that an imported theme shows what the original shows: each page as Django renders it against the
original, by its tree, by the answers to all its URLs, and by its picture in Chromium.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urljoin, urlsplit

from lading.findings import Finding, Severity
from lading.themes import dom, sites, verifypage
from lading.themes.chromium import Chromium, View, chromium, program
from lading.themes.importing import Plan
from lading.themes.naming import Page
from lading.themes.pictures import different_pixels
from lading.themes.site import INDEX_NAMES
from lading.themes.writing import replace

_ATTEMPTS = 3
# What of a message depends on the server: addresses, places in them, the media type of its page for errors.
_OF_SERVER = re.compile(
    r"https?://127\.0\.0\.1:\d+\S*|\(?\S*:\d+:\d+\)?|MIME type \('[^']*'\)"
    r"|(?<=status of \d{3} )\([^)]*\)"
)


@dataclass(slots=True)
class Checked:
    """One page: how its tree differs, how many URLs were asked for and which failed here alone, how many
    pixels differ (``None``: no picture; ``unstable``: the original does not look the same twice), and what
    the console tells, or the browser fails to load, here alone.
    """

    page: Page
    differences: list[str] = field(default_factory=list[str])
    urls: int = 0
    broken: list[str] = field(default_factory=list[str])
    pixels: int | None = None
    unstable: bool = False
    errors: list[str] = field(default_factory=list[str])
    failures: list[str] = field(default_factory=list[str])

    @property
    def failed(self) -> bool:
        looks_different = bool(self.pixels) and not self.unstable
        wrong = self.differences or self.broken or self.errors or self.failures
        return bool(wrong) or looks_different


@dataclass(slots=True)
class Verified:
    """All pages; ``report`` is the page with the pictures side by side, ``note`` what was not looked at."""

    pages: list[Checked] = field(default_factory=list[Checked])
    findings: list[Finding] = field(default_factory=list[Finding])
    report: str = ""
    note: str = ""

    @property
    def failed(self) -> bool:
        return any(page.failed for page in self.pages)


def verify(plan: Plan, report: str, *, hashed: bool = False) -> Verified:
    """Verify the app that ``plan`` wrote; pictures and a page that shows them go to the folder ``report``.

    Raises ``LadingError``: ``MissingExtraError`` without the extra ``themes``.
    """
    verified = Verified(report=os.path.join(report, "index.html"))
    with ExitStack() as stack:
        root = stack.enter_context(tempfile.TemporaryDirectory(prefix="lading-")) if hashed else ""
        chosen = plan.options
        first = stack.enter_context(sites.original(plan.folder))
        second = stack.enter_context(sites.rendered(chosen.parent, chosen.module, root))
        comparison = _Comparison(plan, first, second, _published(root, chosen.prefix))
        browser = None
        if path := program():
            browser = stack.enter_context(chromium(path))
        else:
            verified.note = "No Chromium was found, so that no pictures were compared."
        for page in plan.pages:
            checked = comparison.check(page)
            if browser is not None:
                _look(comparison, browser, checked, report)
            verified.pages.append(checked)
            verified.findings += _findings(plan, checked)
    replace(verified.report, verifypage.page(plan, verified.pages, verified.note))
    return verified


def _published(root: str, prefix: str) -> dict[str, str]:
    """Published path -> path in the theme, of hashed names; empty for plain ones."""
    if not root:
        return {}
    with open(os.path.join(root, "staticfiles.json"), encoding="utf-8") as stream:
        paths = json.load(stream)["paths"]
    return {name: path.removeprefix(prefix) for path, name in paths.items()}


@dataclass(slots=True)
class _Comparison:
    """Two sites, one beside the other; addresses end in a slash."""

    plan: Plan
    original: str
    rendered: str
    published: dict[str, str]
    answers: dict[str, int] = field(default_factory=dict[str, int])

    def addresses(self, page: Page) -> tuple[str, str]:
        return self.original + quote(page.path), self.rendered + quote(page.routes[0])

    def check(self, page: Page) -> Checked:
        """All that needs no browser."""
        checked = Checked(page)
        first, second = self.addresses(page)
        _, before = sites.fetch(first)
        status, after = sites.fetch(second)
        if status != 200:
            checked.broken.append(f"{second} answers {status}")
            return checked
        checked.differences = dom.differences(
            before,
            after,
            lambda url: self.named_by_original(first, url),
            lambda url: self.named_by_rendered(second, url),
        )
        wanted = {urljoin(second, url).partition("#")[0] for url in dom.urls(after)}
        local = sorted(url for url in wanted if url.startswith(self.rendered))
        checked.urls = len(local)
        if failing := [url for url in local if self._fails(url)]:
            there = {urljoin(first, url).partition("#")[0] for url in dom.urls(before)}
            known = {
                self.named_by_original(first, url)
                for url in there
                if url.startswith(self.original) and self._fails(url)
            }
            checked.broken = [
                f"{url} answers {self.answers[url]}"
                for url in failing
                if self.named_by_rendered(second, url) not in known
            ]
        return checked

    def named_by_original(self, page: str, url: str) -> str:
        """The path, without regard to case, of what a URL names; another URL as it is."""
        full = urljoin(page, url.replace("\\", "/"))  # as browsers read it
        if not full.startswith(self.original):
            return url
        path = self._without_index(unquote(urlsplit(full).path).lstrip("/"))
        if self._is_folder(path):
            path += "/"
        return f"/{path.casefold()}{_rest(full)}"

    def named_by_rendered(self, page: str, url: str) -> str:
        full = urljoin(page, url)
        if not full.startswith(self.rendered):
            return url
        path = unquote(urlsplit(full).path).lstrip("/")
        static = "static/" + self.plan.options.prefix
        if path.startswith("static/") and path.removeprefix("static/") in self.published:
            path = self.published[path.removeprefix("static/")]
        elif path.startswith(static):
            path = path.removeprefix(static)
        else:
            path = self._routes().get(path, path)
        return f"/{self._without_index(path).casefold()}{_rest(full)}"

    def named_in(self, page: str, text: str) -> set[str]:
        """What the addresses in a message name."""
        found = re.findall(re.escape(self.rendered) + r"[^\s'\")]*", text)
        return {self.named_by_rendered(page, url) for url in found}

    def _routes(self) -> dict[str, str]:
        return {route: page.path for page in self.plan.pages for route in page.routes}

    def _is_folder(self, path: str) -> bool:
        """Whether it is a folder with a page of its own, written without the slash."""
        return bool(path) and any(
            page.path in {f"{path}/{name}" for name in INDEX_NAMES} for page in self.plan.pages
        )

    @staticmethod
    def _without_index(path: str) -> str:
        folder, slash, name = path.rpartition("/")
        return folder + slash if name.casefold() in INDEX_NAMES else path

    def _fails(self, url: str) -> bool:
        if url not in self.answers:
            self.answers[url] = sites.fetch(url)[0]
        return not 200 <= self.answers[url] < 400


def _rest(url: str) -> str:
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return query + (f"#{parts.fragment}" if parts.fragment else "")


def _look(comparison: _Comparison, browser: Chromium, checked: Checked, report: str) -> None:
    """What Chromium sees: looked at again where it differs, since a page may change by itself."""
    first, second = comparison.addresses(checked.page)
    befores: list[View] = []
    after = View()
    for _ in range(_ATTEMPTS):
        befores.append(browser.view(first))
        after = browser.view(second)
        checked.pixels = min(different_pixels(view.picture, after.picture) for view in befores)
        if not checked.pixels:
            break
    checked.unstable = len({view.picture for view in befores}) > 1
    known = {_plain(text) for view in befores for text in view.errors}
    failing = {
        comparison.named_by_original(first, url) for view in befores for url, _ in view.failures
    }
    checked.errors = [
        text
        for text in after.errors
        if _plain(text) not in known
        # What is told of an answer that is an error on both sites depends on the server.
        and failing.isdisjoint(comparison.named_in(second, text))
    ]
    checked.failures = [
        f"{url}: {why}"
        for url, why in after.failures
        if url.startswith(comparison.rendered)
        and comparison.named_by_rendered(second, url) not in failing
    ]
    for name, view in (("original", befores[-1]), ("rendered", after)):
        replace(os.path.join(report, f"{checked.page.name}-{name}.png"), view.picture)


def _plain(text: str) -> str:
    """A message of the console without what depends on the server."""
    return _OF_SERVER.sub("…", text)


def _findings(plan: Plan, checked: Checked) -> Sequence[Finding]:
    """What differs, for whoever reads no table."""
    told = [
        *(f"The tree differs: {text}." for text in checked.differences),
        *(f"A URL of the page leads nowhere: {text}." for text in checked.broken),
        *(f"The browser failed to load {text}." for text in checked.failures),
        *(
            f"The console tells an error that the original has not: {text}"
            for text in checked.errors
        ),
    ]
    if checked.pixels:
        told.append(f"{checked.pixels:,} pixels differ from the original.")
        if checked.unstable:
            told[-1] += " The original does not look the same twice either."
    return [
        Finding(
            "theme-differs",
            Severity.WARNING if checked.unstable and len(told) == 1 else Severity.ERROR,
            text,
            path=checked.page.path,
            where=plan.folder.file(checked.page.path),
            hint="The report shows both pictures side by side.",
        )
        for text in told
    ]
