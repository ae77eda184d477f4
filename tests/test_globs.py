"""Globs: many at once say the same as fnmatch, one by one."""

from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.globs import Globs

WORDS = st.text(alphabet="ab.*?[]!/-~", max_size=6)


@pytest.mark.parametrize(
    ("patterns", "name", "first"),
    [
        (["CVS", ".*", "*~"], "CVS", "CVS"),
        (["CVS", ".*", "*~"], ".git", ".*"),
        (["CVS", ".*", "*~"], "app.css~", "*~"),
        (["CVS", ".*", "*~"], "app.css", ""),
        (["*.css"], "a/b.css", "*.css"),
        (["a/*.js", "*.map"], "a/b/c.js", "a/*.js"),
        (["[ab].css", "?.css"], "c.css", "?.css"),
        (["*"], "", "*"),
        ([], "anything", ""),
        (["*.CSS"], "a.css", ""),
    ],
)
def test_the_first_that_matches(patterns, name, first):
    assert Globs(patterns).first(name) == first
    assert Globs(patterns).match(name) == bool(first)


@given(st.lists(WORDS.filter(bool), max_size=4), WORDS)
def test_the_same_as_fnmatch(patterns, name):
    expected = [p for p in patterns if fnmatch.fnmatchcase(name, p)]
    globs = Globs(patterns)
    assert globs.match(name) == bool(expected)
    assert globs.first(name) == (expected[0] if expected else "")
