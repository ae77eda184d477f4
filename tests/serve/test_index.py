"""Folders and their index files."""

from __future__ import annotations

import pytest

from lading.serve.entry import Redirect
from lading.serve.index import find

NAMES = {
    "index.html",
    "docs/index.html",
    "docs/a b/index.html",
    "plain/a.html",
    "both",
    "both/index.html",
}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("", "index.html"),
        ("docs/", "docs/index.html"),
        ("plain/", "plain/index.html"),  # which is not there
        ("docs", "docs/"),
        ("docs/a b", "a%20b/"),
        ("docs/index.html", "./"),
        ("index.html", "./"),
        ("other/index.html", "other/index.html"),
        ("both", "both"),
        ("plain", "plain"),
        ("plain/a.html", "plain/a.html"),
    ],
)
def test_what_a_name_stands_for(name: str, found: str) -> None:
    got = find(name, "index.html", 30, NAMES.__contains__)
    if isinstance(got, Redirect):
        assert got.max_age == 30
        assert got.location == found
    else:
        assert got == found
    assert find(name, "", 30, NAMES.__contains__) == name
