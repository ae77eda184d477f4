"""Which requests are for uploads, and who answers them: Lading at once, or a view that asks who may read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, URLResolver, get_resolver, get_urlconf
from django.views.static import serve as django_serve

from lading.config import Config
from lading.django import conf
from lading.django.prefix import inner_prefix
from lading.media.policy import in_development
from lading.media.table import MediaTable
from lading.serve.entry import Entry, Redirect


class Uploads:
    """The uploads that this process serves.

    ``host``: the domain of ``MEDIA_URL``, ``""``: that of the site. ``private``: each request goes through
    the site's middleware to ``lading.django.media_view``, which asks ``access``. A view of the project's own
    below ``MEDIA_URL`` keeps its requests.
    """

    def __init__(self, config: Config) -> None:
        url = str(settings.MEDIA_URL or "")
        self.host = urlsplit(url).netloc.lower()
        self.prefix = inner_prefix(url)
        self.private = bool(config.media_access)
        self._access = config.media_access
        policy = config.media_policy
        self.table = MediaTable(
            _root() or os.devnull,
            prefix=self.prefix,
            policy=in_development(policy) if settings.DEBUG else policy,
        )

    def lookup(self, path: str) -> Entry | Redirect | None:
        """See ``Table.lookup``: what is served without asking, on the site's own domain."""
        if (
            self.private
            or self.host
            or not path.startswith(self.prefix)
            or _has_own_view(path, self.prefix)
        ):
            return None
        return self.table.lookup(path)

    def covers(self, path: str) -> bool:
        """See ``Table.covers``: Django's view for development would serve what is refused here (links that
        lead outside, the trash).
        """
        if self.private or self.host or not path.startswith(self.prefix):
            return False
        match = _view_of(path, self.prefix)
        if match is None or match.func is not django_serve:
            return False
        root, lists = (match.kwargs.get(key) for key in ("document_root", "show_indexes"))
        if lists and path.endswith("/"):
            return False
        return root is not None and os.path.realpath(root) == self.table.root

    @property
    def urls(self) -> Any:
        """The URLconf in which the view answers requests; see ``is_for``."""
        from lading.django.media_urls import media_urls

        return media_urls(settings.ROOT_URLCONF, self.prefix, self._access)

    def is_for(self, request: HttpRequest) -> bool:
        """Whether the view must answer a request."""
        if self.host:
            host = request.META.get("HTTP_HOST", "").lower()
            return host == self.host and request.path_info.startswith(self.prefix)
        path = request.path_info
        return (
            self.private and path.startswith(self.prefix) and not _has_own_view(path, self.prefix)
        )


def uploads() -> Uploads | None:
    """Those of the project as its settings are now; ``None`` if it has none, or another server sends them."""
    config = conf.load()
    url = str(settings.MEDIA_URL or "")
    if not url or not (config.media_serve or settings.DEBUG):
        return None
    host, prefix = urlsplit(url).netloc, inner_prefix(url)
    if prefix == "/" and not host:
        return None
    if host and not config.media_serve:  # in development, another site's files
        return None
    if not _root() and not config.media_access:
        return None
    return Uploads(config)


def _root() -> str:
    """``MEDIA_ROOT``, or the folder of the default storage if that is another; ``""`` without a folder."""
    if settings.MEDIA_ROOT:
        return os.fspath(cast("str", settings.MEDIA_ROOT))
    storage: Any = default_storage
    return os.fspath(storage.location) if isinstance(storage, FileSystemStorage) else ""


def _has_own_view(path: str, prefix: str) -> bool:
    """Whether the project has a view for a path below ``MEDIA_URL``, other than Django's own for development
    (``static(settings.MEDIA_URL, …)``).
    """
    match = _view_of(path, prefix)
    return match is not None and match.func is not django_serve


def _view_of(path: str, prefix: str) -> ResolverMatch | None:
    """The project's view for a path below ``MEDIA_URL``; ``None``: there is none, or one for all paths."""
    if not settings.ROOT_URLCONF or prefix == "/":
        return None
    resolver = get_resolver(get_urlconf())
    if not _has_routes_below(resolver, prefix):
        return None
    try:
        match = resolver.resolve(path)
    except Resolver404:
        return None
    return match if _is_below(match.route, prefix) else None


@lru_cache(maxsize=8)
def _has_routes_below(resolver: URLResolver, prefix: str) -> bool:
    """Whether any view has a route that begins as ``prefix`` does; most projects have none."""
    return any(_is_below(route, prefix) for route in _routes(resolver, ""))


def _routes(resolver: Any, above: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, route)
        else:
            yield route


def _is_below(route: str, prefix: str) -> bool:
    """Whether a route (of a path, or a regular expression) is one below a URL prefix."""
    return route.replace("\\", "").lstrip("^/").startswith(prefix.lstrip("/"))
