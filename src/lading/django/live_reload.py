"""Live reload in a Django project: what is watched, the answers, and the script in its pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, cast

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponse, HttpResponseBase
from django.template.autoreload import get_template_directories, reset_loaders
from django.utils.html import format_html

from lading.catalog import Catalog
from lading.django.responses import headers_of, response_of
from lading.serve.live import HEADERS, SCRIPT, SCRIPT_HEADERS, LiveReload
from lading.serve.reply import Reply
from lading.sources import owner_of

FOLDER: Final = ".lading/"  # no source can have such files
_EVENTS, _SCRIPT = f"{FOLDER}live", f"{FOLDER}live.js"
_NONCE: Final = re.compile(r"'nonce-([A-Za-z0-9+/_=-]+)'")


class Live:
    """``catalog``: of the sources of static files, of which a project's own are watched."""

    def __init__(self, catalog: Callable[[], Catalog]) -> None:
        self._catalog = catalog
        self._reload = LiveReload(self._folders, _forget_templates)
        self._reload.stop_on_signals()

    def answer(
        self, name: str, request: HttpRequest, *, asynchronous: bool
    ) -> HttpResponseBase | None:
        """The response to a request for ``name`` below ``STATIC_URL``, if it is one of live reload's."""
        if name == _SCRIPT:
            headers = (*SCRIPT_HEADERS, ("Content-Length", str(len(SCRIPT))))
            return response_of(Reply(200, headers), SCRIPT)
        if name != _EVENTS:
            return None
        if not asynchronous and not request.META.get("wsgi.multithread"):
            # It would be the only answer that this server ever gives. 204: do not ask again.
            return HttpResponse(status=204)
        events = self._reload.async_events() if asynchronous else self._reload.events()
        response = StreamingHttpResponse(cast("Any", events), content_type="")
        response.headers = headers_of(HEADERS)
        return response

    def finish(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Put the script into a page. Parts of pages, streams and encoded content stay as they are."""
        if (
            not isinstance(response, HttpResponse)
            or response.streaming
            or response.has_header("Content-Encoding")
            or not response.get("Content-Type", "").startswith("text/html")
        ):
            return response
        content = response.content
        end = content.lower().rfind(b"</body>")
        if end < 0:
            return response
        tag = self._tag(_nonce(request, response)).encode(response.charset or "utf-8")
        response.content = content[:end] + tag + content[end:]
        if response.has_header("Content-Length"):
            response.headers["Content-Length"] = str(len(response.content))
        return response

    def _tag(self, nonce: str) -> str:
        attribute = format_html(' nonce="{}"', nonce) if nonce else ""
        url = f"{settings.STATIC_URL}{_SCRIPT}"  # as requests see it, mounted wherever
        return format_html('<script src="{}"{} async></script>', url, attribute)

    def _folders(self) -> list[str]:
        static = [
            folder
            for scan in self._catalog().scans
            if scan.source.owner == "project" and (folder := scan.source.local_path("")) is not None
        ]
        templates = [str(folder) for folder in get_template_directories()]
        return [*static, *(folder for folder in templates if owner_of(folder) == "project")]


def _nonce(request: HttpRequest, response: HttpResponseBase) -> str:
    """The nonce that the page's Content-Security-Policy allows scripts by, if it has one: that of the
    header, or of middleware that has not set it yet (Django 6.0's and django-csp's).
    """
    if found := _NONCE.search(response.get("Content-Security-Policy", "")):
        return found[1]
    nonce = getattr(request, "_csp_nonce", None)
    return str(getattr(request, "csp_nonce", "") if nonce is None else nonce)


def _forget_templates(paths: set[str]) -> None:
    if not all(path.endswith((".css", ".js")) for path in paths):
        reset_loaders()
