"""Django's finders as sources. The stock finders' folders are walked by the core; any other finder is
asked through its own ``list()``, over whatever storages it has.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, cast

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import (
    AppDirectoriesFinder,
    BaseFinder,
    FileSystemFinder,
    get_finders,
)
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage, Storage

from lading.asset import UNKNOWN_SIZE, Asset, signature
from lading.config import Config, SourceConfig
from lading.errors import ConfigError, LadingError
from lading.findings import Finding, Owner, Severity
from lading.lookup import GeneratedSource
from lading.rules import REFUSED_AS_SECRET, Rules, Skip, name_problem
from lading.siteroot import dot_folder
from lading.sources import FolderSource, Scan, Source, holds_key, owner_of


@dataclass(slots=True)
class FinderSource:
    """Everything that one third-party finder lists. ``ignore`` are the patterns that the finder is to
    apply, ``rules`` what is left out of its list then.
    """

    finder: BaseFinder
    rules: Rules
    ignore: list[str]
    label: str
    owner: Owner = "project"
    prefix: str = ""
    # Where each listed file lies: its path inside the target -> its storage and path there.
    entries: dict[str, tuple[Storage, str]] = field(default_factory=dict[str, tuple[Storage, str]])

    @property
    def location(self) -> str:
        return f"finder {self.label}"

    def scan(self) -> Scan:
        result = Scan(self)
        self.entries.clear()
        try:
            listed = list(self.finder.list(self.ignore))
        except LadingError:
            raise
        except Exception as error:
            result.findings.append(
                Finding(
                    "finder-error",
                    Severity.ERROR,
                    f"The finder raised {type(error).__name__}: {error}; nothing was published.",
                    where=self.label,
                    hint="Mend the finder, or take it out of STATICFILES_FINDERS.",
                )
            )
            return result
        for path, storage in listed:
            self._add(result, path, cast("Storage", storage))
        result.assets.sort(key=lambda asset: asset.path)
        return result

    def open(self, relative: str) -> BinaryIO:
        storage, name = self.entries[relative]
        try:
            return cast("BinaryIO", storage.open(name))
        except OSError:
            raise
        except Exception as error:  # whatever a storage over a network raises
            raise OSError(f"{type(error).__name__}: {error}") from error

    def local_path(self, relative: str) -> str | None:
        if not relative:
            return None
        storage, name = self.entries[relative]
        return _storage_path(storage, name)

    def _add(self, result: Scan, name: str, storage: Storage) -> None:
        prefix = getattr(storage, "prefix", None)
        path = os.path.join(prefix, name) if prefix else name
        if os.sep != "/":
            path = path.replace(os.sep, "/")
        if "/./" in f"/{path}" or "//" in path:
            path = posixpath.normpath(path)
        if path in self.entries:
            return  # the finder lists it twice; as in Django, the first one counts
        if problem := name_problem(path):
            message = f"The file's name cannot be published, because {problem}; it is left out."
            self._find(result, "invalid-name", Severity.ERROR, path, message)
            return
        self.entries[path] = (storage, name)
        if reason := self._skip_reason(path):
            del self.entries[path]
            result.skips.append(Skip(path, reason))
            if reason.startswith(REFUSED_AS_SECRET):
                self._find(result, "secret", Severity.WARNING, path, f"Not published: it {reason}.")
            return
        size, state = UNKNOWN_SIZE, ""
        if (local := _storage_path(storage, name)) is not None:
            try:
                status = os.stat(local)
            except OSError as error:
                del self.entries[path]
                message = f"The finder lists a file that cannot be read: {error.strerror}."
                self._find(result, "dangling-link", Severity.WARNING, path, message)
                return
            size, state = status.st_size, signature(status)
        result.assets.append(Asset(path, self, path, size, state))

    def _skip_reason(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        while folder:
            if reason := self.rules.skip_folder(folder.rpartition("/")[2], folder):
                return reason
            folder = folder.rpartition("/")[0]
        if reason := self.rules.skip_file(name, path):
            return reason
        if self.rules.may_hold_key(name, path) and holds_key(self, path):
            return f"{REFUSED_AS_SECRET}it holds a private key"
        return ""

    def _find(self, result: Scan, kind: str, severity: Severity, path: str, message: str) -> None:
        hint = "Rename, move or ignore the file."
        result.findings.append(Finding(kind, severity, message, path, self.label, self.owner, hint))


@dataclass(slots=True)
class Sources:
    """The project's sources in Django's order, and the Django storage behind each of them."""

    all: list[Source]
    _storages: dict[int, Storage]

    def storage_of(self, asset: Asset) -> tuple[Storage, str]:
        """The storage that a file comes from and its path there, as Django's ``found_files`` has them."""
        source = asset.source
        if isinstance(source, FinderSource):
            return source.entries[asset.relative]
        if isinstance(source, GeneratedSource):
            storage = InMemoryStorage()
            storage.save(asset.relative, ContentFile(source.content))
            return storage, asset.relative
        return self._storages[id(source)], asset.relative


