"""Names -> whether an object store can hold them."""

from __future__ import annotations

import pytest

from lading.objectstore.names import problem


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("ok/ä b.css", ""),
        (".well-known/a..b", ""),
        ("a" * 1024, ""),
        ("a" * 1025, "longer than 1024 bytes"),
        ("ä" * 513, "longer than 1024 bytes"),
        ("a\nb", "control character"),
        ("a//b", "empty"),
        ("", "empty"),
        ("a/", "empty"),
        ("../b", "empty, '.' or '..'"),
        ("a/./b", "empty, '.' or '..'"),
        ("a\\b", "backslash"),
        ("a\udcff", "no Unicode"),
    ],
)
def test_names_that_a_store_cannot_hold(path: str, found: str):
    assert found in problem(path)
    assert bool(problem(path)) == bool(found)


def test_the_prefix_counts():
    assert problem("a" * 24, "p" * 999) == ""
    assert problem("a" * 25, "p" * 999) != ""
