"""CSS that stands inside XML: in a ``style`` attribute, a presentation attribute or a ``<style>`` element."""

from __future__ import annotations

from lading.references import css
from lading.references.escaped import Offsets, unescape
from lading.references.notation import XML_ENTITY, xml_character
from lading.references.reference import Notation, Reference


def css_in_xml(data: bytes, start: int, end: int, *, escaped: bool = True) -> list[Reference]:
    """The references of the CSS in ``data[start:end]``, with offsets in ``data``.

    ``escaped`` is false in a CDATA section, where ``&`` stands for itself. Django does not look into XML,
    so rewriting changes the URLs alone.
    """
    text, offsets = (
        unescape(data[start:end], XML_ENTITY, xml_character)
        if escaped
        else (data[start:end], Offsets())
    )
    found: list[Reference] = []
    for reference in css.references(text):
        first, last = start + offsets.of(reference.start), start + offsets.of(reference.end)
        found.append(
            Reference(
                first,
                last,
                reference.url,
                reference.kind,
                _notation(text[reference.start - 1 : reference.start]),
                first,
                last,
                in_xml=escaped,
            )
        )
    return found


def _notation(before: bytes) -> Notation:
    if before == b'"':
        return Notation.CSS_DOUBLE
    return Notation.CSS_SINGLE if before == b"'" else Notation.CSS_BARE
