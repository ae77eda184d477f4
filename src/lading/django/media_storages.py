"""Django's storages as stores of media files: folders, buckets through ``django-storages``, and any other."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from django.core.files.storage import FileSystemStorage, Storage
from django.utils.functional import LazyObject, cached_property

from lading.errors import MediaError
from lading.media.folder import FolderStore
from lading.media.stores import CHANGED, TAKEN, Store, Stored

_THREADS = 8  # boto3 keeps ten connections

T = TypeVar("T")


def unwrapped(storage: Any) -> Any:
    """The storage itself, where Django has put a lazy one before it."""
    found = storage
    while isinstance(found, LazyObject):
        lazy = cast("Any", found)
        bool(lazy.__class__)  # makes it
        found = lazy.__dict__["_wrapped"]
    return found


def is_folder(storage: Any) -> bool:
    """True if the files lie below ``storage.location`` under their names."""
    return isinstance(storage, FileSystemStorage) and type(storage).path is FileSystemStorage.path


def is_s3(storage: Any) -> bool:
    """True for the S3 storage of django-storages, and classes made of it."""
    module = sys.modules.get("storages.backends.s3")  # nothing is one before that is loaded
    return module is not None and isinstance(storage, module.S3Storage)


def store_of(storage: Storage) -> Store:
    """The store that holds a storage's files."""
    if is_folder(storage):
        return FolderStore(str(cast("FileSystemStorage", storage).location))
    if is_s3(storage):
        return BucketStore(storage)
    return ForeignStore(storage)


# What storages without links and folders have in common.


def _held() -> Iterator[str]:
    return iter(())


def _canonical(name: str) -> str | None:
    """As the storages of django-storages clean names."""
    clean = posixpath.normpath(name.replace("\\", "/")).lstrip("/")
    return None if clean == ".." or clean.startswith("../") else clean


def _tidy(prefix: str) -> None: ...


