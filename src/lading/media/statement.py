"""What the books say: the differences between stores and rows, for reports and for pruning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from lading.media.accounts import Books, Totals


class Line(NamedTuple):
    """A file that is an orphan, or missing. ``size`` in bytes and ``modified`` in seconds since the epoch
    are of orphans; ``field`` (``app.Model.field``) and ``row`` of missing files.
    """

    kind: Literal["orphan", "missing"]
    store: str
    name: str
    size: int | None = None
    modified: float | None = None
    field: str = ""
    row: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """Settled books, with the labels of stores and holders by their indexes; ``absent`` are the holders
    whose table is in no database. Orphans written last before ``before`` may be pruned.
    """

    books: Books
    stores: Sequence[str]
    holders: Sequence[str]
    absent: Sequence[str]
    before: float

    @property
    def totals(self) -> list[Totals]:
        return [self.books.totals(store) for store in range(len(self.stores))]

    def orphans(self) -> Iterator[Line]:
        """The files that nothing refers to, by store and name."""
        for index, store in enumerate(self.stores):
            for file in self.books.orphans(index):
                yield Line("orphan", store, file.name, file.size, file.modified)

    def missing(self) -> Iterator[Line]:
        """The references to files that are not there, by store and name."""
        for index, store in enumerate(self.stores):
            for claim in self.books.missing(index):
                field = self.holders[claim.holder]
                yield Line("missing", store, claim.name, field=field, row=claim.place)
