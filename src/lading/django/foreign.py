"""Collecting into a storage that is no folder, through Django's own methods: what is there is found out by
listing and by a record of contents, and only the rest is saved, many files at once.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import compress, islice, repeat
from typing import Any, BinaryIO, Final, NamedTuple, cast

from django.core.files.base import File
from django.core.files.storage import Storage

from lading.asset import Asset
from lading.digests import CHUNK, changing, read_steadily, unreadable
from lading.django.finders import Sources
from lading.django.put import put_whole
from lading.errors import LadingError, StoreError
from lading.findings import Finding, Severity
from lading.progress import Progress

RECORD: Final = ".lading/collected.json"
"""Where the storage keeps the digest of each file that was collected into it."""

_ONE_CONNECTION: Final = frozenset(
    {
        "storages.backends.apache_libcloud",
        "storages.backends.ftp",
        "storages.backends.sftpstorage",
    }
)
"""Modules of django-storages whose classes several threads cannot use at once."""

_PROBED: Final = 20  # files that show whether a listing has shown what is there
_SHOWN: Final = 20  # failures that are listed

_HEX: Final = frozenset("0123456789abcdef")


class Digests(NamedTuple):
    """Of one content: SHA-256 and MD5 in hex digits."""

    sha256: str
    md5: str


@dataclass(slots=True)
class Present:
    """What the storage holds: each path with its ETag where the listing gives that (else ``""``), and what
    the record says its content is.
    """

    files: dict[str, str] = field(default_factory=dict[str, str])
    recorded: dict[str, str] = field(default_factory=dict[str, str])

    def holds(self, path: str, wanted: Digests) -> bool:
        """True when ``path`` is there with this content. An ETag of S3 that is an MD5 proves it; else what
        was recorded when it was saved is believed.
        """
        if path not in self.files:
            return False
        etag = self.files[path]
        if len(etag) == 32 and _HEX.issuperset(etag) and etag == wanted.md5:
            return True
        return self.recorded.get(path) == f"{wanted.sha256} {etag}".strip()

    def is_unknown(self, path: str) -> bool:
        """True when ``path`` is there and nothing tells its content: others saved it."""
        return self.files.get(path) == "" and path not in self.recorded


@dataclass(slots=True)
class Collected:
    """The paths saved and those that had their content already, and what a person should know."""

    saved: list[str] = field(default_factory=list[str])
    unmodified: list[str] = field(default_factory=list[str])
    findings: list[Finding] = field(default_factory=list[Finding])


def clear(
    storage: Storage, paths: Collection[str], threads: int, delete_listed: Callable[[], object]
) -> tuple[list[str], list[Finding]]:
    """Delete what the storage holds: what ``delete_listed`` finds by listing and, where a listing does not
    show what is there, those of the ``paths`` and of the record that exist. These paths, and the finding
    that others may be left. Raises ``StoreError``.
    """
    with _asking(storage, "could not be cleared; nothing was saved"):
        if _lists(storage):
            delete_listed()
        if not any(map(storage.exists, (RECORD, *islice(paths, _PROBED)))):
            return [], []
        with _pool(_threads(storage, threads)) as pool:
            known = [*dict.fromkeys([*paths, *_recorded(storage), RECORD])]
            there = [*compress(known, pool.map(storage.exists, known))]
            for _ in pool.map(storage.delete, there):
                pass
    left = Finding(
        "not-cleared",
        Severity.WARNING,
        "The storage does not list its files under their names, so --clear has deleted only those of this "
        f"run and of the last one ({len(there)}); whatever else is there has stayed.",
        where=_where(storage),
        hint="Delete that with the store's own tools.",
    )
    return there, [left]


def collect(
    storage: Storage,
    winners: Mapping[str, Asset],
    found: Sources,
    threads: int,
    progress: Progress,
    *,
    dry_run: bool = False,
) -> Collected:
    """Save what the storage lacks; with ``dry_run`` only say what that is. Every file is tried; raises
    ``StoreError`` with a list of those that failed, and when the storage does not say what it holds.
    """
    with _pool(_threads(storage, threads)) as pool:
        with _asking(storage, "cannot say what it holds; nothing was saved"):
            present = look(storage, winners, pool)
        wanted = {path: _digests(asset) for path, asset in winners.items()}
        held = {path for path in winners if present.holds(path, wanted[path])}
        doubtful = [path for path in winners if path not in held and present.is_unknown(path)]
        sources = [found.storage_of(winners[path]) for path in doubtful]
        newer = pool.map(_is_newer, repeat(storage), doubtful, sources)
        kept = held.union(compress(doubtful, newer))
        result = Collected(unmodified=[path for path in winners if path in kept])
        todo = [path for path in winners if path not in kept]
        if dry_run:
            result.saved = todo
            return result
        progress.begin("Saving", len(todo))
        failures: dict[str, Exception] = {}

        def save(path: str) -> Exception | None:
            try:
                _save(
                    storage, path, found.storage_of(winners[path]), is_there=path in present.files
                )
            except Exception as error:  # whatever the storage raises: the others are tried
                return error
            return None

        for path, failure in zip(todo, pool.map(save, todo), strict=True):
            progress.advance(1)
            if failure is None:
                result.saved.append(path)
            else:
                failures[path] = failure
    if result.saved:
        known = held.union(result.saved)
        recorded = {path: wanted[path] for path in winners if path in known}
        result.findings += _record(storage, recorded, present)
    if failures:
        raise _failed(failures, len(winners))
    return result


@contextmanager
def _asking(storage: Storage, failing: str) -> Generator[None]:
    """Whatever the storage raises within, as a ``StoreError`` that says what is ``failing``."""
    try:
        yield
    except LadingError:
        raise
    except Exception as error:  # a storage has its own library's errors
        raise StoreError(
            f"The storage {failing}: {_reason(error)}",
            where=_where(storage),
            remedy="Mend its options, credentials or permissions, and run again.",
        ) from error


def _lists(storage: Storage) -> bool:
    try:
        storage.listdir("")
    except Exception:  # it cannot, or has an error of its own for an empty place
        return False
    return True


def _where(storage: Storage) -> str:
    return f"STORAGES['staticfiles'], {storage.__class__.__qualname__}"


def _threads(storage: Storage, threads: int) -> int:
    """How many threads may use the storage at once."""
    modules = {base.__module__ for base in storage.__class__.__mro__}
    return threads if modules.isdisjoint(_ONE_CONNECTION) else 1


@contextmanager
def _pool(threads: int) -> Generator[ThreadPoolExecutor]:
    """Threads that begin nothing more once something has failed here."""
    with ThreadPoolExecutor(threads, thread_name_prefix="lading-save") as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def look(storage: Storage, paths: Iterable[str], pool: ThreadPoolExecutor) -> Present:
    """What the storage holds, by as few requests as it allows."""
    present = Present(recorded=_recorded(storage))
    listed = _objects(storage)
    if listed is not None:
        present.files = dict(listed)
        return present
    names = list(paths)
    try:
        present.files = _walk(storage, pool)
        if not present.files and not present.recorded:
            return present  # nothing is there yet
    except Exception:  # noqa: S110  it cannot list, or has an error of its own for an empty place
        pass
    # A listing may spell names otherwise, such as in lower case or with a prefix.
    unlisted = [name for name in names if name not in present.files]
    there = pool.map(storage.exists, unlisted)
    found = (name for name, is_there in zip(unlisted, there, strict=True) if is_there)
    present.files.update(dict.fromkeys(found, ""))
    return present


def _objects(storage: Any) -> Iterator[tuple[str, str]] | None:
    """All objects of a storage over a bucket of boto3's, such as django-storages' for S3: a thousand for
    each request. ``None`` for any other storage.
    """
    bucket, location = getattr(storage, "bucket", None), getattr(storage, "location", None)
    objects = getattr(getattr(bucket, "objects", None), "filter", None)
    if objects is None or not isinstance(location, str):
        return None
    prefix = f"{location.strip('/')}/" if location.strip("/") else ""
    return ((item.key[len(prefix) :], item.e_tag.strip('"')) for item in objects(Prefix=prefix))


def _walk(storage: Storage, pool: ThreadPoolExecutor) -> dict[str, str]:
    """All files by ``listdir``, one call for each folder, the folders of one depth at once."""
    files: dict[str, str] = {}
    folders = [""]
    while folders:
        below: list[str] = []
        for folder, listing in zip(
            folders, pool.map(_list, [storage] * len(folders), folders), strict=True
        ):
            names, subfolders = listing
            files.update((posixpath.join(folder, name), "") for name in names)
            below += [posixpath.join(folder, name) for name in subfolders]
        folders = below
    return files


def _list(storage: Storage, folder: str) -> tuple[list[str], list[str]]:
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return [], []
    return [name for name in names if name], [name for name in folders if name not in ("", ".")]


def _is_newer(storage: Storage, path: str, source: tuple[Storage, str]) -> bool:
    """Django's rule: a file that is not older than its source need not be saved. False when one of the
    two has no time.
    """
    origin, name = source
    try:
        there = storage.get_modified_time(path).replace(microsecond=0)
        return there >= origin.get_modified_time(name).replace(microsecond=0)
    except Exception:  # no times, no access to them, or one of them without a zone
        return False


def _save(storage: Storage, path: str, source: tuple[Storage, str], *, is_there: bool) -> None:
    """Save one file under this name, replacing what is there. Raises what the storage raises, and
    ``FileExistsError`` if the name does not lead to the file then.
    """
    origin, name = source
    if is_there and storage.get_available_name(path) == path:
        is_there = False  # it replaces files, or has made place
    elif is_there:
        storage.delete(path)
    with origin.open(name) as file:
        saved = storage.save(path, cast("File[bytes]", file))
    if saved != path and not _leads_to(storage, path, saved, was_there=is_there):
        with suppress(Exception):  # what is to be told is the reason for this
            storage.delete(saved)
        raise FileExistsError(f"the storage saved it as {saved!r}")


def _leads_to(storage: Storage, path: str, saved: str, *, was_there: bool) -> bool:
    """Whether ``path`` is the file that was saved as ``saved``, another spelling of it, such as with the
    storage's prefix. ``was_there`` says that ``path`` being there would prove nothing.
    """
    try:
        if storage.url(saved) == storage.url(path):
            return True
    except NotImplementedError:
        return True  # no URL leads to any of its files
    except Exception:  # noqa: S110  such as a manifest that does not list it yet
        pass
    return not was_there and bool(storage.exists(path))


def _digests(asset: Asset) -> Digests:
    """Of an asset's content. Raises ``UnreadableError``."""
    local = asset.source.local_path(asset.relative)
    try:
        if local is None:
            with asset.source.open(asset.relative) as file:
                return _hash(file)
        read = read_steadily(local, _hash)
    except OSError as error:
        raise unreadable(asset, error) from error
    if read is None:
        raise changing(asset)
    return read[0]


