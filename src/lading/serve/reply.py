"""A reply: status, headers and the bytes to send, decided before any server is involved."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from lading.policy import Headers
from lading.serve.ranges import Span

if TYPE_CHECKING:
    from lading.serve.entry import Representation

RawHeaders = list[tuple[bytes, bytes]]
"""Headers as ASGI has them: names in lower case."""

STATUS_LINES: Final = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
"""``"200 OK"`` by number, as WSGI wants it."""


class Reply:
    """What to answer. Made once for common answers and shared by all requests, so never changed.

    ``source``: the representation whose bytes are sent (or, for a HEAD, would be), ``None`` if the answer
    has no content of a file. ``parts``: what to send in this order, literal bytes or spans of the source;
    empty: no content.
    """

    __slots__ = ("_raw", "headers", "parts", "source", "status")

    def __init__(
        self,
        status: int,
        headers: Headers,
        source: Representation | None = None,
        parts: tuple[bytes | Span, ...] = (),
    ) -> None:
        self.status = status
        self.headers = headers
        self.source = source
        self.parts = parts
        self._raw: RawHeaders | None = None

    @property
    def raw_headers(self) -> RawHeaders:
        """The headers for ASGI: a new list each time, since middleware may change it."""
        if self._raw is None:
            self._raw = [
                (name.lower().encode("ascii"), value.encode("latin-1"))
                for name, value in self.headers
            ]
        return self._raw.copy()

    @property
    def length(self) -> int:
        """Bytes of content that are sent."""
        return sum(
            len(part) if isinstance(part, bytes) else part[1] - part[0] for part in self.parts
        )

    def __repr__(self) -> str:
        return f"<Reply {STATUS_LINES[self.status]} {dict(self.headers)} {self.parts}>"
