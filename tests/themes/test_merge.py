"""``lading.themes.merge``: base, ours, theirs -> merged, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.themes.alignment import pairs
from lading.themes.merge import merge


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ("abc", "abc", "abc", "abc"),
        ("abc", "axbc", "abc", "axbc"),
        ("abc", "abc", "abyc", "abyc"),
        ("abc", "xabc", "abcy", "xabcy"),
        ("abc", "bc", "ab", "b"),
        ("abc", "axc", "axc", "axc"),
        ("abc", "axc", "ayc", None),
        ("abc", "axbc", "aybc", None),
        ("", "a", "b", None),
        ("", "a", "", "a"),
        ("abc", "", "abc", ""),
    ],
)
def test_merge(base: str, ours: str, theirs: str, merged: str | None):
    def lines(text: str) -> bytes:
        return "".join(f"{line}\n" for line in text).encode()

    assert merge(lines(base), lines(ours), lines(theirs)) == (
        merged if merged is None else lines(merged)
    )


def test_lines_that_are_all_the_same_are_each_looked_at_a_few_times():
    count = 0

    class Line(bytes):
        __hash__ = bytes.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal count
            count += 1
            return bytes.__eq__(self, other)

    one = [Line(b"</div>")] * 2000 + [Line(b"<hr>")]
    two = [Line(b"</div>") for _ in range(1500)] + [Line(b"<hr>")]
    assert len(pairs(one, two)) == 1501
    assert count < 5 * (len(one) + len(two))


TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\r\n"]), max_size=8).map(
    lambda lines: "".join(lines).encode()
)


@given(TEXTS, TEXTS)
def test_one_side_alone(base: bytes, other: bytes):
    assert merge(base, other, base) == other
    assert merge(base, base, other) == other
    assert merge(base, other, other) == other


@given(TEXTS, TEXTS, TEXTS)
def test_symmetric(base: bytes, one: bytes, two: bytes):
    assert merge(base, one, two) == merge(base, two, one)