def _hash(file: BinaryIO) -> Digests:
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    while chunk := file.read(CHUNK):
        sha256.update(chunk)
        md5.update(chunk)
    return Digests(sha256.hexdigest(), md5.hexdigest())


def _recorded(storage: Storage) -> dict[str, str]:
    """The record of an earlier run; none when there is none that can be read."""
    try:
        with storage.open(RECORD) as file:
            document: Any = json.loads(file.read())
        return {str(path): str(state) for path, state in document["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    except Exception:  # of the storage's own library, also where there is no such file
        if storage.exists(RECORD):
            raise
        return {}


def _record(storage: Storage, wanted: Mapping[str, Digests], before: Present) -> Iterator[Finding]:
    """Write down what is there now, or tell that the storage does not take the record. Raises ``StoreError``
    if it keeps one that is out of date.
    """
    try:
        _write_record(storage, wanted, before)
    except Exception as error:
        with _asking(storage, "has the files, but keeps a record of them that is out of date"):
            if before.recorded and storage.exists(RECORD):
                storage.delete(RECORD)
        yield Finding(
            "record-unwritable",
            Severity.WARNING,
            f"The storage has all files, but does not take the record of their contents: {_reason(error)}. "
            "The next run goes by times where nothing else tells a content, and then a file that was put "
            "back to an older state is not saved.",
            where=_where(storage),
            hint=f"Let it take {RECORD!r}. Until then save all anew with --clear where a file got older.",
        )


def _write_record(storage: Storage, wanted: Mapping[str, Digests], before: Present) -> None:
    """The digest of each file, and the ETag it was given."""
    listed = _objects(storage)
    etags = dict(listed) if listed is not None else {}
    files = {path: f"{d.sha256} {etags.get(path, '')}".strip() for path, d in wanted.items()}
    if files != before.recorded:
        document = {"version": 1, "files": dict(sorted(files.items()))}
        put_whole(storage, RECORD, json.dumps(document, ensure_ascii=False).encode())


def _failed(failures: Mapping[str, Exception], total: int) -> StoreError:
    lines = [f"  {path}: {_reason(error)}" for path, error in list(failures.items())[:_SHOWN]]
    if len(failures) > _SHOWN:
        lines.append(f"  … and {len(failures) - _SHOWN} more")
    return StoreError(
        f"{len(failures)} of {total} files could not be saved:\n" + "\n".join(lines),
        remedy="Mend the cause and run again; what was saved is not sent again.",
    )


def _reason(error: Exception) -> str:
    text = str(error).splitlines()
    return f"{type(error).__name__}: {text[0] if text else 'no reason given'}"
