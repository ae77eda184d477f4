"""How a published file is served: plain data and pure functions, the same for every server.

Lading's own responder, the generated web server configurations and uploads to a bucket all ask here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final, Literal

from lading.errors import ConfigError

Headers = tuple[tuple[str, str], ...]
"""Response headers in the order in which they are sent, names spelt as in their specifications."""

Origins = Literal["needed", "all", "none"]
"""Which files pages of other origins may read: those that browsers fetch in CORS mode, all, or none."""

IMMUTABLE: Final = "max-age=31536000, immutable, public"
"""``Cache-Control`` of names that change with their content: one year (RFC 9111 §5.2.2.1, RFC 8246)."""

_CORS_TYPES: Final = frozenset(
    {
        "application/importmap+json",
        "application/javascript",
        "application/json",
        "application/manifest+json",
        "application/vnd.ms-fontobject",
        "application/wasm",
        "text/css",
        "text/javascript",
    }
)

_RESOURCE_POLICIES: Final = ("", "same-origin", "same-site", "cross-origin")
HEADER_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 §5.6.2, token
HEADER_VALUE: Final = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")  # RFC 9110 §5.5

_DECIDED_BY_BYTES: Final = frozenset(
    {
        "accept-ranges",
        "connection",
        "content-encoding",
        "content-length",
        "content-range",
        "date",
        "etag",
        "last-modified",
        "transfer-encoding",
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    """How published files are served. Every value has a default that serves most sites.

    ``max_age``: seconds for which a plain name (one that does not change with its content) may be used
    without asking again; ``0`` means asking each time. ``immutable``: ``Cache-Control`` of the others.
    ``origins``: see ``Origins``. ``resource_policy``: ``Cross-Origin-Resource-Policy``, ``""`` for none.
    ``headers``: more headers by pattern of the published path (``{"*.pdf": {"X-Robots-Tag":
    "noindex"}}``; ``*`` also matches ``/``; later patterns win; ``None`` removes a header).

    Raises ``ConfigError`` for values that cannot be sent.
    """

    max_age: int = 60
    immutable: str = IMMUTABLE
    origins: Origins = "needed"
    resource_policy: str = ""
    headers: Mapping[str, Mapping[str, str | None]] = field(
        default_factory=dict[str, Mapping[str, "str | None"]]
    )

    def __post_init__(self) -> None:
        if self.max_age < 0:
            raise ConfigError(
                f"max_age is {self.max_age}, and a lifetime cannot be negative.",
                where="max_age",
                remedy="Give a number of seconds from 0, which means asking each time.",
            )
        if self.origins not in ("needed", "all", "none"):
            raise ConfigError(
                f"origins is {self.origins!r}, which means nothing.",
                where="origins",
                remedy="Give 'needed', 'all' or 'none'.",
            )
        if self.resource_policy not in _RESOURCE_POLICIES:
            raise ConfigError(
                f"resource_policy is {self.resource_policy!r}, which browsers ignore.",
                where="resource_policy",
                remedy="Give 'same-origin', 'same-site', 'cross-origin' or ''.",
            )
        _check_header("Cache-Control", self.immutable, "immutable")
        for pattern, headers in self.headers.items():
            for name, value in headers.items():
                _check_header(name, value, f"headers[{pattern!r}]")


def _check_header(name: str, value: str | None, where: str) -> None:
    """Raises ``ConfigError`` for what is no header, or no header that a setting may decide."""
    if not HEADER_NAME.fullmatch(name):
        raise ConfigError(
            f"{name!r} is no header name.",
            where=where,
            remedy="Names are made of letters, digits and hyphens, like X-Robots-Tag.",
        )
    if name.lower() in _DECIDED_BY_BYTES:
        raise ConfigError(
            f"{name} says what bytes are sent and how; with another value clients would misread them.",
            where=where,
            remedy="Remove it.",
        )
    if value is not None and not HEADER_VALUE.fullmatch(value):
        raise ConfigError(
            f"The value of {name} cannot be sent: {value!r}.",
            where=where,
            remedy="A value is one line of printable ASCII, without spaces around it.",
        )


def cache_control(policy: Policy, *, immutable: bool) -> str:
    """``Cache-Control`` of a published name (RFC 9111 §5.2.2)."""
    if immutable:
        return policy.immutable
    if policy.max_age == 0:
        return "no-cache, public"
    return f"max-age={policy.max_age}, must-revalidate, public"


def allows_any_origin(policy: Policy, media_type: str) -> bool:
    """Whether pages of other origins may read files of a media type (``Access-Control-Allow-Origin: *``).

    With ``"needed"`` these are what browsers fetch in CORS mode only, or do as soon as an ``integrity``
    attribute stands on the element: fonts (CSS Fonts 4 §4.9), scripts and style sheets (HTML §4.2.4.3,
    §8.1.3; SRI §3.2.2), and what scripts load: JSON, WebAssembly, web app manifests.
    """
    if policy.origins != "needed":
        return policy.origins == "all"
    essence = media_type.partition(";")[0].strip().lower()
    return essence.startswith("font/") or essence in _CORS_TYPES


def response_headers(
    policy: Policy, path: str, media_type: str, *, immutable: bool, varies: bool
) -> Headers:
    """The headers of a published file that are the same in every answer.

    ``path`` is the published path; ``varies``: the file has encoded variants. Length, validators, coding
    and ranges are not among them: only the responder knows those.
    """
    headers = {
        "content-type": ("Content-Type", media_type),
        "cache-control": ("Cache-Control", cache_control(policy, immutable=immutable)),
        "x-content-type-options": ("X-Content-Type-Options", "nosniff"),
    }
    if allows_any_origin(policy, media_type):
        headers["access-control-allow-origin"] = ("Access-Control-Allow-Origin", "*")
    if policy.resource_policy:
        headers["cross-origin-resource-policy"] = (
            "Cross-Origin-Resource-Policy",
            policy.resource_policy,
        )
    for pattern, extra in policy.headers.items():
        if fnmatchcase(path, pattern):
            for name, value in extra.items():
                headers.pop(name.lower(), None)
                if value is not None:
                    headers[name.lower()] = (name, value)
    if varies:
        # Whatever the settings say: without it a shared cache gives encoded bytes to clients that
        # cannot decode them (RFC 9110 §12.5.5).
        _, others = headers.get("vary", ("", ""))
        headers["vary"] = ("Vary", f"{others}, Accept-Encoding" if others else "Accept-Encoding")
    return tuple(headers.values())
