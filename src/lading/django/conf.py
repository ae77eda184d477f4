"""The settings dictionary ``LADING`` as a ``Config``, read anew at each use since tests override it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from django.conf import settings

from lading.config import Config, parse
from lading.errors import ConfigError

# The target of a Django project is its staticfiles storage, which has options of its own.
_FOREIGN_KEYS = {
    "target": "STATIC_ROOT, or 'target' in STORAGES['staticfiles']['OPTIONS']",
    "bucket": "it in STORAGES['staticfiles']['OPTIONS'], as 'bucket'",
    "static_url": "STATIC_URL",
    "media_url": "MEDIA_URL",
    "media_root": "MEDIA_ROOT",
    "names": "STORAGES['staticfiles']['BACKEND'] to 'lading.django.storage.StaticStorage' for hashed names",
    "manifest": "'manifest_name' in a subclass of 'lading.django.storage.StaticStorage'",
    **{
        key: f"it in STORAGES['staticfiles']['OPTIONS'], as {key!r}"
        for key in (
            "finished",
            "folders",
            "imports",
            "js_module",
            "minify",
            "missing",
            "module_imports",
            "originals",
        )
    },
}


def load() -> Config:
    """Raises ``ConfigError`` naming the key, as ``LADING['JOBS']``."""
    raw: Any = getattr(settings, "LADING", {})
    if not isinstance(raw, Mapping):
        raise ConfigError(
            f"The setting LADING must be a dictionary, not {raw!r}.",
            where="LADING",
            remedy="Write LADING = {…}, or leave it out.",
        )
    table = cast("Mapping[Any, Any]", raw)
    for key in table:
        if str(key).lower() in _FOREIGN_KEYS:
            raise ConfigError(
                f"In a Django project {key!r} is not set in LADING.",
                where=_place(str(key)),
                remedy=f"Set {_FOREIGN_KEYS[str(key).lower()]}.",
            )
    lowered = {str(key).lower(): value for key, value in table.items()}
    config = parse(lowered, _place, str.upper)
    # Django's own project template sets it.
    base = str(getattr(settings, "BASE_DIR", "") or ".")
    return replace(config, root=base)


def _place(key: str) -> str:
    return f"LADING[{key.upper()!r}]"
