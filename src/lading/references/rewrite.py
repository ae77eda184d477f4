"""Putting new URLs in the place of references."""

from __future__ import annotations

from collections.abc import Iterable

from lading.references.notation import encode
from lading.references.reference import Reference


def rewrite(data: bytes, replacements: Iterable[tuple[Reference, str]]) -> bytes:
    """``data`` with the URL of each reference replaced; the references are those found in this ``data``.

    A new URL equal to the reference's own leaves its bytes as they are. Else the outer span is written anew:
    the whole ``url("…")``, ``@import url("…")`` or source map comment where Django writes that, and only the
    URL, escaped for its place, everywhere else. All other bytes are untouched.

    Raises ``ValueError`` when references overlap or reach beyond the data: they are of another file.
    """
    pieces: list[bytes] = []
    position = 0
    for reference, url in sorted(replacements, key=_start):
        if reference.outer_start < position or reference.outer_end > len(data):
            raise ValueError(f"{reference} overlaps another one, or is not of this data.")
        if url != reference.url:
            pieces.append(data[position : reference.outer_start])
            pieces.append(encode(reference.notation, url, in_xml=reference.in_xml))
        else:
            pieces.append(data[position : reference.outer_end])
        position = reference.outer_end
    pieces.append(data[position:])
    return b"".join(pieces)


def _start(replacement: tuple[Reference, str]) -> int:
    return replacement[0].outer_start