def sources(
    config: Config, ignore: list[str] | None = None, *, default_ignore: bool = True
) -> Sources:
    """The sources of all finders. ``ignore`` adds patterns; ``default_ignore`` false drops those of the
    ``staticfiles`` application.

    Raises ``ConfigError`` when ``LADING['SOURCES']`` names none of them.
    """
    patterns = [*(ignore or ()), *config.ignore]
    if default_ignore and config.default_ignore:
        patterns += cast(
            "list[str]", cast("Any", apps.get_app_config("staticfiles")).ignore_patterns
        )
    rules = Rules(tuple(dict.fromkeys(patterns)), allow=config.allow_secrets)
    found: list[Source] = []
    storages: dict[int, Storage] = {}
    for finder in get_finders():
        for plain, storage in _sources_of(finder, rules, config.site_root):
            source = _customised(plain, config.sources)
            found.append(source)
            if storage is not None:
                storages[id(source)] = storage
    _refuse_unknown(config.sources, found)
    return Sources(found, storages)


def _sources_of(
    finder: BaseFinder, rules: Rules, site_root: str
) -> Iterator[tuple[Source, Storage | None]]:
    kind = type(finder)
    if kind.list is FileSystemFinder.list and isinstance(finder, FileSystemFinder):
        storages = [(finder.storages[root], "") for _, root in finder.locations]
    elif kind.list is AppDirectoriesFinder.list and isinstance(finder, AppDirectoriesFinder):
        storages = [(storage, name) for name, storage in finder.storages.items()]
    else:
        storages = None
    if storages is None or not all(is_plain_folder(storage) for storage, _ in storages):
        label = f"{kind.__module__}.{kind.__qualname__}"
        yield FinderSource(finder, replace(rules, ignore=()), [*rules.ignore], label), None
        return
    base = os.fspath(getattr(settings, "BASE_DIR", None) or os.getcwd())
    for storage, app in storages:
        storage = cast("FileSystemStorage", storage)
        location = os.fspath(storage.location)
        prefix = str(getattr(storage, "prefix", "") or "").strip("/")
        label = app or os.path.relpath(location, base)
        if label.startswith(".."):
            label = location
        own = replace(rules, spared=dot_folder(site_root, prefix))
        yield FolderSource(location, label, prefix, owner_of(location), own), storage


_READING = ("listdir", "open", "_open", "path", "exists")


def is_plain_folder(storage: Storage) -> bool:
    """True for a storage that reads its files just as Django's ``FileSystemStorage`` does."""
    return isinstance(storage, FileSystemStorage) and all(
        getattr(storage.__class__, name) is getattr(FileSystemStorage, name) for name in _READING
    )


def _storage_path(storage: Storage, name: str) -> str | None:
    """The file's path on this machine if it is read from there, else ``None``."""
    if not is_plain_folder(storage):
        return None
    try:
        return storage.path(name)
    except (NotImplementedError, ImproperlyConfigured):
        return None


def _customised(source: Source, wishes: tuple[SourceConfig, ...]) -> Source:
    for wish in wishes:
        if not _names(wish, source):
            continue
        rules = cast("Any", source).rules
        rules = replace(rules, include=wish.include, exclude=wish.exclude)
        owner = wish.owner or source.owner
        return replace(cast("Any", source), rules=rules, owner=owner)
    return source


def _names(wish: SourceConfig, source: Source) -> bool:
    return os.path.normpath(wish.name) == source.label or (
        os.path.isabs(wish.name)
        and os.path.realpath(wish.name) == os.path.realpath(source.location)
    )


def _refuse_unknown(wishes: tuple[SourceConfig, ...], found: list[Source]) -> None:
    for wish in wishes:
        if not any(_names(wish, source) for source in found):
            raise ConfigError(
                f"LADING['SOURCES'] has rules for {wish.name!r}, which is no source of this project.",
                where="LADING['SOURCES']",
                remedy=f"Sources: {', '.join(repr(source.label) for source in found)}.",
            )
        if wish.prefix:
            raise ConfigError(
                f"The source {wish.name!r} cannot be given a prefix here.",
                where="LADING['SOURCES']",
                remedy="Write the prefix into STATICFILES_DIRS: ('prefix', folder).",
            )
