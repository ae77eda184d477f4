"""Signed links that expire, and stay the same for a while."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.media.links import Pass, sign, verify

KEY, OLD, NOW, HOUR = b"key", b"old key", 1_000_000_000.5, 3600


def link(name: str = "a/b.pdf", **options: object) -> str:
    return sign(name, KEY, **{"window": HOUR, "now": NOW, **options})  # type: ignore[arg-type]


def test_a_link_is_the_same_in_a_window_and_valid_until_the_end_of_the_next():
    start = NOW // HOUR * HOUR
    first = link(now=start)
    assert link(now=start + HOUR - 1) == first
    assert link(now=start + HOUR) != first
    assert verify("a/b.pdf", first, [KEY], now=start) == Pass(2 * HOUR)
    assert verify("a/b.pdf", first, [KEY], now=start + 2 * HOUR - 1) == Pass(1)
    assert verify("a/b.pdf", first, [KEY], now=start + 2 * HOUR) is None


def test_another_upload_key_or_expiry():
    query = link()
    assert verify("a/b.pdf", query, [KEY], now=NOW)
    assert verify("a/c.pdf", query, [KEY], now=NOW) is None
    assert verify("a/b.pdf", query, [OLD], now=NOW) is None
    assert verify("a/b.pdf", query, [OLD, KEY], now=NOW)
    later = {**{key: value[0] for key, value in parse_qs(query).items()}, "expires": "9999999999"}
    assert verify("a/b.pdf", urlencode(later), [KEY], now=NOW) is None
    assert verify("a/b.pdf", urlencode(later | {"filename": "x"}), [KEY], now=NOW) is None


def test_a_name_to_save_as():
    query = link(filename="Rechnung Mai €.pdf")
    found = verify("a/b.pdf", query, [KEY], now=NOW)
    assert found is not None
    assert found.filename == "Rechnung Mai €.pdf"
    assert verify("a/b.pdf", query.replace("Mai", "Juni"), [KEY], now=NOW) is None


def test_fields_do_not_run_into_each_other():
    one = sign("a", KEY, window=1, now=9, filename="b")
    signature = parse_qs(one)["signature"][0]
    other = urlencode({"expires": "11", "filename": "", "signature": signature})
    assert verify("a1", other, [KEY], now=9) is None


@pytest.mark.parametrize(
    "query",
    [
        *("", "signature=", "expires=1&signature=x", "expires=x&signature=x", "signature=x"),
        *("expires=1&expires=2&signature=x", "&" * 20 + "signature=", "signature=" + "x" * 5000),
        *("expires=9999999999&signature=%ff", "expires=9999999999&signature=\u00e9"),
    ],
)
def test_nonsense(query: str):
    assert verify("a", query, [KEY], now=NOW) is None


@given(st.text(max_size=50), st.text(max_size=80))
def test_nothing_is_raised(name: str, query: str):
    assert verify(name, query + "&signature=" + query, [KEY], now=NOW) is None
