"""Every column of every table that holds names of files, and the rows in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.apps import apps
from django.core.files.storage import Storage
from django.db import DatabaseError, connections, models, router
from django.db.models import Q
from django.db.models.query import QuerySet

from lading.errors import MediaError

_PAGE = 5000
_FEW = 50  # names


@dataclass(frozen=True, slots=True)
class Holder:
    """A column that holds names of files: ``name`` is ``app.Model.field``. ``only``: the column and value of
    the rows whose files are in this storage, where others are in another one.
    """

    model: type[models.Model]
    field: str
    storage: Storage
    only: tuple[str, bool] | None = None

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.field}"

    @property
    def default(self) -> str:
        """The name of the file that new rows get, ``""`` if they get none."""
        field: Any = self.model._meta.get_field(self.field)
        try:
            return str(field.get_default() or "") if field.has_default() else ""
        except Exception:  # a function of the project's own, that wants more than is there now
            return ""


def holders() -> list[Holder]:
    """All of them, by name: those of unmanaged and automatically made models too. A column that a model
    inherits from a table of another model is that model's; one inherited from an abstract model is its own.
    """
    found = [
        Holder(model, field.name, storage, only)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        for storage, only in _storages_of(field)
    ]
    return sorted(found, key=lambda holder: holder.name)


def _storages_of(field: Any) -> list[tuple[Storage, tuple[str, bool] | None]]:
    """The storages of a field, each with the rows that use it. ``django-filer`` has two, for files that
    everybody may read and for others.
    """
    both: Any = getattr(field, "storages", None)
    if isinstance(both, dict) and {"public", "private"} <= both.keys():
        return [(both["public"], ("is_public", True)), (both["private"], ("is_public", False))]
    storage = _storage_of(field)
    return [] if storage is None else [(storage, None)]


def _storage_of(field: Any) -> Storage | None:
    """The storage of a field that holds names of files, ``None`` for another field.

    History tables hold such names in text fields: ``django-simple-history`` makes them out of the file
    field itself, whose ``storage`` and ``upload_to`` they keep. Arrays of PostgreSQL have a base field.
    """
    field = getattr(field, "base_field", field)
    storage = getattr(field, "storage", None)
    return storage if isinstance(storage, Storage) and hasattr(field, "upload_to") else None


def databases(model: type[models.Model]) -> list[str]:
    """The aliases of the databases that have the model's table. Raises ``MediaError`` for one that cannot
    be reached: what its rows refer to cannot be told.
    """
    allowed = [alias for alias in connections if router.allow_migrate_model(alias, model)]
    return [alias for alias in allowed if model._meta.db_table in _tables(alias)]


def _tables(alias: str) -> frozenset[str]:
    connection = connections[alias]
    try:
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor, include_views=True)
    except DatabaseError as error:
        raise _unreachable(alias, error) from error
    return frozenset(tables)


def _unreachable(alias: str, error: Exception) -> MediaError:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    return MediaError(
        f"The database cannot be read: {reason}. Which files its rows refer to cannot be told, "
        "so nothing was decided.",
        where=f"DATABASES[{alias!r}]",
        remedy="Mend the connection, or the router that sends models to this database.",
    )


@dataclass(frozen=True, slots=True)
class Table:
    """A table in one database with its columns that hold names of files."""

    model: type[models.Model]
    database: str
    holders: tuple[Holder, ...]

    def count(self) -> int:
        """The number of rows."""
        return self._asked(self.rows().count)

    def names(self) -> Iterator[tuple[int, str, Any]]:
        """The names with the indexes of their columns and the primary keys of their rows."""
        fields = [holder.field for holder in self.holders]
        if any(holder.only for holder in self.holders):
            yield from self._names_of_some()
            return
        for key, *values in self.pages(self.rows(), *fields):
            for column, value in enumerate(values):
                if type(value) is str:
                    if value:
                        yield column, value, key
                elif value:
                    for name in _names(value):
                        yield column, name, key

    def _names_of_some(self) -> Iterator[tuple[int, str, Any]]:
        """The same where not all rows have their files in the column's storage."""
        for column, holder in enumerate(self.holders):
            for key, value in self.pages(self._rows_of(holder), holder.field):
                for name in _names(value):
                    yield column, name, key

    def pages(self, rows: QuerySet[Any], *fields: str) -> Iterator[tuple[Any, ...]]:
        """The primary key and these fields of rows, 5,000 for each query: by the primary key and not by a
        cursor, which drivers and connection poolers may read into memory whole.
        """
        rows = rows.order_by("pk").values_list("pk", *fields)
        last: Any = None
        while True:
            page = rows if last is None else rows.filter(pk__gt=last)
            found = cast("list[tuple[Any, ...]]", self._asked(lambda page=page: list(page[:_PAGE])))
            yield from found
            if len(found) < _PAGE:
                return
            last = found[-1][0]

    def referring(self, holder: Holder, names: Sequence[str]) -> set[str]:
        """Those of the names that rows refer to at this moment."""
        rows = self._rows_of(holder)
        size = min(connections[self.database].features.max_query_params or 1000, 1000)
        found = set[str]()
        for start in range(0, len(names), size):
            part = names[start : start + size]
            if hasattr(self.model._meta.get_field(holder.field), "base_field"):
                wanted = rows.filter(**{f"{holder.field}__overlap": part})
            else:
                wanted = rows.filter(**{f"{holder.field}__in": part})
            for value in self._asked(lambda w=wanted: list(w.values_list(holder.field, flat=True))):
                found.update(_names(value))
        return found.intersection(names)

    def _rows_of(self, holder: Holder) -> QuerySet[Any]:
        rows = self.rows()
        return rows.filter(**dict([holder.only])) if holder.only else rows

    def rows(self) -> QuerySet[Any]:
        """All of them."""
        # Not by a manager, which may leave rows out (soft deletion).
        return QuerySet(model=self.model, using=self.database)

    def _asked(self, query: Any) -> Any:
        try:
            return query()
        except DatabaseError as error:
            raise _unreachable(self.database, error) from error


def mentioning(column: str, names: Sequence[str]) -> Q:
    """What is true of all rows whose text may hold one of the names, in whatever folder: if these are few,
    the database looks for them faster than it hands over all texts. Of all rows if they are many, or none.
    """
    found = Q()
    for name in names if len(names) <= _FEW else ():
        found |= Q(**{f"{column}__contains": name.rpartition("/")[2]})
    return found


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for item in cast("Iterable[Any]", value):
            yield from _names(item)
    elif value:
        yield str(getattr(value, "name", None) or value)


def tables(found: Iterable[Holder]) -> tuple[list[Table], list[Holder]]:
    """The tables of these columns in all databases; and the columns whose table is in none."""
    by_model: dict[type[models.Model], list[Holder]] = {}
    for holder in found:
        by_model.setdefault(holder.model, []).append(holder)
    there: list[Table] = []
    absent: list[Holder] = []
    for model, columns in by_model.items():
        aliases = databases(model)
        there.extend(Table(model, alias, tuple(columns)) for alias in aliases)
        if not aliases:
            absent.extend(columns)
    return there, absent
