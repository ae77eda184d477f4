"""Real files of the kinds that people upload, made by the programs that make them: Pillow, zipfile, wave…"""

from __future__ import annotations

import gzip
import io
import struct
import wave
import zipfile
import zlib
from functools import cache

from PIL import Image

EXIF_ORIENTATION, EXIF_MODEL, EXIF_GPS = 0x0112, 0x0110, 0x8825


@cache
def image(kind: str, size: tuple[int, int] = (120, 80), **options: object) -> bytes:
    """A picture by Pillow, with enough in it that its data is more than one block."""
    picture = Image.effect_noise(size, 60).convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


@cache
def photo(*, orientation: int = 6, kind: str = "JPEG") -> bytes:
    """A photograph as a telephone takes it: turned, and with the place where it was taken."""
    picture = Image.effect_noise((120, 80), 60).convert("RGB")
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    exif[EXIF_MODEL] = "Telephone 12"
    exif.get_ifd(EXIF_GPS).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    buffer = io.BytesIO()
    options = {"comment": b"taken at home"} if kind == "JPEG" else {}
    picture.save(buffer, kind, exif=exif, xmp=b"<x:xmpmeta>Berlin</x:xmpmeta>", **options)
    return buffer.getvalue()


def animation(kind: str = "GIF", frames: int = 3) -> bytes:
    pictures = [Image.effect_noise((40, 30), 50 + n).convert("P") for n in range(frames)]
    buffer = io.BytesIO()
    pictures[0].save(buffer, kind, save_all=True, append_images=pictures[1:], loop=0)
    return buffer.getvalue()


def png_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A few kilobytes that unpack to 10 GB."""
    row = zlib.compress(b"\0" * (1 << 20), 9)
    return _png(width, height, row)


def _png(width: int, height: int, data: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, chunks))


def _chunk(chunk: tuple[bytes, bytes]) -> bytes:
    name, content = chunk
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


def archive_of(size: int, entries: int, *, length: int = 0) -> bytes:
    """A zip whose directory says that each of its entries has so many bytes; ``length`` bytes or more."""
    entry = b"PK\1\2" + bytes(20) + size.to_bytes(4, "little") + bytes(18)
    end = b"PK\5\6" + bytes(8) + (46 * entries).to_bytes(4, "little") + bytes(6)
    return b"PK\3\4" + bytes(max(length - 46 * entries - 26, 96)) + entry * entries + end


def gif_script() -> bytes:
    """A GIF that is JavaScript too: its width reads as the beginning of a comment."""
    gif = bytearray(animation("GIF", 1))
    gif[6:8] = b"/*"
    return bytes(gif) + b"*/=1;alert(document.domain)//"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
SVG_SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><title>x</title><script>alert(1)</script>"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R/Size 4>>\n%%EOF\n"
)


def sound() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 9001)
    return buffer.getvalue()


def document() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", "<w:document/>")
    return buffer.getvalue()


def film() -> bytes:
    """The boxes of an MP4 file, without much in them."""
    boxes = (
        (b"ftyp", b"isom\0\0\2\0isomiso2mp41"),
        (b"moov", b"\0" * 100),
        (b"mdat", b"\1" * 5000),
    )
    return b"".join(struct.pack(">I", len(content) + 8) + name + content for name, content in boxes)


def whole() -> dict[str, bytes]:
    """One file of each kind, by a name that fits."""
    return {
        "a.png": image("PNG"),
        "a.apng": animation("PNG"),
        "a.jpg": image("JPEG"),
        "progressive.jpeg": image("JPEG", progressive=True),
        "photo.JPG": photo(),
        "a.gif": image("GIF"),
        "moving.gif": animation(),
        "a.webp": image("WEBP"),
        "lossless.webp": image("WEBP", lossless=True),
        "moving.webp": animation("WEBP"),
        "a.bmp": image("BMP"),
        "a.tiff": image("TIFF"),
        "a.ico": image("ICO", (32, 32)),
        "a.avif": image("AVIF"),
        "a.jp2": image("JPEG2000"),
        "a.svg": SVG,
        "b.svg": b'<?xml version="1.0"?><!-- made -->' + SVG,
        "a.pdf": PDF,
        "a.wav": sound(),
        "a.mp4": film(),
        "a.docx": document(),
        "a.zip": document(),
        "a.gz": gzip.compress(b"text"),
        "a.txt": "Straße\n".encode(),
        "utf16.csv": "a;b\n".encode("utf-16"),
        "a.html": HTML,
        "a.xml": b"<?xml version='1.0'?><feed/>",
        "a.json": b"{}",
        "page.txt": HTML,
        "unknown.xyz": b"\1\2\3",
    }
