"""Handlers that serve a project's sources before its application: for ``runserver`` and live test servers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
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
        # A STATIC_URL with a host in it means that another server has the files.
        if self.base_url.netloc and path.startswith(self._sources.static.prefix):
            return False
        return self._sources.covers(path) or self._sources.lookup(path) is not None

    def get_response(self, request: HttpRequest) -> Any:
        entry = self._sources.lookup(request.path_info)
        return self._sources.answer(entry, request, asynchronous=False)
