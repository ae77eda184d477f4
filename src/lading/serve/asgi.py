"""Serving before an ASGI application: Starlette, FastAPI, Django, or none at all. No thread is used for
what is in memory or in the page cache.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import aclosing
from typing import Any, Final

from lading.serve.cache import Cache
from lading.serve.deliver import deliver
from lading.serve.files import OpenFile, TruncatedError
from lading.serve.respond import REQUEST_HEADERS
from lading.serve.table import Table

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

logger = logging.getLogger("lading.serve")

_NAMES: Final = {name.encode("ascii"): name for name in REQUEST_HEADERS}


class LadingASGI:
    """Answers what ``table`` lists and hands all else (other paths, WebSockets, lifespan) to
    ``application``; if that is ``None``, other paths are a 404.
    """

    def __init__(
        self, application: Application | None, table: Table, *, cache: Cache | None = None
    ) -> None:
        self._application = application
        self._table = table
        self._cache = cache or Cache()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if self._application is not None:
                await self._application(scope, receive, send)
            elif scope["type"] == "lifespan":
                await _lifespan(receive, send)
            return
        path: str = scope["path"]
        if root := scope.get("root_path", ""):
            path = path.removeprefix(root)
        entry = self._table.lookup(path)
        if entry is None and self._application is not None and not self._table.covers(path):
            await self._application(scope, receive, send)
            return
        reply, content = deliver(
            entry,
            scope["method"],
            request_headers(scope["headers"]),
            self._cache,
            scope.get("query_string", b"").decode("latin-1"),
        )
        start = {
            "type": "http.response.start",
            "status": reply.status,
            "headers": reply.raw_headers,
        }
        if isinstance(content, bytes):
            await send(start)
            await send({"type": "http.response.body", "body": content})
            return
        try:
            await send(start)
            if content.whole and "http.response.pathsend" in (scope.get("extensions") or {}):
                await send({"type": "http.response.pathsend", "path": content.source.file})
            else:
                await _send_file(content, reply.length, receive, send)
        except TruncatedError as error:
            # An answer that is left unfinished makes the server cut the connection.
            logger.error("%s: %s", content.source.file, error.strerror)
        finally:
            content.close()


def request_headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers that ``respond`` looks at; those that are repeated joined by commas."""
    found = [(_NAMES[name], value) for name, value in raw if name in _NAMES]
    headers = {name: value.decode("latin-1") for name, value in found}
    if len(headers) < len(found):
        for repeated in headers:
            values = [value for name, value in found if name == repeated]
            headers[repeated] = b", ".join(values).decode("latin-1")
    return headers


async def _send_file(file: OpenFile, length: int, receive: Receive, send: Send) -> None:
    """Send a large file chunk by chunk, until all is sent or the client is gone.

    Some servers take what is sent to a client that hung up and say nothing, and return without ever
    giving other requests a turn; hence the listening, and the pause after each chunk. Event loops other
    than asyncio's go without.
    """
    try:
        hangup = asyncio.get_running_loop().create_task(_hangup(receive))
    except RuntimeError:
        hangup = None
    try:
        async with aclosing(aiter(file)) as chunks:
            async for chunk in chunks:
                length -= len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": length > 0})
                if hangup is not None:
                    await asyncio.sleep(0)
                    if hangup.done():
                        return
    finally:
        if hangup is not None:
            hangup.cancel()


async def _hangup(receive: Receive) -> None:
    """Returns when the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _lifespan(receive: Receive, send: Send) -> None:
    """Start and stop, where there is no application to do it."""
    while True:
        kind = (await receive())["type"].removeprefix("lifespan.")
        await send({"type": f"lifespan.{kind}.complete"})
        if kind == "shutdown":
            return
