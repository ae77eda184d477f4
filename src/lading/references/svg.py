"""References in SVG: ``href`` and ``xlink:href``, ``<?xml-stylesheet?>``, and the CSS inside."""

from __future__ import annotations

import re

from lading.references.markup import css_in_xml
from lading.references.notation import is_inline, read
from lading.references.reference import Kind, Notation, Reference

# https://www.w3.org/TR/xml/#sec-starttags; "<" cannot stand in an attribute's value.
_TAG = re.compile(rb"""<([^\s/<>"'=!?]++)((?:[^<>"']++|"[^"<]*+"?+|'[^'<]*+'?+)*+)>?+""")
_ATTRIBUTE = re.compile(rb"""(?<=[\s"'])([^\s/<>"'=]++)\s*+=\s*+(?:"([^"<]*+)"|'([^'<]*+)')""")
# Elements whose href a browser fetches (SVG 2 §"Linking"); that of <a> is for the visitor to follow.
_FETCHES = frozenset(
    b"color-profile cursor feImage filter font-face-uri image linearGradient mpath pattern "
    b"radialGradient script textPath tref use".split()
)
_HREFS = frozenset((b"href", b"xlink:href"))
# Attributes whose value is CSS (SVG 2 §"Presentation attributes"), where it may have a URL.
_CSS_ATTRIBUTES = frozenset(
    b"style fill stroke filter mask clip-path marker marker-start marker-mid marker-end cursor".split()
)
_SIGNS = (b"href", b"url(", b"@import", b"image-set(", b"src(")
_STYLESHEET = b"<?xml-stylesheet"


def references(data: bytes) -> list[Reference]:
    """Every reference in an SVG image, in the order of the text. Never raises, whatever the bytes."""
    lower = data.lower()
    if not any(sign in lower for sign in _SIGNS):
        return []
    found: list[Reference] = []
    at = data.find(b"<")
    while at >= 0:
        at = data.find(b"<", _markup(data, at, found))
    return found


def stylesheets(data: bytes) -> list[Reference]:
    """The ``<?xml-stylesheet href="…"?>`` instructions of any XML document (https://www.w3.org/TR/xml-stylesheet/)."""
    found: list[Reference] = []
    at = data.find(_STYLESHEET)
    while at >= 0:
        at = data.find(_STYLESHEET, _instruction(data, at, found))
    return found


def _markup(data: bytes, at: int, found: list[Reference]) -> int:
    """Read what begins with the ``<`` at ``at``; return where it ends."""
    if data.startswith(b"<!--", at):
        return _after(data, b"-->", at + 4)
    if data.startswith(b"<![CDATA[", at):
        return _after(data, b"]]>", at)
    if data.startswith(b"<?", at):
        return _instruction(data, at, found)
    tag = _TAG.match(data, at)
    if tag is None:
        return at + 1
    name = tag[1].rpartition(b":")[2]
    for attribute in _ATTRIBUTE.finditer(data, tag.start(2), tag.end(2)):
        span = attribute.span(2) if attribute[2] is not None else attribute.span(3)
        if attribute[1] in _HREFS and name in _FETCHES:
            _add(data, span, "svg-href", found)
        elif attribute[1] in _CSS_ATTRIBUTES:
            found += css_in_xml(data, *span)
    if name == b"style" and not tag[2].endswith(b"/"):
        return _style(data, tag.end(), found)
    return tag.end()


def _style(data: bytes, position: int, found: list[Reference]) -> int:
    """The content of a ``<style>``: text, in which characters are escaped, and CDATA sections, where not."""
    while True:
        at = data.find(b"<", position)
        end = len(data) if at < 0 else at
        found += css_in_xml(data, position, end)
        if data.startswith(b"<!--", end):
            position = _after(data, b"-->", end + 4)
        elif data.startswith(b"<![CDATA[", end):
            start = end + len(b"<![CDATA[")
            close = data.find(b"]]>", start)
            close = len(data) if close < 0 else close
            found += css_in_xml(data, start, close, escaped=False)
            position = close + 3
        else:
            return end


def _instruction(data: bytes, at: int, found: list[Reference]) -> int:
    end = _after(data, b"?>", at)
    start = at + len(_STYLESHEET)
    if data.startswith(_STYLESHEET, at) and data[start : start + 1].isspace():
        for attribute in _ATTRIBUTE.finditer(data, start, end):
            if attribute[1] == b"href":
                span = attribute.span(2) if attribute[2] is not None else attribute.span(3)
                _add(data, span, "xml-stylesheet", found)
    return end


def _after(data: bytes, mark: bytes, position: int) -> int:
    end = data.find(mark, position)
    return len(data) if end < 0 else end + len(mark)


def _add(data: bytes, span: tuple[int, int], kind: Kind, found: list[Reference]) -> None:
    if not is_inline(data, *span):
        found.append(read(data, span, kind, Notation.XML))
