"""``lading.references.html``: input -> (what stands before the query, URL, role)."""

from __future__ import annotations

import pytest

from lading.references import html
from lading.references.template import parse


def read(data: bytes) -> list[tuple[bytes, str, str]]:
    return [
        (data[f.reference.start : f.path_end], f.reference.url, f.role)
        for f in html.references(data)
    ]


def names(data: bytes) -> list[tuple[str, str]]:
    return [(f.reference.url, f.role) for f in html.references(data, parse(data))]


FOUND = [
    (b"<img src=a.png>", [("a.png", "file")]),
    (b"<img src='a.png' srcset='b.png, c.png 2x,d.png 3w , e(,).png 1x,'>",
     [("a.png", "file"), ("b.png", "file"), ("c.png", "file"), ("d.png", "file"), ("e(,).png", "file")]),
    (b"<source src=a.webm srcset=b.webp><video src=c.webm poster=d.png><track src=e.vtt>",
     [("a.webm", "file"), ("b.webp", "file"), ("c.webm", "file"), ("d.png", "file"), ("e.vtt", "file")]),
    ((b"<a href=a.html><area href=b.html><iframe src=c.html></iframe><frame src=d.html><embed src=e.swf>"
      b"<object data=f.pdf>"),
     [("a.html", "link"), ("b.html", "link"), ("c.html", "link"), ("d.html", "link"), ("e.swf", "link"),
      ("f.pdf", "link")]),
    ((b"<link rel=stylesheet href=a.css><link rel='shortcut ICON' href=b.ico><link rel=manifest href=c.json>"
      b"<link rel=preload imagesrcset='d.png 1x' href=e.png><link rel='alternate stylesheet' href=f.css>"),
     [("a.css", "file"), ("b.ico", "file"), ("c.json", "file"), ("d.png", "file"), ("e.png", "file"),
      ("f.css", "file")]),
    (b"<link rel=canonical href=a.html><link rel=alternate href=b.xml><link rel=next href=c.html>",
     [("a.html", "identity"), ("b.xml", "identity"), ("c.html", "link")]),
    (b"<form action=a.html><button formaction=b.html>", [("a.html", "action"), ("b.html", "action")]),
    (b"<input type=image src=a.png><input src=b.png>", [("a.png", "file"), ("b.png", "data")]),
    (b"<body background=a.png><td background='b.png'>", [("a.png", "file"), ("b.png", "file")]),
    (b"<base href='/x/'>", [("/x/", "base")]),
    ((b"<meta property='og:image' content='a.png'><meta name=msapplication-TileImage content=b.png>"
      b"<meta name=description content=c.png>"), [("a.png", "meta"), ("b.png", "meta")]),
    (b"<meta http-equiv=refresh content=\"5; URL='a.html'\"><meta http-equiv=refresh content=5>",
     [("a.html", "link")]),
    (b"<div data-src=a.png data-x='b c.jpg' data-y=hidden data-z='1.5em; c' data-bg='url(d.png)'>",
     [("a.png", "data"), ("b c.jpg", "data"), ("d.png", "data")]),
    # elements that a script makes, and attributes that it reads
    ((b"<model-viewer src=a.glb poster='b.webp'></model-viewer><a poster=c.jpg><img ng-src='d.png'>"
      b"<ion-item href=e.html><lazy-img srcset='f.png 2x'><img :src=g.png v-bind:src=h.png><x-y src=i>"),
     [("a.glb", "data"), ("b.webp", "data"), ("c.jpg", "data"), ("d.png", "data"), ("e.html", "data"),
      ("f.png", "data")]),
    (b"<svg><use href='a.svg#b'/><image xlink:href=c.png /><a href=d.html /><g fill='url(e.svg#f)'/></svg>",
     [("a.svg#b", "file"), ("c.png", "file"), ("d.html", "link"), ("e.svg#f", "file")]),
    (b"<svg><style>a{b:url(c&amp;d.png)}</style></svg>", [("c&d.png", "file")]),
    (b"<p style=\"a:url('b.png');c:url(&quot;d.png&quot;);e:url(f.png)\">",
     [("b.png", "file"), ("d.png", "file"), ("f.png", "file")]),
    (b"<style>@import 'a.css';b{c:url(d.png)}</style><style type=text/x>e{f:url(g)}</style>",
     [("a.css", "file"), ("d.png", "file")]),
    (b"<script type=module>import './a.js'; import 'vue'</script><script>import('./b.js')</script>",
     [("./a.js", "module"), ("vue", "module")]),
    ((b"<script type='importmap'>{\"imports\": {\"a\": \"./a.js\", \"./b.js\": \"/c.js\"}, "
      b"\"scopes\": {\"/d/\": "
      b"{\"e\": \"./f.js\"}}, \"integrity\": {\"./g.js\": \"sha384-x\"}}</script>"),
     [("./a.js", "module"), ("./b.js", "module"), ("/c.js", "module"), ("/d/", "module"),
      ("./f.js", "module"), ("./g.js", "module")]),
    # nothing that names a file
    (b"<img src=''><img src='#a'><img src='data:,'><a href='#top'><img alt=src>", []),
    (b"<!-- <img src=a.png> --><!--[if IE]><img src=a.png><![endif]--><script>'<img src=a.png>'</script>",
     []),
    (b"<blockquote cite=a.html><p class='src href'><textarea><img src=a></textarea>", []),
    # downlevel-revealed conditional comments hold what every browser reads
    (b"<!--[if !IE]><!--><img src=a.png><!--<![endif]-->", [("a.png", "file")]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), FOUND)
