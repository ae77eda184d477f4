"""System checks of the storage of static files: how it names them, and who can serve what it publishes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final

from django.apps import AppConfig
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage

from lading.django.names import MIDDLEWARE
from lading.django.options import OptionsError
from lading.django.storage import StaticStorage

Apps = Sequence[AppConfig] | None
Found = list[checks.CheckMessage]

_OURS: Final = "lading.django.storage.StaticStorage"
_HINT: Final = f"Set STORAGES['staticfiles']['BACKEND'] to {_OURS!r}; files get the same names."
_COMPRESSING: Final = ("whitenoise.", "servestatic.", "collectfasta.", "pipeline.")
"""How the modules begin whose storages work on all files once more at each run."""


def check_storage(app_configs: Apps, **_: Any) -> Found:
    """lading.E005: the storage cannot be made; lading.W012: the middleware cannot serve what it publishes;
    lading.W013: a subclass of Lading's storage names files in Django's way; lading.W014: another package's
    storage repeats Lading's work.
    """
    if "staticfiles" not in settings.STORAGES:
        return []  # staticfiles.E005
    try:
        kind: type[Any] = staticfiles_storage.__class__  # makes the storage
    except OptionsError:
        return []  # lading.E003
    except Exception as error:
        if isinstance(error, ImproperlyConfigured) and _is_told():
            return []
        return [
            checks.Error(
                f"The storage of static files cannot be made: {error}",
                hint=f"Mend STORAGES['staticfiles']; Lading's own is {_OURS!r}."
                if not isinstance(error, OSError)
                else "STATIC_ROOT must be a folder that the user who runs this may read.",
                id="lading.E005",
            )
        ]
    return [*_unservable(kind), *_in_djangos_way(kind), *_repeating(kind)]


def check_leftovers(app_configs: Apps, **_: Any) -> Found:
    """lading.W015: a setting that Django no longer reads."""
    found: Found = []
    for name, alias in (
        ("STATICFILES_STORAGE", "staticfiles"),
        ("DEFAULT_FILE_STORAGE", "default"),
    ):
        value: Any = getattr(settings, name, None)
        backend: Any = settings.STORAGES.get(alias, {}).get("BACKEND")
        if value and value != backend:
            found.append(
                checks.Warning(
                    f"{name} is {value!r}, and Django reads it no longer since 5.1: {backend!r} is used.",
                    hint=f"Move it to STORAGES[{alias!r}]['BACKEND'], and remove {name}.",
                    id="lading.W015",
                )
            )
    return found


def check_manifest(app_configs: Apps, **_: Any) -> Found:
    """lading.W022: there is no manifest, so that every page with a static file fails (``--deploy``)."""
    if settings.DEBUG or MIDDLEWARE in settings.MIDDLEWARE:
        return []  # lading.W003 tells it of the middleware
    try:
        storage: Any = staticfiles_storage
        if not isinstance(storage, ManifestFilesMixin) or not storage.manifest_strict:
            return []
        if isinstance(storage, StaticStorage) and storage.options.target:
            return []  # the bucket has it
        holder: Any = storage.manifest_storage
        place = os.path.join(holder.location, storage.manifest_name)
    except Exception:  # told elsewhere, or a storage that is no folder
        return []
    if not isinstance(holder, FileSystemStorage) or os.path.exists(place):
        return []
    return [
        checks.Warning(
            f"There is no manifest ({place}): every page with a static file is an error, a 500.",
            hint="Run collectstatic with these settings, where the site runs.",
            id="lading.W022",
        )
    ]


def _is_told() -> bool:
    """Whether another check says why Django refuses to make a storage: lading.W024 or lading.E004."""
    root: Any = settings.STATIC_ROOT
    return not root or root == settings.MEDIA_ROOT or settings.STATIC_URL == settings.MEDIA_URL


def _unservable(kind: type[Any]) -> Found:
    if MIDDLEWARE not in settings.MIDDLEWARE or settings.DEBUG:
        return []
    if not issubclass(kind, FileSystemStorage):
        told = "publishes elsewhere than in a folder of this machine"
    elif issubclass(kind, ManifestFilesMixin) and not issubclass(kind, StaticStorage):
        told = "writes a manifest that does not say what files there are"
    else:
        return []
    return [
        checks.Warning(
            f"The storage {_name(kind)} {told}, so LadingMiddleware serves nothing: every static path is a "
            "404 there.",
            hint=f"{_HINT} Or remove {MIDDLEWARE!r} if another server has the files.",
            id="lading.W012",
        )
    ]


def _in_djangos_way(kind: type[Any]) -> Found:
    if not issubclass(kind, StaticStorage):
        return []
    storage: Any = staticfiles_storage
    if storage.is_published_by_lading:
        return []
    return [
        checks.Warning(
            f"{_name(kind)} overrides how StaticStorage names or publishes files, so Django does it in its "
            "own way: slower, without Lading's references, variants and minification.",
            hint="Remove the override; OPTIONS has settings for most of what it may be for.",
            id="lading.W013",
        )
    ]


def _repeating(kind: type[Any]) -> Found:
    if not kind.__module__.startswith(_COMPRESSING):
        return []
    return [
        checks.Warning(
            f"The storage {_name(kind)} names or compresses all files anew at each collectstatic, whatever "
            "has changed.",
            hint=f"{_HINT} It compresses too. 'manage.py lading adopt' shows the whole way.",
            id="lading.W014",
        )
    ]


def _name(kind: type[Any]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
