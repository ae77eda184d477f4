"""Two applications behind one server, by domain."""

from __future__ import annotations

import asyncio
from typing import Any

from lading.serve.hosts import ByHostASGI, ByHostWSGI


def wsgi(name: str) -> Any:
    return lambda environ, start_response: [name.encode()]


def test_wsgi():
    both = ByHostWSGI("Media.example:8000", wsgi("chosen"), wsgi("others"))
    assert both({"HTTP_HOST": "media.EXAMPLE:8000"}, print) == [b"chosen"]
    for host in ("media.example", "example:8000", "", "xmedia.example:8000"):
        assert both({"HTTP_HOST": host}, print) == [b"others"]
    assert both({}, print) == [b"others"]


def test_asgi():
    asked: list[str] = []

    def application(name: str) -> Any:
        async def called(scope: Any, receive: Any, send: Any) -> None:
            asked.append(name)

        return called

    both: Any = ByHostASGI("media.example", application("chosen"), application("others"))
    for scope in (
        {"type": "http", "headers": [(b"host", b"Media.Example")]},
        {"type": "http", "headers": [(b"host", b"example")]},
        {"type": "lifespan"},
    ):
        asyncio.run(both(scope, None, None))
    assert asked == ["chosen", "others", "others"]
