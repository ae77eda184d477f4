"""URL settings as paths inside the application, which may itself be mounted below a path of a site."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import utils
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import FileSystemStorage
from django.core.signals import request_started
from django.urls import get_script_prefix, set_script_prefix
from django.utils.functional import empty

from lading.serve.table import url_prefix

_URLS: Final = ("STATIC_URL", "MEDIA_URL")


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


@contextmanager
def before_requests() -> Generator[None]:
    """For reading the URL settings while the application is loaded, without settling them.

    Django puts the path that the site is mounted below (``SCRIPT_NAME``) before relative ones, as it is when
    they are first read, and keeps them (``LazySettings.__getattr__``). Without ``FORCE_SCRIPT_NAME`` it is
    known with the first request only, so that they are read again then.
    """
    outer, known = get_script_prefix(), vars(settings).keys() & set(_URLS)
    if forced := settings.FORCE_SCRIPT_NAME:
        set_script_prefix(forced)
    try:
        yield
    finally:
        set_script_prefix(outer)
        if not forced:
            told: Any = vars(settings).get("STATIC_URL")
            for name in set(_URLS) - known:
                vars(settings).pop(name, None)
            receiver = partial(_settle, told)
            request_started.connect(receiver, weak=False, dispatch_uid=_settle)


def _settle(told: str | None, **_: Any) -> None:
    """With the first request: the storage has kept ``STATIC_URL`` as it was before."""
    request_started.disconnect(dispatch_uid=_settle)
    lazy: Any = staticfiles_storage
    if lazy._wrapped is empty or not isinstance(lazy, FileSystemStorage):  # noqa: SLF001
        return
    if lazy.base_url == told != settings.STATIC_URL:
        lazy.base_url = settings.STATIC_URL
