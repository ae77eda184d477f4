"""``resolve``: the spans of a ``Range`` header."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.serve.ranges import GAP, MOST_RANGES, resolve

sizes = st.integers(1, 3000)
positions = st.integers(0, 4000)
closed = st.tuples(positions, positions).map(lambda pair: f"{min(pair)}-{max(pair)}")
opened = positions.map("{}-".format)
suffixes = positions.map("-{}".format)
members = st.lists(closed | opened | suffixes, min_size=1, max_size=MOST_RANGES)


def wanted(member: str, size: int) -> set[int]:
    """The positions that one member asks for, spelt out."""
    first, last = member.split("-")
    if not first:
        return set(range(max(size - int(last), 0), size))
    return set(range(int(first), min(int(last) + 1, size) if last else size))


@given(members, sizes)
def test_all_that_was_asked_for_is_sent_once(asked: list[str], size: int) -> None:
    spans = resolve("bytes=" + ",".join(asked), size)
    assert spans is not None
    sent: list[int] = []
    for start, stop in spans:
        assert 0 <= start < stop <= size
        sent += range(start, stop)
    everything = set[int]().union(*(wanted(member, size) for member in asked))
    assert everything <= set(sent)
    assert len(sent) == len(set(sent))
    # What was not asked for fills gaps only.
    if everything:
        assert all(
            any(position - GAP < near for near in everything if near < position)
            for position in set(sent) - everything
        )


@given(members, sizes)
def test_ranges_far_from_each_other_come_in_the_order_asked_for(
    asked: list[str], size: int
) -> None:
    spans = resolve("bytes=" + ",".join(asked), size)
    plain = [(min(found), max(found) + 1) for member in asked if (found := wanted(member, size))]
    if all(after[0] - before[1] >= GAP for before, after in pairwise(sorted(plain))):
        assert spans == plain
    else:
        assert spans == sorted(spans or [])


@given(st.text(max_size=40), sizes)
def test_anything_is_resolved_or_ignored(value: str, size: int) -> None:
    for text in (value, f"bytes={value}"):
        spans = resolve(text, size)
        assert spans is None or all(0 <= start < stop <= size for start, stop in spans)


@given(st.text(st.sampled_from("0123456789-, "), max_size=30), sizes)
def test_one_wrong_member_spoils_the_set(value: str, size: int) -> None:
    if resolve(f"bytes={value}", size) is None:
        assert resolve(f"bytes=0-0,{value}", size) is None or not value.strip(", ")


def test_as_many_ranges_as_are_read() -> None:
    spans = [f"{number * 1000}-{number * 1000}" for number in range(MOST_RANGES + 1)]
    assert len(resolve("bytes=" + ",".join(spans[:-1]), 100_000) or ()) == MOST_RANGES
    assert resolve("bytes=" + ",".join(spans), 100_000) is None


@pytest.mark.parametrize("value", ["bytes=0-", "bytes=-1", "bytes=0-0", "bytes=-0"])
def test_an_empty_representation_has_no_ranges(value: str) -> None:
    assert resolve(value, 0) is None


@pytest.mark.parametrize(
    "specs", ["9" * 4_000_000 + "-", "0" * 4_000_000 + "-1", "-" + "9" * 4_000_000, " " * 4_000_000]
)
def test_megabytes_are_read_in_linear_time(specs: str) -> None:
    """Were it quadratic, as ``int()`` is, four megabytes would take hours."""
    assert resolve(f"bytes={specs}", 100) in ([], None, [(0, 2)], [(0, 100)])
