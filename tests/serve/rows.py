"""The form of a row in the table of requests: a request as it goes over the wire, and what must come back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from .site import CONTENTS, encoded

Value = str | re.Pattern[str] | None
"""What a header must be: exactly this, matching this whole pattern, or absent."""

ANY: Final = "any"

Validators = Callable[[str, str, str], str]
"""A server's ``"etag"`` or ``"modified"`` of a published path in a content coding (``""``: none)."""


@dataclass(frozen=True, slots=True)
class Differs:
    """What servers of one name answer instead of a row's expectation, and why that is legitimate.

    ``status``: one of these. Headers and body are then not looked at, unless it is the row's own status:
    then ``headers`` hold what the row's own say otherwise, ``coding`` is the row's (unless ``ANY``), and
    the content is looked at only with ``content``.
    """

    why: str
    status: tuple[int, ...] = ()
    headers: Mapping[str, Value] = field(default_factory=dict[str, Value])
    coding: str | None = ANY
    content: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One request and its answer.

    ``source``: the section or the test it comes from. ``target``: the request target as sent. ``headers``:
    of the request. In them and in ``expect``, ``<etag PATH CODING>`` and ``<modified PATH>`` stand for the
    server's own validators of a published path. ``coding``: the content is the file in this coding, or in
    one of these (``"zstd|gzip"``), or as it is (``None``). ``body``: the content is this. ``parts``: it is
    ``multipart/byteranges`` of these spans of a file. ``differs``: by name of a server or kind of servers.
    """

    source: str
    name: str
    target: str
    status: int
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    expect: Mapping[str, Value] = field(default_factory=dict[str, Value])
    coding: str | None = ANY
    body: bytes | None = None
    parts: tuple[str, tuple[tuple[int, int], ...]] | None = None
    differs: Mapping[str, Differs] = field(default_factory=dict[str, Differs])

    def __str__(self) -> str:
        return f"{self.source}: {self.name}"

    def difference(self, names: tuple[str, ...]) -> Differs | None:
        """How the server of these names (from the particular to the general) differs, if it does."""
        return next((self.differs[name] for name in names if name in self.differs), None)

    def request_headers(self, validators: Validators) -> list[tuple[str, str]]:
        """The request's headers with the server's own validators in their places."""
        return [(name, with_validators(value, validators)) for name, value in self.headers]


def headers(**values: str) -> tuple[tuple[str, str], ...]:
    """Request headers by their names with underscores."""
    return tuple((name.replace("_", "-"), value) for name, value in values.items())


def with_validators(value: str, validators: Validators) -> str:
    """A header's value with a server's own validators in their places."""
    return re.sub(
        r"<(etag|modified) (\S+?)(?: (br|gzip|zstd))?>",
        lambda match: validators(match[1], match[2], match[3] or ""),
        value,
    )


def name_of(target: str) -> str:
    """The published path of a request target, below whatever prefix or at the root of the site."""
    path = unquote_to_bytes(target.partition("?")[0]).decode()
    _, prefix, *name = path.split("/", 2)
    return name[0] if prefix in ("static", "site", "cdn") else f"root{path}"


def content(name: str, coding: str = "") -> bytes:
    """A published file's bytes on the wire, in a coding (``""``: as it is)."""
    return encoded(name, coding)


def span(name: str, start: int, stop: int) -> bytes:
    """Bytes of a published file, as it is."""
    return CONTENTS[name][start:stop]
