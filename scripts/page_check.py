"""Requests a page and all that its HTML, CSS and JavaScript name, as a browser would, and says what fails.

This is an eye on a running site that shares no code with what served it: standard library only.
"""

from __future__ import annotations

import http.client
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

FONTS = {".eot", ".otf", ".ttf", ".woff", ".woff2"}
MEDIA = {".m4a", ".mp3", ".mp4", ".oga", ".ogg", ".ogv", ".wav", ".webm"}

# What a browser accepts for each use of a file; a style or module of another type is refused.
EXPECTED = {
    "page": ("text/html", "application/json"),
    "style": ("text/css",),
    "script": ("text/javascript", "application/javascript"),
    "module": ("text/javascript", "application/javascript"),
    "image": ("image/",),
    "font": ("font/", "application/vnd.ms-fontobject"),
    "media": ("audio/", "video/"),
}

ACCEPT = {True: "text/html,application/xhtml+xml,*/*;q=0.8", False: "*/*"}  # for a page, or not

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_IMPORT = re.compile(r"""@import\s+(?:url\(\s*)?["']?([^"')\s;]+)""")
_CSS_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]+))\s*\)""")
_JS_IMPORT = re.compile(
    r"""(?:^|[;\s}])(?:import|export)\b[\w\s{},*$]*?(?:\bfrom\s*)?["']([^"']+)["']"""
    r"""|\bimport\s*\(\s*["']([^"']+)["']"""
)
_JS_URL = re.compile(r"""new\s+URL\(\s*["']([^"']+)["']\s*,\s*import\.meta\.url""")


@dataclass(frozen=True, slots=True)
class Reference:
    """One use of a URL: ``kind`` is a key of ``EXPECTED``, ``by`` the URL of the file that names it."""

    url: str
    kind: str
    by: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site said to one reference; ``problem`` is ``""`` when a browser would be content."""

    reference: Reference
    status: int
    media_type: str
    size: int
    problem: str


def kind_by_name(url: str) -> str:
    """The kind of file that a CSS ``url()`` or a script's ``new URL()`` means, by its extension."""
    extension = posixpath.splitext(urlsplit(url).path)[1].lower()
    return "font" if extension in FONTS else "media" if extension in MEDIA else "image"


class _Links(HTMLParser):
    """Collects (URL as written, kind) from the elements that make a browser load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        found = self.found.append
        if tag == "link":
            self._link(attributes)
        elif tag == "script" and "src" in attributes:
            found((attributes["src"], "module" if attributes.get("type") == "module" else "script"))
        elif tag in {"img", "source", "audio", "video"}:
            kind = "media" if tag in {"audio", "video"} else "image"
            if "src" in attributes:
                found((attributes["src"], kind))
            if "poster" in attributes:
                found((attributes["poster"], "image"))
            for candidate in filter(None, map(str.strip, attributes.get("srcset", "").split(","))):
                found((candidate.split()[0], "image"))
        elif tag == "use" and "href" in attributes:
            found((attributes["href"], "image"))
        elif tag == "a" and "href" in attributes:
            found((attributes["href"], "page"))

    def _link(self, attributes: dict[str, str]) -> None:
        relations = attributes.get("rel", "").lower().split()
        if "stylesheet" in relations:
            self.found.append((attributes["href"], "style"))
        elif "icon" in relations:
            self.found.append((attributes["href"], "image"))
        elif "modulepreload" in relations:
            self.found.append((attributes["href"], "module"))
        elif "preload" in relations:
            self.found.append((attributes["href"], attributes.get("as", "")))


def references(reference: Reference, text: str) -> Iterator[Reference]:
    """All that the file behind ``reference`` names on its own site, as absolute URLs without fragments."""
    if reference.kind == "page":
        links = _Links()
        links.feed(text)
        found = links.found
    elif reference.kind == "style":
        text = _COMMENT.sub("", text)
        imports = [match[1] for match in _CSS_IMPORT.finditer(text)]
        urls = [next(filter(None, match.groups()), "") for match in _CSS_URL.finditer(text)]
        found = [(url, "style") for url in imports]
        found += [(url, kind_by_name(url)) for url in urls if url not in imports]
    elif reference.kind == "module":
        text = _COMMENT.sub("", text)
        found = [(match[1] or match[2], "module") for match in _JS_IMPORT.finditer(text)]
        found += [(match[1], kind_by_name(match[1])) for match in _JS_URL.finditer(text)]
    else:
        found = []
    for written, kind in found:
        url = urldefrag(urljoin(reference.url, written)).url
        # A bare "#name" means the same document; data: and other sites are not this site's to answer.
        if urlsplit(url)[:2] == urlsplit(reference.url)[:2] and not written.startswith("#"):
            yield Reference(url, kind, reference.url)


def fetch(reference: Reference, *, timeout: float = 30.0) -> tuple[Answer, str]:
    """Ask for one URL, follow a page's redirects, and judge the answer; the text is ``""`` if it is none."""
    url = reference.url
    for _ in range(5):
        split = urlsplit(url)
        connection = http.client.HTTPConnection(split.netloc, timeout=timeout)
        try:
            target = split._replace(scheme="", netloc="").geturl() or "/"
            connection.request("GET", target, headers={"Accept": ACCEPT[reference.kind == "page"]})
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            return Answer(reference, 0, "", 0, f"no answer: {error}"), ""
        finally:
            connection.close()
        if response.status not in {301, 302, 303, 307, 308} or reference.kind != "page":
            break
        url = urljoin(url, response.headers["Location"])
    media_type = response.headers.get_content_type() if "Content-Type" in response.headers else ""
    problem = _problem(reference.kind, response.status, media_type, len(body))
    text = body.decode("utf-8", "replace") if reference.kind in {"page", "style", "module"} else ""
    return Answer(reference, response.status, media_type, len(body), problem), text


def _problem(kind: str, status: int, media_type: str, size: int) -> str:
    if status != 200:
        return f"status {status}"
    if size == 0:
        return "empty"
    if not media_type.startswith(EXPECTED[kind]):
        return f"media type {media_type or 'missing'}, which is no {kind}"
    return ""


def check(url: str) -> list[Answer]:
    """Visit the page at ``url``, the pages it links to, and every file that any of them needs.

    Each pair of URL and kind is asked for once. Links are followed one step, references to the end.
    """
    start = Reference(urldefrag(url).url, "page", "")
    pending, seen, answers = [start], {(start.url, start.kind)}, list[Answer]()
    while pending:
        reference = pending.pop()
        answer, text = fetch(reference)
        answers.append(answer)
        if answer.problem:
            continue
        for found in references(reference, text):
            too_far = found.kind == "page" and reference is not start
            if not too_far and (found.url, found.kind) not in seen:
                seen.add((found.url, found.kind))
                pending.append(found)
    return answers
