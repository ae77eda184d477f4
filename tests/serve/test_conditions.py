"""Preconditions beyond the table of requests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.serve.conditions import Outcome, allows_range, evaluate

TAG = '"abc"'
opaque = st.sampled_from(["abc", "ab", "abcd", "bc", "", "a,b", "abc,", "*", "W/", "abc\\"])
tags = st.tuples(st.sampled_from(["", "W/"]), opaque.map(lambda text: f'"{text}"')).map("".join)
separators = st.sampled_from([",", ", ", " , ", ",,", "\t,\t"])


@given(st.lists(tags, min_size=1, max_size=6), separators)
def test_lists(members: list[str], separator: str) -> None:
    value = separator.join(members)
    weak = any(member.removeprefix("W/") == TAG for member in members)
    expected = Outcome.NOT_MODIFIED if weak else Outcome.PROCEED
    assert evaluate({"if-none-match": value}, TAG, None) is expected
    assert evaluate({"if-none-match": value}, f"W/{TAG}", None) is expected
    expected = Outcome.PROCEED if TAG in members else Outcome.FAILED
    assert evaluate({"if-match": value}, TAG, None) is expected
    assert evaluate({"if-match": value}, f"W/{TAG}", None) is Outcome.FAILED


@given(
    st.dictionaries(
        st.sampled_from(["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"]),
        st.text(max_size=20),
    ),
    st.sampled_from(["", TAG, f"W/{TAG}"]),
    st.none() | st.integers(0, 2_000_000_000),
)
def test_anything_has_an_outcome(headers: dict[str, str], etag: str, modified: int | None) -> None:
    assert isinstance(evaluate(headers, etag, modified), Outcome)


@pytest.mark.parametrize("value", ["", '"', '""', "W/", 'W/""', "nothing"])
def test_without_an_entity_tag_only_the_star_matches(value: str) -> None:
    assert evaluate({"if-none-match": value}, "", None) is Outcome.PROCEED
    assert evaluate({"if-match": value}, "", None) is Outcome.FAILED
    assert evaluate({"if-none-match": "*"}, "", None) is Outcome.NOT_MODIFIED


def test_without_a_date_conditions_on_dates_are_ignored() -> None:
    before, after = "Sun, 06 Nov 1994 08:49:37 GMT", "Fri, 11 Apr 2100 11:47:06 GMT"
    assert evaluate({"if-modified-since": after}, TAG, None) is Outcome.PROCEED
    assert evaluate({"if-unmodified-since": before}, TAG, None) is Outcome.PROCEED
    assert not allows_range(before, TAG, None)


def test_a_weak_tag_never_allows_a_range() -> None:
    assert not allows_range(f"W/{TAG}", f"W/{TAG}", None)
    assert not allows_range(TAG, f"W/{TAG}", None)


@pytest.mark.parametrize("piece", ['"a", ', ',"', '"', ", ", "W/", '"abc" ', " " * 50 + ","])
def test_megabytes_are_read_in_linear_time(piece: str) -> None:
    """Were it quadratic, four megabytes would take hours."""
    value = piece * (4_000_000 // len(piece)) + ' "abcd"'
    assert evaluate({"if-none-match": value}, TAG, None) in Outcome
    assert evaluate({"if-match": value + '"abc'}, TAG, None) in Outcome
