"""``lading.references.notation``: how URLs are written, and read again."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st

from lading.references.notation import decode, encode, is_inline
from lading.references.reference import Notation

WRITTEN = [
    (Notation.CSS_URL, "a b.png", b'url("a b.png")'),
    (Notation.CSS_URL, 'a"\\b.png', rb'url("a\"\\b.png")'),
    (Notation.CSS_IMPORT, "a.css", b'@import url("a.css")'),
    (Notation.CSS_COMMENT, "a b.map", b"/*# sourceMappingURL=a%20b.map */"),
    (Notation.CSS_COMMENT, "a*/b.map", b"/*# sourceMappingURL=a%2A/b.map */"),
    (Notation.JS_COMMENT, "é'.map", "//# sourceMappingURL=é%27.map".encode()),
    (Notation.CSS_DOUBLE, "a\"'\n.png", rb"""a\"'\a .png"""),
    (Notation.CSS_SINGLE, "a\"'\n.png", rb"""a"\'\a .png"""),
    (Notation.CSS_BARE, "a b(\"')\\.png", rb"a\ b\(\"\'\)\\.png"),
    (Notation.COMMENT, "a.map", b"a.map"),
    (Notation.JS_DOUBLE, "a\"'\n\u2028.js", rb"""a\"'\u000a\u2028.js"""),
    (Notation.JS_SINGLE, "a\"'\\.js", rb"""a"\'\\.js"""),
    (Notation.JS_TEMPLATE, "a`$b${c}\\.js", rb"a\`$b\${c}\\.js"),
    (Notation.JSON, 'a"\\\né.png', rb"a\"\\\n" + "é.png".encode()),
    (Notation.XML, "a&<>\"'\n.svg", b"a&amp;&lt;&gt;&quot;&#39;&#10;.svg"),
]


@pytest.mark.parametrize(("notation", "url", "expected"), WRITTEN)
def test_encode(notation: Notation, url: str, expected: bytes) -> None:
    assert encode(notation, url) == expected


READ = [
    (Notation.CSS_DOUBLE, rb"\61\000062 \000063d\\\"\
e", 'abcd\\"e'),
    (Notation.CSS_DOUBLE, b"\\0 \0\\d834 \\110000 \\", "\ufffd" * 4),
    (Notation.CSS_BARE, rb"a\(b\)", "a(b)"),
    (Notation.JS_DOUBLE, rb"\x61\u0062\u{63}\144\e\n\0\
", "abcde\n\0"),
    (Notation.JS_DOUBLE, rb"\u{110000}\u{d800}\ud83d\ude00\u00", "\ufffd\ufffd😀u00"),
    (Notation.JS_SINGLE, "\\é\\", "é"),
    (Notation.JSON, rb"\u0061\/\ud83d\ude00\"", 'a/😀"'),
    (Notation.JSON, rb"\x", "\ufffd"),
    (Notation.XML, b"a&amp;b&#38;c&#x26;&quot;&xy;&#0;&#xD800;&#1114112;&", 'a&b&c&"&xy;\ufffd\ufffd\ufffd&'),
    (Notation.COMMENT, b"a%20b\xff", "a%20b\ufffd"),
]  # fmt: skip


@pytest.mark.parametrize(("notation", "raw", "expected"), READ)
def test_decode(notation: Notation, raw: bytes | str, expected: str) -> None:
    assert decode(notation, raw if isinstance(raw, bytes) else raw.encode()) == expected


def test_css_in_xml_is_escaped_twice() -> None:
    written = encode(Notation.CSS_BARE, "a&('b').svg", in_xml=True)
    assert written == rb"a&amp;\(\&#39;b\&#39;\).svg"
    assert decode(Notation.CSS_BARE, written, in_xml=True) == "a&('b').svg"


# Django's forms and comments hold URLs that need no escapes for their place.
_ESCAPING = [
    Notation.CSS_DOUBLE,
    Notation.CSS_SINGLE,
    Notation.CSS_BARE,
    Notation.JS_DOUBLE,
    Notation.JS_SINGLE,
    Notation.JS_TEMPLATE,
    Notation.JSON,
    Notation.XML,
]
# NUL is no character of CSS or XML; any other can be written and read again.
_urls = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.sampled_from(_ESCAPING), _urls, st.booleans())
def test_what_is_written_is_read_again(notation: Notation, url: str, in_xml: bool) -> None:
    in_xml = in_xml and notation.name.startswith("CSS")
    assert decode(notation, encode(notation, url, in_xml=in_xml), in_xml=in_xml) == url


@given(st.sampled_from(list(Notation)), st.binary(), st.booleans())
def test_reading_never_raises(notation: Notation, raw: bytes, in_xml: bool) -> None:
    url = decode(notation, raw, in_xml=in_xml)
    url.encode()  # whole characters only
    encode(notation, url, in_xml=in_xml)


@given(_urls)
def test_others_read_what_is_written(url: str) -> None:
    assert json.loads(b'"' + encode(Notation.JSON, url) + b'"') == url
    for notation, pattern in [(Notation.CSS_DOUBLE, '"%s"'), (Notation.CSS_SINGLE, "'%s'")]:
        (token,) = tinycss2.parse_component_value_list(pattern % encode(notation, url).decode())
        assert token.value == url
    if url:
        (token,) = tinycss2.parse_component_value_list(
            f"url({encode(Notation.CSS_BARE, url).decode()})"
        )
        assert token.value == url


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_an_xml_parser_reads_what_is_written(url: str) -> None:
    for mark in "\"'":
        document = f"<a b={mark}{encode(Notation.XML, url).decode()}{mark}/>"
        assert ElementTree.fromstring(document).attrib["b"] == url


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", True),
        (b"#a", True),
        (b"data:,", True),
        (b"DATA:,", True),
        (b"a#b", False),
        (b"dat", False),
    ],
)
def test_is_inline(raw: bytes, expected: bool) -> None:
    assert is_inline(raw, 0, len(raw)) is expected
