"""A served path: its representations, and the answers to usual requests, made once and kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from lading.policy import Headers
from lading.serve.dates import format_date
from lading.serve.negotiation import choose
from lading.serve.reply import Reply

if TYPE_CHECKING:
    from lading.serve.opened import Opened

SUFFIXES: Final[Mapping[str, str]] = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}
"""What the path of an encoded variant ends with, by content coding."""

# What a 304 repeats of the 200 (RFC 9110 §15.4.5), with what browsers check in every answer (Fetch §4.10).
_IN_NOT_MODIFIED: Final = frozenset(
    {
        "access-control-allow-origin",
        "cache-control",
        "content-location",
        "cross-origin-resource-policy",
        "etag",
        "expires",
        "vary",
    }
)


class Representation:
    """One file that can be sent for an entry: the content itself, or a variant in a content ``coding``.

    ``file``: its path on disk. ``size`` in bytes. ``headers``: those of its entry, to which the ones of
    this representation are added. ``etag``: quoted, or ``""``. ``modified``: seconds since the epoch, or
    ``None`` if unknown. ``sha256``: 64 hex digits, or ``""`` if unknown. ``passing``: made for one request,
    so that its content is not worth keeping. ``content``: its bytes while they are in the memory cache;
    ``recent``: they were used since the cache last made room. ``opened``: the file itself while it stays
    open.
    """

    __slots__ = (
        "_head",
        "_not_modified",
        "_whole",
        "coding",
        "content",
        "etag",
        "file",
        "headers",
        "modified",
        "opened",
        "passing",
        "recent",
        "sha256",
        "size",
    )

    def __init__(
        self,
        file: str,
        size: int,
        headers: Headers,
        *,
        etag: str = "",
        modified: int | None = None,
        coding: str = "",
        sha256: str = "",
        passing: bool = False,
    ) -> None:
        self.file = file
        self.size = size
        self.headers = headers
        self.etag = etag
        self.modified = modified
        self.coding = coding
        self.sha256 = sha256
        self.passing = passing
        self.content: bytes | None = None
        self.recent = False
        self.opened: Opened | None = None
        self._whole: Reply | None = None
        self._head: Reply | None = None
        self._not_modified: Reply | None = None

    @property
    def whole(self) -> Reply:
        """200 with all of the content."""
        reply = self._whole
        if reply is None:
            headers = (*self.own_headers(), ("Content-Length", str(self.size)))
            reply = self._whole = Reply(200, headers, self, ((0, self.size),) if self.size else ())
        return reply

    @property
    def head(self) -> Reply:
        """What HEAD gets: the same without the content (RFC 9110 §9.3.2)."""
        reply = self._head
        if reply is None:
            reply = self._head = Reply(200, self.whole.headers, self)
        return reply

    @property
    def not_modified(self) -> Reply:
        """304 (RFC 9110 §15.4.5)."""
        reply = self._not_modified
        if reply is None:
            kept = _IN_NOT_MODIFIED if self.etag else _IN_NOT_MODIFIED | {"last-modified"}
            headers = ((name, value) for name, value in self.own_headers() if name.lower() in kept)
            reply = self._not_modified = Reply(304, tuple(headers))
        return reply

    def own_headers(self) -> Headers:
        """All headers of a 200 but its length."""
        own = [("Accept-Ranges", "bytes")]
        if self.coding:
            own.append(("Content-Encoding", self.coding))
        if self.etag:
            own.append(("ETag", self.etag))
        if self.modified is not None:
            own.append(("Last-Modified", format_date(self.modified)))
        return (*self.headers, *own)


def describe(file: str, status: os.stat_result, headers: Headers) -> Representation:
    """The representation of a file that no manifest describes, for one request: its validators come from
    its state.

    The entity tag is weak, as a file may change twice within the resolution of its time (RFC 9110 §8.8.1).
    """
    return Representation(
        file,
        status.st_size,
        headers,
        etag=f'W/"{status.st_mtime_ns:x}-{status.st_size:x}"',
        modified=max(int(status.st_mtime), 0),
        passing=True,
    )


class Entry:
    """What a path is answered with: the file as it is (``identity``), or one of its encoded ``variants``
    by content coding. ``immutable``: the name changes with the content.
    """

    __slots__ = ("identity", "immutable", "offered", "variants")

    def __init__(
        self,
        identity: Representation,
        variants: Mapping[str, Representation] | None = None,
        *,
        immutable: bool = False,
    ) -> None:
        self.identity = identity
        self.variants = variants or {}
        self.immutable = immutable
        # The smallest first: among codings that a client likes equally it gets that one.
        self.offered = tuple(
            sorted(self.variants, key=lambda coding: (self.variants[coding].size, coding))
        )

    def select(self, accept_encoding: str | None) -> Representation:
        """The representation for an ``Accept-Encoding`` header (``None``: there is none)."""
        coding = choose(accept_encoding, self.offered)
        return self.identity if coding is None else self.variants[coding]


class Redirect:
    """A path that is answered with another one: a folder without its final slash, an index file."""

    __slots__ = ("location", "max_age")

    def __init__(self, location: str, max_age: int) -> None:
        self.location = location  # a relative reference, percent-encoded
        self.max_age = max_age  # seconds
