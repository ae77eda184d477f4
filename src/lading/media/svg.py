"""What an SVG would run where it is shown: scripts, handlers, pages inside it (SVG 2 §15, HTML)."""

from __future__ import annotations

import re
from string import ascii_lowercase
from typing import Final
from xml.parsers import expat

from lading.media.parts import BLOCK, DamagedError, Readable

_ACTIVE: Final = frozenset(
    {
        "script",
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
# Images, except those that are SVG in turn; and data of no type, which is plain text (RFC 2397 §3) until an
# image is made of it.
_IMAGE: Final = re.compile(r"\s*data:(?:image/(?!svg)[a-z0-9.+-]+)?[;,]", re.IGNORECASE)
_IGNORED: Final = re.compile(r"[\x00-\x20\x7f]+")  # in URLs (URL Standard §4.4)
# Drawing programs leave the paths of images on their own disk: "file:", and "C:" of Windows.
_HARMLESS: Final = frozenset({"http", "https", "mailto", "tel", "file", *ascii_lowercase})
# Entities of drawing programs are names of namespaces and styles. Without "<" and "&" they hold no element
# and no other entity; what becomes of an attribute is looked at with them in it.
_PLAIN: Final = re.compile(r"[^<&]{0,1000}")
# Read alike by expat and by browsers: those of the Encoding Standard with one byte for each character.
_ENCODING: Final = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|us-ascii|iso-8859-\d{1,2}|windows-125\d|koi8-[ru]", re.IGNORECASE
)
_XHTML: Final = "http://www.w3.org/1999/xhtml"
_SEPARATOR: Final = "\n"  # stands in no namespace and in no name


class _FoundError(Exception):
    """What was found ends the parsing."""


def active_content(file: Readable) -> str:
    """The first thing in an SVG that would run, as ``"line 3: <script>"``, or ``""``.

    Raises ``DamagedError`` for what is no well-formed SVG. Entities are taken only if they are short text
    within the file: others can hide scripts, unpack to gigabytes and name other files. A ``<foreignObject>``
    is harmless by itself; programs keep their own data in it, a page there is of XHTML.
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

    def entity(name: str, is_parameter: int, value: str | None, *_: object) -> None:
        if is_parameter or value is None or not _PLAIN.fullmatch(value):
            found(f"<!ENTITY {name}>")

    def declaration(version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and not _ENCODING.fullmatch(encoding):
            raise DamagedError(f"is written in the encoding {encoding[:20]!r}; save it as UTF-8")

    parser.XmlDeclHandler = declaration
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
