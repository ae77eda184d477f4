"""An object store by the library ``obstore``: the one module that imports it (extra ``bucket``).

Paths are relative to the store's prefix. Every method may be called from many threads at once.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from lading.errors import ConfigError, ConflictError, MissingExtraError, StoreError
from lading.objectstore import feeding, forking
from lading.objectstore import names as objectnames
from lading.objectstore.faults import Action, code_of, conflict, is_passing, translate
from lading.objectstore.objects import Fetched, Received, Stored
from lading.objectstore.options import StoreOptions, provider_settings, scheme_of

if TYPE_CHECKING:
    from obstore.store import ObjectStore as _Store

LARGE: Final = 32 << 20
"""From this size in bytes on, a file is sent in parts, unless under a condition: then it is read whole."""

PART: Final = 8 << 20
"""Bytes of each part but the last in which ``send`` writes what is longer than one. An ETag of S3 is made of
the parts' MD5 digests, so a known size lets a sender tell what it must be.
"""

_PAGE: Final = 1000  # S3's own limit for a page of a listing and a batch of deletions
_INNER_RETRIES: Final = 2

# Google's store unpacks what has Content-Encoding: gzip, unless the client says that it can do so itself.
_AS_STORED: Final[dict[str, Any]] = {"gs": {"default_headers": {"accept-encoding": "gzip"}}}

T = TypeVar("T")


@dataclass(slots=True)
class ObjectStore:
    """``url`` and ``options`` are what the store was opened with, ``retries`` how often a request that
    failed for a passing reason is sent again. ``sleep`` waits between attempts, for a number of seconds.
    """

    store: _Store
    url: str
    scheme: str
    retries: int = 6
    options: StoreOptions = field(default_factory=StoreOptions, repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def listing(self, prefix: str = "") -> Iterator[Stored]:
        """All objects below ``prefix`` (whole folder names), a page of 1,000 for each request.

        Raises ``StoreError``.
        """
        import obstore

        forking.note_use(self.url)
        offset: str | None = None
        failures = 0
        while True:
            try:
                pages = cast("Any", obstore).list(
                    self.store, prefix or None, offset=offset, chunk_size=_PAGE
                )
                for page in pages:
                    for item in page:
                        offset = item["path"]
                        yield _stored(item)
                return
            except Exception as error:
                failures += 1  # what was listed already is not asked for again
                if failures > self.retries or not is_passing(str(error)):
                    raise self._translated(error, "list", prefix) from None
                self._wait(failures)

    def get(self, path: str, *, unless: str = "") -> Fetched | None:
        """An object's content, ``None`` if its ETag is ``unless`` (RFC 9110 §13.1.2).

        Raises ``FileNotFoundError`` if there is none, and ``StoreError``.
        """
        if forking.is_cut_off():
            return forking.get(self.url, self.options, path, unless)
        import obstore
        from obstore.exceptions import NotModifiedError

        def attempt() -> Fetched | None:
            try:
                result = obstore.get(
                    self.store, path, options={"if_none_match": unless} if unless else None
                )
                data = bytes(result.bytes())
            except NotModifiedError:
                return None
            size, etag = result.meta["size"], result.meta["e_tag"] or ""
            if len(data) != size:
                raise ConnectionError(f"HTTP error: {len(data)} of {size} bytes")
            return Fetched(data, etag, dict(result.attributes))

        return self._retried(attempt, "read", path)

    def head(self, path: str) -> Stored | None:
        """An object without its content, ``None`` if there is none. Raises ``StoreError``."""
        import obstore

        try:
            return self._retried(lambda: _stored(obstore.head(self.store, path)), "read", path)
        except FileNotFoundError:
            return None

    def put(
        self,
        path: str,
        data: bytes | str,
        headers: Mapping[str, str],
        *,
        only_new: bool = False,
        only_if: str = "",
    ) -> str:
        """Write an object whole; its ETag. ``data`` is the content, or the path of a local file with it.

        ``headers``: ``Content-Type``, ``Content-Encoding``, ``Content-Disposition``, ``Content-Language``,
        ``Cache-Control``; other names become user metadata. ``only_new``: if nothing is there
        (``If-None-Match: *``); ``only_if``: if what is there has this ETag (``If-Match``). A conditional
        write that meets what it was to write, such as its own first attempt whose answer got lost, has
        succeeded.

        Raises ``ConflictError`` when the condition does not hold, ``OSError`` for a file that cannot be
        read, and ``StoreError``.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        attributes = dict(headers) if self.scheme != "file" else None  # files have no headers
        content, is_large = _content(data, whole=only_new or bool(only_if))

        def attempt() -> str:
            try:
                mode: Any = "create" if only_new else "overwrite"
                result = obstore.put(
                    self.store,
                    path,
                    content,
                    attributes=attributes,
                    mode=self._version(path, only_if) if only_if else mode,
                    use_multipart=is_large,
                )
            except (AlreadyExistsError, PreconditionError):
                etag = self._etag_if_same(path, content)
                if etag is None:
                    raise conflict(path, self.url) from None
                return etag
            except FileNotFoundError as error:
                if not only_if or code_of(str(error)) == "NoSuchBucket":
                    raise
                raise conflict(path, self.url) from None  # S3: what was to be replaced is gone
            return result["e_tag"] or ""

        return self._retried(attempt, "write", path)

    def send(
        self,
        path: str,
        chunks: Callable[[], Iterator[bytes]],
        size: int,
        headers: Mapping[str, str],
        *,
        only_new: bool = False,
    ) -> str:
        """Write an object of ``size`` bytes out of chunks, which are asked for anew for each attempt; its
        ETag. Holds a few parts in memory at most. ``only_new``: if nothing is there, which the store decides
        for what is no longer than a part; else it is looked at before.

        Raises ``ConflictError`` when something is there, ``StoreError``, and what reading the chunks raises.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError

        attributes = dict(headers) if self.scheme != "file" else None
        is_large = size > PART

        def attempt() -> str:
            if only_new and is_large and self.head(path) is not None:
                raise conflict(path, self.url)
            with feeding.fed(chunks) if is_large else nullcontext() as fed:
                try:
                    result = obstore.put(
                        self.store,
                        path,
                        b"".join(chunks()) if fed is None else fed,
                        attributes=attributes,
                        mode="create" if only_new and not is_large else "overwrite",
                        use_multipart=is_large,
                        chunk_size=PART,
                        max_concurrency=2,
                    )
                except AlreadyExistsError:
                    raise conflict(path, self.url) from None
            return result["e_tag"] or ""

        return self._retried(attempt, "write", path)

    def receive(self, path: str, chunk: int = 1 << 20) -> Received:
        """An object, in chunks of at least ``chunk`` bytes. Raises ``FileNotFoundError`` if there is none,
        and ``StoreError``.
        """
        import obstore

        result = self._retried(lambda: obstore.get(self.store, path), "read", path)
        size = result.meta["size"]

        def chunks() -> Iterator[bytes]:
            seen = 0
            try:
                for piece in result.stream(min_chunk_size=chunk):
                    seen += len(piece)
                    yield bytes(piece)
            except Exception as error:
                raise self._translated(error, "read", path) from None
            if seen != size:
                message = f"the connection was closed after {seen} of {size} bytes"
                raise self._translated(ConnectionError(message), "read", path)

        return Received(size, result.meta["e_tag"] or "", dict(result.attributes), chunks())

    def copy(self, path: str, to: str) -> None:
        """Copy an object with its headers inside the store. Raises ``FileNotFoundError`` if there is none,
        and ``StoreError``.
        """
        import obstore

        self._retried(lambda: obstore.copy(self.store, path, to), "write", to)

    def delete(self, paths: Sequence[str]) -> None:
        """Delete objects, up to 1,000 with one request where the store can. What is gone already is no
        error. Raises ``StoreError``.
        """
        import obstore

        for start in range(0, len(paths), _PAGE):
            batch = list(paths[start : start + _PAGE])

            def attempt(batch: list[str] = batch) -> None:
                try:
                    obstore.delete(self.store, batch)
                except FileNotFoundError:
                    if len(batch) > 1:  # which was gone is not said: one by one, then
                        for path in batch:
                            attempt([path])

            self._retried(attempt, "delete", batch[0] if len(batch) == 1 else "")

    def reopened(self) -> ObjectStore:
        """The same store, opened with the keys that the profile has now. Raises ``ConfigError``."""
        return open_store(self.url, self.options) if self.scheme != "memory" else self

    def name_problem(self, path: str) -> str:
        """Why the store cannot hold an object of this name, ``""`` if it can."""
        prefix = self.url.partition("://")[2].partition("/")[2].strip("/")
        return objectnames.problem(path, prefix)

    def _version(self, path: str, etag: str) -> Any:
        """What a write that is to replace the object with this ETag is conditional on. Raises
        ``PreconditionError``.
        """
        import obstore
        from obstore.exceptions import PreconditionError

        if self.scheme != "gs":
            return {"e_tag": etag}
        # Google's store compares generations, which listings do not give.
        there = obstore.head(self.store, path)
        if there["e_tag"] != etag:
            raise PreconditionError(path)
        version = there["version"]
        return {"e_tag": etag, "version": version} if version else {"e_tag": etag}

    def _etag_if_same(self, path: str, content: bytes) -> str | None:
        """The ETag of what is at ``path`` if its content is ``content``."""
        try:
            there = self.get(path)
        except FileNotFoundError:
            return None
        return there.etag if there is not None and there.data == content else None

    def _retried(self, attempt: Callable[[], T], action: Action, path: str) -> T:
        forking.note_use(self.url)
        failures = 0
        while True:
            try:
                return attempt()
            except (FileNotFoundError, ConflictError) as error:
                if code_of(str(error)) == "NoSuchBucket":
                    raise self._translated(error, action, path) from None
                raise
            except (StoreError, TypeError):
                raise
            except Exception as error:
                failures += 1
                if failures > self.retries or not is_passing(str(error)):
                    raise self._translated(error, action, path) from None
                self._wait(failures)

    def _wait(self, failures: int) -> None:
        """Exponential backoff with jitter, at most 8 seconds."""
        self.sleep(min(8.0, 0.05 * 2**failures) * random.uniform(0.5, 1.0))  # noqa: S311

    def _translated(self, error: Exception, action: Action, path: str) -> StoreError:
        from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

        denied = isinstance(error, PermissionDeniedError | UnauthenticatedError)
        return translate(str(error), action, self.scheme, self.url, path, denied=denied)


def open_store(url: str, options: StoreOptions | None = None) -> ObjectStore:
    """The store at ``s3://bucket/prefix``, ``gs://…``, ``az://…``, ``file:///folder`` or ``memory:///``.
    No request is sent.

    Raises ``ConfigError`` for a URL or option that means nothing, ``MissingExtraError`` without obstore.
    """
    options, scheme = options or StoreOptions(), scheme_of(url)
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError:
        raise MissingExtraError("obstore", "bucket", "Publishing to an object store") from None
    arguments: dict[str, Any] = {}
    if scheme in ("s3", "gs", "az"):
        settings = provider_settings(scheme, options)
        arguments = {
            "config": settings,
            "client_options": {
                "timeout": timedelta(seconds=options.timeout),
                "connect_timeout": timedelta(seconds=min(10.0, options.timeout)),
                **_allowed(options, settings),
                **_AS_STORED.get(scheme, {}),
            },
            "retry_config": {
                "max_retries": min(_INNER_RETRIES, options.retries),
                "retry_timeout": timedelta(seconds=options.timeout),
                "backoff": {"init_backoff": timedelta(milliseconds=50), "base": 2},
            },
        }
    elif scheme == "file":
        arguments = {"mkdir": True}
    try:
        store = from_url(url, **arguments)
    except (BaseError, ValueError, OSError) as error:
        reason = str(error).split("\n")[0].rstrip(".")
        raise ConfigError(
            f"The store cannot be opened: {reason}.",
            where=url,
            remedy="Mend the URL or the options (docs/bucket.md lists them).",
        ) from None
    return ObjectStore(cast("Any", store), url.rstrip("/"), scheme, options.retries, options)


def _allowed(options: StoreOptions, settings: Mapping[str, str]) -> dict[str, bool]:
    """Whether TLS may be left out: an endpoint that begins with ``http://`` says so, wherever it stands."""
    endpoints = (
        *(settings.get(key, "") for key in ("endpoint", "base_url")),
        *(os.environ.get(name, "") for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")),
    )
    is_plain = options.allow_http or any(url.startswith("http://") for url in endpoints)
    return {"allow_http": True} if is_plain else {}


def _stored(item: Any) -> Stored:
    return Stored(
        item["path"], item["size"], item["e_tag"] or "", item["last_modified"].timestamp()
    )


def _content(data: bytes | str, *, whole: bool) -> tuple[Any, bool]:
    """What is sent, and whether in parts: a large file is not read into memory. Raises ``OSError``."""
    from pathlib import Path

    if isinstance(data, bytes):
        return data, False
    file = Path(data)
    if not whole and file.stat().st_size >= LARGE:
        return file, True
    return file.read_bytes(), False
