"""Serving a Django project in development: static files from its finders, and uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from lading import build
from lading.catalog import Catalog
from lading.django import conf
from lading.django.finders import sources
from lading.django.media_requests import uploads
from lading.django.prefix import static_prefix
from lading.django.responses import answer, response_of
from lading.serve.cache import Cache
from lading.serve.development import SourcesTable
from lading.serve.entry import Entry, Redirect
from lading.serve.not_found import explain
from lading.serve.table import Table, Tables

if TYPE_CHECKING:
    from lading.django.live_reload import Live


class Development:
    """Answers of a project's sources. Nothing is scanned before the first request for a static file."""

    def __init__(self, *, fallthrough: bool | None = None) -> None:
        config = conf.load()
        policy = config.policy
        self._site_root = config.site_root
        self.static = SourcesTable(
            scan,
            prefix=static_prefix(),
            policy=policy,
            site_root=self._site_root,
            index=config.index,
            fallthrough=fallthrough,
        )
        media = uploads()
        self.table: Table = Tables(self.static, media) if media else self.static
        self.live: Live | None = None
        url = str(settings.STATIC_URL or "")
        if config.live_reload and settings.DEBUG and not urlsplit(url).netloc:
            from lading.django.live_reload import Live

            self.live = Live(lambda: self.static.catalog)
        self._cache = Cache()  # keeps none of them; see Representation.passing

    def lookup(self, path: str) -> Entry | Redirect | None:
        """See ``Table.lookup``."""
        return self.table.lookup(path)

    def covers(self, path: str) -> bool:
        """See ``Table.covers``."""
        if self.live is not None and path.startswith(f"{self.static.prefix}.lading/"):
            return True
        return self.table.covers(path)

    def answer(
        self, entry: Entry | Redirect | None, request: HttpRequest, *, asynchronous: bool
    ) -> HttpResponseBase:
        """The response to a request that the table covers; what is missing is explained."""
        path, prefix = request.path_info, self.static.prefix
        if entry is not None or not settings.DEBUG or not path.startswith(prefix):
            return answer(entry, request, self._cache, asynchronous=asynchronous)
        name = path.removeprefix(prefix)
        if self.live is not None:
            response = self.live.answer(name, request, asynchronous=asynchronous)
            if response is not None:
                return response
        found = explain(self.static.catalog, name, settings.STATIC_URL or "", self._site_root)
        reply = found.reply(
            settings.STATIC_URL or "", html="text/html" in request.headers.get("Accept", "")
        )
        return response_of(reply, b"".join(part for part in reply.parts if isinstance(part, bytes)))


def scan() -> Catalog:
    """The catalog of the project's sources, with its settings as they are now."""
    config = conf.load()
    try:
        configure: Any = getattr(staticfiles_storage, "configure", None)
    except ImproperlyConfigured:  # STATIC_ROOT, which only publishing needs
        configure = None
    config = configure(config) if configure else config
    return build.catalog(sources(config).all, config)
