"""The two sides of a transfer: a folder, or a place in an object store."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from lading.errors import MediaError
from lading.media.digests import Digests
from lading.media.folder import FolderStore
from lading.media.stores import Stored, reason
from lading.mediatypes import media_type
from lading.objectstore.client import ObjectStore, open_store
from lading.objectstore.faults import conflict
from lading.objectstore.options import StoreOptions, is_store_url

_CHUNK = 1 << 20

Headers = Mapping[str, str]
Chunks = Callable[[], Iterator[bytes]]
"""Gives a content from its beginning, each time."""


@dataclass(frozen=True, slots=True)
class Content:
    """``size`` in bytes, as the side says without reading it; ``etag`` of a store, else ``""``; ``version``
    is another text for another content.
    """

    size: int
    version: str
    etag: str


class Side(Protocol):
    """A name that is not there is a ``FileNotFoundError``. All methods raise ``MediaError`` or
    ``StoreError`` for what else fails, and may be called from many threads.
    """

    @property
    def label(self) -> str: ...

    @property
    def is_local(self) -> bool:
        """Whether reading costs no traffic."""
        ...

    def is_there(self) -> bool:
        """False for a folder that does not exist."""
        ...

    def files(self) -> Iterator[Stored]: ...

    def about(self, name: str) -> Content: ...

    def headers(self, name: str) -> Headers:
        """What a store should be told about the content."""
        ...

    def read(self, name: str) -> Iterator[bytes]: ...

    def write(
        self, name: str, chunks: Chunks, size: int, headers: Headers, *, only_new: bool
    ) -> None:
        """Write the file as a whole, or not at all. ``only_new``: a file that is there is left alone, and
        ``ConflictError`` raised.
        """
        ...

    def problem(self, name: str) -> str:
        """Why there can be no file of this name here, ``""`` if there can."""
        ...


class FolderSide:
    """Files below a folder. What is written lies under a hidden name until it is whole."""

    is_local = True

    def __init__(self, root: str) -> None:
        self.store = FolderStore(root)
        mask = os.umask(0o022)  # it can only be read by setting it, which is for the whole process
        os.umask(mask)
        self._mode = 0o666 & ~mask

    @property
    def label(self) -> str:
        return self.store.root

    def is_there(self) -> bool:
        return os.path.isdir(self.store.root)

    def files(self) -> Iterator[Stored]:
        return self.store.files()

    def about(self, name: str) -> Content:
        found = self.store.stat([name]).get(name)
        if found is None:
            raise FileNotFoundError(name)
        return Content(found.size or 0, found.version, "")

    def headers(self, name: str) -> Headers:
        return {"Content-Type": media_type(name)}

    def read(self, name: str) -> Iterator[bytes]:
        with self._told(name), open(self._path(name), "rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def write(
        self, name: str, chunks: Chunks, size: int, headers: Headers, *, only_new: bool
    ) -> None:
        path = self._path(name)
        with self._told(name):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(
                ".part", ".lading-sync-", os.path.dirname(path)
            )
            try:
                with open(descriptor, "wb") as file:
                    file.writelines(chunks())
                    file.flush()
                    os.fsync(file.fileno())
                os.chmod(temporary, self._mode)
                self._publish(temporary, path, only_new=only_new)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
                raise

    @staticmethod
    def _publish(temporary: str, path: str, *, only_new: bool) -> None:
        if not only_new:
            os.replace(temporary, path)
            return
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise conflict(os.path.basename(path), os.path.dirname(path)) from None
        except OSError:  # a file system without links
            if os.path.lexists(path):
                raise conflict(os.path.basename(path), os.path.dirname(path)) from None
            os.rename(temporary, path)
        else:
            os.unlink(temporary)

    def problem(self, name: str) -> str:
        if self.store.canonical(name) != name:
            return "it would lie outside of the folder, or under another name"
        if any(len(os.fsencode(part)) > 255 for part in name.split("/")):
            return "a part of it is longer than 255 bytes"
        if "\0" in name:
            return "it holds a null character"
        return ""

    def _path(self, name: str) -> str:
        return os.path.join(self.store.root, name)

    @contextlib.contextmanager
    def _told(self, name: str) -> Generator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            raise MediaError(
                f"The file cannot be copied: {reason(error)}.",
                where=self._path(name),
                remedy="Mend the cause and run again; what is copied already is not copied again.",
            ) from error


class StoreSide:
    """Objects below a prefix."""

    is_local = False

    def __init__(self, store: ObjectStore) -> None:
        self.store = store

    @property
    def label(self) -> str:
        return self.store.url

    def is_there(self) -> bool:
        return True  # listing it tells

    def files(self) -> Iterator[Stored]:
        for item in self.store.listing():
            yield Stored(item.path, item.size, item.modified, item.etag)

    def about(self, name: str) -> Content:
        found = self.store.head(name)
        if found is None:
            raise FileNotFoundError(name)
        return Content(found.size, f"{found.etag}-{found.size}-{found.modified}", found.etag)

    def headers(self, name: str) -> Headers:
        return self.store.receive(name).headers

    def read(self, name: str) -> Iterator[bytes]:
        yield from self.store.receive(name, _CHUNK).chunks

    def write(
        self, name: str, chunks: Chunks, size: int, headers: Headers, *, only_new: bool
    ) -> None:
        self.store.send(name, chunks, size, headers, only_new=only_new)

    def problem(self, name: str) -> str:
        return self.store.name_problem(name)


def open_side(place: str, options: StoreOptions) -> Side:
    """The side at a folder's path or a store's URL. Raises ``ConfigError``."""
    if is_store_url(place):
        return StoreSide(open_store(place, options))
    return FolderSide(os.path.expanduser(place))


def holds(side: Side, name: str, digests: Digests) -> bool:
    """Whether the file there has the content that was digested: by its ETag if that can tell, else by
    reading it.
    """
    about = side.about(name)
    if about.size != digests.size:
        return False
    if digests.proves(about.etag):
        return True
    read = Digests()
    for chunk in side.read(name):
        read.add(chunk)
    return read.sha256 == digests.sha256
