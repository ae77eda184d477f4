"""What a page makes a browser load."""

from __future__ import annotations

import pytest

from lading.doctor.page import loaded

BASE = "https://site.example/folder/"


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ('<script src="/a.js"></script>', ["https://site.example/a.js"]),
        ("<IMG alt='' SRC = 'b.png'>", ["https://site.example/folder/b.png"]),
        ("<img src=c.png?a=1&amp;b=2>", ["https://site.example/folder/c.png?a=1&b=2"]),
        (
            '<link rel="Preload StyleSheet" href="//cdn.example/a.css">',
            ["https://cdn.example/a.css"],
        ),
        ('<link href="http://x.example/" rel="canonical">', []),
        ('<link href="/a.css">', []),
        ("<img data-src='/a.png'>", []),
        ("<a href='/page/'>page</a>", []),
        ('<img src="">', []),
        ("<img src='http://[bad'>", []),
        (
            '<video src="/f.mp4"><source src="/g.webm"></video>',
            ["https://site.example/f.mp4", "https://site.example/g.webm"],
        ),
        ('<img src="/a.png"><img src="/a.png">', ["https://site.example/a.png"]),
        ("no tags \xff < img src=/a.png", []),
        ("<!-- <script src='/a.js'></script> --><img src=/b.png>", ["https://site.example/b.png"]),
        ("<script>const tag = '<img src=/a.png>'</script>", []),
        ('<img title="a > b" src=/a.png>', ["https://site.example/a.png"]),
        ('<img srcset="/a.png 1x, /b.png 2x">', [f"https://site.example/{n}.png" for n in "ab"]),
        ("<p style='background: url(/a.png)'>", ["https://site.example/a.png"]),
        ("<iframe src=/frame/></iframe>", ["https://site.example/frame/"]),
        ("<base href=/other/><img src=a.png>", ["https://site.example/other/a.png"]),
        ("<base href='http://[bad'><img src=a.png>", ["https://site.example/folder/a.png"]),
    ],
)
def test_loaded(text: str, urls: list[str]):
    assert loaded(text.encode("latin-1"), BASE) == urls


def test_a_page_without_end_is_looked_at_in_part():
    text = b'<img src="/a.png">' + b" " * (2 << 20) + b'<img src="/b.png">'
    assert loaded(text, BASE) == ["https://site.example/a.png"]
    many = b"".join(b"<img src=/%d.png>" % number for number in range(1000))
    assert len(loaded(many, BASE)) == 400


@pytest.mark.parametrize(
    "hostile", ["<img ", "<img src=", "<img src='", '<link rel="', "<img" + " " * 9000]
)
def test_hostile_pages(hostile: str):
    """Linear: a megabyte of beginnings of tags takes no longer than any other (the suite's timeout)."""
    text = hostile * ((1 << 20) // len(hostile))
    assert loaded(text.encode(), BASE) == []
