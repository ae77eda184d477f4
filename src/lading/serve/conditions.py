"""Preconditions of a request, in the order of RFC 9110 §13.2.2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from lading.serve.dates import parse_date

# entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE (RFC 9110 §8.8.3), as a member of a list.
_MEMBER = re.compile(r'(?:^|,)[ \t]*(W/)?("[\x21\x23-\x7e\x80-\U0010ffff]*")(?=[ \t]*(?:,|$))')


class Outcome(Enum):
    """What the preconditions say: answer as if there were none, 304 or 412."""

    PROCEED = 200
    NOT_MODIFIED = 304
    FAILED = 412


def evaluate(headers: Mapping[str, str], etag: str, modified: int | None) -> Outcome:
    """Evaluate the preconditions of a GET or HEAD.

    ``headers``: request headers, names in lower case. ``etag``: of the selected representation, quoted,
    or ``""``. ``modified``: seconds since the epoch, or ``None`` if unknown, and then conditions on
    dates are ignored, as are dates that are none (RFC 9110 §13.1.3, §13.1.4).
    """
    if (value := headers.get("if-match")) is not None:
        if not _matches(value, etag, weakly=False):
            return Outcome.FAILED
    elif (value := headers.get("if-unmodified-since")) is not None and modified is not None:
        limit = parse_date(value)
        if limit is not None and modified > limit:
            return Outcome.FAILED
    if (value := headers.get("if-none-match")) is not None:
        if _matches(value, etag, weakly=True):
            return Outcome.NOT_MODIFIED
    elif (value := headers.get("if-modified-since")) is not None and modified is not None:
        limit = parse_date(value)
        if limit is not None and modified <= limit:
            return Outcome.NOT_MODIFIED
    return Outcome.PROCEED


def allows_range(if_range: str | None, etag: str, modified: int | None) -> bool:
    """Whether ``If-Range`` lets ``Range`` count (RFC 9110 §13.1.5): the same strong entity tag, or exactly
    the date that was sent as ``Last-Modified``.
    """
    if if_range is None:
        return True
    if_range = if_range.strip(" \t")
    if '"' in if_range:
        return if_range == etag and not etag.startswith("W/")
    return modified is not None and parse_date(if_range) == modified


def _matches(value: str, etag: str, *, weakly: bool) -> bool:
    """Whether a list of entity tags or ``*`` matches (RFC 9110 §8.8.3.2). Linear in its length."""
    value = value.strip(" \t")
    if value == "*":
        return True  # the representation exists
    if not etag:
        return False
    if value == etag:  # what nearly every client sends
        return weakly or not etag.startswith("W/")
    opaque = etag.removeprefix("W/")
    if opaque not in value or (not weakly and opaque != etag):
        return False
    return any(tag == opaque and (weakly or not weak) for weak, tag in _MEMBER.findall(value))
