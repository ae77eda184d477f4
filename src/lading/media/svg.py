"""What an SVG would run where it is shown: scripts, handlers, pages inside it (SVG 2 §15, HTML)."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

from lading.media.parts import BLOCK, DamagedError, Readable

_ACTIVE: Final = frozenset(
    {
        "script",
        "foreignobject",
        "iframe",
        "embed",
        "object",
        "handler",
        "listener",
        "audio",
        "video",
    }
)
_CHANGING: Final = frozenset({"animate", "animatemotion", "animatetransform", "set"})
_LINKS: Final = frozenset({"href", "src", "from", "to", "values", "by", "action", "formaction"})
_SCHEME: Final = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_IMAGE: Final = re.compile(r"\s*data:image/(?:png|jpe?g|gif|webp|avif)[;,]", re.IGNORECASE)
_IGNORED: Final = re.compile(r"[\x00-\x20\x7f]+")  # in URLs (URL Standard §4.4)
_HARMLESS: Final = frozenset({"http", "https", "mailto", "tel"})
_XHTML: Final = "http://www.w3.org/1999/xhtml"
_SEPARATOR: Final = "\n"  # stands in no namespace and in no name


class _FoundError(Exception):
    """What was found ends the parsing."""


def active_content(file: Readable) -> str:
    """The first thing in an SVG that would run, as ``"line 3: <script>"``, or ``""``.

    Raises ``DamagedError`` for what is no well-formed SVG. Entities are not resolved, and files that define
    some are refused, since they can hide scripts and unpack to gigabytes.
    """
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    depth = 0

    def found(what: str) -> None:
        raise _FoundError(f"line {parser.CurrentLineNumber}: {what}")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        namespace, _, local = name.rpartition(_SEPARATOR)
        local = local.lower()
        if depth == 0 and local != "svg":
            raise DamagedError("is XML, but no SVG")
        depth += 1
        if local in _ACTIVE or namespace == _XHTML:
            found(f"<{local}>")
        for key, value in attributes.items():
            attribute = key.rpartition(_SEPARATOR)[2].lower()
            if attribute.startswith("on"):
                found(f"{attribute}=")
            if attribute in _LINKS and (scheme := _bad_scheme(value)):
                found(f"{attribute}={scheme}:")
            if attribute == "attributename" and local in _CHANGING:
                changed = value.strip().lower().rpartition(":")[2]
                if changed == "href" or changed.startswith("on"):
                    found(f"<{local} attributeName={changed!r}>")

    def instruction(target: str, _: str) -> None:
        if target.lower() == "xml-stylesheet":
            found("<?xml-stylesheet?>")

    def entity(name: str, *_: object) -> None:
        found(f"<!ENTITY {name}>")

    parser.StartElementHandler = start
    parser.ProcessingInstructionHandler = instruction
    parser.EntityDeclHandler = entity
    file.seek(0, 0)
    try:
        while block := file.read(BLOCK):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except _FoundError as what:
        return str(what)
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code)
        raise DamagedError(f"is no valid SVG (line {error.lineno}: {problem})") from error
    return ""


def _bad_scheme(value: str) -> str:
    """The scheme of a URL, or of one in a list of them, that may run something."""
    for url in value.split(";") if _SCHEME.match(value) is None else [value]:
        plain = _IGNORED.sub("", url)
        scheme = _SCHEME.match(plain)
        if scheme is None or scheme[1].lower() in _HARMLESS or _IMAGE.match(plain):
            continue
        return scheme[1].lower()
    return ""
