"""``lading.references.sourcemap``: input -> url, by ECMA-426's rules for the last comment."""

from __future__ import annotations

import re

import pytest

from lading.references import sourcemap
from lading.references.reference import Notation


def _with_map(data: bytes) -> bytes:
    return re.sub(rb"\bM\b", b"sourceMappingURL=a.map", data)


JS = [
    (b"a\n//# M", "a.map", Notation.JS_COMMENT),
    (b"//# M\n\n \t\n", "a.map", Notation.JS_COMMENT),
    (b"a\r\n//# M\r\n", "a.map", Notation.JS_COMMENT),
    (b"a\n//# M \t", "a.map", Notation.JS_COMMENT),
    # places and spellings that Django does not look for
    (b"a\n//@ M", "a.map", Notation.COMMENT),
    (b"a\n//#M", "a.map", Notation.COMMENT),
    (b"a\n//#\tM", "a.map", Notation.COMMENT),
    (b"a\r//# M\r", "a.map", Notation.COMMENT),
    (b"a\n/*# M */", "a.map", Notation.COMMENT),
    (b"a\n /*@M*/ ", "a.map", Notation.COMMENT),
    (b"a;//# M", "a.map", Notation.COMMENT),
    (b"a='http://b';//# M", "a.map", Notation.COMMENT),
    (b"a=/[/]/;//# M", "a.map", Notation.COMMENT),
    # the last one, with comments after it
    (b"//# sourceMappingURL=b.map\n//# M", "a.map", Notation.JS_COMMENT),
    (b"//# M\n// b\n/* c */", "a.map", Notation.JS_COMMENT),
    (b"/* ' */\n//# M\n//# sourceURL=b.js", "a.map", Notation.JS_COMMENT),
    # none
    (b"a", None, None),
    (b"//# M\na", None, None),
    (b"//# M\n/* b", None, None),
    (b"//# M b", None, None),
    (b"//# sourceMappingURL=a b.map", None, None),
    (b"//# sourceMappingURL=", None, None),
    (b"//# sourceMappingURL='a.map'", None, None),
    (b"//# sourceMappingURL=data:application/json;base64,e30=", None, None),
    (b"// # M", None, None),
    (b"//# Source: M", None, None),
    (b"/# M", None, None),
    (b"// //# M", None, None),
    (b"/* //# M */", None, None),
    (b"/*\n//# M\n*/", None, None),
    (b"/* \n//# M", None, None),
    (b"'//# M'", None, None),
    (b'a = "//# M\\n"', None, None),
    (b"`\n//# M\n`", None, None),
    (b"/*# M", None, None),
    # The parser of ECMA-426 says none here, the search without parsing says a.map.
    (b"let a = `\n//# M\n//`", None, None),
    (b"a(`\n//# M\n/* ` */", None, None),
]


@pytest.mark.parametrize(("data", "url", "notation"), JS)
def test_in_js(data: bytes, url: str | None, notation: Notation | None) -> None:
    found = sourcemap.in_js(_with_map(data))
    assert [(r.url, r.notation, r.kind) for r in found] == (
        [(url, notation, "js-source-map")] if url else []
    )


CSS = [
    (b"a{}\n/*# M */", "a.map", Notation.CSS_COMMENT),
    (b"/*#\tM*/\n\n", "a.map", Notation.CSS_COMMENT),
    (b"a{}\n/*# M */\r\n", "a.map", Notation.COMMENT),
    (b"a{}/*# M */", "a.map", Notation.COMMENT),
    (b"a{}\n/*# M */ /* b */", "a.map", Notation.COMMENT),
    (b"a{}\n/*# M\n*/", "a.map", Notation.COMMENT),
    (b"a{}\n/*@ M */", "a.map", Notation.COMMENT),
    (b"a{b:url(http://c)}/*# M */", "a.map", Notation.COMMENT),
    (b"/*# M */a{}", None, None),
    (b"//# M", None, None),
    (b"/*# M", None, None),
    (b"/* /*# M */", None, None),
    (b"/*# M */ // b", None, None),
]


@pytest.mark.parametrize(("data", "url", "notation"), CSS)
def test_in_css(data: bytes, url: str | None, notation: Notation | None) -> None:
    found = sourcemap.in_css(_with_map(data))
    assert [(r.url, r.notation, r.kind) for r in found] == (
        [(url, notation, "css-source-map")] if url else []
    )
