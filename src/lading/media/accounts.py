"""The books of media files: what lies in stores, what rows refer to, and where the two differ.

They are kept in a temporary SQLite database, so that a million of each need no more memory than a
thousand: measured beside sorted runs merged in Python, it takes two thirds of the time, and its results
can be asked for more than once.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from lading.media.stores import Stored, decoded, encoded

_BATCH = 10_000
_AGAIN = 1000
_CACHE_KIB = 16_384

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
PRAGMA locking_mode = EXCLUSIVE;
CREATE TABLE stored (store INTEGER, name BLOB, size INTEGER, modified REAL, kept INTEGER);
CREATE TABLE claimed (store INTEGER, name BLOB, holder INTEGER, place TEXT);
"""

_SETTLE = """
CREATE INDEX claimed_name ON claimed (store, name);
CREATE INDEX IF NOT EXISTS stored_name ON stored (store, name);
CREATE TABLE orphan AS
    SELECT store, name, size, modified FROM stored AS s
    WHERE NOT kept AND NOT EXISTS (
        SELECT 1 FROM claimed AS c WHERE c.store = s.store AND c.name = s.name)
    ORDER BY store, name;
CREATE TABLE missing AS
    SELECT store, name, holder, place FROM claimed AS c
    WHERE holder >= 0 AND NOT EXISTS (
        SELECT 1 FROM stored AS s WHERE s.store = c.store AND s.name = c.name)
    ORDER BY store, name, holder, place;
CREATE INDEX missing_name ON missing (store, name);
"""

LINK = -1
"""The holder of names that are held by something in the store itself."""

T = TypeVar("T")


class Claim(NamedTuple):
    """A row that refers to a file: ``store`` and ``holder`` are indexes of the caller's, ``place`` says
    which row.
    """

    store: int
    name: str
    holder: int
    place: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Of one store: numbers of files and of references to them, and bytes."""

    files: int
    size: int
    kept: int
    references: int
    orphans: int
    orphans_size: int
    missing: int


class Books:
    """Enter all files and all claims, settle, then ask. Use as a context manager: leaving it removes the
    database. ``folder`` is where that lies, by default the system's place for temporary files.
    """

    def __init__(self, folder: str | None = None) -> None:
        self._totals: dict[int, Totals] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="lading-media-", dir=folder)
        self._database = sqlite3.connect(
            os.path.join(self._folder.name, "books.sqlite3"), isolation_level=None
        )
        self._database.executescript(f"PRAGMA cache_size = -{_CACHE_KIB};{_SCHEMA}")

    def __enter__(self) -> Books:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()
        self._folder.cleanup()

    def enter(
        self,
        store: int,
        files: Iterable[Stored],
        is_kept: Callable[[str], bool],
        told: Callable[[int], None],
    ) -> None:
        """Write down the files of a store. Those that are ``kept`` are never orphans; ``told`` hears how
        many more are done.
        """
        rows = (
            (store, encoded(file.name), file.size, file.modified, is_kept(file.name))
            for file in files
        )
        self._insert("INSERT INTO stored VALUES (?, ?, ?, ?, ?)", rows, told)

    def claim(self, claims: Iterable[Claim], told: Callable[[int], None]) -> None:
        """Write down which files rows refer to."""
        rows = ((claim[0], encoded(claim[1]), claim[2], claim[3]) for claim in claims)
        self._insert("INSERT INTO claimed VALUES (?, ?, ?, ?)", rows, told)

    def settle(self) -> None:
        """Find the differences. No more can be entered afterwards."""
        self._database.executescript(_SETTLE)

    def look_again(self, store: int, there: Callable[[list[str]], Iterable[str]]) -> None:
        """Strike off what is missing no more: files that were stored after their folder was listed.
        ``there`` gives those of some names that exist.
        """
        query = (
            "SELECT DISTINCT name FROM missing WHERE store = ? AND name > ? ORDER BY name LIMIT ?"
        )
        self._totals.pop(store, None)
        last = b""
        while rows := self._database.execute(query, (store, last, _AGAIN)).fetchall():
            last = rows[-1][0]
            found = [(store, encoded(name)) for name in there([decoded(row[0]) for row in rows])]
            self._database.executemany("DELETE FROM missing WHERE store = ? AND name = ?", found)

    def totals(self, store: int) -> Totals:
        """The sums of one store, added up once."""
        if store not in self._totals:
            self._totals[store] = self._add_up(store)
        return self._totals[store]

    def _add_up(self, store: int) -> Totals:
        files, size, kept = self._one(
            "SELECT count(*), coalesce(sum(size), 0), coalesce(sum(kept), 0) FROM stored WHERE store = ?",
            store,
        )
        (references,) = self._one(
            "SELECT count(*) FROM claimed WHERE store = ? AND holder >= 0", store
        )
        orphans, orphans_size = self._one(
            "SELECT count(*), coalesce(sum(size), 0) FROM orphan WHERE store = ?", store
        )
        (missing,) = self._one("SELECT count(*) FROM missing WHERE store = ?", store)
        return Totals(files, size, kept, references, orphans, orphans_size, missing)

    def index(self, store: int) -> int:
        """Make files comparable by name; the number of those in a store that are not kept."""
        self._database.execute("CREATE INDEX IF NOT EXISTS stored_name ON stored (store, name)")
        return self._one("SELECT count(*) FROM stored WHERE store = ? AND NOT kept", store)[0]

    def pairs(self, store: int, other: int) -> Iterator[tuple[Stored, Stored | None]]:
        """After ``index()``: each file of a store that is not kept, with that of its name in another."""
        query = (
            "SELECT a.name, a.size, a.modified, b.name, b.size, b.modified FROM stored AS a "
            "LEFT JOIN stored AS b ON b.store = ? AND b.name = a.name "
            "WHERE a.store = ? AND NOT a.kept ORDER BY a.name"
        )
        for row in self._database.execute(query, (other, store)):
            file = Stored(decoded(row[0]), row[1], row[2])
            yield file, None if row[3] is None else file._replace(size=row[4], modified=row[5])

    def orphans(self, store: int) -> Iterator[Stored]:
        """The files that nothing refers to, by name."""
        query = "SELECT name, size, modified FROM orphan WHERE store = ? ORDER BY rowid"
        for name, size, modified in self._database.execute(query, (store,)):
            yield Stored(decoded(name), size, modified)

    def missing(self, store: int) -> Iterator[Claim]:
        """The references to files that are not there, by name."""
        query = "SELECT store, name, holder, place FROM missing WHERE store = ? ORDER BY rowid"
        for row in self._database.execute(query, (store,)):
            yield Claim(row[0], decoded(row[1]), row[2], row[3])

    def _insert(self, query: str, rows: Iterable[Any], told: Callable[[int], None]) -> None:
        self._database.execute("BEGIN")
        for batch in batches(rows, _BATCH):
            self._database.executemany(query, batch)
            told(len(batch))
        self._database.execute("COMMIT")

    def _one(self, query: str, *values: object) -> tuple[int, ...]:
        return self._database.execute(query, values).fetchone()


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most ``size`` items."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
