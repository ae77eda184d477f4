"""What packages that make thumbnails keep among the uploads, where they are installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from django.apps import apps
from django.conf import settings

# The package, its setting for the folder, and the folder's default. Documented by each: sorl-thumbnail
# ("THUMBNAIL_PREFIX"), django-imagekit ("IMAGEKIT_CACHEFILE_DIR"), django-versatileimagefield
# ("sized_directory_name" and its two neighbours).
_CACHES = (
    ("sorl.thumbnail", "THUMBNAIL_PREFIX", "cache/"),
    ("imagekit", "IMAGEKIT_CACHEFILE_DIR", "CACHE/images"),
)
_VERSATILE = {
    "sized_directory_name": "__sized__",
    "filtered_directory_name": "__filtered__",
    "placeholder_directory_name": "__placeholder__",
}


def caches() -> list[str]:
    """Patterns of files that installed packages can make again at any time."""
    found = [
        f"{str(getattr(settings, setting, default)).strip('/')}/*"
        for app, setting, default in _CACHES
        if apps.is_installed(app)
    ]
    if apps.is_installed("versatileimagefield"):
        own = cast("dict[str, Any]", getattr(settings, "VERSATILEIMAGEFIELD_SETTINGS", {}))
        found.extend(f"{own.get(key, default)}/*" for key, default in _VERSATILE.items())
    return found


def thumbnail_names() -> Callable[[], Iterator[str]] | None:
    """The names in the table of ``easy-thumbnails``, which lie beside their originals."""
    if not apps.is_installed("easy_thumbnails"):
        return None
    model: Any = apps.get_model("easy_thumbnails", "Thumbnail")

    def names() -> Iterator[str]:
        yield from model.objects.values_list("name", flat=True).iterator(chunk_size=5000)

    return names
