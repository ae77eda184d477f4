"""What the servers of the tests run: the tables of the target ``SERVED_ROOT`` before an application."""

from __future__ import annotations

import os
from pathlib import Path

from lading.serve.asgi import LadingASGI, Receive, Scope, Send
from lading.serve.wsgi import Environ, LadingWSGI, StartResponse

from .site import APPLICATION, tables

_TOKEN = os.environ["SERVED_TOKEN"]  # tells this server from another one on the same port
_TABLES = tables(Path(os.environ["SERVED_ROOT"]))


def _wsgi_application(environ: Environ, start_response: StartResponse) -> list[bytes]:
    start_response("200 OK", [("X-Token", _TOKEN), ("Content-Length", str(len(APPLICATION)))])
    return [APPLICATION]


async def _asgi_application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        for kind in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{kind}.complete"})
        return
    headers = [
        (b"x-token", _TOKEN.encode()),
        (b"content-length", str(len(APPLICATION)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": APPLICATION})


wsgi = LadingWSGI(_wsgi_application, _TABLES)
asgi = LadingASGI(_asgi_application, _TABLES)
