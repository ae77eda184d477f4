"""What holds for the references of any bytes."""

from __future__ import annotations

from urllib.parse import unquote

from lading.references import find, rewrite
from lading.references.notation import decode


def assert_sound(path: str, data: bytes) -> None:
    """Find, read, rewrite with the same URLs, rewrite with others and find again."""
    found = find(path, data)
    position = 0
    for reference in found:
        assert position <= reference.outer_start <= reference.start
        assert reference.start < reference.end <= reference.outer_end <= len(data)
        raw = data[reference.start : reference.end]
        assert decode(reference.notation, raw, in_xml=reference.in_xml) == reference.url
        reference.url.encode()
        position = reference.outer_end
    assert rewrite(data, [(reference, reference.url) for reference in found]) == data
    # Written anew and read again: as many, each with its new URL, which is the old one and more. (What is
    # no program can turn into one when a slash, a quote or a newline goes: so nothing goes here.)
    if any(data[r.start : r.end] != r.url.encode() for r in found):
        return
    new = [f"{reference.url}{number}x" for number, reference in enumerate(found)]
    again = find(path, rewrite(data, list(zip(found, new, strict=True))))
    assert [unquote(reference.url) for reference in again] == [unquote(url) for url in new]
    assert [reference.kind for reference in again] == [reference.kind for reference in found]
