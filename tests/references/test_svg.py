"""``lading.references.svg``: input -> (what is replaced, url, kind)."""

from __future__ import annotations

import pytest

from lading.references import svg

FOUND = [
    (b'<svg><use href="a.svg#b"/></svg>', [(b"a.svg#b", "a.svg#b", "svg-href")]),
    (b"<image xlink:href = 'a.png' />", [(b"a.png", "a.png", "svg-href")]),
    (b"<svg:feImage\n\thref='a.png'\r\nx='1'>", [(b"a.png", "a.png", "svg-href")]),
    (b"<script href='a.js'></script>", [(b"a.js", "a.js", "svg-href")]),
    (b"<image href='a&amp;b&#x2e;png'/>", [(b"a&amp;b&#x2e;png", "a&b.png", "svg-href")]),
    (b"<image title='a>b' href='a.png'/>", [(b"a.png", "a.png", "svg-href")]),
    (b'<?xml-stylesheet type="text/css" href="a.css"?><svg/>', []),
    (b'<?xml-stylesheet type="text/css" href="a.css"?><svg/>href', []),
    # not fetched, of the image itself, or no attribute
    (b"<a href='a.html'><use href='#b'/></a>", []),
    (b"<image href='data:image/png;base64,AA=='/>", []),
    (b"<image href=''/>", []),
    (b"<image data-href='a.png' xhref='b.png'/>", []),
    (b"<desc>href='a.png'</desc>", []),
    (b"<!-- <image href='a.png'/> --><![CDATA[<image href='b.png'/>]]>", []),
    (b"<!DOCTYPE svg [<!ENTITY a 'href'>]><?php <image href='a.png'/> ?>", []),
    (b"<image href='a.png", []),
    (b'<image href=\'<use href="a.svg"/>', [(b"a.svg", "a.svg", "svg-href")]),
    # CSS
    (b"<g style='fill:url(a.svg#b)'/>", [(b"a.svg#b", "a.svg#b", "css-url")]),
    (b"<g fill='url(#a)' mask=\"url('a.svg#b')\"/>", [(b"a.svg#b", "a.svg#b", "css-url")]),
    (
        b"<g style=\"a:'&amp;';b:url(&quot;a&amp;b.svg&quot;)\"/>",
        [(b"a&amp;b.svg", "a&b.svg", "css-url")],
    ),
    (
        b"<style>@import 'a.css';b&gt;c{d:url(&#x65;.png)}</style>",
        [(b"a.css", "a.css", "css-import"), (b"&#x65;.png", "e.png", "css-url")],
    ),
    (
        b"<style><!-- url(a) --><![CDATA[b{c:url(d&amp;.png)}]]>e{f:url(g.png)}</style>url(h)",
        [(b"d&amp;.png", "d&amp;.png", "css-url"), (b"g.png", "g.png", "css-url")],
    ),
    (b"<style/>url(a)<style/>", []),
    (b"<style>a{b:url(c.png)}", [(b"c.png", "c.png", "css-url")]),
    (b"<style><![CDATA[a{b:url(c.png)}", [(b"c.png", "c.png", "css-url")]),
    (b"<g title='url(a.png)'/><text>url(b.png)</text>", []),
]


@pytest.mark.parametrize(("data", "expected"), FOUND)
def test_found(data: bytes, expected: list[tuple[bytes, str, str]]) -> None:
    found = [r for r in svg.references(data) if r.kind != "xml-stylesheet"]
    assert [(data[r.outer_start : r.outer_end], r.url, r.kind) for r in found] == expected


STYLESHEETS = [
    (b'<?xml version="1.0"?><?xml-stylesheet href="a.css" type="text/css"?><a/>', ["a.css"]),
    (b"<?xml-stylesheet\n type='text/xsl'\n href='a&amp;b.xsl'\n?>", ["a&b.xsl"]),
    (
        b"<?xml-stylesheet href='a.css'?><?xml-stylesheet alternate='yes' href='b.css'?>",
        ["a.css", "b.css"],
    ),
    (b"<?xml-stylesheets href='a.css'?><?xml-stylesheet title='href' HREF='b.css'?>", []),
    (b"<?xml-stylesheet href='a.css'", ["a.css"]),
]


@pytest.mark.parametrize(("data", "expected"), STYLESHEETS)
def test_stylesheets(data: bytes, expected: list[str]) -> None:
    assert [(r.url, r.kind) for r in svg.stylesheets(data)] == [
        (u, "xml-stylesheet") for u in expected
    ]
    assert [r.url for r in svg.references(data)] == expected
