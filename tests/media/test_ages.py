"""texts -> seconds."""

from __future__ import annotations

import argparse

import pytest

from lading.media.ages import parse_age


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("1.5h", 5400),
        ("12H", 43_200),
        (" 7 d ", 604_800),
        ("4w", 2_419_200),
    ],
)
def test_ages(text: str, seconds: float):
    assert parse_age(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-1d", "1y", "d", "1d2h", "٣x"])
def test_what_is_no_age(text: str):
    with pytest.raises(argparse.ArgumentTypeError, match="not an age such as 12h or 7d"):
        parse_age(text)
