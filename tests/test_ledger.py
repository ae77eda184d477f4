"""The ledger's text: what was written is read again, and damage never does harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.ledger import LINK, Ledger, Release, dump, dump_states, load, load_states

KEY = "k" * 64
STATE = f"{'0' * 64} 12:1700000000000000000:99"
FULL = Ledger(
    [Release(3, KEY, "i" * 64, 1_700_000_000), Release(4, KEY)],
    {"a.css": STATE, "über/ b.css": STATE, "linked.js": LINK},
    {"/srv/site/static": {"a.css": STATE}, "/srv/größe\udce9": {"x y": STATE}},
)


def text_of(ledger: Ledger) -> str:
    return "".join(dump(ledger.releases, ledger.written, ledger.sources))


def test_what_was_written_is_read_again():
    assert load(text_of(FULL)) == FULL
    assert load(text_of(Ledger())) == Ledger()


def test_a_source_whose_place_cannot_be_a_line_is_forgotten():
    odd = Ledger(
        sources={"/srv/a\nb": {"a": STATE}, "/srv/a\tb": {"a": STATE}, "/srv/c": {"a": STATE}}
    )
    assert load(text_of(odd)) == Ledger(sources={"/srv/c": {"a": STATE}})


def test_a_ledger_that_is_cut_short_is_empty():
    text = text_of(FULL)
    for end in range(len(text)):
        assert load(text[:end]) == Ledger()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "lading-ledger 1\nend\n",
        "lading-ledger 999\nend\n",
        "lading-ledger 2\nrelease x k - 0\nend\n",
        "lading-ledger 2\nrelease 1\nend\n",
        "lading-ledger 2\nrelease 1 k - 0 and more\nend\n",
        text_of(FULL).replace("end", "und"),
        text_of(FULL) + "more",
    ],
)
def test_another_text_is_an_empty_ledger(text):
    assert load(text) == Ledger()


@given(
    st.lists(st.sampled_from([*text_of(FULL).splitlines(keepends=True), "\t\n", "source \n", "x"]))
)
def test_any_lines_in_any_order_are_read_without_an_error(lines):
    assert isinstance(load("lading-ledger 2\n" + "".join(lines) + "end\n"), Ledger)


@given(st.text())
def test_any_text_is_read_without_an_error(text):
    assert isinstance(load(text), Ledger)
    assert isinstance(load_states(text), dict)


def test_states_alone_are_read_again():
    states = {"a.css": STATE, "b": LINK}
    assert load_states("".join(dump_states(states))) == states
    assert load_states("no tab\n\tno state is a state\nstate\t\n") == {"no state is a state": ""}
