"""The middleware that serves static files: published ones in production, the sources in development.

It stands right after ``SecurityMiddleware``, so that no other middleware works on files.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from lading.django import serving
from lading.django.media_requests import uploads
from lading.django.prefix import before_requests
from lading.django.responses import answer
from lading.django.upload_handlers import guard_uploads
from lading.serve.cache import Cache
from lading.serve.table import Table

if TYPE_CHECKING:
    from lading.django.development import Development

GetResponse = Callable[[HttpRequest], Any]


class LadingMiddleware:
    """Answers requests for static files; all others go on. Uses no thread, whether the requests come by
    WSGI or by ASGI.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._development: Development | None = None
        with before_requests():
            if settings.DEBUG:
                from lading.django.development import Development  # what production never needs

                self._development = Development()
            self._table: Table = self._development or serving.table()
            self._uploads = uploads()
        self._live = self._development.live if self._development is not None else None
        self._cache = Cache()
        self._is_async = iscoroutinefunction(get_response)  # pyright: ignore[reportDeprecated]
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        path = request.path_info
        # Other frameworks take PUT and PATCH, too.
        if request.content_type == "multipart/form-data":
            guard_uploads(request)
        if self._uploads is not None and self._uploads.is_for(request):
            setattr(request, "urlconf", self._uploads.urls)  # noqa: B010 - Django's own way, untyped
            return self._get_response(request)
        entry = self._table.lookup(path)
        if entry is None and not self._table.covers(path):
            return self._get_response(request) if self._live is None else self._go_on(request)
        if self._development is not None:
            response = self._development.answer(entry, request, asynchronous=self._is_async)
        else:
            response = answer(entry, request, self._cache, asynchronous=self._is_async)
        return _soon(response) if self._is_async else response

    def _go_on(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """The application's response, with the script of live reload if it is a page."""
        assert self._live is not None
        if self._is_async:
            return self._go_on_async(request)
        return self._live.finish(request, self._get_response(request))

    async def _go_on_async(self, request: HttpRequest) -> HttpResponseBase:
        assert self._live is not None
        return self._live.finish(request, await self._get_response(request))


async def _soon(response: HttpResponseBase) -> HttpResponseBase:
    return response
