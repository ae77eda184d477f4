"""``lading.references.find``: which files carry references, and what holds for all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.references import carries, find
from references.soundness import assert_sound
from references.test_linear import LANGUAGES

PATHS = ["a.css", "a.js", "a.mjs", "a.cjs", "a.svg", "a.xml", "a.webmanifest", "manifest.json"]
OTHERS = [
    "a.png",
    "a.html",
    "a.css.map",
    "a.json",
    "css",
    "js/",
    "a.scss",
    "a.min",
    "package.json",
    "",
]


@pytest.mark.parametrize(
    "path", [*PATHS, "A.CSS", "b/c.d/a.min.js", "app-manifest.json", "x.manifest.json"]
)
def test_carries(path: str) -> None:
    assert carries(path)


@pytest.mark.parametrize("path", OTHERS)
def test_carries_none(path: str) -> None:
    assert not carries(path)
    assert find(path, b"url(a) import 'b' <use href='c'/>") == []


KINDS = [
    ("a.css", b"@import 'a';url(b)/*# sourceMappingURL=c */", ["css-import", "css-url", "css-source-map"]),
    ("a.js", b"import 'a';new URL('b', import.meta.url)", ["js-import", "js-new-url"]),
    ("a.mjs", b"import('a')//# sourceMappingURL=b", ["js-dynamic-import", "js-source-map"]),
    ("a.svg", b"<?xml-stylesheet href='a'?><use href='b'/>", ["xml-stylesheet", "svg-href"]),
    ("a.xml", b"<?xml-stylesheet href='a'?><use href='b'/>", ["xml-stylesheet"]),
    ("a.webmanifest", b'{"icons":[{"src":"a"}]}', ["manifest-image"]),
    ("a/manifest.json", b'{"icons":[{"src":"a"}]}', ["manifest-image"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "data", "kinds"), KINDS)
def test_find(path: str, data: bytes, kinds: list[str]) -> None:
    assert [reference.kind for reference in find(path, data)] == kinds


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf_16_is_left_alone(path: str, mark: bytes) -> None:
    data = b"url(a) import 'b' <use href='c'/>"
    assert find(path, mark + data) == []


@given(st.sampled_from(PATHS), st.binary())
def test_any_bytes(path: str, data: bytes) -> None:
    assert_sound(path, data)


@given(st.data())
def test_any_fragments(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(LANGUAGES)))
    assert_sound(path, b"".join(data.draw(st.lists(st.sampled_from(LANGUAGES[path]), max_size=30))))
