"""System checks of how uploads are stored and who may read them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.files.storage import storages
from django.utils.module_loading import import_string

from lading.django import conf
from lading.django.names import MIDDLEWARE
from lading.django.options import OptionsError
from lading.errors import ConfigError

_STORAGE = "lading.django.storage.MediaStorage"


def check_access(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    """lading.E006: the access hook cannot be imported; lading.W027: nothing asks it."""
    try:
        access = conf.load().media_access
    except ConfigError:
        return []  # reported as an error already
    if not access:
        return []
    try:
        hook: Any = import_string(access)
    except ImportError as error:
        return [
            _error(f"LADING['MEDIA_ACCESS'] cannot be imported, so no upload is served: {error}.")
        ]
    if not callable(hook):
        return [_error(f"LADING['MEDIA_ACCESS'] is {hook!r}, which cannot be asked.")]
    if MIDDLEWARE in settings.MIDDLEWARE or _has_the_view():
        return []
    return [
        checks.Warning(
            "LADING['MEDIA_ACCESS'] is set, and nothing asks it: neither the middleware nor the view of "
            "private uploads is in use.",
            hint=f"Put {MIDDLEWARE!r} into MIDDLEWARE, or lading.django.media_view.serve into the URLs.",
            id="lading.W027",
        )
    ]


def check_media_storages(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    """lading.E003: an option of ``MediaStorage`` is unknown or has a value that is not allowed."""
    found: list[checks.CheckMessage] = []
    for alias, described in settings.STORAGES.items():
        if described.get("BACKEND") != _STORAGE:
            continue
        try:
            storages.create_storage(described)
        except OptionsError as error:
            told = f"STORAGES[{alias!r}]: {error.where}: {error.what}"
            found.append(checks.Error(told, hint=error.remedy, id="lading.E003"))
    return found


def _error(told: str) -> checks.CheckMessage:
    hint = "Give the dotted path of a function that takes a request and a name."
    return checks.Error(told, hint=hint, id="lading.E006")


def _has_the_view() -> bool:
    from django.urls import get_resolver

    from lading.django import media_view

    if not settings.ROOT_URLCONF:
        return False
    views = {media_view.serve, media_view.serve_async}
    return any(_uses(pattern, views) for pattern in get_resolver().url_patterns)


def _uses(pattern: Any, views: set[Any]) -> bool:
    if hasattr(pattern, "url_patterns"):
        return any(_uses(one, views) for one in pattern.url_patterns)
    return pattern.callback in views
