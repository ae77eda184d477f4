"""The site's URLs with uploads among them, so that a request for one passes through all of its middleware."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.urls import re_path
from django.utils.module_loading import import_string

from lading.django.media_view import serve, serve_async


class MediaUrls:
    """A URLconf: the site's own, after a pattern for what is below ``prefix``. Its error handlers and all
    that ``reverse`` finds are the site's.
    """

    def __init__(self, root: str, prefix: str, access: str) -> None:
        self._root = root
        is_async = access and iscoroutinefunction(import_string(access))  # pyright: ignore[reportDeprecated]
        view: Any = serve_async if is_async else serve
        pattern = f"^{re.escape(prefix.lstrip('/'))}(?P<name>(?s:.*))$"
        self._uploads: Any = re_path(pattern, view, name="lading-media")

    @property
    def urlpatterns(self) -> list[Any]:
        return [self._uploads, *self._site.urlpatterns]

    @property
    def _site(self) -> Any:
        return import_module(self._root)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("handler"):
            return getattr(self._site, name)
        raise AttributeError(name)


@lru_cache(maxsize=8)
def media_urls(root: str, prefix: str, access: str) -> MediaUrls:
    """The URLconf for ``request.urlconf``; the same one each time, as resolvers are kept by it. ``access``:
    the dotted path of the hook, or ``""``.
    """
    return MediaUrls(root, prefix, access)
