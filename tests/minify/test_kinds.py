"""names and contents -> what can be minified, and what is already."""

from __future__ import annotations

import pytest

from lading.minify.kinds import is_minified, kind_of

READABLE = b"function add(first, second) {\n  return first + second;\n}\n" * 20
DENSE = b"function a(b,c){return b+c}" * 200


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.css", "css"),
        ("A.CSS", "css"),
        ("a.js", "js"),
        ("a.mjs", "js"),
        ("a.cjs", "js"),
        ("a.ts", None),
        ("a.css.map", None),
        ("js", None),
    ],
)
def test_kind_by_name(path, kind):
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    "name", ["a.min.js", "a-min.js", "a.MIN.css", "a.min.4f2a1b.js", "x/a.min-2.js"]
)
def test_what_is_named_minified_is_left_alone(name):
    assert is_minified(name, READABLE)


@pytest.mark.parametrize("name", ["a.js", "admin.js", "min.js", "x.min/a.js", "a.minimal.js"])
def test_what_is_not_named_so_is_measured(name):
    assert not is_minified(name, READABLE)
    assert is_minified(name, DENSE)
    assert is_minified(name, b"/*\n * A licence\n * of some lines\n */\n" + DENSE)


def test_an_empty_file_needs_nothing():
    assert is_minified("a.js", b"")
