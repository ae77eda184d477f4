"""Replies that say no: 404, 405, 412, 416. None of them may be stored."""

from __future__ import annotations

from typing import Final

from lading.policy import Headers
from lading.serve.reply import Reply

ALLOW: Final = ("Allow", "GET, HEAD, OPTIONS")

# What browsers check in every answer before a page may see even its status (Fetch §4.10, §3.7).
_CHECKED_ALWAYS: Final = frozenset({"access-control-allow-origin", "cross-origin-resource-policy"})

# A type even without content, since PEP 3333's checker (wsgiref.validate) wants one.
_COMMON: Final[Headers] = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
)


def error(status: int, headers: Headers = (), more: Headers = ()) -> Reply:
    """A reply without content. ``headers``: of the representation, of which only those for other origins
    are kept; ``more``: those that this answer needs.
    """
    kept = tuple(header for header in headers if header[0].lower() in _CHECKED_ALWAYS)
    return Reply(status, (*more, *kept, *_COMMON, ("Content-Length", "0")))


_NOT_FOUND: Final = b"Not found.\n"

NOT_FOUND: Final = Reply(
    404,
    (*_COMMON, ("Content-Length", str(len(_NOT_FOUND)))),
    None,
    (_NOT_FOUND,),
)
"""404 that no cache keeps: the next release may have that name, and another server may have it already."""

NOT_FOUND_HEAD: Final = Reply(404, NOT_FOUND.headers)
