"""The view of uploads: asks who may read one, and has it sent by whoever sends files here."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from asgiref.sync import async_to_sync, iscoroutinefunction, sync_to_async
from django.core.exceptions import PermissionDenied
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.handlers.asgi import ASGIRequest
from django.core.signals import setting_changed
from django.http import Http404, HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from lading.config import Config
from lading.django import conf
from lading.django.links import allowed
from lading.django.media_requests import Uploads
from lading.django.responses import answer, response_of
from lading.media.access import Grant
from lading.media.links import Pass
from lading.media.policy import response_headers
from lading.serve.cache import Cache
from lading.serve.current import entry_of
from lading.serve.reply import Reply

Hook = Callable[[HttpRequest, str], Any]
"""The function that ``LADING["MEDIA_ACCESS"]`` names: from a request and the name of an upload to whether it
may be read, as a ``bool``, a ``lading.media.access.Grant``, or a response to give instead (to a login page).
"""

_CACHE = Cache()  # keeps none of them; see Representation.passing


def serve(request: HttpRequest, name: str) -> HttpResponseBase:
    """The upload of a name below ``MEDIA_URL``, if the request may read it: by a signed link, or as the
    access hook says. Raises ``PermissionDenied``, and ``Http404`` where the hook agreed and there is none.

    For a URLconf of one's own: ``path("media/<path:name>", serve)``.
    """
    sending = _sending()
    if (response := sending.without_asking(request, name)) is not None:
        return response
    hook: Hook = async_to_sync(sending.hook) if sending.is_async else sending.hook
    return sending.as_allowed(request, name, hook(request, name))


async def serve_async(request: HttpRequest, name: str) -> HttpResponseBase:
    """The same for a hook that is a coroutine function."""
    sending = _sending()
    if (response := sending.without_asking(request, name)) is not None:
        return response
    hook: Hook = sending.hook if sending.is_async else sync_to_async(sending.hook)
    return sending.as_allowed(request, name, await hook(request, name))


class Sending:
    """Sends uploads as the settings say. ``hook``: who is asked, by default a yes to all."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._uploads = Uploads(config)
        self._is_local = isinstance(default_storage, FileSystemStorage)
        self.hook: Hook = import_string(config.media_access) if config.media_access else _everybody
        self.is_async = bool(iscoroutinefunction(self.hook))  # pyright: ignore[reportDeprecated]

    def without_asking(self, request: HttpRequest, name: str) -> HttpResponseBase | None:
        """What no hook is asked about: other methods, and signed links. Raises ``Http404`` for a name that is
        no upload's.
        """
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not _is_plain(name):
            raise Http404("There is no such upload.")
        link = allowed(name, request.META.get("QUERY_STRING", ""))
        return (
            None if link is None else self._send(request, name, Grant(filename=link.filename), link)
        )

    def as_allowed(self, request: HttpRequest, name: str, verdict: Any) -> HttpResponseBase:
        """The response after the hook's verdict. Raises ``PermissionDenied``."""
        if isinstance(verdict, HttpResponseBase):
            return verdict
        if not verdict:
            raise PermissionDenied("The access hook refused.")
        return self._send(request, name, verdict if isinstance(verdict, Grant) else Grant(), None)

    def _send(
        self, request: HttpRequest, name: str, grant: Grant, link: Pass | None
    ) -> HttpResponseBase:
        if not self._is_local:
            return self._redirect(name)
        local = self._uploads.table.locate(name)
        if local is None:
            raise Http404("There is no such upload.")
        headers = response_headers(
            self._uploads.table.policy,
            name,
            private=self._uploads.private and not grant.public,
            lifetime=link.lifetime if link else 0,
            filename=grant.filename,
            download=grant.download,
        )
        sender = self._config.media_sender
        entry = entry_of(local, headers)
        if entry is None:
            raise Http404("There is no such upload.")
        if sender == "python":
            asynchronous = isinstance(request, ASGIRequest)
            return answer(entry, request, _CACHE, asynchronous=asynchronous)
        if sender == "x-accel-redirect":
            relative = os.path.relpath(local, self._uploads.table.root).replace(os.sep, "/")
            place = ("X-Accel-Redirect", self._config.media_internal + quote(relative))
        else:
            place = ("X-Sendfile", local)
        return response_of(Reply(200, (*headers, place)), b"")

    def _redirect(self, name: str) -> HttpResponseBase:
        """To the storage, which signs its URLs itself."""
        response = HttpResponseRedirect(default_storage.url(name))
        response["Cache-Control"] = "no-cache, private" if self._uploads.private else "no-cache"
        return response


def _is_plain(name: str) -> bool:
    """Whether a name means the same to the hook and to any storage: those of buckets make
    ``papers/7.pdf`` of ``avatars/../papers/7.pdf``. What Lading keeps among the uploads is none.
    """
    parts = name.split("/")
    return (
        "\\" not in name
        and "\0" not in name
        and not any(part in ("", ".", "..") or part.startswith(".lading") for part in parts)
    )


def _everybody(request: HttpRequest, name: str) -> bool:
    return True


@lru_cache(maxsize=1)
def _sending() -> Sending:
    return Sending(conf.load())


def _forget(**_: Any) -> None:
    """Tests change settings."""
    _sending.cache_clear()


setting_changed.connect(_forget)
