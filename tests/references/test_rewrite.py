"""``lading.references.rewrite``: input, new URLs -> output."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lading.references import find, rewrite
from lading.references.notation import is_inline


def new_names(path: str, data: bytes) -> bytes:
    """Every URL with ``.1`` before its last dot."""
    return rewrite(data, [(r, ".1.".join(r.url.rsplit(".", 1))) for r in find(path, data)])


CASES = [
    # Django's forms
    ("a.css", b"a{b:url(x.png)}", b'a{b:url("x.1.png")}'),
    ("a.css", b"a{b:url( 'x.png' )}", b'a{b:url("x.1.png")}'),
    ("a.css", b"@import 'x.css' print;", b'@import url("x.1.css") print;'),
    ("a.css", b"@IMPORT URL(x.css);", b'@IMPORT url("x.1.css");'),
    ("a.css", b"a{}\n/*# sourceMappingURL=a.css.map*/", b"a{}\n/*# sourceMappingURL=a.css.1.map */"),
    ("a.js", b"a\n//# sourceMappingURL=a.js.map\r\n", b"a\n//# sourceMappingURL=a.js.1.map\n"),
    # the URL alone
    ("a.css", b"a{b:image-set('x.png' 1x)}", b"a{b:image-set('x.1.png' 1x)}"),
    ("a.css", b"a{b:src( \"x.png\" )}", b"a{b:src( \"x.1.png\" )}"),
    ("a.css", b"a{b:url('x.png' c())}", b"a{b:url('x.1.png' c())}"),
    ("a.css", b"@import/**/'x.css';", b"@import/**/'x.1.css';"),
    ("a.css", b"a{}/*# sourceMappingURL=a.css.map*/", b"a{}/*# sourceMappingURL=a.css.1.map*/"),
    ("a.js", b"a;//@ sourceMappingURL=a.js.map ", b"a;//@ sourceMappingURL=a.js.1.map "),
    ("a.js", b"import a from'./b.js'", b"import a from'./b.1.js'"),
    ("a.js", b"import(`./b.js` );export*from\"./c.js\"", b"import(`./b.1.js` );export*from\"./c.1.js\""),
    ("a.js", rb"import '\x61.js'", b"import 'a.1.js'"),
    ("a.mjs", b"new URL( 'x.png',import.meta.url)", b"new URL( 'x.1.png',import.meta.url)"),
    ("a.svg", b"<use href='b.svg#c'/>", b"<use href='b.1.svg#c'/>"),
    ("a.svg", b"<image xlink:href=\"a&amp;b.png\"/>", b"<image xlink:href=\"a&amp;b.1.png\"/>"),
    ("a.svg", b"<g style='fill:url(a.svg#b)'/>", b"<g style='fill:url(a.1.svg#b)'/>"),
    ("a.svg", b'<g fill="url(&quot;a.svg#b&quot;)"/>', b'<g fill="url(&quot;a.1.svg#b&quot;)"/>'),
    ("a.xml", b"<?xml-stylesheet href='a.css'?>", b"<?xml-stylesheet href='a.1.css'?>"),
    ("a.webmanifest", rb'{"icons":[{"src":"a\/b.png"}]}', b'{"icons":[{"src":"a/b.1.png"}]}'),
    # CR LF, byte order mark and bytes that are no UTF-8 stay
    ("a.css", b"\xef\xbb\xbf/*\xff*/\r\nurl(x.png)\r\n", b'\xef\xbb\xbf/*\xff*/\r\nurl("x.1.png")\r\n'),
    ("a.css", b"\xff\xfeu\0r\0l\0(\0x\0)\0", b"\xff\xfeu\0r\0l\0(\0x\0)\0"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "data", "expected"), CASES)
def test_rewrite(path: str, data: bytes, expected: bytes) -> None:
    assert new_names(path, data) == expected


@pytest.mark.parametrize(("path", "data", "_"), CASES)
def test_the_same_url_changes_nothing(path: str, data: bytes, _: bytes) -> None:
    assert rewrite(data, [(reference, reference.url) for reference in find(path, data)]) == data


def test_some_and_in_any_order() -> None:
    data = b"url(a) url(b) url(c)"
    a, _, c = find("x.css", data)
    assert rewrite(data, [(c, "d"), (a, "e")]) == b'url("e") url(b) url("d")'
    assert rewrite(data, []) == data


def test_new_urls_are_escaped_for_their_place() -> None:
    data = b"image-set('a' 1x, \"a\" 2x)"
    assert (
        rewrite(data, [(r, "'\"") for r in find("x.css", data)])
        == b"image-set('\\'\"' 1x, \"'\\\"\" 2x)"
    )


def test_references_of_another_file_are_an_error() -> None:
    (reference,) = find("x.css", b"url(a)")
    with pytest.raises(ValueError, match="overlaps"):
        rewrite(b"url(a)", [(reference, "b"), (reference, "c")])
    with pytest.raises(ValueError, match="not of this data"):
        rewrite(b"", [(reference, "b")])


# Where a URL is escaped for its place; in comments it is percent-encoded instead.
_ESCAPED = [
    (path, data) for path, data, _ in CASES if b"sourceMapping" not in data and find(path, data)
]
_COMMENTS = [(path, data) for path, data, _ in CASES if b"sourceMapping" in data]
_urls = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@given(st.sampled_from(_ESCAPED), _urls)
def test_any_new_url_is_read_again(case: tuple[str, bytes], url: str) -> None:
    path, data = case
    assume(not is_inline(url.encode(), 0, len(url.encode())))
    found = find(path, data)
    again = find(path, rewrite(data, [(reference, url) for reference in found]))
    assert [(r.url, r.kind) for r in again] == [(url, r.kind) for r in found]


@given(st.sampled_from(_COMMENTS), _urls)
def test_any_new_url_stays_in_its_comment(case: tuple[str, bytes], url: str) -> None:
    path, data = case
    (found,) = find(path, data)
    (again,) = find(path, rewrite(data, [(found, f"a{url}")]))
    assert unquote(again.url) == unquote(f"a{url}")
