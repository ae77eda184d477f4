"""What to answer: one pure function of a served path and a request, after RFC 9110."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from lading.serve.conditions import Outcome, allows_range, evaluate
from lading.serve.entry import Entry, Redirect
from lading.serve.errors import ALLOW, NOT_FOUND, NOT_FOUND_HEAD, error
from lading.serve.partial import partial
from lading.serve.reply import Reply

REQUEST_HEADERS: Final = (
    "accept-encoding",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "range",
)
"""The request headers that ``respond`` looks at; adapters need not pass others."""

_QUERY: Final = "!$%&'()*+,/:;=?@[]~"  # what may stand in a query besides letters (RFC 3986 §3.4)

_CONDITIONS: Final = frozenset(
    {"if-match", "if-modified-since", "if-none-match", "if-unmodified-since"}
)

_PREFLIGHT: Final = (
    ("Access-Control-Allow-Methods", "GET, HEAD"),
    ("Access-Control-Allow-Headers", "*"),
    ("Access-Control-Max-Age", "86400"),
)


def respond(
    entry: Entry | Redirect | None, method: str, headers: Mapping[str, str], query: str = ""
) -> Reply:
    """The reply to a request for ``entry`` (``None``: there is none of that path).

    ``headers``: names in lower case, values of repeated headers joined by commas (RFC 9110 §5.3).
    ``query``: without its ``?``, kept by redirects. Never raises, whatever the client sent.
    """
    if entry is None:
        return NOT_FOUND_HEAD if method == "HEAD" else NOT_FOUND
    if method not in ("GET", "HEAD"):
        return _options(entry) if method == "OPTIONS" else error(405, _headers(entry), (ALLOW,))
    if isinstance(entry, Redirect):
        return _redirect(entry, query)
    source = entry.select(headers.get("accept-encoding")) if entry.offered else entry.identity
    if not _CONDITIONS.isdisjoint(headers):
        outcome = evaluate(headers, source.etag, source.modified)
        if outcome is Outcome.NOT_MODIFIED:
            return source.not_modified
        if outcome is Outcome.FAILED:
            return error(412, source.headers)
    if method == "HEAD":
        return source.head  # ranges are defined for GET alone (RFC 9110 §14.2)
    value = headers.get("range")
    if value is None or not allows_range(headers.get("if-range"), source.etag, source.modified):
        return source.whole
    return partial(source, value)


def _headers(entry: Entry | Redirect) -> tuple[tuple[str, str], ...]:
    return () if isinstance(entry, Redirect) else entry.identity.headers


def _options(entry: Entry | Redirect) -> Reply:
    """The methods (RFC 9110 §9.3.7), and for files that any origin may read the answer to a preflight
    (Fetch §4.9).
    """
    origin = [pair for pair in _headers(entry) if pair[0] == "Access-Control-Allow-Origin"]
    return Reply(204, (ALLOW, *origin, *(_PREFLIGHT if origin else ())))


def _redirect(entry: Redirect, query: str) -> Reply:
    location = entry.location
    if query:  # whatever a server let pass, it must not end the header
        location += "?" + quote(query, _QUERY, encoding="latin-1", errors="replace")
    cache = f"max-age={entry.max_age}, public" if entry.max_age else "no-cache, public"
    return Reply(
        302,
        (
            ("Location", location),
            ("Cache-Control", cache),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", "0"),
        ),
    )
