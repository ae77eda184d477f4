"""files and claims -> orphans and missing files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.media.accounts import LINK, Books, Claim, batches
from lading.media.stores import Stored


def nobody(_: str) -> bool:
    return False


def silent(_: int) -> None: ...


def settled(
    books: Books, files: Iterable[str], claims: Iterable[str]
) -> tuple[list[str], list[str]]:
    books.enter(0, (Stored(name, 1, 0.0) for name in files), nobody, silent)
    books.claim((Claim(0, name, 0, "1") for name in claims), silent)
    books.settle()
    return [f.name for f in books.orphans(0)], [c.name for c in books.missing(0)]


def _is_name(name: str) -> bool:
    try:
        return os.fsdecode(os.fsencode(name)) == name
    except UnicodeEncodeError:
        return False


NAMES = st.text(min_size=1, max_size=3).filter(_is_name)


@given(st.sets(NAMES), st.sets(NAMES))
def test_orphans_and_missing_files_are_the_two_differences(files: set[str], claims: set[str]):
    with Books() as books:
        orphans, missing = settled(books, files, claims)
    key = os.fsencode
    assert orphans == sorted(files - claims, key=key)
    assert missing == sorted(claims - files, key=key)


def test_each_row_that_misses_a_file_is_told():
    with Books() as books:
        books.claim([Claim(0, "a", 1, "7"), Claim(0, "a", 1, "8"), Claim(0, "a", 2, "7")], silent)
        books.settle()
        assert [(c.holder, c.place) for c in books.missing(0)] == [(1, "7"), (1, "8"), (2, "7")]


def test_stores_are_apart():
    with Books() as books:
        books.enter(0, [Stored("a")], nobody, silent)
        books.enter(1, [Stored("a", 5, 2.0)], nobody, silent)
        books.claim([Claim(0, "a", 0, "1")], silent)
        books.settle()
        assert list(books.orphans(0)) == []
        assert list(books.orphans(1)) == [Stored("a", 5, 2.0)]


def test_what_is_kept_is_no_orphan_and_may_be_claimed():
    with Books() as books:
        books.enter(0, [Stored("cache/a", 3), Stored("b", 4)], lambda n: n[:6] == "cache/", silent)
        books.claim([Claim(0, "cache/a", 0, "1")], silent)
        books.settle()
        totals = books.totals(0)
        assert [f.name for f in books.orphans(0)] == ["b"]
        assert (totals.files, totals.kept) == (2, 1)
        assert (totals.orphans, totals.orphans_size, totals.missing) == (1, 4, 0)


def test_what_a_link_leads_to_is_no_orphan_nor_missing():
    with Books() as books:
        books.enter(0, [Stored("a")], nobody, silent)
        books.claim([Claim(0, "a", LINK, ""), Claim(0, "gone", LINK, "")], silent)
        books.settle()
        totals = books.totals(0)
        assert (totals.orphans, totals.missing, totals.references) == (0, 0, 0)


@pytest.mark.parametrize("count", [1, 1000, 2500])
def test_what_is_there_at_second_sight_is_not_missing(count: int):
    names = [f"{number:05}" for number in range(count)]
    with Books() as books:
        settled(books, [], names)
        books.look_again(0, lambda batch: {n: Stored(n) for n in batch if n != "00000"})
        assert [c.name for c in books.missing(0)] == ["00000"]


def test_orphans_are_looked_at_themselves():
    """A listing need not tell sizes and times; what is gone by then is no orphan."""
    with Books() as books:
        books.enter(0, [Stored("a"), Stored("b"), Stored("c", 1, 2.0)], nobody, silent)
        books.settle()
        asked: list[str] = []

        def stat(names: list[str]) -> dict[str, Stored]:
            asked.extend(names)
            return {"b": Stored("b", 5, 7.0, "version")}

        books.look_again(0, stat)
        assert asked == ["a", "b"]
        assert list(books.orphans(0)) == [Stored("b", 5, 7.0), Stored("c", 1, 2.0)]
        assert (books.totals(0).orphans, books.totals(0).orphans_size) == (2, 6)


def test_progress_is_told_in_full():
    told: list[int] = []
    with Books() as books:
        books.enter(0, (Stored(str(n)) for n in range(25_000)), nobody, told.append)
    assert sum(told) == 25_000
    assert max(told) <= 10_000


def test_the_database_is_gone_afterwards(tmp_path: Path):
    with Books(str(tmp_path)) as books:
        settled(books, ["a"], ["b"])
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


def test_batches():
    assert list(batches(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batches([], 2)) == []
