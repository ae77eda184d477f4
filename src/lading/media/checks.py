"""What an upload must be to be taken: its name, its size, and its bytes. Knows no framework."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Literal

from lading.media import archives, images, naming, svg
from lading.media.parts import BLOCK, DamagedError, Readable
from lading.media.policy import extension
from lading.media.sniffing import (
    HEAD,
    LONGEST_CODE,
    find_code,
    is_text,
    kinds,
    matches,
    reads_as_script,
    sniff,
    usual_extension,
)
from lading.mediatypes import media_type

MAX_PIXELS: Final = 89_478_485
"""Pillow's own limit (``Image.MAX_IMAGE_PIXELS``): a quarter of a gigabyte at three bytes each."""

_ANIMATION: Final = 50  # times as many pixels in all frames together

_IMAGES: Final = frozenset(
    {"png", "jpeg", "gif", "webp", "bmp", "ico", "tiff", "avif", "heif", "jxl", "jp2"}
)


class RefusedError(Exception):
    """An upload that is not taken: ``code`` for programs, ``str(error)`` for whoever sent it."""

    def __init__(self, message: str, code: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Checks:
    """What is asked of an upload. The defaults take every honest file.

    ``max_size``: bytes, ``None``: any. ``max_pixels``: of one frame; ``0``: any. ``allow``: extensions
    (``"pdf"``) or patterns of media types (``"image/*"``), empty: all. ``content``: look into the file.
    ``decode``: have Pillow decode images too, which finds damage inside their compressed data. ``names``:
    what becomes of a dangerous name: the upload is refused, or the name is left to the storage to repair.
    """

    max_size: int | None = None
    max_pixels: int = MAX_PIXELS
    allow: tuple[str, ...] = ()
    content: bool = True
    decode: bool = False
    names: Literal["refuse", "repair"] = "refuse"


def check(checks: Checks, name: str, file: Readable, size: int) -> None:
    """Raises ``RefusedError``, or lets an upload pass. ``name``: as it was sent, without folders; ``size`` in
    bytes. The file is left at its start.
    """
    check_name(checks, name)
    check_size(checks, size)
    if not checks.content:
        return
    try:
        _check_content(checks, extension(name), file, size)
    except DamagedError as error:
        raise RefusedError(f"The file is damaged: it {error}.", "damaged") from error
    finally:
        file.seek(0, 0)


def check_name(checks: Checks, name: str) -> None:
    """Raises ``RefusedError`` for a name that is not taken."""
    if checks.names == "refuse" and (why := naming.problem(name)):
        raise RefusedError(f"The file's name is refused: it {why}. Rename the file.", "name")
    if checks.allow and not allows(checks, name):
        ending = extension(name)
        what = f"Files of type .{ending}" if ending else "Files without an extension"
        raise RefusedError(f"{what} are not taken here, only {', '.join(checks.allow)}.", "type")


def allows(checks: Checks, name: str) -> bool:
    """Whether files of a name's type are taken."""
    ending, kind = extension(name), media_type(name).partition(";")[0]
    return any(
        fnmatchcase(kind, allowed) if "/" in allowed else ending == allowed.lower().lstrip(".")
        for allowed in checks.allow
    )


def check_size(checks: Checks, size: int) -> None:
    """Raises ``RefusedError`` for an empty file, and for one that is too large."""
    if size <= 0:
        raise RefusedError("The file is empty.", "empty")
    if checks.max_size is not None and size > checks.max_size:
        raise RefusedError(
            f"The file is too large: {readable(size)}, at most {readable(checks.max_size)} are taken.",
            "size",
        )


def readable(size: int) -> str:
    """A size for a person."""
    for unit, name in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")):
        if size >= unit:
            return f"{size / unit:.4g} {name}"
    return f"{size} bytes"


def _check_content(checks: Checks, ending: str, file: Readable, size: int) -> None:
    file.seek(0, 0)
    head = file.read(HEAD)
    kind = sniff(head)
    if not matches(ending, head):
        raise RefusedError(_mismatch(ending, kind), "content")
    if ending == "svg":
        if what := svg.active_content(file):
            raise RefusedError(f"The SVG could run something where it is shown ({what}).", "active")
        return
    if is_text(ending):
        return
    if kind == "zip":
        _check_archive(ending, file, size)
    shape = images.shape(file, kind)
    _check_pixels(checks, shape)
    if kind in _IMAGES:
        _check_for_code(file, head)
        if checks.decode:
            from lading.media.pixels import decode

            decode(file, kind)


def _mismatch(ending: str, kind: str) -> str:
    """Says that a file is not what its name says."""
    found = {
        "": "something else",
        "iso": "a film",
        "ole": "an old Office file",
        "text": "text",
    }.get(kind, kind.upper())
    if not ending:
        return f"The file has no extension, and is {found} inside. Give it its right name."
    if right := usual_extension(kind):
        remedy = f"Rename it to end in .{right}."
    elif kind and kinds(ending):
        remedy = "Give it its right name."
    else:
        remedy = "It is damaged, or has a wrong name."
    return f"The file is named .{ending}, but is {found} inside. {remedy}"


def _check_archive(ending: str, file: Readable, size: int) -> None:
    """Other archives than documents are nobody's to open but who unpacks them."""
    if ending not in archives.DOCUMENTS:
        archives.check_whole(file)
        return
    unpacked = archives.unpacked(file)
    if archives.is_bomb(size, unpacked):
        raise RefusedError(
            f"The document is refused: it unpacks from {readable(size)} to {readable(unpacked)}.",
            "unpacked",
        )


def _check_pixels(checks: Checks, shape: images.Shape) -> None:
    pixels = shape.width * shape.height
    if not checks.max_pixels or pixels <= 0:
        return
    if pixels > checks.max_pixels:
        raise RefusedError(
            f"The image is too large: {shape.width} by {shape.height} pixels, at most "
            f"{checks.max_pixels / 1e6:.4g} million are taken.",
            "pixels",
        )
    if pixels * shape.frames > checks.max_pixels * _ANIMATION:
        raise RefusedError(
            f"The animation is too large: {shape.frames} frames of {shape.width} by {shape.height} pixels.",
            "pixels",
        )


def _check_for_code(file: Readable, head: bytes) -> None:
    """Refuse an image that is code for somebody else: nothing an honest program writes."""
    message = "The image is refused: it has program code in it"
    if reads_as_script(head):
        raise RefusedError(f"{message} (it can be read as JavaScript).", "polyglot")
    file.seek(0, 0)
    rest = b""
    while block := file.read(BLOCK):
        if code := find_code(rest + block):
            raise RefusedError(f"{message} ({code[:20].decode('latin-1')}).", "polyglot")
        rest = block[-LONGEST_CODE:]
