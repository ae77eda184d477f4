"""URLs as bytes in CSS, JavaScript, JSON, XML and comments: reading their escapes, and writing them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from html.entities import html5
from urllib.parse import quote

from lading.references.reference import Kind, Notation, Reference

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def decode(notation: Notation, raw: bytes, *, in_xml: bool = False) -> str:
    """The URL that ``raw`` (a reference's ``data[start:end]``) stands for. Never raises."""
    if in_xml:
        raw = xml_unescape(raw)
    return _DECODERS[notation](raw)


def read(
    data: bytes,
    span: tuple[int, int],
    kind: Kind,
    notation: Notation,
    outer: tuple[int, int] | None = None,
) -> Reference:
    """The reference at ``data[start:end]`` (``span``); ``outer`` is what rewriting replaces, if more."""
    url = decode(notation, data[span[0] : span[1]])
    return Reference(*span, url, kind, notation, *(outer or span))


def is_inline(data: bytes, start: int, end: int) -> bool:
    """Whether ``data[start:end]`` names no file: it is empty, a fragment of the file itself, or ``data:``."""
    return start == end or data[start] == 0x23 or data[start : start + 5].lower() == b"data:"


def encode(notation: Notation, url: str, *, in_xml: bool = False) -> bytes:
    """The bytes that write ``url`` in ``notation``: the whole of what rewriting puts in the outer span."""
    text = _ENCODERS[notation](url)
    if in_xml:
        text = _xml(text)
    # Lone surrogates cannot be written as UTF-8; no file's name has any that a browser could ask for.
    return text.encode(errors="replace")


def _plain(raw: bytes) -> str:
    return raw.decode(errors="replace")


# CSS: https://drafts.csswg.org/css-syntax/#consume-escaped-code-point
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|([\s\S])?)")


def css_unescape(raw: bytes) -> str:
    text = raw.decode(errors="replace").replace("\0", _REPLACEMENT)
    return _CSS_ESCAPE.sub(_css_character, text) if "\\" in text else text


def _css_character(match: re.Match[str]) -> str:
    digits, newline, character = match.groups()
    if digits:
        return _character(int(digits, 16), zero=_REPLACEMENT)
    if newline:
        return ""  # a string goes on on the next line
    return character or ""


def _character(code: int, *, zero: str = "\0") -> str:
    if code == 0:
        return zero
    return _REPLACEMENT if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)


def _css_hex(match: re.Match[str]) -> str:
    return f"\\{ord(match[0]):x} "


def _css_escape(url: str, special: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", _css_hex, re.sub(special, r"\\\g<0>", url))


def _css_double(url: str) -> str:
    return _css_escape(url, r'["\\]')


def _css_single(url: str) -> str:
    return _css_escape(url, r"['\\]")


def _css_bare(url: str) -> str:
    return _css_escape(url, r"[\"'()\\ ]")


# JavaScript: https://tc39.es/ecma262/#sec-literals-string-literals
_JS_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,8})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})"
    r"|([0-3][0-7]{0,2}|[4-7][0-7]?)|(\r\n|[\n\r\u2028\u2029])|([\s\S])?)"
)
_JS_NAMED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_JS_SPECIAL = re.compile("[\x00-\x1f\x7f\u2028\u2029]")


def js_unescape(raw: bytes) -> str:
    text = raw.decode(errors="replace")
    if "\\" not in text:
        return text
    text = _JS_ESCAPE.sub(_js_character, text)
    # Two \u escapes may write one character as a surrogate pair; a half alone is no character.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _js_character(match: re.Match[str]) -> str:
    braced, four, two, octal, newline, character = match.groups()
    digits = braced or four or two
    if digits:
        code = int(digits, 16)
        return chr(code) if code <= 0x10FFFF else _REPLACEMENT
    if octal:
        return chr(int(octal, 8))
    if newline:
        return ""
    return _JS_NAMED.get(character, character) if character else ""


def _js_hex(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _js_escape(url: str, special: str) -> str:
    return _JS_SPECIAL.sub(_js_hex, re.sub(special, r"\\\g<0>", url))


def _js_double(url: str) -> str:
    return _js_escape(url, r'["\\]')


def _js_single(url: str) -> str:
    return _js_escape(url, r"['\\]")


def _js_template(url: str) -> str:
    return _js_escape(url, r"[`\\]|\$(?=\{)")


# JSON: RFC 8259 §7
def _json_unescape(raw: bytes) -> str:
    text = raw.decode(errors="replace")
    if "\\" not in text:
        return text
    try:
        return (
            str(json.loads(f'"{text}"', strict=False))
            .encode("utf-16-le", "surrogatepass")
            .decode("utf-16-le", "replace")
        )
    except ValueError:
        return _REPLACEMENT  # not JSON: no URL


def _json(url: str) -> str:
    return json.dumps(url, ensure_ascii=False)[1:-1]


# XML: https://www.w3.org/TR/xml/#sec-predefined-ent and #sec-references
XML_ENTITY = re.compile(rb"&(?:#([0-9]{1,9})|#[xX]([0-9a-fA-F]{1,8})|(amp|lt|gt|quot|apos));")
_XML_NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}


