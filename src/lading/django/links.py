"""Signed links to private uploads: ``signed_url(invoice.pdf.url)``."""

from __future__ import annotations

import time
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.encoding import force_bytes

from lading.django import conf
from lading.media import links
from lading.media.links import Pass
from lading.serve.table import url_prefix

_SALT = b"lading.django.links:"


def signed_url(address: str, *, filename: str = "", window: int | None = None) -> str:
    """The address of an upload with a signature: whoever has it may read the upload until it expires.

    All links of one ``window`` (seconds; default: ``LADING["MEDIA_LINK_AGE"]``) are the same, so that caches
    work; they are valid for one to two windows. ``filename``: what browsers shall save it as.
    """
    query = links.sign(
        _name(address),
        _keys()[0],
        window=conf.load().media_link_age if window is None else window,
        now=time.time(),
        filename=filename,
    )
    return f"{address}{'&' if urlsplit(address).query else '?'}{query}"


def allowed(name: str, query: str) -> Pass | None:
    """What a request's query allows for an upload, by its name below ``MEDIA_URL``."""
    return links.verify(name, query, _keys(), now=time.time())


def _name(address: str) -> str:
    return unquote(urlsplit(address).path).removeprefix(url_prefix(settings.MEDIA_URL or ""))


def _keys() -> list[bytes]:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_SALT + force_bytes(secret) for secret in secrets]
