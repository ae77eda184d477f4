"""CSS that stands inside XML: in a ``style`` attribute, a presentation attribute or a ``<style>`` element."""

from __future__ import annotations

from bisect import bisect_right

from lading.references import css
from lading.references.notation import XML_ENTITY, xml_character
from lading.references.reference import Notation, Reference


def css_in_xml(data: bytes, start: int, end: int, *, escaped: bool = True) -> list[Reference]:
    """The references of the CSS in ``data[start:end]``, with offsets in ``data``.

    ``escaped`` is false in a CDATA section, where ``&`` stands for itself. Django does not look into XML,
    so rewriting changes the URLs alone.
    """
    text, offsets = _unescape(data[start:end]) if escaped else (data[start:end], _Offsets())
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


class _Offsets:
    """Where each offset of an unescaped text was in the escaped one."""

    __slots__ = ("escaped", "plain")

    def __init__(self) -> None:
        self.plain = [0]  # from each of these on, the other's offsets go in step
        self.escaped = [0]

    def of(self, offset: int) -> int:
        part = bisect_right(self.plain, offset) - 1
        return self.escaped[part] + offset - self.plain[part]


def _unescape(raw: bytes) -> tuple[bytes, _Offsets]:
    offsets = _Offsets()
    pieces: list[bytes] = []
    position = length = 0
    for match in XML_ENTITY.finditer(raw):
        character = xml_character(match)
        pieces += raw[position : match.start()], character
        length += match.start() - position + len(character)
        position = match.end()
        offsets.plain.append(length)
        offsets.escaped.append(position)
    pieces.append(raw[position:])
    return b"".join(pieces), offsets
