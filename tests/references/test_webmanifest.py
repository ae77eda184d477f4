"""``lading.references.webmanifest``: input -> urls."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.references import webmanifest

FOUND = [
    ('{"icons":[{"src":"a.png"},{"sizes":"1x1","src":"b.png"}]}', ["a.png", "b.png"]),
    (
        '{"icons" : [ { "src" : "a.png" , "type" : "c" } ], "screenshots": [{"src": "d.png"}]}',
        ["a.png", "d.png"],
    ),
    ('{"shortcuts":[{"name":"a","url":"/b","icons":[{"src":"c.png"}]}]}', ["c.png"]),
    (r'{"icons":[{"src":"\u0061\/\"b.png"}]}', ['a/"b.png']),
    ('\ufeff{"icons":[{"src":"é.png"}]}', ["é.png"]),
    ('{"icons":[{"x":{"y":[1,2,{}]},"src":"a.png"}]}', ["a.png"]),
    # pages, and others' "src"
    ('{"start_url":"a","scope":"b","src":"c","serviceworker":{"src":"d"}}', []),
    ('{"icons":{"16":"a.png","src":"b.png"}}', []),
    ('{"icons":["src","a.png"],"b":[{"src":"c.png"}]}', []),
    ('{"icons":[{"src":["a.png"]},{"src":{"src":"b.png"}},{"x":"src","y":"c.png"}]}', []),
    ('{"icons":[[{"src":"a.png"}]],"screenshots":[]}', []),
    ('{"src/main.js":{"file":"a.js","src":"src/main.js","css":["b.css"]}}', []),
    ('{"icons":[{"src":""},{"src":"data:image/png,a"},{"src":1},{"src":null}]}', []),
    # not JSON
    ('{"icons":[{"src":"a.png', []),
    ('{"icons":[{"src":"a.png"', ["a.png"]),
    ('{"icons":[{"src":a.png}]}', []),
    (']}]{"icons":[{"src":"a.png"}]}', ["a.png"]),
    ('"src" {{{[[[', []),
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_found(text: str, expected: list[str]) -> None:
    data = text.encode()
    assert [(r.url, r.kind) for r in webmanifest.references(data)] == [
        (u, "manifest-image") for u in expected
    ]


_json = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["src", "icons", "a", ""]) | st.text(), inner)
    ),
)


def _expected(value: object) -> list[str]:
    found: list[str] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("icons", "screenshots") and isinstance(inner, list):
                images = [image for image in inner if isinstance(image, dict)]
                found += [i["src"] for i in images if isinstance(i.get("src"), str)]
            found += _expected(inner)
    elif isinstance(value, list):
        for inner in value:
            found += _expected(inner)
    return [
        url
        for url in found
        if url and not url.startswith("#") and not url.lower().startswith("data:")
    ]


@given(_json)
def test_as_a_json_parser_finds(document: object) -> None:
    found = [reference.url for reference in webmanifest.references(json.dumps(document).encode())]
    assert sorted(found) == sorted(_expected(document))
