"""The places of a site's files, ready to be written in any server's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from lading.webservers.rules import (
    HeaderRules,
    NameRule,
    TypeRules,
    literal,
    media_headers,
    media_types,
    static_headers,
    static_types,
    vary,
)
from lading.webservers.site import Media, Site, Static

SUFFIXES: Final = {"br": "br", "zstd": "zst", "gzip": "gz"}
"""What the name of a variant ends with after a dot, by coding, in the order in which servers prefer them."""

FROM_APP: Final = ("Cache-Control", "Content-Disposition", "Cross-Origin-Resource-Policy")
"""What the application says of a private upload: it differs from reader to reader."""


@dataclass(frozen=True, slots=True)
class Place:
    """``name`` is part of the names of variables. ``internal``: only the application leads there, which says
    ``FROM_APP`` itself. ``inner``: the URLs below its own that other places have.
    """

    name: str
    url: str
    root: str
    headers: tuple[HeaderRules, ...]
    types: TypeRules
    codings: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    index: str = ""
    fallthrough: bool = False
    max_age: int = 60
    internal: bool = False
    inner: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The folder with a slash at its end."""
        return self.root.rstrip("/") + "/"

    @property
    def is_closed(self) -> bool:
        """Whether no other than its files answer below its URL."""
        return not (self.fallthrough or self.internal or self.url == "/")

    @property
    def suffixes(self) -> tuple[str, ...]:
        """What the names of the variants here end with after a dot."""
        return tuple(suffix for coding, suffix in SUFFIXES.items() if coding in self.codings)

    @property
    def origins(self) -> HeaderRules | None:
        """The header that lets pages of other origins read files, if any may."""
        found = (h for h in self.headers if h.header.lower() == "access-control-allow-origin")
        return next(found, None)


def places(site: Site) -> list[Place]:
    """All places of a site, those of static files first."""
    several = len(site.static) > 1
    found = [
        _static(area, f"static{number}" if several else "static", site)
        for number, area in enumerate(site.static, 1)
    ]
    if site.media:
        found.append(_media(site.media))
    urls = [place.url for place in found if not place.internal]
    return [
        replace(place, inner=tuple(u for u in urls if u != place.url and u.startswith(place.url)))
        for place in found
    ]


def _static(area: Static, name: str, site: Site) -> Place:
    headers = static_headers(area.policy, area.immutable)
    more = vary(area.policy.headers)
    return Place(
        name,
        area.url,
        area.root,
        _anchored((*headers, more) if more.rules else headers, area.url),
        _anchored_types(static_types(area.policy), area.url),
        codings=area.codings,
        denied=area.denied,
        index=area.index,
        fallthrough=area.fallthrough and site.app is not None,
        max_age=area.policy.max_age,
    )


def _media(media: Media) -> Place:
    headers = media_headers(media.policy, private=media.private)
    url = media.url
    if media.private:
        headers = tuple(h for h in headers if h.header not in FROM_APP)
        url = media.internal
    return Place(
        "media",
        url,
        media.root,
        _anchored(headers, url),
        _anchored_types(media_types(media.policy), url),
        max_age=media.policy.max_age,
        internal=media.private,
    )


def _anchored(headers: Iterable[HeaderRules], url: str) -> tuple[HeaderRules, ...]:
    return tuple(replace(h, rules=tuple(_below(rule, url) for rule in h.rules)) for h in headers)


def _anchored_types(types: TypeRules, url: str) -> TypeRules:
    return replace(types, special=tuple(_below(rule, url) for rule in types.special))


def _below(rule: NameRule, url: str) -> NameRule:
    """A rule for names as one for URL paths."""
    if rule.regex.startswith("^"):
        return replace(rule, regex=f"^{literal(url)}{rule.regex[1:]}")
    return rule
