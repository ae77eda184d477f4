"""How an upload is served: headers by its name, as plain data that every server can be given.

Nobody vouches for an upload. What a browser would run is downloaded instead of shown, and what is shown is
shown in a sandbox: it reads no cookie of the site, sends nothing and runs nothing.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Final, Literal
from urllib.parse import quote

from lading import policy as published
from lading.mediatypes import media_type
from lading.policy import Headers

Treatment = Literal["shown", "viewed", "attachment"]
"""``shown``: in a sandbox; ``viewed``: by the browser's own viewer or player, which a sandbox would keep from
working; ``attachment``: saved to disk, never opened in the site's name.
"""

ACTIVE_EXTENSIONS: Final = (
    *("htm", "html", "shtm", "shtml", "xht", "xhtml", "svg", "svgz", "xml", "dtd", "ent", "mod"),
    *("xsd", "xsl", "xslt", "atom", "rss", "gpx", "kml", "mathml", "mml", "mpd", "rdf", "xspf"),
    *("hta", "htc", "mht", "mhtml", "swf", "wml", "xbl", "xul", "pdf"),
)
"""Extensions of what browsers show as documents that may run scripts, by Lading's table of media types or by
those of nginx, Apache and Caddy. Each is an attachment unless ``MediaPolicy.inline`` names it.
"""

TEXT_EXTENSIONS: Final = ("cjs", "css", "importmap", "js", "jsx", "mjs", "wasm", "webmanifest")
"""Extensions of what a page of the site could load as its own code, even where its own policy allows no
other site's: sent as plain text, which ``nosniff`` keeps from being run (Fetch, "nosniff").
"""

TEXT_TYPE: Final = "text/plain; charset=utf-8"

VIEWED_EXTENSIONS: Final = (
    "pdf",
    *("3g2", "3gp", "aac", "avi", "flac", "flv", "m4a", "m4v", "mid", "midi", "mka", "mkv", "mov"),
    *("mp3", "mp4", "mpeg", "mpg", "oga", "ogg", "ogv", "opus", "wav", "weba", "webm", "wmv"),
)
"""Extensions of what browsers open in a viewer or player of their own, where no script can reach the site."""

SANDBOX: Final = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
"""The CSP of what is shown. Browsers wrap an image that is opened by itself in a page with inline styles,
which loads it again; everything else is off. ``sandbox`` gives it an origin of its own (CSP3 §6.4).
"""

VIEWER: Final = "default-src 'none'; media-src 'self'; object-src 'self'; style-src 'unsafe-inline'"
"""The CSP of what is viewed. With ``sandbox``, Chromium's player asks for the film in the name of no origin
and is refused, and older browsers do not start their PDF viewer.
"""

_ATTR_CHAR: Final = "!#$&+-.^_`|~"  # RFC 8187 §3.2.1, besides letters and digits


@dataclass(frozen=True, slots=True)
class MediaPolicy:
    """How uploads are served. Every value has a default that serves most sites.

    ``max_age``: seconds for which everybody may use a public upload without asking again; ``0`` means
    asking each time. ``inline``: extensions out of ``ACTIVE_EXTENSIONS`` that are shown all the same.
    ``resource_policy``: ``Cross-Origin-Resource-Policy``; ``""``: ``cross-origin`` for what is public,
    ``same-site`` for what only some may read. ``headers``: more headers by pattern of the name, as in
    ``lading.policy.Policy``.

    Raises ``ConfigError`` for values that cannot be sent.
    """

    max_age: int = 60
    inline: tuple[str, ...] = ("pdf",)
    resource_policy: str = ""
    headers: Mapping[str, Mapping[str, str | None]] = field(
        default_factory=dict[str, Mapping[str, "str | None"]]
    )

    def __post_init__(self) -> None:
        published.Policy(
            max_age=self.max_age, resource_policy=self.resource_policy, headers=self.headers
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """The headers of all uploads whose names end with a dot and one of ``extensions`` (in any case), for a
    server that is configured; ``extensions`` is empty in the rule of all others.
    """

    extensions: tuple[str, ...]
    headers: Headers


def extension(name: str) -> str:
    """What follows the last dot of a name, in lower case, ``""`` if nothing does."""
    return posixpath.splitext(name)[1][1:].lower()


def treatment(policy: MediaPolicy, name: str) -> Treatment:
    """What a browser does with the upload of a name."""
    ending = extension(name)
    if ending in ACTIVE_EXTENSIONS and ending not in policy.inline:
        return "attachment"
    return "viewed" if ending in VIEWED_EXTENSIONS else "shown"


def content_type(name: str) -> str:
    """The ``Content-Type`` of an upload by its name."""
    return TEXT_TYPE if extension(name) in TEXT_EXTENSIONS else media_type(name)


def disposition(kind: Literal["inline", "attachment"], filename: str = "") -> str:
    """``Content-Disposition`` (RFC 6266). ``filename``: what it is saved as; ``""``: as the URL ends.

    What is not plain ASCII goes into ``filename*`` (RFC 8187), with an approximation in ``filename`` for
    old clients: without percent signs, which some decode, and without quotes (RFC 6266, appendix D).
    """
    # A path would be cut by browsers, each in its own way; controls would end the header.
    filename = posixpath.basename(filename.replace("\\", "/"))
    filename = "".join(char for char in filename if char.isprintable()).strip()
    if not filename:
        return kind
    plain = "".join(char if _is_plain(char) else "_" for char in filename)
    header = f'{kind}; filename="{plain}"'
    if plain != filename:
        header += f"; filename*=UTF-8''{quote(filename, _ATTR_CHAR, errors='replace')}"
    return header


def _is_plain(char: str) -> bool:
    return " " <= char <= "~" and char not in '"\\%'


def cache_control(policy: MediaPolicy, *, private: bool = False, lifetime: int = 0) -> str:
    """``Cache-Control`` of an upload (RFC 9111 §5.2.2). ``private``: who may read it is asked at each
    request. ``lifetime``: seconds for which a signed link is still valid; whoever has it may read, so that
    any cache may answer for it until then.
    """
    if lifetime > 0:
        return f"max-age={lifetime}, public"
    if private:
        return "no-cache, private"
    if policy.max_age == 0:
        return "no-cache, public"
    return f"max-age={policy.max_age}, must-revalidate, public"


def response_headers(
    policy: MediaPolicy,
    name: str,
    *,
    private: bool = False,
    lifetime: int = 0,
    filename: str = "",
    download: bool = False,
) -> Headers:
    """The headers of an upload that are the same in every answer. ``name``: as the storage has it.

    ``private`` and ``lifetime``: see ``cache_control``. ``filename``: what a browser shall save it as, if
    not as the URL ends. ``download``: as an attachment, whatever it is.
    """
    how: Treatment = "attachment" if download else treatment(policy, name)
    headers = {
        "content-type": ("Content-Type", content_type(name)),
        "cache-control": (
            "Cache-Control",
            cache_control(policy, private=private, lifetime=lifetime),
        ),
        "x-content-type-options": ("X-Content-Type-Options", "nosniff"),
        "content-security-policy": (
            "Content-Security-Policy",
            VIEWER if how == "viewed" else SANDBOX,
        ),
        "cross-origin-resource-policy": (
            "Cross-Origin-Resource-Policy",
            policy.resource_policy
            or ("same-site" if private and lifetime <= 0 else "cross-origin"),
        ),
    }
    if how == "attachment":
        headers["content-disposition"] = (
            "Content-Disposition",
            disposition("attachment", filename or name),
        )
    elif filename:
        headers["content-disposition"] = ("Content-Disposition", disposition("inline", filename))
    for pattern, extra in policy.headers.items():
        if fnmatchcase(name, pattern):
            for key, value in extra.items():
                headers.pop(key.lower(), None)
                if value is not None:
                    headers[key.lower()] = (key, value)
    return tuple(headers.values())


def rules(policy: MediaPolicy, *, private: bool = False) -> tuple[Rule, ...]:
    """The policy for a server that decides by extension, the rule of all others last. ``Content-Type`` is
    only among the headers where it is not that of ``lading.mediatypes``; file names are left to the URL.
    ``MediaPolicy.headers`` is not looked at: its patterns are the server's own matter.
    """
    plain = replace(policy, headers={})
    groups: dict[Headers, list[str]] = {}
    for ending in dict.fromkeys((*ACTIVE_EXTENSIONS, *TEXT_EXTENSIONS, *VIEWED_EXTENSIONS)):
        headers = tuple(
            _for_servers(header, ending)
            for header in response_headers(plain, f"x.{ending}", private=private)
            if header[0] != "Content-Type" or ending in TEXT_EXTENSIONS
        )
        groups.setdefault(headers, []).append(ending)
    others = response_headers(plain, "x", private=private)
    return (
        *(Rule(tuple(endings), headers) for headers, endings in groups.items()),
        Rule((), tuple(header for header in others if header[0] != "Content-Type")),
    )


def _for_servers(header: tuple[str, str], ending: str) -> tuple[str, str]:
    own = disposition("attachment", f"x.{ending}")
    return (header[0], "attachment") if header[1] == own else header


def in_development(policy: MediaPolicy) -> MediaPolicy:
    """The policy with which nothing is used without asking."""
    return replace(policy, max_age=0)
