"""Serving before a WSGI application (PEP 3333): Flask, Django, or none at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from lading.serve.cache import Cache
from lading.serve.deliver import deliver
from lading.serve.files import CHUNK
from lading.serve.reply import STATUS_LINES
from lading.serve.respond import REQUEST_HEADERS
from lading.serve.table import Table

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

HEADER_KEYS: Final = tuple(
    ("HTTP_" + name.upper().replace("-", "_"), name) for name in REQUEST_HEADERS
)
"""The keys of an environ that hold headers which ``respond`` looks at, and their names."""


class LadingWSGI:
    """Answers what ``table`` lists and hands all else to ``application`` (404 if that is ``None``)."""

    def __init__(
        self, application: Application | None, table: Table, *, cache: Cache | None = None
    ) -> None:
        self._application = application
        self._table = table
        self._cache = cache or Cache()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.isascii():
            path = _decoded(path)
        entry = self._table.lookup(path)
        if entry is None and self._application is not None and not self._table.covers(path):
            return self._application(environ, start_response)
        reply, content = deliver(
            entry,
            environ["REQUEST_METHOD"],
            {name: environ[key] for key, name in HEADER_KEYS if key in environ},
            self._cache,
            environ.get("QUERY_STRING", ""),
        )
        start_response(STATUS_LINES[reply.status], list(reply.headers))
        if isinstance(content, bytes):
            return [content] if content else []
        wrapper = environ.get("wsgi.file_wrapper")
        # Servers differ in what they make of a file that does not start at its beginning, so ranges are
        # read here.
        return wrapper(content, CHUNK) if wrapper is not None and content.whole else content


def _decoded(path: str) -> str:
    """A path as text: WSGI hands on its bytes as Latin-1. What is no UTF-8 names no file."""
    return path.encode("latin-1", "replace").decode("utf-8", "replace")
