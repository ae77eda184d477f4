"""What packages that make thumbnails keep among the uploads, where they are installed."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib import import_module
from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.core.files.storage import Storage

from lading.django.media_fields import Holder, Table, databases, mentioning

# The package, its setting for the folder, and the folder's default. Documented by each: sorl-thumbnail
# ("THUMBNAIL_PREFIX"), django-imagekit ("IMAGEKIT_CACHEFILE_DIR"), django-versatileimagefield
# ("sized_directory_name" and its two neighbours). django-avatar puts sizes into folders beside the avatar
# ("AVATAR_STORAGE_DIR"); django-photologue has a picture for each effect, and a tag for programs that make
# backups ("PHOTOLOGUE_DIR").
_CACHES = (
    ("sorl.thumbnail", "THUMBNAIL_PREFIX", "cache/"),
    ("imagekit", "IMAGEKIT_CACHEFILE_DIR", "CACHE/images"),
)
_VERSATILE = {
    "sized_directory_name": "__sized__",
    "filtered_directory_name": "__filtered__",
    "placeholder_directory_name": "__placeholder__",
}
_ENDLESS = 1 << 20  # pixels


def caches() -> list[str]:
    """Patterns of files that installed packages can make again at any time."""
    found = [
        f"{str(getattr(settings, setting, default)).strip('/')}/*"
        for app, setting, default in _CACHES
        if apps.is_installed(app)
    ]
    if apps.is_installed("versatileimagefield"):
        own = cast("dict[str, Any]", getattr(settings, "VERSATILEIMAGEFIELD_SETTINGS", {}))
        for key, default in _VERSATILE.items():
            folder = str(own.get(key, default)).strip("/")
            found += [f"{folder}/*", f"*/{folder}/*"]  # at the top, or beside the image
    if apps.is_installed("avatar"):
        found.append(_below("AVATAR_STORAGE_DIR", "avatars", "*/resized/*"))
    if apps.is_installed("photologue"):
        for inner in ("samples/*", "photos/cache/CACHEDIR.TAG"):
            found.append(_below("PHOTOLOGUE_DIR", "photologue", inner))
    return found


def _below(setting: str, default: str, pattern: str) -> str:
    """A pattern below the folder that a setting names."""
    return f"{str(getattr(settings, setting, default)).strip('/')}/{pattern}".lstrip("/")


def thumbnails(
    columns: Iterable[Holder], among: Sequence[str] = ()
) -> Iterator[tuple[Storage, str]]:
    """The names in the tables of ``easy-thumbnails``. These do not tell the storage, so each is told for all
    that may have it: those of the columns, and those that their fields and the settings give to thumbnails.
    Names that are not ``among`` some may be left out.
    """
    if not apps.is_installed("easy_thumbnails"):
        return
    model: Any = apps.get_model("easy_thumbnails", "Thumbnail")
    default: Any = import_module("easy_thumbnails.storage").thumbnail_default_storage
    found: dict[int, Any] = {id(default): default}
    for column in columns:
        field: Any = column.model._meta.get_field(column.field)
        own: dict[str, Any] = getattr(field, "thumbnail_storages", None) or {}  # django-filer's
        for storage in (column.storage, getattr(field, "thumbnail_storage", None), *own.values()):
            if storage is not None:
                found[id(storage)] = storage
    for alias in databases(model):
        table = Table(model, alias, ())
        for _, name in table.pages(table.rows().filter(mentioning("name", among)), "name"):
            for storage in found.values():
                yield storage, name


def smaller_ones(column: Holder) -> Callable[[str], Iterable[str]] | None:
    """What gives the names of the smaller images that lie beside an image of a field, for those of
    ``django-pictures``, ``django-stdimage`` and ``django-photologue``; ``None`` for other fields.
    """
    field: Any = column.model._meta.get_field(column.field)
    kind: Any = getattr(field, "attr_class", None)
    if named := getattr(kind, "get_variation_name", None):
        return lambda name: [named(name, variation) for variation in field.variations]
    if pictures := getattr(kind, "get_picture_files", None):
        # Which there are depends on the image's size; of one without end there would be all.
        size: Any = {"img_width": _ENDLESS, "img_height": _ENDLESS}

        def names(name: str) -> Iterator[str]:
            made = pictures(file_name=name, storage=column.storage, field=field, **size)
            for types in made.values():
                for widths in types.values():
                    yield from (picture.name for picture in widths.values())

        return names
    if apps.is_installed("photologue") and column.field == "image":
        photologue: Any = import_module("photologue.models")
        if issubclass(column.model, photologue.ImageModel):
            return partial(
                _photo_sizes, [*photologue.PhotoSize.objects.values_list("name", flat=True)]
            )
    return None


def _photo_sizes(sizes: Iterable[str], name: str) -> Iterator[str]:
    """The names of a photo's sizes, as ``photologue.models.ImageModel`` makes them."""
    folder, file = posixpath.split(name)
    root, ending = posixpath.splitext(file)
    for size in sizes:
        yield posixpath.join(folder, "cache", f"{root}_{size}{ending}")
