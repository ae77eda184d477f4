"""Names of uploads: what is wrong with a name that a stranger chose, and a safe one made of it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_BYTES: Final = 200
"""Bytes (UTF-8) of a safe name: 255 fit into a directory entry, some of which suffixes of others need
(``_a1B2c3D``, ``.webp``), and encrypted file systems leave 143 to 175.
"""

EXECUTABLE: Final = frozenset(
    {
        *("asp", "aspx", "ashx", "asmx", "cer", "cfm", "cgi", "fcgi", "jsp", "jspx", "jspf", "lua"),
        *("php", "php3", "php4", "php5", "php7", "php8", "phps", "pht", "phtml", "phar"),
        *("pl", "pm", "py", "pyc", "rb", "sh", "bash", "shtml", "shtm", "stm", "ssi"),
        *("bat", "cmd", "com", "exe", "hta", "js", "jse", "lnk", "msi", "pif", "ps1", "reg", "scr"),
        *("vbe", "vbs", "wsf", "wsh", "htaccess", "htm", "html", "xhtml", "svg", "xht"),
    }
)
"""Extensions that do harm where they are not the last: Apache, set up with ``AddHandler``, runs ``x.php.jpg``
as PHP (mod_mime, "Files with Multiple Extensions"), and people read ``bill.exe.txt`` the wrong way round.
"""

REFUSED: Final = frozenset(
    {
        *("asp", "aspx", "ashx", "asmx", "cfm", "cgi", "fcgi", "jsp", "jspx", "jspf", "htaccess"),
        *("php", "php3", "php4", "php5", "php7", "php8", "phps", "pht", "phtml", "phar", "shtml"),
        *(
            "bat",
            "cmd",
            "exe",
            "hta",
            "jse",
            "lnk",
            "msi",
            "pif",
            "ps1",
            "scr",
            "vbe",
            "vbs",
            "wsf",
            "wsh",
        ),
    }
)
"""Those of ``EXECUTABLE`` that nobody has in front of the last extension by accident, as in
``amazon.com.pdf``, ``flag.svg.png``, ``node.js.pdf`` and ``at 5.pm.jpg``.
"""

# Microsoft, "Naming Files, Paths, and Namespaces"; superscript digits count too.
_DEVICES: Final = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?=\.|$)",
    re.IGNORECASE,
)
_SETTINGS: Final = "web.config"  # of IIS, for a folder; Apache's begin with a dot
# Marks that turn the direction of what follows (Unicode Bidirectional Algorithm, UAX #9, §2): with them
# "gpj.exe" shows as "exe.jpg".
_TURNING: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_SEPARATORS: Final = re.compile(r"[\\/]")
_RUNS: Final = re.compile(r"_{2,}|\.{2,}")


def problem(name: str, *, max_bytes: int = 255) -> str:
    """Why an upload's name (without folders) is refused, as the end of a sentence that begins with "It",
    or ``""``. Only what nobody calls a file by accident, or what some system could not keep.
    """
    if _SEPARATORS.search(name) or name in ("", ".", ".."):
        return "names a folder"
    for char in name:
        if char in _TURNING:
            return f"contains a mark that turns the direction of writing (U+{ord(char):04X})"
        if unicodedata.category(char) in ("Cc", "Cs", "Co", "Zl", "Zp"):
            return f"contains a character that cannot be shown (U+{ord(char):04X})"
    if len(name.encode()) > max_bytes:
        return f"is longer than {max_bytes} bytes"
    if _DEVICES.match(name):
        return "names a device of Windows"
    if name.lower() == _SETTINGS:
        return "is that of a web server's settings"
    if wrong := active_part(name, REFUSED):
        return f"hides the extension .{wrong} in front of the last one"
    return ""


def active_part(name: str, among: frozenset[str] = EXECUTABLE) -> str:
    """The first extension out of ``among`` in a name that stands before the last one, or ``""``."""
    inner = name.lower().split(".")[1:-1]
    return next((part for part in inner if part.strip() in among), "")


def safe_name(name: str, *, max_bytes: int = MAX_BYTES) -> str:
    """A name made of a stranger's, for a file that every system and server can keep: letters, accents and
    digits of any language, ``_``, ``-`` and dots, in Unicode's form NFC, with its last extension.

    ``("../x y.php.jpg" -> "x_y_php.jpg")``. The same name comes out of a safe one. What is left without
    any letter is called ``file``.
    """
    # Windows drops dots and spaces at the end; hidden files are served by nobody.
    name = _SEPARATORS.split(name)[-1].strip(". ")
    name = unicodedata.normalize("NFC", "".join(_kept(char) for char in name))
    name = _RUNS.sub(lambda run: run[0][0], name)
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    ending = ending.strip("_")
    stem = _defused(stem).strip("._")
    whole = f"{stem}.{ending}"
    if _DEVICES.match(stem) or _DEVICES.match(whole) or whole.lower() == _SETTINGS:
        stem = f"_{stem}"
    stem = stem or "file"
    tail = _cut(f".{ending}", max_bytes // 4) if ending else ""
    return unicodedata.normalize("NFC", _cut(stem, max_bytes - len(tail.encode())) + tail)


def _kept(char: str) -> str:
    """A character of a safe name for one of any name."""
    category = unicodedata.category(char)
    if category[0] in "LNM" or char in "_.-":  # letters, numbers, marks
        return char
    return "" if category[0] == "C" else "_"


def _defused(stem: str) -> str:
    """Extensions before the last one are no extensions any more, if they would do harm."""
    first, *others = stem.split(".")
    return first + "".join(
        f"_{part}" if part.lower() in EXECUTABLE else f".{part}" for part in others
    )


def _cut(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, without a part of a character or of an accent's letter."""
    if len(text.encode()) <= most:
        return text
    cut = text.encode()[:most].decode("utf-8", "ignore")
    while cut and unicodedata.combining(text[len(cut)]):
        cut = cut[:-1]
    return cut.rstrip("._ ") or "file"


def alternative(name: str, token: str) -> str:
    """A name beside ``name`` for another file: ``token`` before the last extension, as Django does it. The
    last part has at most 255 bytes, as many as file systems keep.
    """
    folder, slash, base = name.rpartition("/")
    stem, dot, ending = base.rpartition(".")
    if not stem or len(ending.encode()) > MAX_BYTES // 4:
        stem, dot, ending = base, "", ""
    stem = _cut(stem, 255 - len(f"_{token}{dot}{ending}".encode()))
    return f"{folder}{slash}{stem}_{token}{dot}{ending}"


def shortened(name: str, most: int) -> str:
    """A path whose length in characters is at most ``most``, cut from the file's stem; raises ``ValueError``
    if nothing would be left of that.
    """
    over = len(name) - most
    if over <= 0:
        return name
    folder, slash, base = name.rpartition("/")
    stem, dot, ending = base.rpartition(".")
    if not stem:
        stem, dot, ending = base, "", ""
    kept = stem[: max(len(stem) - over, 0)].rstrip("._ ")
    if not kept:
        raise ValueError(f"{name!r} cannot be cut to {most} characters")
    return f"{folder}{slash}{kept}{dot}{ending}"
