"""``lading.references.css``: input -> (what is replaced, url, kind)."""

from __future__ import annotations

import pytest

from lading.references import css
from lading.references.reference import Notation

URLS = [
    # url(), quoted or not
    (b"a{b:url(x.png)}", [(b"url(x.png)", "x.png")]),
    (b"a{b:url( x.png )}", [(b"url( x.png )", "x.png")]),
    (b"a{b:url('x.png')}", [(b"url('x.png')", "x.png")]),
    (b'a{b:url(\n\t"x.png"\n)}', [(b'url(\n\t"x.png"\n)', "x.png")]),
    (b"URL(x.png)Url(y.png)", [(b"URL(x.png)", "x.png"), (b"Url(y.png)", "y.png")]),
    (b"url(a//b/*c*/.png)", [(b"url(a//b/*c*/.png)", "a//b/*c*/.png")]),
    (b"url(a;b}c)", [(b"url(a;b}c)", "a;b}c")]),
    (b"url('a(1).png')", [(b"url('a(1).png')", "a(1).png")]),
    (
        b"url(x.eot?#iefix),url(x.svg#x)",
        [(b"url(x.eot?#iefix)", "x.eot?#iefix"), (b"url(x.svg#x)", "x.svg#x")],
    ),
    (b"--v:url(x.png);b:var(--v,url(y.png))", [(b"url(x.png)", "x.png"), (b"url(y.png)", "y.png")]),
    (b"12px/1.5 url(x.png)", [(b"url(x.png)", "x.png")]),
    # escapes
    (rb"url(a\20 b.png)", [(rb"url(a\20 b.png)", "a b.png")]),
    (rb"url(a\).png)", [(rb"url(a\).png)", "a).png")]),
    (rb"url('it\'s.png')", [(rb"url('it\'s.png')", "it's.png")]),
    (b"url('a\\\nb.png')", [(b"url('a\\\nb.png')", "ab.png")]),
    (b"url('\\0000e9\r\nt\\e9.png')", [(b"url('\\0000e9\r\nt\\e9.png')", "ét\xe9.png")]),
    (b"url(\xc3\xa9.png)", [(b"url(\xc3\xa9.png)", "é.png")]),
    (b"url(\xe9.png)", [(b"url(\xe9.png)", "\ufffd.png")]),
    (b"url('\\110000\\d800.png')", [(b"url('\\110000\\d800.png')", "\ufffd\ufffd.png")]),
    # what is no url()
    (b"/* url(x.png) */", []),
    (b"/* url(x.png)", []),
    (b"/* ' */url(x.png)/* ' */", [(b"url(x.png)", "x.png")]),
    (b'a{content:"url(x.png)"}', []),
    (b"a{content:'\\'url(x.png)'}", []),
    (b"a\\'b{c:url(x.png)}d\\'e{}", [(b"url(x.png)", "x.png")]),
    (b"my-url(x) -url(x) _url(x) 1url(x) #url(x) @url(x) \\url(x) \xc3\xa9url(x)", []),
    (b"url-prefix(x) format('url') local('a')", []),
    (b"url() url('') url(  ) url(#a) url('#a') url(data:,x) url('DATA:,x')", []),
    (b"url(a b.png)", []),
    (b"url(a'b.png)url(x.png)", [(b"url(x.png)", "x.png")]),
    (b"url(a(b.png)url(x.png)", [(b"url(x.png)", "x.png")]),
    (b"url(a\\\nb.png)", []),
    (b"url(a\x01b.png)", []),
    (b"url('a\nb.png')", []),
    (b"url(x.png", []),
    (b"url('x.png'", []),
    (b"url('x.png", []),
    # A string ends with its line, so the next line is read again.
    (b"a{content:'\n}b{c:url(x.png)}", [(b"url(x.png)", "x.png")]),
    # line ends of all sorts, NUL, a byte order mark
    (
        b"a{}\r\n/* \r */url(x.png)\x0curl(y.png)",
        [(b"url(x.png)", "x.png"), (b"url(y.png)", "y.png")],
    ),
    (b"\0url(x\0.png)", [(b"url(x\0.png)", "x\ufffd.png")]),
    (b"\xef\xbb\xbf@import 'x.css';", [(b"@import 'x.css'", "x.css")]),
]


