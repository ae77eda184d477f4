"""Which file a URL names, and the URL that names it once it is published under another name.

Where Django's ``HashedFilesMixin.url_converter`` resolves a URL, this resolves it to the same file.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from lading.references.reference import Reference

# https://url.spec.whatwg.org/#concept-basic-url-parser
_TRIMMED = "".join(map(chr, range(0x21)))
_DROPPED = str.maketrans("", "", "\t\n\r")
_REST = re.compile(r"[?#]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# What may stand unescaped in a path's segment (RFC 3986 §3.3), besides letters, digits and "_.-~".
_SEGMENT_SAFE = "!$&'()*+,;=@"


class Target(NamedTuple):
    """A file of ours: its logical ``path`` (``css/app.css``, no escapes, no dots), and ``url`` as written
    (without what browsers ignore, and with slashes for backslashes).

    ``absolute`` says that the URL begins with STATIC_URL, and is not relative to the file it stands in.
    """

    path: str
    url: str
    absolute: bool


@dataclass(frozen=True, slots=True)
class Outside:
    """A relative URL, or one under STATIC_URL, that leads out of the root of static files."""

    url: str


def resolve(
    base: str, url: str, static_url: str = "/static/", *, module: bool = False
) -> Target | Outside | None:
    """What ``url`` names in the file of the logical path ``base``.

    ``None`` for what is not ours to publish: another host, scheme or path (``data:``, ``//cdn/``,
    ``/media/``), a fragment or query of the file itself, a directory, and with ``module`` a bare specifier
    (``react``).
    ``static_url`` is STATIC_URL, ending in a slash; it may have a host. Whether the file exists is not asked.
    """
    path, rest = _split(url.strip(_TRIMMED).translate(_DROPPED))
    path = path.replace("\\", "/")
    absolute = path.startswith(static_url) and path.startswith("//") == static_url.startswith("//")
    if not absolute and (path.startswith("/") or not path or _SCHEME.match(path)):
        return None
    if module and not absolute and not path.startswith(("./", "../")):
        return None
    segments = unquote(path.removeprefix(static_url)).split("/")
    if segments[-1] in ("", ".", ".."):
        return None
    root = _root(static_url)
    names = _walk(root if absolute else root + posixpath.dirname(base).split("/"), segments)
    if names is None or names[: len(root)] != root or names == root:
        return Outside(path + rest)
    return Target("/".join(names[len(root) :]), path + rest, absolute)


@lru_cache(1)
def _root(static_url: str) -> list[str]:
    """The path of STATIC_URL takes part, for "../../static/a.png" in "css/a.css" is "a.png"."""
    return [segment for segment in unquote(urlsplit(static_url).path).split("/") if segment]


def _walk(start: list[str], segments: list[str]) -> list[str] | None:
    """Where the segments lead; ``None`` when that is above the top."""
    path = [segment for segment in start if segment]
    for segment in segments:
        if segment == "..":
            if not path:
                return None
            path.pop()
        elif segment not in ("", "."):
            path.append(segment)
    return path


def link(
    reference: Reference,
    target: Target,
    published: str,
    *,
    base: str,
    published_base: str,
    static_url: str = "/static/",
) -> str:
    """The URL to write for ``reference``, which names ``target``, once this is published as ``published``.

    ``base`` and ``published_base`` are the logical and the published path of the file it stands in. The
    author's directories, query and fragment are kept, as Django keeps them; the way from one file to the
    other is written anew only where they no longer lie as they did. A target that keeps its name and place
    gives ``reference.url``, which rewriting leaves as it is.
    """
    path, rest = _split(target.url)
    directories, slash, last = path.rpartition("/")
    directories += slash
    name = published.rpartition("/")[2]
    stays = _stays(base, target, published_base, published, static_url)
    if stays and name == target.path.rpartition("/")[2]:
        return reference.url
    if not stays or _ESCAPED_SLASH.search(last):
        directories = _directories(published_base, published, static_url if target.absolute else "")
    if reference.writes_as_django:
        written = _unquote(directories, _PATH_DELIMITERS) + _quote(name) + _django_rest(target.url)
        written = _EDGE_SPACE.sub("%20", written)
    else:
        written = directories + quote(name, safe=_SEGMENT_SAFE) + rest
    first = written.partition("/")[0]
    if not target.absolute and (":" in first or (reference.is_module and first not in (".", ".."))):
        return f"./{written}"
    return written


def _stays(base: str, target: Target, published_base: str, published: str, static_url: str) -> bool:
    """Whether the directories of the URL, as written, lead to the target's when both are published."""
    directory = _directory(published)
    if _directory(target.path) == directory and (
        target.absolute or _directory(base) == _directory(published_base)
    ):
        return True
    if target.absolute:
        return False
    # Not by the shortest way between them: the author's may lead out of a folder that is renamed, and back.
    found = resolve(published_base, target.url, static_url)
    return isinstance(found, Target) and _directory(found.path) == directory


def _directory(path: str) -> str:
    """``fonts/`` of ``fonts/a.woff``, and ``""`` of a path without any."""
    return path[: path.rfind("/") + 1]


def _way(base: str, path: str) -> str:
    """The way from one file to another's directory: ``""``, or as in ``../fonts/``."""
    way = posixpath.relpath(f"/{posixpath.dirname(path)}", f"/{posixpath.dirname(base)}")
    return "" if way == "." else f"{way}/"


def _directories(base: str, path: str, static_url: str) -> str:
    """What to write before the name of ``path`` in ``base``; under ``static_url`` unless that is empty."""
    if not static_url:
        return quote(_way(base, path), safe=f"/{_SEGMENT_SAFE}")
    return static_url + quote(_way("", path), safe=f"/{_SEGMENT_SAFE}")


def _split(url: str) -> tuple[str, str]:
    """The path, and the query and fragment with their delimiters."""
    match = _REST.search(url)
    end = match.start() if match else len(url)
    return url[:end], url[end:]


def _django_rest(url: str) -> str:
    """Query and fragment as ``url_converter`` writes them: empty ones go, ``?#iefix`` stays."""
    before, _, fragment = url.partition("#")
    query = before.partition("?")[2]
    rest = f"?{query}" if query else ""
    if fragment:
        rest += ("?#" if "?#" in url else "#") + fragment
    return _unquote(rest, _REST_DELIMITERS)


# Django writes the decoded text of a URL. That is kept for what can stand in a URL's text for itself:
# browsers encode the rest as they read it (https://url.spec.whatwg.org/#path-percent-encode-set). Characters
# that mean something else once decoded stay encoded here; Django's links to such files are broken.
_PATH_DELIMITERS = frozenset("%?#\\")
_REST_DELIMITERS = frozenset("%?#\\&=+")
_ESCAPES = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_ESCAPED_SLASH = re.compile(r"%2f|%5c", re.IGNORECASE)
_MUST_QUOTE = re.compile(r"[%?#\\\x00-\x1f\x7f]")
_EDGE_SPACE = re.compile(r"^ | $")  # which a browser would trim


def _quote(text: str) -> str:
    return _MUST_QUOTE.sub(lambda match: f"%{ord(match[0]):02X}", text)


def _unquote(text: str, delimiters: frozenset[str]) -> str:
    def decoded(match: re.Match[str]) -> str:
        plain = unquote(match[0])
        if "\N{REPLACEMENT CHARACTER}" in plain:
            return match[0]
        return "".join(
            quote(character) if character in delimiters or character < " " else character
            for character in plain
        )

    return _ESCAPES.sub(decoded, text)
