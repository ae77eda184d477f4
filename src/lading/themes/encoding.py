"""A page's bytes as UTF-8, the one encoding of Django's templates."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UTF_8_BOM = b"\xef\xbb\xbf"
# https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding
_PRESCAN = 1024
_CHARSET = re.compile(rb"""<meta[^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)""", re.IGNORECASE)
# Labels that mean another encoding than Python takes them for (https://encoding.spec.whatwg.org/#names-and-labels).
_LABELS = {"iso8859-1": "cp1252", "ascii": "cp1252", "latin-1": "cp1252", "utf-16": "utf-8"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page in UTF-8; ``encoding`` is what it was in, ``line`` (from 1) where that first shows.

    ``replaced`` says that some bytes are no text in that encoding; they became U+FFFD, as in browsers.
    """

    data: bytes
    encoding: str = "utf-8"
    line: int = 1
    replaced: bool = False


def to_utf_8(data: bytes) -> Decoded:
    """The page in UTF-8, decoded as a browser does. Bytes that are UTF-8 already stay as they are."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data[2:], encoding, 1)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n?|\n", data[: error.start])) + 1
        return _decoded(data.removeprefix(_UTF_8_BOM), _declared(data), line)
    return Decoded(data)


def is_unmarked_utf_16(data: bytes) -> bool:
    """Whether a page seems to be in UTF-16 without a byte order mark, which browsers do not recognise."""
    start = data[:_PRESCAN]
    return start.count(0) > len(start) // 3


def is_undeclared_utf_8(data: bytes) -> bool:
    """Whether a page is in UTF-8 and does not say so: from a server, browsers take it for something else."""
    if data.startswith((_UTF_8_BOM, *(bom for bom, _ in _BOMS))) or _CHARSET.search(
        data, 0, _PRESCAN
    ):
        return False
    return to_utf_8(data).encoding == "utf-8"


def _declared(data: bytes) -> str:
    """What the page says it is in; Windows-1252 otherwise, as browsers have it."""
    if data.startswith(_UTF_8_BOM):
        return "utf-8"
    match = _CHARSET.search(data, 0, _PRESCAN)
    try:
        name = codecs.lookup(match[1].decode()).name if match else "cp1252"
        "".encode(name)
    except (LookupError, UnicodeDecodeError):
        return "cp1252"
    return _LABELS.get(name, name)


def _decoded(data: bytes, encoding: str, line: int) -> Decoded:
    text = data.decode(encoding, "replace")
    return Decoded(
        text.encode(errors="replace"), encoding, line, "\N{REPLACEMENT CHARACTER}" in text
    )
