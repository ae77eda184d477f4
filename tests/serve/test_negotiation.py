"""``choose``: which content coding a client gets. The table of requests has the cases of RFC 9110."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.serve.negotiation import choose

OFFERED = ("br", "zstd", "gzip")

codings = st.sampled_from(["br", "zstd", "gzip", "x-gzip", "GZIP", "identity", "*", "deflate", ""])
weights = st.sampled_from(["", ";q=0", ";q=0.5", "; q=1", ";q=0.001", ";q=1.5", ";q=x", ";q"])
members = st.tuples(codings, weights).map("".join)
values = st.lists(members, max_size=8).map(", ".join) | st.text(max_size=60)


@given(
    values, st.permutations(OFFERED).flatmap(lambda all_: st.integers(0, 3).map(lambda n: all_[:n]))
)
def test_it_never_sends_what_was_refused(value: str, offered: list[str]) -> None:
    chosen = choose(value, tuple(offered))
    assert chosen is None or chosen in offered
    refused = re.findall(r"(?:^|,)\s*([\w*-]+)\s*;\s*[qQ]=0(?:\.0*)?\s*(?=,|$)", value)
    if chosen is not None:
        assert chosen not in [name.lower() for name in refused]


@given(values)
def test_a_longer_header_of_the_same_meaning_gives_the_same(value: str) -> None:
    """Long headers do not go through the cache."""
    assert choose(f"{value}{', ' * 150}", OFFERED) == choose(value, OFFERED)


@pytest.mark.parametrize("offered", [("br", "gzip"), ("gzip", "br")])
def test_the_first_offered_wins_among_equals(offered: tuple[str, ...]) -> None:
    assert choose("gzip, br", offered) == offered[0]


def test_nothing_offered() -> None:
    assert choose("gzip", ()) is None
    assert choose(None, OFFERED) is None
