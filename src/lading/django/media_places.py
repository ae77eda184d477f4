"""Which storages are one place: two that share a folder or bucket, or of which one lies in the other."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import Storage, storages

from lading.django.media_storages import is_folder, is_s3, store_of, unwrapped
from lading.errors import ConfigError
from lading.media.stores import Store


@dataclass(frozen=True, slots=True)
class Location:
    """Where a storage keeps its files: below ``path`` (``""`` or ending with a slash) of ``container``."""

    container: tuple[str, ...]
    path: str


@dataclass(frozen=True, slots=True)
class Place:
    """A store, and where its names begin in a container."""

    store: Store
    location: Location


class Places:
    """The stores of some storages, the outermost of each place; the others are prefixes in them."""

    def __init__(self, storages: Iterable[Storage]) -> None:
        self.places: list[Place] = []
        self._found: dict[int, tuple[Storage, tuple[int, str] | None]] = {}
        found = {_key(storage): unwrapped(storage) for storage in storages}
        for location in sorted(found, key=lambda key: (key.container, len(key.path), key.path)):
            if self._outer(location) is None:
                self.places.append(Place(store_of(found[location]), location))

    @property
    def stores(self) -> list[Store]:
        return [place.store for place in self.places]

    def find(self, storage: Storage) -> tuple[int, str] | None:
        """The index of the store that has the storage's files, and the prefix of their names in it."""
        if id(storage) not in self._found:
            # It is kept with what was found, so that its id stays its own.
            self._found[id(storage)] = (storage, self._find(_key(storage)))
        return self._found[id(storage)][1]

    def _find(self, location: Location) -> tuple[int, str] | None:
        if (index := self._outer(location)) is None:
            return None
        return index, location.path[len(self.places[index].location.path) :]

    def _outer(self, location: Location) -> int | None:
        for index, place in enumerate(self.places):
            outer = place.location
            if outer.container == location.container and location.path.startswith(outer.path):
                return index
        return None


def _key(storage: Any) -> Location:
    storage = unwrapped(storage)
    if is_folder(storage):
        return Location(("folder",), os.path.join(os.path.realpath(storage.location), ""))
    if is_s3(storage):
        path = storage.location.strip("/")
        container = ("s3", str(storage.endpoint_url or ""), storage.bucket_name)
        return Location(container, f"{path}/" if path else "")
    # Storages made with the same arguments are the same place.
    made = getattr(storage, "_constructor_args", None)
    kind = f"{type(storage).__module__}.{type(storage).__qualname__}"
    return Location((kind, repr(made) if made is not None else str(id(storage))), "")


def storage_named(alias: str, where: str) -> Storage:
    """The storage of an alias in ``STORAGES``. Raises ``ConfigError``, which names ``where`` it stood."""
    try:
        return storages[alias]
    except Exception as error:
        raise ConfigError(
            f"There is no storage {alias!r}: {error}",
            where=where,
            remedy=f"Name one of: {', '.join(sorted(storages.backends))}.",
        ) from error
