"""``lading.references.html_lexer``: input -> (tag, its attributes with their values)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lading.references.html_lexer import attributes, tags


def read(data: bytes) -> list[tuple[bytes, dict[bytes, bytes]]]:
    return [
        (tag.name, {a.name: data[a.start : a.end] for a in attributes(data, tag)})
        for tag in tags(data)
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<p>", [(b"p", {})]),
        (b"<IMG SRC=a.png>", [(b"img", {b"src": b"a.png"})]),
        (b"<a b='1' c=\"2\" d=3 e>", [(b"a", {b"b": b"1", b"c": b"2", b"d": b"3", b"e": b""})]),
        (b"<a\tb\n=\r\n'1'\f>", [(b"a", {b"b": b"1"})]),
        (b'<a b="1"c="2">', [(b"a", {b"b": b"1", b"c": b"2"})]),
        (b"<a/b=1/c/>", [(b"a", {b"b": b"1/c/"})]),
        (b"<a/b/c/>", [(b"a", {b"b": b"", b"c": b""})]),
        (b"<a b=>", [(b"a", {b"b": b""})]),
        (b"<a =b=1>", [(b"a", {b"=b": b"1"})]),
        (b"<a b==1>", [(b"a", {b"b": b"=1"})]),
        (b"<a title=it's b='>'>", [(b"a", {b"title": b"it's", b"b": b">"})]),
        (b'<a b"c=1>', [(b"a", {b'b"c': b"1"})]),
        (b"<a b=1 B=2>", [(b"a", {b"b": b"1"})]),
        # no tags
        (b"a < b <3 <> < p> </> </ p> <=", []),
        (b"</a b='<p>'>", []),
        (b"<!-- <p> --><!doctype html '<p>'><!-><?php <p>?><!a <p><p>", [(b"p", {})]),
        (b"<!--><p><!---><p><!--a--!><p><!-- <p> --", [(b"p", {})] * 3),
        (b"<p a='", []),
        (b"<p a", []),
        # text
        (b"<script>'<p>'</scripty><p></script ><p>", [(b"script", {}), (b"p", {})]),
        (b"<script><!-- <script> </script> <p> --></script><p>", [(b"script", {}), (b"p", {})]),
        (b"<script><!--><script></script><p>", [(b"script", {}), (b"p", {})]),
        (b"<script><!-- </script><p>", [(b"script", {}), (b"p", {})]),
        (b"<style><p></STYLE\n><p>", [(b"style", {}), (b"p", {})]),
        (b"<title><p></title><textarea><p></textarea>", [(b"title", {}), (b"textarea", {})]),
        (b"<noscript><p></noscript>", [(b"noscript", {}), (b"p", {})]),
        (b"<plaintext><p></plaintext><p>", [(b"plaintext", {})]),
        # SVG and MathML
        (b"<svg><style><p></style></svg>", [(b"svg", {}), (b"style", {}), (b"p", {})]),
        (b"<svg><a/><![CDATA[<p>]]><b></svg>", [(b"svg", {}), (b"a", {}), (b"b", {})]),
        (b"<div><![CDATA[<p>]]><b></div>", [(b"div", {}), (b"b", {})]),
        (
            b"<svg><foreignObject><style><p></style></foreignObject><style><g></svg>",
            [(b"svg", {}), (b"foreignobject", {}), (b"style", {}), (b"style", {}), (b"g", {})],
        ),
        (b"<svg/><style><p></style>", [(b"svg", {}), (b"style", {})]),
        (b"<svg><p><style><p></style>", [(b"svg", {}), (b"p", {}), (b"style", {})]),
        (
            b"<svg><title><b></b></title><style><i>",
            [(b"svg", {}), (b"title", {}), (b"b", {}), (b"style", {}), (b"i", {})],
        ),
        (b"<svg><title><b></title><style><i>", [(b"svg", {}), (b"title", {}), (b"b", {}), (b"style", {})]),
        (b"<math><mi><style><p></style></mi></math>", [(b"math", {}), (b"mi", {}), (b"style", {})]),
        (
            b"<math><annotation-xml encoding='text/html'><style><p></style>",
            [(b"math", {}), (b"annotation-xml", {b"encoding": b"text/html"}), (b"style", {})],
        ),
    ],
)  # fmt: skip
def test_tags(data: bytes, expected: list[tuple[bytes, dict[bytes, bytes]]]):
    assert read(data) == expected


def test_spans():
    data = b"x<IMG  alt  src = 'a b' />y"
    (tag,) = tags(data)
    assert data[tag.start : tag.end] == b"<IMG  alt  src = 'a b' />"
    assert data[tag.inner : tag.inner + 5] == b"  alt"
    alt, src = attributes(data, tag)
    assert (data[alt.at :][:3], alt.start, alt.end, alt.quote) == (b"alt", 10, 10, b"")
    assert (data[src.start : src.end], src.quote) == (b"a b", b"'")


def test_text_of_elements():
    data = b"<script>a</script><style>b</style><p>c</p><title>d"
    texts = [data[tag.end : tag.content_end] for tag in tags(data)]
    assert texts == [b"a", b"b", b"", b"d"]


@pytest.mark.parametrize(
    ("data", "expected"), [(b"<p><a b='", 3), (b"<p><!-- ", 3), (b"<p></p", 3), (b"<p>", None)]
)
def test_says_what_the_end_of_the_file_cuts_off(data: bytes, expected: int | None):
    ends: list[int | None] = []

    def whole() -> Iterator[object]:
        ends.append((yield from tags(data)))

    list(whole())
    assert ends == [expected]
