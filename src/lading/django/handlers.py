"""Handlers that serve a project's sources before its application: for ``runserver`` and live test servers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler, StaticFilesHandler
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpRequest

from lading.django.development import Development


class SourcesHandler(StaticFilesHandler):
    """Before a WSGI application. Without ``DEBUG``, paths that no source has go to the application, whose
    middleware may know them: hashed names are published ones.

    For a test class: ``static_handler = SourcesHandler`` in a ``LiveServerTestCase``.
    """

    def __init__(self, application: Any) -> None:
        super().__init__(application)
        self._sources = Development(fallthrough=not settings.DEBUG)

    def _should_handle(self, path: str) -> bool:
        return _are_asked(self._sources, path, elsewhere=bool(self.base_url.netloc))

    def get_response(self, request: HttpRequest) -> Any:
        entry = self._sources.lookup(request.path_info)
        return self._sources.answer(entry, request, asynchronous=False)


class AsyncSourcesHandler(ASGIStaticFilesHandler):
    """The same before an ASGI application: for Daphne's ``runserver``."""

    def __init__(self, application: Any) -> None:
        super().__init__(application)
        self._sources = Development(fallthrough=not settings.DEBUG)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            path = scope["path"].removeprefix(get_script_prefix(scope))
            if _are_asked(self._sources, path, elsewhere=bool(self.base_url.netloc)):
                await ASGIHandler.__call__(self, scope, receive, send)
                return
        await self.application(scope, receive, send)

    async def get_response_async(self, request: HttpRequest) -> Any:
        entry = self._sources.lookup(request.path_info)
        return self._sources.answer(entry, request, asynchronous=True)


def _are_asked(sources: Development, path: str, *, elsewhere: bool) -> bool:
    """Whether a request is for sources. ``elsewhere``: STATIC_URL has a host, whose server has the files."""
    if elsewhere and path.startswith(sources.static.prefix):
        return False
    return sources.covers(path) or sources.lookup(path) is not None
