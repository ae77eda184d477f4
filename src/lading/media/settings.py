"""The settings of uploads, which stand beside those of static files; their defaults: ``lading.config``."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args

from lading.media.policy import ACTIVE_EXTENSIONS
from lading.values import (
    InvalidValueError,
    Parser,
    choice,
    count,
    flag,
    nearest,
    patterns,
    seconds,
    text,
)

Sender = Literal["python", "x-accel-redirect", "x-sendfile"]
"""Who sends the bytes of an upload once its reader may have it: this process, nginx (or Caddy) by
``X-Accel-Redirect``, Apache (or Caddy) by ``X-Sendfile``.
"""

Cleanup = Literal["off", "trash", "delete"]
"""What becomes of a file when the last row that refers to it is deleted or refers to another."""

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")


def _dotted(value: Any) -> str:
    if not _DOTTED.fullmatch(text(value)):
        raise InvalidValueError("the dotted path of a function, like 'app.access.can_read'")
    return value


def _internal(value: Any) -> str:
    path = text(value)
    if not (path.startswith("/") and path.endswith("/") and len(path) > 1):
        raise InvalidValueError(
            "a URL path that starts and ends with a slash, like '/lading-media/'"
        )
    return path


def _inline(value: Any) -> tuple[str, ...]:
    chosen = tuple(item.lower().lstrip(".") for item in patterns(value))
    for item in chosen:
        if item not in ACTIVE_EXTENSIONS:
            raise InvalidValueError(
                f"a list of extensions out of {', '.join(map(repr, ACTIVE_EXTENSIONS))}",
                detail=f" ({item!r} is shown in any case)" if item else "",
                remedy=nearest(item, ACTIVE_EXTENSIONS),
            )
    return chosen


def _max_size(value: Any) -> int | None:
    return None if value is None else count(1)(value)


def _functions(value: Any) -> tuple[str, ...]:
    return tuple(_dotted(item) for item in patterns(value))


def _trash(value: Any) -> str:
    name = text(value).strip("/")
    if not re.fullmatch(r"\.lading-[\w.-]+", name):  # such folders are served by nobody
        raise InvalidValueError("a folder's name that begins with '.lading-'")
    return name


def parsers(headers: Parser) -> dict[str, Parser]:
    """The parsers of all keys. ``headers``: that of a table of headers by pattern."""
    return {
        "media_serve": flag,
        "media_access": _dotted,
        "media_sender": choice(*get_args(Sender)),
        "media_internal": _internal,
        "media_link_age": count(1),
        "media_max_size": _max_size,
        "media_max_age": count(0),
        "media_inline": _inline,
        "media_resource_policy": choice("", "same-origin", "same-site", "cross-origin"),
        "media_headers": headers,
        "media_grace": seconds,
        "media_trash": _trash,
        "media_exclude": patterns,
        "media_references": _functions,
        "media_cleanup": choice(*get_args(Cleanup)),
    }