def test_references(data: bytes, expected: list[tuple[str, str]]):
    assert [(url, role) for _, url, role in read(data)] == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<img src=' a.png?b#c '>", (b"a.png", "a.png?b#c", "file")),
        (b"<img src='a&#46;png&#63;b'>", (b"a&#46;png", "a.png?b", "file")),
        (b"<img src='a&amp;b.png?c=1&amp;d'>", (b"a&amp;b.png", "a&b.png?c=1&d", "file")),
        (b"<img src='a?x&copy=1&reg;'>", (b"a", "a?x&copy=1\xae", "file")),
        (b"<p style='a:url(\"b.png?c\")'>", (b"b.png", "b.png?c", "file")),
        (b"<style>a{b:url(c.png#d)}</style>", (b"c.png", "c.png#d", "file")),
        ("<img src='é ü.png'>".encode(), ("é ü.png".encode(), "é ü.png", "file")),
    ],
)
def test_where_the_path_ends(data: bytes, expected: tuple[bytes, str, str]):
    assert read(data) == [expected]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"""<img src="{% static "a.png" %}" alt="b">""", [True]),
        (b"<img src={% static 'a b.png' %} srcset='{{ x }} 1x, c.png 2x'>", [True, True, False]),
        (b"<img src='i/{{ x }}.png'>", [True]),
        (b"<a {% if x > 1 %}title='>'{% endif %} href=b.html>", [False]),
        (b"<img{% if x %} hidden{% endif %} src=a.png>", [False]),
        (b"{# <img src=a> #}{% comment %}<img src=b>{% endcomment %}<img src=c>", [False]),
        (b"{% verbatim %}<img src=a.png>{{ x > y }}{% endverbatim %}", [False]),
        (b"""<p style="a:url('{% static "b" %}');c:url(d.png)">""", [True, False]),
        (b"{{ x|default:'<!--' }}<img src=a.png>", [False]),
    ],
)
def test_template_syntax_is_opaque(data: bytes, expected: list[bool]):
    assert [found.is_dynamic for found in html.references(data, parse(data))] == expected


def test_places_and_quotes():
    data = b"<P STYLE=\"a:url('b')\"><style>c{d:url(e)}</style><img src=f>"
    found = html.references(data)
    assert [(f.element, f.attribute, f.quotes) for f in found] == [
        ("p", "style", b"'\""),
        ("style", "", b""),
        ("img", "src", b""),
    ]
