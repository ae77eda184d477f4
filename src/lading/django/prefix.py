"""URL settings as paths inside the application."""

from __future__ import annotations

from django.conf import settings
from django.contrib.staticfiles import utils
from django.urls import get_script_prefix

from lading.serve.table import url_prefix


def static_prefix() -> str:
    """The path of ``STATIC_URL`` as requests show it, with slashes at both ends. Raises
    ``ImproperlyConfigured`` where it is not set: that would be the whole site.
    """
    utils.check_settings()
    return inner_prefix(settings.STATIC_URL)


def inner_prefix(url: str | None) -> str:
    """The path of a URL setting without the script's own prefix, which ``path_info`` does not show."""
    path = url_prefix(url or "")
    script = get_script_prefix()
    return path if script == "/" else "/" + path.removeprefix(script).lstrip("/")
