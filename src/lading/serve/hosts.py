"""Two applications behind one server, told apart by the domain that is asked for: a site, and its uploads."""

from __future__ import annotations

from collections.abc import Iterable

from lading.serve import asgi, wsgi


class ByHostWSGI:
    """Hands requests for ``host`` (with its port, as in a URL) to ``chosen``, others to ``others``."""

    def __init__(self, host: str, chosen: wsgi.Application, others: wsgi.Application) -> None:
        self._host = host.lower()
        self._chosen = chosen
        self._others = others

    def __call__(
        self, environ: wsgi.Environ, start_response: wsgi.StartResponse
    ) -> Iterable[bytes]:
        is_chosen = environ.get("HTTP_HOST", "").lower() == self._host
        return (self._chosen if is_chosen else self._others)(environ, start_response)


class ByHostASGI:
    """The same for ASGI. What belongs to no host (lifespan) goes to ``others``."""

    def __init__(self, host: str, chosen: asgi.Application, others: asgi.Application) -> None:
        self._host = host.lower().encode("ascii", "replace")
        self._chosen = chosen
        self._others = others

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        headers: Iterable[tuple[bytes, bytes]] = scope.get("headers", ())
        is_chosen = any(name == b"host" and value.lower() == self._host for name, value in headers)
        await (self._chosen if is_chosen else self._others)(scope, receive, send)
