"""References in HTML: in attributes, ``srcset``, inline CSS, module scripts and import maps.

Template syntax is opaque: ``{% static "a.png" %}`` is one character of a value, whatever quotes it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lading.references import css, importmap, js, srcset
from lading.references.escaped import Offsets, unescape
from lading.references.html_attributes import Role, role_of
from lading.references.html_lexer import FILLER, Attribute, Tag, attributes, tags
from lading.references.notation import HTML_ENTITY, html_character
from lading.references.reference import Kind, Notation, Reference
from lading.references.template import Syntax, mask

# A tag without any of these has no reference.
_SIGNS = re.compile(rb"src|href|style|poster|data|content|background|action|url\(", re.IGNORECASE)
_REST = re.compile(rb"[?#]")
_TRIMMED = bytes(range(0x21)).replace(FILLER, b"")
_CSS_TYPES = (b"", b"text/css")
# https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-refresh
_REFRESH = re.compile(rb"\s*+[\d.]*+\s*+[;,]\s*+(?:url\s*+=\s*+)?([\"']?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HtmlReference:
    """A reference and where it stands: ``element`` and ``attribute`` in lower case (no attribute: in the
    element's text), what the element does with the URL (``role``), and where in the bytes the path
    of the URL ends (``path_end``). ``quotes`` are all quotes around it.
    """

    reference: Reference
    element: str
    attribute: str
    role: Role
    path_end: int
    quotes: bytes

    @property
    def is_dynamic(self) -> bool:
        """Whether template syntax makes a part of the URL."""
        return FILLER.decode() in self.reference.url


def references(data: bytes, syntax: Syntax | None = None) -> list[HtmlReference]:
    """Every reference in an HTML document, in the order of the text. Never raises, whatever the bytes.

    ``syntax`` is that of the template, if it is one.
    """
    if syntax is not None and syntax.opaque:
        data = mask(data, syntax.opaque)
    found: list[HtmlReference] = []
    search = _SIGNS.search
    for tag in tags(data):
        if tag.end - tag.inner > 3 and search(data, tag.inner, tag.end):
            for item in _of_tag(data, tag):
                found.extend(item)
        if tag.content_end > tag.end:
            found.extend(_of_text(data, tag))
        elif tag.foreign and tag.name == b"style":
            found.extend(_of_foreign_style(data, tag))
    return found


def _of_tag(data: bytes, tag: Tag) -> Iterator[Iterable[HtmlReference]]:
    all_ = attributes(data, tag)
    values = {item.name: data[item.start : item.end] for item in all_}
    for attribute in all_:
        if attribute.start == attribute.end:
            continue
        role = role_of(tag.name, attribute.name, values, foreign=tag.foreign)
        if role is not None:
            yield _of_attribute(data, tag, attribute, role)


def _of_attribute(
    data: bytes, tag: Tag, attribute: Attribute, role: Role
) -> Iterable[HtmlReference]:
    raw = data[attribute.start : attribute.end]
    is_one_url = role in ("file", "link") and not attribute.name.endswith(b"srcset")
    if is_one_url and tag.name != b"meta" and b"&" not in raw:
        return _plain(data, raw, tag, attribute, role)
    text, offsets = _unescape(raw)
    if role == "css" or (role == "data" and b"url(" in text.lower()):
        return list(_in_css(text, offsets, attribute.start, tag, attribute))
    if attribute.name.endswith(b"srcset"):
        spans = srcset.urls(text)
        kind: Kind = "html-srcset"
    else:
        spans = [_trim(text, *(_refresh(text) if tag.name == b"meta" else (0, len(text))))]
        kind = "html-attribute"
    found: list[HtmlReference] = []
    for start, end in spans:
        if _is_reference(text, start, end):
            first, last = attribute.start + offsets.of(start), attribute.start + offsets.of(end)
            url = text[start:end].decode(errors="replace")
            reference = Reference(first, last, url, kind, Notation.HTML, first, last)
            found.append(
                HtmlReference(
                    reference,
                    tag.name.decode(errors="replace"),
                    attribute.name.decode(errors="replace"),
                    role,
                    attribute.start + offsets.of(_path_end(text, start, end)),
                    attribute.quote,
                )
            )
    return found


def _plain(
    data: bytes, raw: bytes, tag: Tag, attribute: Attribute, role: Role
) -> tuple[HtmlReference, ...]:
    """What most attributes are: one URL without character references."""
    start, end = _trim(raw, 0, len(raw))
    if not _is_reference(raw, start, end):
        return ()
    start, end = attribute.start + start, attribute.start + end
    url = data[start:end].decode(errors="replace")
    reference = Reference(start, end, url, "html-attribute", Notation.HTML, start, end)
    element = tag.name.decode(errors="replace")
    name = attribute.name.decode(errors="replace")
    path_end = _path_end(data, start, end)
    return (HtmlReference(reference, element, name, role, path_end, attribute.quote),)


def _in_css(
    text: bytes, offsets: Offsets, start: int, tag: Tag, attribute: Attribute | None
) -> Iterator[HtmlReference]:
    for reference in css.references(text):
        before = text[reference.start - 1 : reference.start]
        quote = before if before in (b'"', b"'") else b""
        first, last = start + offsets.of(reference.start), start + offsets.of(reference.end)
        notation = {b'"': Notation.CSS_DOUBLE, b"'": Notation.CSS_SINGLE}.get(
            quote, Notation.CSS_BARE
        )
        yield HtmlReference(
            Reference(
                first,
                last,
                reference.url,
                reference.kind,
                notation,
                first,
                last,
                attribute is not None,
            ),
            tag.name.decode(errors="replace"),
            attribute.name.decode(errors="replace") if attribute else "",
            "data" if attribute and attribute.name.startswith(b"data-") else "file",
            start + offsets.of(_path_end(text, reference.start, reference.end)),
            quote + (attribute.quote if attribute else b""),
        )


def _of_text(data: bytes, tag: Tag) -> Iterator[HtmlReference]:
    """What ``<style>``, ``<script type="module">`` and ``<script type="importmap">`` refer to."""
    if tag.name not in (b"style", b"script"):
        return
    values = {item.name: data[item.start : item.end] for item in attributes(data, tag)}
    type_ = values.get(b"type", b"").strip().lower()
    text = data[tag.end : tag.content_end]
    if tag.name == b"style":
        if type_ in _CSS_TYPES:
            yield from _in_css(text, Offsets(), tag.end, tag, None)
        return
    if b"src" in values:
        return
    if type_ == b"module":
        found = js.references(text)
    elif type_ == b"importmap":
        found = importmap.references(text)
    else:
        return
    for reference in found:
        start, end = tag.end + reference.start, tag.end + reference.end
        yield HtmlReference(
            Reference(start, end, reference.url, reference.kind, reference.notation, start, end),
            "script",
            "",
            "module" if reference.is_module or type_ == b"importmap" else "file",
            tag.end + _path_end(text, reference.start, reference.end),
            data[start - 1 : start],
        )


def _of_foreign_style(data: bytes, tag: Tag) -> Iterator[HtmlReference]:
    """The CSS in a ``<style>`` of SVG, up to the next tag; in it characters are escaped as in attributes."""
    end = data.find(b"<", tag.end)
    text, offsets = _unescape(data[tag.end : len(data) if end < 0 else end])
    return _in_css(text, offsets, tag.end, tag, None)


def _unescape(raw: bytes) -> tuple[bytes, Offsets]:
    return unescape(raw, HTML_ENTITY, html_character) if b"&" in raw else (raw, Offsets())


def _trim(text: bytes, start: int, end: int) -> tuple[int, int]:
    """Without the white space that browsers ignore around a URL."""
    start = end - len(text[start:end].lstrip(_TRIMMED))
    return start, start + len(text[start:end].rstrip(_TRIMMED))


def _refresh(text: bytes) -> tuple[int, int]:
    """The span of the URL in the content of ``<meta http-equiv="refresh">``; all of another content."""
    match = _REFRESH.match(text)
    if match is None:
        return 0, len(text)
    end = text.find(match[1], match.end()) if match[1] else -1
    return match.end(), len(text) if end < 0 else end


def _is_reference(text: bytes, start: int, end: int) -> bool:
    """Whether the URL may name a file: it is not empty, a fragment of the page itself, or ``data:``."""
    return start < end and text[start] != 0x23 and text[start : start + 5].lower() != b"data:"


def _path_end(text: bytes, start: int, end: int) -> int:
    match = _REST.search(text, start, end)
    return match.start() if match else end
