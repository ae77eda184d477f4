"""Balance the books of a Django project: all rows of all models against all files of their storages."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from lading.config import Config
from lading.django.media_fields import Holder, Table, holders, tables
from lading.django.media_places import Places, storage_named
from lading.django.media_thumbnails import caches, smaller_ones, thumbnails
from lading.django.media_versions import versions
from lading.errors import ConfigError
from lading.media.accounts import LINK, Books, Claim
from lading.media.exclusions import is_kept
from lading.media.statement import Statement
from lading.media.stores import Store
from lading.progress import Progress

Names = Iterable["str | tuple[str, str]"]


@dataclass(slots=True)
class Ledgers:
    """Who may refer to files of a project, and where these lie: ``tables`` with their columns, ``hooks`` of
    the setting ``MEDIA_REFERENCES``, and ``places``. ``absent`` are columns whose table is in no database.
    """

    places: Places
    tables: list[Table]
    absent: list[Holder]
    hooks: dict[str, Callable[[], Names]] = field(default_factory=dict[str, Any])
    labels: list[str] = field(default_factory=list[str])

    @property
    def stores(self) -> list[Store]:
        return self.places.stores

    def claims(self, told: Progress) -> Iterator[Claim]:
        """All that rows and hooks refer to, in stores that are looked at."""
        indexes = {label: index for index, label in enumerate(self.labels)}
        where = self._where()
        for table in self.tables:
            told.begin(f"Reading {table.model._meta.label}", table.count())
            suffix = "" if table.database == "default" else f" in {table.database}"
            columns = [
                (where.get(holder), indexes[holder.name], smaller_ones(holder))
                for holder in table.holders
            ]
            for column, name, key in table.names():
                found, index, smaller = columns[column]
                if found is None:
                    continue
                yield Claim(found[0], self._canonical(found, name), index, f"{key}{suffix}")
                for other in smaller(name) if smaller is not None else ():
                    yield Claim(found[0], self._canonical(found, other), LINK, "")
        for label, hook in self.hooks.items():
            for found, name in self._hooked(label, hook):
                yield Claim(found[0], self._canonical(found, name), indexes[label], "")
        for holder, found, name in self._defaults(where):
            yield Claim(found[0], name, indexes[holder.name], "default")
        for place, name in self._kept():
            yield Claim(place[0], self._canonical(place, name), LINK, "")
        for index, store in enumerate(self.stores):
            yield from (Claim(index, name, LINK, "") for name in store.held())

    def referring(self, store: int, names: Sequence[str]) -> set[str]:
        """Those of a store's names that anything refers to at this moment."""
        if not names:
            return set()
        where = self._where()
        found = {name for _, place, name in self._defaults(where) if place[0] == store}
        found.intersection_update(names)
        for table in self.tables:
            for holder in table.holders:
                place = where.get(holder)
                if place is None or place[0] != store:
                    continue
                prefix = place[1]
                inside = [name[len(prefix) :] for name in names if name.startswith(prefix)]
                found.update(prefix + name for name in table.referring(holder, inside))
        wanted = set(names)
        hooked = (self._hooked(label, hook) for label, hook in self.hooks.items())
        for place, name in chain(self._kept(names), *hooked):
            if place[0] == store and (whole := self._canonical(place, name)) in wanted:
                found.add(whole)
        return found

    def _kept(self, among: Sequence[str] = ()) -> Iterator[tuple[tuple[int, str], str]]:
        """The files that tables of packages tell of: they are kept, and missed by nobody. Names that are not
        ``among`` some may be left out.
        """
        columns = [holder for table in self.tables for holder in table.holders]
        for storage, name in chain(thumbnails(columns, among), versions(columns, among)):
            if (place := self.places.find(storage)) is not None:
                yield place, name

    def _defaults(
        self, where: dict[Holder, tuple[int, str]]
    ) -> Iterator[tuple[Holder, tuple[int, str], str]]:
        """The files that new rows get, though no row may have one now."""
        for holder, place in where.items():
            if name := holder.default:
                yield holder, place, self._canonical(place, name)

    def _where(self) -> dict[Holder, tuple[int, str]]:
        """The store of each column that is looked at, and its prefix there."""
        found = {h: self.places.find(h.storage) for table in self.tables for h in table.holders}
        return {holder: place for holder, place in found.items() if place is not None}

    def _canonical(self, place: tuple[int, str], name: str) -> str:
        whole = name if name.startswith("/") else place[1] + name
        return self.stores[place[0]].canonical(whole) or name

    def _hooked(
        self, label: str, hook: Callable[[], Names]
    ) -> Iterator[tuple[tuple[int, str], str]]:
        for item in hook():
            alias, name = item if isinstance(item, tuple) else ("default", item)
            place = self.places.find(storage_named(alias, label))
            if name and place is not None:
                yield place, name


def ledgers(config: Config, aliases: Sequence[str] = ()) -> Ledgers:
    """The ledgers of the installed project: of the storages that fields use, or of those with the given
    aliases. Raises ``ConfigError`` and ``MediaError``.
    """
    columns = holders()
    if aliases:
        looked_at = [storage_named(alias, "--storage") for alias in aliases]
    else:
        looked_at = [holder.storage for holder in columns]
    there, absent = tables(columns)
    hooks: dict[str, Callable[[], Names]] = {path: _hook(path) for path in config.media_references}
    labels = [*(holder.name for holder in columns), *hooks]
    return Ledgers(Places(looked_at), there, absent, hooks, labels)


@contextmanager
def balanced(ledgers: Ledgers, config: Config, progress: Progress) -> Generator[Statement]:
    """Settled books. Files are listed before rows are read, so that what is uploaded meanwhile is no orphan;
    what is missing then is looked for once more.
    """
    before = time.time() - config.media_grace
    with Books() as books:
        for index, store in enumerate(ledgers.stores):
            progress.begin(f"Listing {store.label}", 0)
            kept = is_kept(
                (*config.media_exclude, *caches()), [config.media_trash, *_static(store)]
            )
            books.enter(index, store.files(names_only=True), kept, progress.advance)
        books.claim(ledgers.claims(progress), progress.advance)
        progress.begin("Comparing", 0)
        books.settle()
        for index, store in enumerate(ledgers.stores):
            books.look_again(index, store.stat)
        yield Statement(
            books,
            [store.label for store in ledgers.stores],
            ledgers.labels,
            [holder.name for holder in ledgers.absent],
            before,
        )


def _static(store: Store) -> list[str]:
    """The folder of static files, where it lies among the uploads."""
    root: Any = settings.STATIC_ROOT
    if not root:
        return []
    name = store.canonical(f"{root}/.") if str(root).startswith("/") else None
    return [name] if name else []


def _hook(path: str) -> Callable[[], Names]:
    try:
        found = import_string(path)
    except ImportError as error:
        raise ConfigError(
            f"{path!r} cannot be imported: {error}.",
            where="LADING['MEDIA_REFERENCES']",
            remedy="Name a function by its dotted path.",
        ) from error
    if not callable(found):
        raise ConfigError(
            f"{path!r} is no function.",
            where="LADING['MEDIA_REFERENCES']",
            remedy="Name a function that gives the names of files.",
        )
    return cast("Callable[[], Names]", found)