class ForeignStore:
    """Any storage, through Django's own methods: a listing for each folder, and one request or two for each
    file that is asked about.
    """

    held = staticmethod(_held)
    canonical = staticmethod(_canonical)
    tidy = staticmethod(_tidy)

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @property
    def label(self) -> str:
        kind = type(self._storage)
        return f"{kind.__module__}.{kind.__qualname__}"

    def files(self, prefix: str = "", *, names_only: bool = False) -> Iterator[Stored]:
        pending = [prefix.rstrip("/")]
        while pending:
            folder = pending.pop()
            folders, files = self._listed(folder)
            base = f"{folder}/" if folder else ""
            pending.extend(base + name for name in folders if name)
            yield from (Stored(base + name) for name in files if name)

    def _listed(self, folder: str) -> tuple[list[str], list[str]]:
        try:
            return self._storage.listdir(folder)
        except FileNotFoundError:
            return [], []
        except NotImplementedError as error:
            raise MediaError(
                "The storage cannot list its files, so orphans cannot be told.",
                where=self.label,
                remedy="Leave it out with --storage, which names those to look at.",
            ) from error
        except Exception as error:
            raise _failed("list", self.label, error) from error

    def stat(self, names: Sequence[str]) -> dict[str, Stored]:
        try:
            found = [self._stat(name) for name in names]
        except Exception as error:
            raise _failed("read", self.label, error) from error
        return {file.name: file for file in found if file is not None}

    def _stat(self, name: str) -> Stored | None:
        if not self._storage.exists(name):
            return None
        try:
            size = self._storage.size(name)
            modified = self._storage.get_modified_time(name).timestamp()
        except FileNotFoundError:
            return None
        except NotImplementedError:
            return Stored(name)  # of unknown age: never moved
        return Stored(name, size, modified, f"{size}-{modified}")

    def copy(self, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
        return {new: why for name, new in pairs if (why := self._copy(name, new))}

    def _copy(self, name: str, new: str) -> str:
        try:
            if self._storage.exists(new):
                return TAKEN
            with self._storage.open(name) as file:
                saved = self._storage.save(new, file)
            if saved != new:
                self._storage.delete(saved)
                return f"the storage would call it {saved!r}"
        except Exception as error:
            return _told(error)
        return ""

    def remove(self, versions: Mapping[str, str]) -> dict[str, str]:
        return {
            name: why for name, version in versions.items() if (why := self._gone(name, version))
        }

    def _gone(self, name: str, version: str) -> str:
        try:
            now = self._stat(name)
            if version and now is not None and now.version != version:
                return CHANGED
            if now is not None:
                self._storage.delete(name)
        except Exception as error:
            return _told(error)
        return ""


class BucketStore:
    """A bucket that ``storages.backends.s3.S3Storage`` writes to, through that storage's own client: flat
    listings of 1,000 objects a request, copies inside of the bucket, 1,000 deletions a request.
    """

    held = staticmethod(_held)
    canonical = staticmethod(_canonical)
    tidy = staticmethod(_tidy)

    def __init__(self, storage: Any) -> None:
        self._storage = storage
        self._bucket: str = storage.bucket_name
        location: str = storage.location.strip("/")
        self._start = f"{location}/" if location else ""

    @property
    def label(self) -> str:
        return f"s3://{self._bucket}/{self._start}"

    @cached_property
    def _client(self) -> Any:
        """One for all threads, which may share it; the storage makes each thread a session of its own."""
        return self._storage.connection.meta.client

    def files(self, prefix: str = "", *, names_only: bool = False) -> Iterator[Stored]:
        start = self._start + prefix
        pages = self._client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=start):
                for item in page.get("Contents", ()):
                    name = item["Key"][len(self._start) :]
                    if name and not name.endswith("/"):  # a folder, as consoles make them
                        yield Stored(name, item["Size"], item["LastModified"].timestamp())
        except Exception as error:
            raise _failed("list", self.label, error) from error

    def stat(self, names: Sequence[str]) -> dict[str, Stored]:
        try:
            found = self._each(self._head, names)
        except Exception as error:
            raise _failed("read", self.label, error) from error
        return {file.name: file for file in found if file is not None}

    def _head(self, name: str) -> Stored | None:
        try:
            head = self._client.head_object(Bucket=self._bucket, Key=self._start + name)
        except Exception as error:
            response: Any = getattr(error, "response", {})
            if response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                return None
            raise
        modified = head["LastModified"].timestamp()
        return Stored(name, head["ContentLength"], modified, f"{head['ETag']}-{modified}")

    def copy(self, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
        reasons = self._each(lambda pair: self._copy(*pair), pairs)
        return {new: why for (_, new), why in zip(pairs, reasons, strict=True) if why}

    def _copy(self, name: str, new: str) -> str:
        """With the content's headers, and with the storage's access rights unless it goes to the trash."""
        is_public = self._storage.default_acl and not new.startswith(".")
        extra = {"ACL": self._storage.default_acl} if is_public else {}
        source = {"Bucket": self._bucket, "Key": self._start + name}
        try:
            if self._head(new) is not None:
                return TAKEN
            self._client.copy(source, self._bucket, self._start + new, ExtraArgs=extra)
        except Exception as error:
            return _told(error)
        return ""

    def remove(self, versions: Mapping[str, str]) -> dict[str, str]:
        checked = [name for name, version in versions.items() if version]
        now = self.stat(checked)
        failed = {
            name: CHANGED for name in checked if name in now and now[name].version != versions[name]
        }
        names = [name for name in versions if name not in failed]
        for start in range(0, len(names), 1000):
            keys = [{"Key": self._start + name} for name in names[start : start + 1000]]
            try:
                answer = self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True}
                )
            except Exception as error:
                raise _failed("delete", self.label, error) from error
            for item in answer.get("Errors", ()):
                failed[item["Key"][len(self._start) :]] = item.get("Message") or item["Code"]
        return failed

    def _each(self, work: Callable[[Any], T], items: Sequence[Any]) -> list[T]:
        bool(self._client)  # made here, and not by each thread anew
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="lading-media") as pool:
            return list(pool.map(work, items))


def _failed(action: str, where: str, error: Exception) -> MediaError:
    return MediaError(
        f"The storage cannot {action}: {_told(error)}. Nothing more was decided.",
        where=where,
        remedy="Mend the storage's settings, rights or connection, and run again.",
    )


def _told(error: Exception) -> str:
    return (str(error).strip().rstrip(".") or type(error).__name__).splitlines()[0]