@pytest.mark.parametrize(("data", "expected"), URLS)
def test_urls(data: bytes, expected: list[tuple[bytes, str]]) -> None:
    found = css.references(data)
    assert [(data[r.outer_start : r.outer_end], r.url) for r in found] == expected


KINDS = [
    # @import, in both forms; the whole rule's head is replaced where Django does
    (b"@import 'a.css';", b"@import 'a.css'", "css-import", Notation.CSS_IMPORT),
    (b'@IMPORT\n"a.css"screen;', b'@IMPORT\n"a.css"', "css-import", Notation.CSS_IMPORT),
    (b"@import'a.css'layer(b) supports(c:d) e;", b"@import'a.css'", "css-import", Notation.CSS_IMPORT),
    (b"@import url(a.css) print;", b"url(a.css)", "css-import", Notation.CSS_URL),
    (b"@import/**/url( 'a.css' );", b"url( 'a.css' )", "css-import", Notation.CSS_URL),
    (b"@import src('a.css');", b"a.css", "css-import", Notation.CSS_SINGLE),
    (b"@import /**/ 'a.css';", b"a.css", "css-import", Notation.CSS_SINGLE),
    (b"@importer 'a';@import-x 'b';@import\\x 'c';url(x)", b"url(x)", "css-url", Notation.CSS_URL),
    (b"\\@import 'a';url(x)", b"url(x)", "css-url", Notation.CSS_URL),
    (b"@import 'a.css\n; url(x)", b"url(x)", "css-url", Notation.CSS_URL),
    # url() with modifiers is a function: only its string is a URL
    (b"url('a.png' crossorigin(anonymous))", b"a.png", "css-url", Notation.CSS_SINGLE),
    (b"url('a.png'/**/)", b"a.png", "css-url", Notation.CSS_SINGLE),
    # src()
    (b"src('a.png') src(var(--a)) src(b.png) my-src('c')", b"a.png", "css-src", Notation.CSS_SINGLE),
    # not @namespace
    (b"@namespace url(a);@namespace b url('c');@namespace 'd';@NAMESPACE/**/e/**/url(f);url(x)",
     b"url(x)", "css-url", Notation.CSS_URL),
]  # fmt: skip


@pytest.mark.parametrize(("data", "outer", "kind", "notation"), KINDS)
def test_kinds(data: bytes, outer: bytes, kind: str, notation: Notation) -> None:
    (found,) = css.references(data)
    assert (data[found.outer_start : found.outer_end], found.kind, found.notation) == (
        outer,
        kind,
        notation,
    )


IMAGE_SETS = [
    (b"image-set('a.png' 1x, \"b.png\" 2x)", ["a.png", "b.png"]),
    (b"-webkit-image-set('a.png' 1x)", ["a.png"]),
    (b"Image-Set( url(a.png) 1x, url('b.png') type('image/png') )", ["a.png", "b.png"]),
    (
        b"image-set('a.png' type('image/avif') 1x,linear-gradient(rgb(0,0,0),red) 2x,'b.png')",
        ["a.png", "b.png"],
    ),
    (b"image-set(/* 'x' ) */ 'a.png' 1x)", ["a.png"]),
    (b"image-set('a.png' 1x) 'b.png'", ["a.png"]),
    (b"my-image-set('a.png' 1x)", []),
    # Never closed: what follows the declaration is not in it.
    (b"a{b:image-set('a.png' 1x;c:'d'}e{f:'g'}", ["a.png"]),
    (b"a{b:image-set('a.png' 1x}c{d:'e'}", ["a.png"]),
    (b"image-set('a.png", []),
    (b"image-set(\\'x 'a.png' 1x)", ["a.png"]),
]


@pytest.mark.parametrize(("data", "expected"), IMAGE_SETS)
def test_image_sets(data: bytes, expected: list[str]) -> None:
    assert [reference.url for reference in css.references(data)] == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"!/* a */", True),
        (b"a{b:'/*'}!/* a */", True),
        (b"a{b:'!/* a */'}", False),
        (b"/* !/* a */", False),
        (b"a!/b", False),
    ],
)
def test_is_comment(data: bytes, expected: bool) -> None:
    at = data.index(b"!")
    assert css.is_comment(data.replace(b"!", b"", 1), at) is expected
