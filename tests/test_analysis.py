"""What one file refers to, and where the references that name nothing stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.analysis import Broken, analyse

SHIPPED = {"css/a.css", "css/b.css", "img/c.png", "js/d.js", "e.png"}


def look(path: str, text: str | bytes, static_url: str = "/static/"):
    data = text.encode() if isinstance(text, str) else text
    links, broken = analyse(path, data, SHIPPED.__contains__, static_url)
    return [(reference.url, target.path) for reference, target in links], broken


def test_links_stand_in_the_order_of_the_text():
    links, broken = look(
        "css/a.css",
        '@import "b.css"; a{b:url(../img/c.png)} c{d:url("/static/e.png#x")} e{f:url(../img/c.png)}',
    )
    assert links == [
        ("b.css", "css/b.css"),
        ("../img/c.png", "img/c.png"),
        ("/static/e.png#x", "e.png"),
        ("../img/c.png", "img/c.png"),
    ]
    assert not broken


def test_what_is_not_ours_is_neither_link_nor_broken():
    text = (
        'import "react"; import "https://cdn/x.js"; import "/api.js"; new URL(x, import.meta.url)'
    )
    assert not any(look("js/d.js", text))


def test_a_target_is_told_by_its_logical_path():
    _, broken = look("css/a.css", "a{b:url(../img/no.png?v#f)} c{d:url(/static/no.css)}")
    assert [(b.url, b.target) for b in broken] == [
        ("../img/no.png?v#f", "img/no.png"),
        ("/static/no.css", "no.css"),
    ]


@pytest.mark.parametrize("url", ["../../../etc/passwd", "../..", "/static/../secret"])
def test_what_leads_out_of_the_root_has_no_target(url: str):
    _, broken = look("css/a.css", f"a{{b:url({url}/x)}}")
    assert [b.target for b in broken] == [""]


@pytest.mark.parametrize(
    ("before", "line", "column"),
    [
        (b"", 1, 11),
        (b"\n", 2, 11),
        (b"\r\n\r\n", 3, 11),
        (b"\r\r", 3, 11),
        (b"a{}\n\n  ", 3, 13),
        (b"/* \n */", 2, 14),
        ("/*\u00e9\u4e16\U0001f600*/".encode(), 1, 18),
        (b"\xef\xbb\xbf", 1, 11),
        (b"/*\x0c*/", 1, 16),
        (b"\t", 1, 12),
    ],
)
def test_line_and_column_of_the_url(before: bytes, line: int, column: int):
    """Columns count characters as an editor does, from 1; the URL itself is meant, not ``url(``."""
    data = before + b"a{b: url( no.png )}"
    _, broken = look("css/a.css", data)
    assert broken == [Broken("css-url", "no.png", "css/no.png", line, column)]


@given(st.lists(st.sampled_from(["\n", "\r\n", "x", "\u00e9", "\U0001f600", " ", "{}", "/**/"])))
def test_the_place_is_where_the_url_stands(pieces: list[str]):
    text = "".join(pieces) + "a{b:url(no.png)}"
    _, (broken,) = look("css/a.css", text)
    row = text.replace("\r\n", "\n").split("\n")[broken.line - 1]
    assert row[broken.column - 1 :].startswith("no.png")


@given(
    st.binary(max_size=200), st.sampled_from(["a.css", "a.js", "a.svg", "a.webmanifest", "a.xml"])
)
def test_no_bytes_make_it_fail(data: bytes, path: str):
    analyse(path, data, lambda _: True, "/static/")
    analyse(path, data, lambda _: False, "/static/")


def test_places_of_many_references_take_one_pass():
    """Sixteen thousand broken references on one line: told by one walk over the text."""
    count = 16_000
    data = b"a{b:url(x)}" * count
    _, broken = look("css/a.css", data)
    assert len(broken) == count
    assert broken[-1].column == 11 * (count - 1) + 9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import './no'", True),
        ("import './no.css'", True),
        ("import a from './no.html'; b()", True),
        ("export {a} from './no.json'", True),
        ("import('./no.scss')", True),
        ("import './no.widget'", True),
        ("import './no.js'", False),
        ("import './no.mjs?v=1'", False),
        ("import a from './no.wasm'", False),
        ("import a from './no.css' with {type: 'css'}", False),
        ("import a from './no.json' /**/ assert {type: 'json'}", False),
        ("export {a} from './no.json'\nwith {type: 'json'}", False),
        ("import('./no.json', {with: {type: 'json'}})", False),
        ("import('./no.json', )", True),
        ("import.meta.resolve('./no.css')", False),
        ("new URL('no.css', import.meta.url)", False),
        ("import '../../no'", False),
    ],
)
def test_what_only_a_bundler_imports(text: str, expected: bool):
    _, (broken,) = look("js/d.js", text)
    assert broken.for_bundlers is expected
