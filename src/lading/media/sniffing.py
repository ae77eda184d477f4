"""What a file is by its bytes: signatures of the kinds of files that people upload.

A signature says what a program would take the bytes for, so that a name cannot claim something else.
"""

from __future__ import annotations

import re
from typing import Final

HEAD: Final = 4096
"""Bytes from the start of a file that ``sniff`` and ``matches`` look at."""

# (kind, where it starts, its bytes); the first that fits decides.
_SIGNATURES: Final[tuple[tuple[str, int, bytes], ...]] = (
    ("png", 0, b"\x89PNG\r\n\x1a\n"),
    ("jpeg", 0, b"\xff\xd8\xff"),
    ("gif", 0, b"GIF87a"),
    ("gif", 0, b"GIF89a"),
    ("webp", 8, b"WEBPVP8"),
    ("wav", 8, b"WAVE"),
    ("rf64", 0, b"RF64"),  # a sound of more than 4 GB (EBU Tech 3306)
    ("avi", 8, b"AVI "),
    ("tiff", 0, b"II*\0"),
    ("tiff", 0, b"MM\0*"),
    ("tiff", 0, b"II+\0"),
    ("tiff", 0, b"MM\0+"),
    ("ico", 0, b"\0\0\1\0"),
    ("ico", 0, b"\0\0\2\0"),
    ("jxl", 0, b"\xff\x0a"),
    ("jxl", 0, b"\0\0\0\x0cJXL \r\n\x87\n"),
    ("jp2", 0, b"\0\0\0\x0cjP  \r\n\x87\n"),
    ("pdf", 0, b"%PDF-"),
    ("ole", 0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("rtf", 0, b"{\\rtf"),
    ("ps", 0, b"%!PS"),
    ("zip", 0, b"PK\3\4"),
    ("zip", 0, b"PK\5\6"),  # an empty one
    ("gzip", 0, b"\x1f\x8b"),
    ("bz2", 0, b"BZh"),
    ("xz", 0, b"\xfd7zXZ\0"),
    ("7z", 0, b"7z\xbc\xaf\x27\x1c"),
    ("rar", 0, b"Rar!\x1a\x07"),
    ("zstd", 0, b"\x28\xb5\x2f\xfd"),
    # Frames to be skipped, with which parallel programs begin (RFC 8878 §3.1.2).
    *(("zstd", 0, bytes([0x50 + number]) + b"\x2a\x4d\x18") for number in range(16)),
    ("tar", 257, b"ustar"),
    ("ogg", 0, b"OggS"),
    ("flac", 0, b"fLaC"),
    ("matroska", 0, b"\x1a\x45\xdf\xa3"),
    ("flv", 0, b"FLV\1"),
    ("asf", 0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    ("mpeg", 0, b"\0\0\1\xba"),
    ("mpeg", 0, b"\0\0\1\xb3"),
    ("midi", 0, b"MThd"),
    ("mp3", 0, b"ID3"),
    ("adif", 0, b"ADIF"),
    ("woff", 0, b"wOFF"),
    ("woff2", 0, b"wOF2"),
    ("font", 0, b"OTTO"),
    ("font", 0, b"\0\1\0\0\0"),
    ("font", 0, b"true"),
    ("font", 0, b"ttcf"),
    ("wasm", 0, b"\0asm"),
    ("elf", 0, b"\x7fELF"),
    ("exe", 0, b"MZ"),
    ("macho", 0, b"\xcf\xfa\xed\xfe"),
    ("java", 0, b"\xca\xfe\xba\xbe"),
    ("glb", 0, b"glTF"),
    ("bmp", 0, b"BM"),
)

# The kinds of ISO base media files by brand (ISO/IEC 14496-12 §4.3): what stands after "ftyp".
_BRANDS: Final = {
    b"avif": "avif",
    b"avis": "avif",
    b"heic": "heif",
    b"heix": "heif",
    b"hevc": "heif",
    b"heim": "heif",
    b"heis": "heif",
    b"mif1": "heif",
    b"msf1": "heif",
}

# WHATWG MIME Sniffing §7.1: what browsers take for HTML, after white space. Other markup by "<?xml".
_HTML: Final = re.compile(
    rb"<!DOCTYPE HTML|<!--|"
    rb"<(?:HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P)[ >\t\r\n]",
    re.IGNORECASE,
)
_SVG: Final = re.compile(rb"<(?:[a-z]+:)?svg[\s>/]", re.IGNORECASE)
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# Bytes that no text has: those of WHATWG MIME Sniffing §3 ("binary data byte") without the bell and backspace
# of logs, the vertical tab of word processors, and the end of DOS files.
_BINARY: Final = re.compile(rb"[\x00-\x06\x0e-\x19\x1c-\x1f]")
# ISO/IEC 11172-3 §2.4.2.3: layers II and III. 0xFF 0xFE begins UTF-16.
_MPEG_AUDIO: Final = re.compile(rb"\xff[\xe2-\xe5\xf2-\xf5\xfa-\xfd]")
_ADTS: Final = re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")  # ISO/IEC 13818-7 §6.2

_KINDS: Final[dict[str, frozenset[str]]] = {
    **{
        ending: frozenset({kind})
        for kind, endings in {
            "png": "png apng",
            "jpeg": "jpg jpeg jfif jpe",
            "gif": "gif",
            "webp": "webp",
            "avi": "avi",
            "tiff": "tif tiff",
            "ico": "cur",
            "jxl": "jxl",
            "jp2": "jp2",
            "avif": "avif",
            "pdf": "pdf",
            "rtf": "rtf",
            "ps": "ps",
            "zip": "zip odt ods odp odg epub jar apk kmz usdz",
            "gzip": "gz tgz svgz",
            "bz2": "bz2",
            "xz": "xz",
            "7z": "7z",
            "rar": "rar",
            "zstd": "zst",
            "ogg": "ogg oga ogv opus",
            "matroska": "mkv mka webm weba",
            "flv": "flv",
            "asf": "wmv wma asf",
            "mpeg": "mpg mpeg",
            "midi": "mid midi",
            "woff": "woff",
            "woff2": "woff2",
            "font": "ttf otf ttc",
            "wasm": "wasm",
            "glb": "glb",
            "bmp": "bmp",
            "iso": "mp4 m4a m4v mov 3gp 3g2",
        }.items()
        for ending in endings.split()
    },
    # An ID3 tag may stand before any sound.
    "aac": frozenset({"adts", "adif", "mp3"}),
    # Reporting tools write tables and letters as HTML, XML or text under these names, and people rename new
    # files to old ones: Office opens them all. No browser shows a file of such a name as a page.
    "doc": frozenset({"ole", "rtf", "html", "xml", "text", "zip"}),
    "ppt": frozenset({"ole", "zip"}),
    "xls": frozenset({"ole", "html", "xml", "text", "zip"}),
    # With a password, Office files of today are kept in one of the old kind ([MS-OFFCRYPTO] §2.3.4.4).
    **dict.fromkeys(("docx", "pptx", "xlsx"), frozenset({"zip", "ole"})),
    "flac": frozenset({"flac", "mp3"}),
    "heic": frozenset({"heif"}),
    "heif": frozenset({"heif"}),
    "ico": frozenset({"ico", "png", "bmp"}),
    "mp3": frozenset({"mp3", "mpeg-audio"}),
    "svg": frozenset({"svg", "xml"}),
    "tar": frozenset({"tar"}),
    "wav": frozenset({"wav", "rf64"}),
}

TEXT: Final = frozenset(
    {
        *(
            "css",
            "csv",
            "geojson",
            "gltf",
            "ics",
            "json",
            "jsonld",
            "log",
            "markdown",
            "md",
            "toml",
            "tsv",
        ),
        *(
            "txt",
            "vcf",
            "vtt",
            "yaml",
            "yml",
            "xml",
            "xhtml",
            "html",
            "htm",
            "svg",
            "js",
            "mjs",
            "m3u8",
        ),
    }
)
"""Extensions of files that are text."""

MARKUP: Final = frozenset(
    {"htm", "html", "svg", "xht", "xhtml", "xml", "atom", "rss", "kml", "gpx", "mpd"}
)
"""Extensions of files that begin with a tag."""


def sniff(head: bytes) -> str:
    """The kind of a file by its first ``HEAD`` bytes: that of a signature, ``"html"``, ``"svg"``, ``"xml"``,
    ``"text"``, or ``""`` for binary data of no kind that is known.
    """
    for kind, start, signature in _SIGNATURES:
        if head.startswith(signature, start) and (
            start == 0 or kind == "tar" or head[:4] == b"RIFF"
        ):
            return kind
    if head[4:8] == b"ftyp":
        return _brand(head)
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"):  # QuickTime before ISO
        return "iso"
    if _ADTS.match(head):
        return "adts"
    if _MPEG_AUDIO.match(head.lstrip(b"\0")):  # some encoders begin with silence
        return "mpeg-audio"
    if _is_old_tar(head):
        return "tar"
    # Readers look further, too.
    if head[:64].lstrip(b"\xef\xbb\xbf \t\r\n\f\0").startswith(b"%PDF-"):
        return "pdf"
    return _sniff_text(head)


def _is_old_tar(head: bytes) -> bool:
    """Whether the checksum is right of an archive's first entry, which had no signature before POSIX: the sum
    of its bytes, those of the checksum itself as spaces (pax, "ustar Interchange Format").
    """
    digits = head[148:156].strip(b" \0")
    if len(head) < 512 or not digits.isdigit() or b"8" in digits or b"9" in digits:
        return False
    return int(digits, 8) == sum(head[:148]) + 8 * 32 + sum(head[156:512])


def _brand(head: bytes) -> str:
    """The kind of an ISO base media file. Some programs name a picture by what all pictures have in common
    ("mif1"), and AVIF among the brands that it is compatible with.
    """
    kind = _BRANDS.get(head[8:12], "iso")
    brands = head[16 : int.from_bytes(head[:4], "big")]
    if head[8:12] in (b"mif1", b"msf1") and b"avif" in (brands[:4], brands[4:8], brands[8:12]):
        return "avif"
    return kind


def _sniff_text(head: bytes) -> str:
    text = head
    for bom in _BOMS:
        if head.startswith(bom):
            text = head[len(bom) :]
            break
    if head[:2] in _BOMS[1:]:  # UTF-16; its ASCII characters are enough to tell markup
        text = text.replace(b"\0", b"")
    elif _BINARY.search(head):
        return ""
    text = text.lstrip(b" \t\r\n\f")
    if _HTML.match(text):
        return "svg" if text.startswith(b"<!--") and _SVG.search(text) else "html"
    if text[:5].lower() == b"<?xml" or text.startswith(b"<"):
        return "svg" if _SVG.search(text) else "xml"
    return "text"


def kinds(extension: str) -> frozenset[str]:
    """The kinds that a file of an extension (lower case, no dot) may be, empty for one that is not known."""
    return _KINDS.get(extension, frozenset())


_USUAL: Final = {"jpeg": "jpg", "heif": "heic", "tiff": "tif"} | {
    kind: kind for kind in ("png", "gif", "webp", "avif", "bmp", "pdf", "rtf", "rar", "7z", "flac")
}


def usual_extension(kind: str) -> str:
    """The extension of a kind, ``""`` where several would do."""
    return _USUAL.get(kind, "")


def is_text(extension: str) -> bool:
    """Whether a file of an extension is any text; an SVG is more than that."""
    return (extension in TEXT or extension in MARKUP) and extension not in _KINDS


def matches(extension: str, head: bytes) -> bool:
    """Whether a file that begins with ``head`` may have an extension. Extensions that are not known fit
    whatever is no program and no page.
    """
    expected = kinds(extension)
    if is_text(extension):
        # No signature counts: "BMW" and "The free world" begin with some. What looks like markup is plain
        # text under the name of a text, for nosniff.
        return _sniff_text(head) != ""
    found = sniff(head)
    if expected:
        return found in expected
    return found not in ("html", "svg") and (found not in PROGRAMS or extension in _PROGRAM_ENDINGS)


PROGRAMS: Final = frozenset({"elf", "exe", "macho", "java"})
_PROGRAM_ENDINGS: Final = frozenset({"exe", "dll", "msi", "bin", "so", "class", "dylib", "sys"})

# Bytes that an interpreter would run wherever they stand in a file (PHP, SSI, ASP.NET) or that make a page
# of whatever holds them. Each is so long that not one in 10,000 photographs has it by chance.
_CODE: Final = re.compile(
    rb"<(?:\?php\s|script[\s>/]|%@\s{0,9}[a-z]{4,20}[\s=]|!--#(?:exec|include)|html[\s>]|iframe[\s>]"
    rb"|body[\s>]|svg[\s>][^<]{0,200}onload)",
    re.IGNORECASE,
)
# A signature that is also a JavaScript name, and then a comment or an assignment: "GIF89a/*", "BM=1". What is
# assigned must hide the NULs that follow in each image, in a comment or a string.
_SCRIPT: Final = re.compile(
    rb"[\w$\x80-\xff]{2,16}[ \t\r\n]*(?:/\*|//|=[^\x00-\x08\"'`/]{0,200}[\"'`/])"
)

LONGEST_CODE: Final = 256
"""Bytes that a pattern of code may span."""


def reads_as_script(head: bytes) -> bool:
    """Whether a binary file is a script too (a "polyglot"): its signature reads as a name of JavaScript, and
    what follows as a comment or an assignment that swallows the rest.
    """
    return _SCRIPT.match(head) is not None


def find_code(block: bytes) -> bytes:
    """The first piece of code for an interpreter or a browser in a part of a binary file, or ``b""``."""
    found = _CODE.search(block)
    return found[0].strip() if found else b""
