"""HTML elements for static files, with URL, integrity and nonce, for templates of any engine."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

import django
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe

from lading.django import importmap
from lading.django.storage import StaticStorage
from lading.mediatypes import media_type

Attributes = Mapping[str, Any]
"""Further attributes by name: ``True`` for one without a value, ``None`` and ``False`` for none.
Underscores stand for dashes, and one at the end for nothing (``data_theme``, ``class_``)."""

# https://html.spec.whatwg.org/multipage/links.html#translate-a-preload-destination: what may be preloaded.
_DESTINATIONS = {"text/css": "style", "text/javascript": "script", "text/vtt": "track"}
_FONT_TYPES = ("font/", "application/vnd.ms-fontobject")
# Browsers request these in CORS mode, without credentials of other origins, wherever they come from
# (https://drafts.csswg.org/css-fonts/#font-fetching-requirements, https://fetch.spec.whatwg.org/#fetch-method).
_ALWAYS_CORS = ("font", "fetch")


class _Context(Protocol):
    def get(self, key: str, /) -> Any: ...


def integrity(path: str) -> str:
    """``sha256-…`` for an ``integrity`` attribute. Raises ``ValueError`` for an unknown path."""
    storage = _storage()
    return storage.integrity(path) if storage is not None else ""


def stylesheet(path: str, nonce: str, attributes: Attributes) -> SafeString:
    """``<link rel="stylesheet">``. Raises ``ValueError`` for an unknown path, as all of these."""
    return _void("link", {"rel": "stylesheet", "href": _url(path)}, path, nonce, attributes)


def script(path: str, nonce: str, attributes: Attributes) -> SafeString:
    """``<script src>``."""
    return _void("script", {"src": _url(path)}, path, nonce, attributes) + SafeString("</script>")


def module(path: str, nonce: str, attributes: Attributes) -> SafeString:
    """``<script type="module">``."""
    return script(path, nonce, {"type": "module", **attributes})


def preload(path: str, nonce: str, attributes: Attributes) -> SafeString:
    """``<link rel="preload">``, or ``modulepreload`` for ``.mjs`` files and where ``rel`` says so.

    Raises ``ValueError`` for audio and video, which browsers do not preload.
    """
    head: dict[str, Any] = {"rel": "preload", "href": _url(path)}
    if posixpath.splitext(path)[1] == ".mjs" or attributes.get("rel") == "modulepreload":
        head["rel"] = "modulepreload"
        return _void("link", head, path, nonce, attributes)
    kind = media_type(path).partition(";")[0]
    head["as"] = destination = str(attributes.get("as") or _destination(path, kind))
    if destination not in ("script", "style"):
        # No element says what these must hold, and none has a nonce.
        head["type"] = kind
        nonce, attributes = "", {"integrity": False, **attributes}
    if destination in _ALWAYS_CORS:
        head["crossorigin"] = "anonymous"
    return _void("link", head, path, nonce, attributes)


def import_map(patterns: tuple[str, ...], nonce: str) -> SafeString:
    """``<script type="importmap">``; see ``lading.django.importmap``."""
    storage = _storage()
    text = importmap.dumps(storage, patterns) if storage is not None else '{"imports": {}}'
    return format_html(
        "<script{}>{}</script>",
        _attributes({"type": "importmap", "nonce": nonce or None}),
        mark_safe(text),  # noqa: S308 - JSON that cannot end the element
    )


def nonce_in(context: _Context) -> str:
    """The nonce of the response's Content Security Policy, ``""`` if it has none: that of Django's context
    processor (6.0 and later), or of a middleware that the request in the context went through.
    """
    nonce = context.get("csp_nonce")
    if nonce is None:
        request = context.get("request")
        nonce = _middleware_nonce(request)
        if nonce is None:
            nonce = getattr(request, "csp_nonce", None)  # django-csp's
    return "" if nonce is None else str(nonce)


def _middleware_nonce(request: Any) -> Any:
    if django.VERSION < (6, 0):
        return None
    return import_string("django.middleware.csp.get_nonce")(request)


def _storage() -> StaticStorage | None:
    """The project's storage, if it is Lading's; any other knows no integrity."""
    storage: Any = staticfiles_storage
    return storage if isinstance(storage, StaticStorage) else None


def _url(path: str) -> str:
    return staticfiles_storage.url(path)


def _destination(path: str, kind: str) -> str:
    if kind.startswith(_FONT_TYPES):
        return "font"
    if kind.startswith("image/"):
        return "image"
    if kind.startswith(("audio/", "video/")):
        raise ValueError(
            f"{path!r} cannot be preloaded: browsers do so for scripts, style sheets, images, fonts and "
            'what scripts fetch. Give the media element preload="auto" instead.'
        )
    return _DESTINATIONS.get(kind, "fetch")


def _void(
    name: str, head: Mapping[str, Any], path: str, nonce: str, attributes: Attributes
) -> SafeString:
    """A start tag. ``attributes`` win over ``head``, and both over what is added here."""
    given = {_attribute_name(key): value for key, value in attributes.items()}
    all_attributes: dict[str, Any] = {**head, **given}
    all_attributes.setdefault("integrity", integrity(path) or None)
    if all_attributes["integrity"] and _has_host(str(head.get("href") or head.get("src"))):
        # Without CORS the browser may not look into the file to compare it (W3C SRI §3.2.2).
        all_attributes.setdefault("crossorigin", "anonymous")
    all_attributes.setdefault("nonce", nonce or None)
    return format_html("<{}{}>", name, _attributes(all_attributes))


def _has_host(url: str) -> bool:
    return bool(urlsplit(url).netloc)


def _attribute_name(key: str) -> str:
    return key.removesuffix("_").replace("_", "-")


def _attributes(attributes: Mapping[str, Any]) -> SafeString:
    return format_html_join(
        "",
        "{}",
        (
            (
                format_html(" {}", key)
                if value is True
                else format_html(' {}="{}"', key, _quoted(value)),
            )
            for key, value in attributes.items()
            if value is not None and value is not False
        ),
    )


def _quoted(value: Any) -> SafeString:
    """The value for an attribute in double quotes. What templates hold for safe may still have some."""
    return SafeString(conditional_escape(value).replace('"', "&quot;"))
