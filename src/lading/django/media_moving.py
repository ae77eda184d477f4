"""A storage for the time in which uploads move from one place to another: it writes to the new one, and reads
from whichever has the file. See "Move a live site" in ``docs/media-accounts.md``.
"""

from __future__ import annotations

from typing import Any, cast

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.utils.deconstruct import deconstructible
from django.utils.functional import cached_property

from lading.django.media_storages import is_folder, unwrapped


@deconstructible(path="lading.django.media_moving.MovingStorage")
class MovingStorage(Storage):
    """``new`` and ``old`` are aliases in ``STORAGES``. No name is given out that either of them has, so that
    what is copied later from the old one meets no other upload.
    """

    def __init__(self, new: str, old: str) -> None:
        self._aliases = new, old

    @cached_property
    def new(self) -> Storage:
        """Where uploads are written."""
        return storages[self._aliases[0]]

    @cached_property
    def old(self) -> Storage:
        """Where earlier uploads are, or some of them."""
        return storages[self._aliases[1]]

    def where(self, name: str) -> Storage:
        """The storage to read a file from: what both have is the same, so the one is asked that answers
        without a request.
        """
        near, far = (self.old, self.new) if is_folder(unwrapped(self.old)) else (self.new, self.old)
        return near if near.exists(name) else far

    def validate(self, file: Any, name: str) -> None:
        """What the new storage would refuse, if it says so before (``MediaStorage``)."""
        check = getattr(self.new, "validate", None)
        if check is not None:
            check(file, name)

    def get_valid_name(self, name: str) -> str:
        return self.new.get_valid_name(name)

    def generate_filename(self, filename: Any) -> str:
        return self.new.generate_filename(filename)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """A name that is free in both."""
        while True:
            found = self.new.get_available_name(name, max_length)
            if not self.old.exists(found):
                return found
            name = self.old.get_available_name(found, max_length)

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """As the new storage saves."""
        wished = name if name is not None else cast("str", content.name)
        free = self.get_available_name(wished, max_length)
        return self.new.save(free, content, max_length)

    def open(self, name: str, mode: str = "rb") -> File[Any]:
        """Open for reading where the file is, for writing in the new storage."""
        return (self.new if "r" not in mode else self.where(name)).open(name, mode)

    def delete(self, name: str) -> None:
        """Delete in both."""
        for storage in (self.old, self.new):
            if storage.exists(name):
                storage.delete(name)

    def exists(self, name: str) -> bool:
        return self.new.exists(name) or self.old.exists(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """What either has, sorted."""
        folders = set[str]()
        files = set[str]()
        for storage in (self.old, self.new):
            try:
                there = storage.listdir(path)
            except FileNotFoundError:
                continue
            folders.update(there[0])
            files.update(there[1])
        return sorted(folders), sorted(files)

    def path(self, name: str) -> str:
        return self.where(name).path(name)

    def url(self, name: str | None) -> str:
        return (self.where(name) if name else self.new).url(name)

    def size(self, name: str) -> int:
        return self.where(name).size(name)

    def get_accessed_time(self, name: str) -> Any:
        return self.where(name).get_accessed_time(name)

    def get_created_time(self, name: str) -> Any:
        return self.where(name).get_created_time(name)

    def get_modified_time(self, name: str) -> Any:
        return self.where(name).get_modified_time(name)