def xml_unescape(raw: bytes) -> bytes:
    """Resolve character references and the five predefined entities; others are left as they stand."""
    return XML_ENTITY.sub(xml_character, raw) if b"&" in raw else raw


def xml_character(match: re.Match[bytes]) -> bytes:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _XML_NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return _character(code, zero=_REPLACEMENT).encode()


_XML_SPECIAL = re.compile(r"""[&<>"'\x00-\x1f]""")
_XML_WRITTEN = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


def _xml(text: str) -> str:
    return _XML_SPECIAL.sub(lambda match: _XML_WRITTEN.get(match[0], f"&#{ord(match[0])};"), text)


def _xml_decode(raw: bytes) -> str:
    # NUL is no character of XML.
    return xml_unescape(raw).decode(errors="replace").replace("\0", _REPLACEMENT)


# HTML: https://html.spec.whatwg.org/multipage/parsing.html#named-character-reference-state
HTML_ENTITY = re.compile(rb"&(?:#[0-9]++|#[xX][0-9a-fA-F]++|[a-zA-Z][a-zA-Z0-9]*+);?+(=?+)")


def html_character(match: re.Match[bytes]) -> bytes:
    """What a character reference in an attribute's value stands for; itself where it is none."""
    equals = match[1]
    written = match[0].removesuffix(equals).decode()
    if not written.startswith("&#") and (
        written[1:] not in html5 or (equals and not written.endswith(";"))
    ):
        return match[0]
    return html.unescape(written).encode(errors="replace") + equals


def html_unescape(raw: bytes) -> bytes:
    """Resolve the character references of an attribute's value."""
    return HTML_ENTITY.sub(html_character, raw) if b"&" in raw else raw


def _html_decode(raw: bytes) -> str:
    return html_unescape(raw).decode(errors="replace").replace("\0", _REPLACEMENT)


def _html(text: str) -> str:
    return html.escape(text).replace("&#x27;", "&#39;")


def _comment(url: str) -> str:
    """A source map's URL has no white space and no quotes (ECMA-426); ``*/`` would end the comment."""
    return re.sub(r"[\s\"'`]|\*(?=/)", lambda match: quote(match[0], safe=""), url)


_DECODERS: dict[Notation, Callable[[bytes], str]] = {
    Notation.CSS_URL: css_unescape,
    Notation.CSS_IMPORT: css_unescape,
    Notation.CSS_COMMENT: _plain,
    Notation.JS_COMMENT: _plain,
    Notation.CSS_DOUBLE: css_unescape,
    Notation.CSS_SINGLE: css_unescape,
    Notation.CSS_BARE: css_unescape,
    Notation.COMMENT: _plain,
    Notation.JS_DOUBLE: js_unescape,
    Notation.JS_SINGLE: js_unescape,
    Notation.JS_TEMPLATE: js_unescape,
    Notation.JSON: _json_unescape,
    Notation.XML: _xml_decode,
    Notation.HTML: _html_decode,
}

_ENCODERS: dict[Notation, Callable[[str], str]] = {
    # What Django's HashedFilesMixin writes, to the byte.
    Notation.CSS_URL: lambda url: f'url("{_css_double(url)}")',
    Notation.CSS_IMPORT: lambda url: f'@import url("{_css_double(url)}")',
    Notation.CSS_COMMENT: lambda url: f"/*# sourceMappingURL={_comment(url)} */",
    Notation.JS_COMMENT: lambda url: f"//# sourceMappingURL={_comment(url)}",
    Notation.CSS_DOUBLE: _css_double,
    Notation.CSS_SINGLE: _css_single,
    Notation.CSS_BARE: _css_bare,
    Notation.COMMENT: _comment,
    Notation.JS_DOUBLE: _js_double,
    Notation.JS_SINGLE: _js_single,
    Notation.JS_TEMPLATE: _js_template,
    Notation.JSON: _json,
    Notation.XML: _xml,
    Notation.HTML: _html,
}
