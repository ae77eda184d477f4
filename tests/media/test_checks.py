"""What uploads are taken, and what is said of the others."""

from __future__ import annotations

import io
import random
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.media.checks import Checks, RefusedError, check, readable
from lading.media.sniffing import reads_as_script
from media import samples

WHOLE = samples.whole()


class Counting(io.BytesIO):
    """Counts the bytes that are read."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.count += len(data)
        return data


def refusal(name: str, content: bytes, checks: Checks | None = None) -> str:
    """Why an upload is refused, after its code; "" if it is taken."""
    file = io.BytesIO(content)
    try:
        check(checks or Checks(), name, file, len(content))
    except RefusedError as error:
        return f"{error.code}: {error}"
    assert file.tell() == 0
    return ""


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("decode", [False, True])
def test_honest_files_are_taken(name: str, decode: bool):
    assert refusal(name, WHOLE[name], Checks(decode=decode)) == ""


@pytest.mark.parametrize(
    "name",
    [
        "a.png",
        "a.jpg",
        "progressive.jpeg",
        "a.gif",
        "moving.gif",
        "a.webp",
        "moving.webp",
        "a.avif",
    ],
)
@pytest.mark.parametrize("part", [0.3, 0.9, 0.999])
def test_truncated_images(name: str, part: float):
    content = WHOLE[name]
    cut = content[: min(int(len(content) * part), len(content) - 2)]
    assert refusal(name, cut).startswith("damaged: The file is damaged: it ends too early")


@pytest.mark.parametrize("name", ["a.mp4", "a.pdf", "a.docx", "a.wav", "a.bmp"])
def test_other_truncated_files(name: str):
    cut = WHOLE[name][: len(WHOLE[name]) // 3]
    assert refusal(name, cut[:60] if name == "a.bmp" else cut).startswith(
        ("damaged: ", "content: ")
    )


def test_empty_files():
    assert refusal("a.png", b"") == "empty: The file is empty."
    assert refusal("a.txt", b"") == "empty: The file is empty."


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.jpg", samples.HTML, "named .jpg, but is HTML inside. Give it its right name."),
        ("a.jpg", b"\n  <script>alert(1)</script>", "is HTML inside"),
        ("a.png", WHOLE["a.jpg"], "is JPEG inside. Rename it to end in .jpg."),
        ("a.pdf", b"MZ" + b"\0" * 100, "is EXE inside"),
        ("a.jpg", b"#!/bin/sh\nrm -rf /", "is text inside"),
        ("a.png", b"\x89PNX" + b"\0" * 50, "is something else inside"),
        ("a.mp3", samples.HTML, "is HTML inside"),
        ("a.docx", WHOLE["a.pdf"], "is PDF inside"),
        ("a.txt", WHOLE["a.png"], "is PNG inside"),
        ("a.xyz", samples.HTML, "is HTML inside"),
        ("noextension", samples.HTML, "has no extension, and is HTML inside"),
        ("a.svg", samples.HTML, "is HTML inside"),
        ("a.jpg", samples.SVG, "is SVG inside"),
        ("a.webp", WHOLE["a.wav"], "is WAV inside"),
    ],
)
def test_files_that_are_not_what_they_are_called(name: str, content: bytes, why: str):
    assert why in refusal(name, content)
    assert refusal(name, content).startswith("content: ")


def test_a_decompression_bomb():
    bomb = samples.png_bomb()
    assert len(bomb) < 5000
    assert refusal("a.png", bomb) == (
        "pixels: The image is too large: 60000 by 60000 pixels, at most 89.48 million are taken."
    )
    assert refusal("a.png", samples.image("PNG"), Checks(max_pixels=9000)).startswith("pixels")
    assert refusal("a.png", samples.image("PNG"), Checks(max_pixels=9600)) == ""


@pytest.mark.parametrize(
    "name", ["a.png", "a.jpg", "a.gif", "a.webp", "lossless.webp", "a.bmp", "a.avif"]
)
def test_how_large_images_get(name: str):
    assert "120 by 80" in refusal(name, WHOLE[name], Checks(max_pixels=9599))
    assert refusal(name, WHOLE[name], Checks(max_pixels=9600)) == ""


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.tif", {"kind": "TIFF"}),
        ("large.tif", {"kind": "TIFF", "big_tiff": True}),
        ("a.jp2", {"kind": "JPEG2000"}),
    ],
)
def test_how_large_images_get_that_are_not_looked_into(name: str, options: dict[str, Any]):
    content = samples.image(**options)
    assert "120 by 80" in refusal(name, content, Checks(max_pixels=9599))
    assert refusal(name, content, Checks(max_pixels=9600)) == ""


def test_pages():
    pages = samples.animation("TIFF", 5)
    assert refusal("a.tif", pages, Checks(max_pixels=1200)) == ""
    assert "40 by 30" in refusal("a.tif", pages, Checks(max_pixels=1199))
    assert refusal("a.tif", pages[: len(pages) // 2]).startswith("damaged: ")
    circle = b"II*\0\x08\0\0\0" + b"\xff\3" + bytes(12 * 1023) + b"\x08\0\0\0"
    file = Counting(circle)
    check(Checks(), "a.tif", file, len(circle))
    assert file.count < 200 * len(circle)
    assert "directory that is none" in refusal("a.tif", circle.replace(b"\xff\3", b"\xff\xff"))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_long_animations(kind: str):
    content = samples.animation(kind, 60)
    name = f"a.{kind.lower()}"
    assert refusal(name, content, Checks(max_pixels=1200)).startswith("pixels: The animation")
    assert refusal(name, content, Checks(max_pixels=1500)) == ""


def test_polyglots():
    assert refusal("a.gif", samples.gif_script()) == (
        "polyglot: The image is refused: it has program code in it (it can be read as JavaScript)."
    )
    php = WHOLE["a.jpg"].replace(b"\xff\xdb", b"\xff\xfe\x00\x16<?php system($x); ?>\xff\xdb", 1)
    assert "(<?php)" in refusal("a.jpg", php)
    assert "(<script>)" in refusal("a.png", WHOLE["a.png"] + b"<script>alert(1)</script>")
    assert "(<SCRIPT)" in refusal("a.gif", WHOLE["a.gif"] + b" " * 70_000 + b"<SCRIPT src=x>")


@pytest.mark.parametrize(
    "code", [b'<%@ Page Language="C#" %>', b'<%@page import="x"%>', b"<%@LANGUAGE=VBScript%>"]
)
def test_directives_of_asp_and_jsp(code: bytes):
    assert refusal("a.png", WHOLE["a.png"] + code).startswith("polyglot: ")


def test_chance_makes_no_program_of_a_photograph():
    """Three bytes in a row are in every third photograph of some megabytes."""
    for chance in (b"<%@", b"<%@\x91\x80", b"<%@ab\xff", b"<?p", b"=!*"):
        assert refusal("a.jpg", WHOLE["a.jpg"] + chance + b"\xff\xd9") == ""


def test_no_length_of_exif_makes_a_script_of_a_photograph():
    scripts = [
        length
        for length in range(2, 1 << 16)
        if reads_as_script(b"\xff\xd8\xff\xe1" + length.to_bytes(2, "big") + b"Exif\0\0")
    ]
    # Comments and strings: one photograph in 10,000.
    assert scripts == [0x2F2A, 0x2F2F, 0x3D22, 0x3D27, 0x3D2F, 0x3D60]


@pytest.mark.parametrize(
    "head",
    [
        b"GIF89a=1/*\0",
        b"GIF89a='\0",
        b"GIF89a = `\0",
        b"GIF89a//\0",
        b'BM\t= 1;x="\0',
        b"\xff\xd8\xff\xe0/*",
    ],
)
def test_signatures_that_read_as_scripts(head: bytes):
    assert reads_as_script(head)


@pytest.mark.parametrize(
    "text",
    [
        b"BMI,age\n21,40\n",
        b"BMW sells cars",
        b"The free world",
        b"A hot mdat",
        b"true",
        b"MZ is a signature",
        b"ID3 tags",
        b"OTTO",
        b"GIF89a is a format",
        b"%PDF-1.4 is how they begin",
        b"10 %\x08\x08\x08\x0820 %\x07",
        b"the end of a DOS file\x1a",
        "Größe".encode("utf-16"),
        "Größe".encode("latin-1"),
        "大きさ".encode("iso-2022-jp"),
        "大きさ".encode("shift-jis"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.json", "a.log", "a.md"])
def test_texts_that_begin_as_other_files_do(name: str, text: bytes):
    assert refusal(name, text) == ""


def _box(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def test_what_stands_behind_a_film():
    film = _box(b"ftyp", b"isom\0\0\2\0") + _box(b"moov", bytes(20)) + _box(b"mdat", bytes(90))
    for tail in (b"\n", b"\0" * 4, b"LIGOGPSINFO of a dashboard camera", b"SEFT"):
        assert refusal("a.mp4", film + tail) == ""
    for cut in (film[:-10], film + _box(b"moof", bytes(90))[:-5]):
        assert refusal("a.mp4", cut).startswith("damaged: ")
    assert refusal("a.mov", _box(b"skip", bytes(9)) + film[16:]) == ""


def test_what_stands_before_a_pdf():
    for before in (b"\n", b"\xef\xbb\xbf", b"\r\n  "):
        assert refusal("a.pdf", before + WHOLE["a.pdf"]) == ""


def test_what_stands_behind_a_pdf():
    assert refusal("a.pdf", WHOLE["a.pdf"] + bytes(200_000)) == ""
    assert refusal("a.pdf", WHOLE["a.pdf"][:-6] + bytes(200_000)).startswith("damaged: ")


def test_junk_between_the_segments_of_a_photograph():
    photo = WHOLE["a.jpg"]
    table = photo.index(b"\xff\xdb")
    for junk in (b"\0", b"junk", bytes(90_000)):
        assert refusal("a.jpg", photo[:table] + junk + photo[table:]) == ""
        assert refusal("a.jpg", photo[:table] + junk).startswith("damaged: ")


def test_a_sound_that_was_written_into_a_pipe():
    sound = WHOLE["a.wav"]
    for length in (b"\xff\xff\xff\xff", b"\0\xf0\xff\x7f", b"\0\0\0\x80"):
        endless = sound[:4] + length + sound[8:40] + length + sound[44:]
        assert sound[36:40] == b"data"
        assert refusal("a.wav", endless) == ""


def test_images_that_pillow_does_not_know_are_not_decoded():
    heic = (
        _box(b"ftyp", b"heic\0\0\0\0mif1heic") + _box(b"meta", bytes(40)) + _box(b"mdat", bytes(30))
    )
    assert refusal("a.heic", heic, Checks(decode=True)) == ""
    assert refusal("a.png", WHOLE["a.png"], Checks(decode=True)) == ""


def test_what_programs_write_under_a_name():
    old_office = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert refusal("with-a-password.docx", old_office) == ""
    assert refusal("tagged.flac", b"ID3\4" + bytes(60)) == ""
    assert refusal("film.ts", (b"G\x40\0\x10" + bytes(184)) * 4) == ""
    picture = WHOLE["a.avif"]
    general = picture[:8] + b"mif1" + picture[12:]
    assert b"avif" in general[16:32]
    assert refusal("a.avif", general) == ""
    assert refusal("a.heic", WHOLE["a.avif"]).startswith("content: ")


def test_code_on_the_border_of_two_blocks():
    content = WHOLE["a.png"]
    for offset in range(12):
        padding = b" " * ((64 << 10) - len(content) - offset)
        assert "(<script>)" in refusal("a.png", content + padding + b"<script>alert(1)</script>")


def test_svg():
    assert refusal("a.svg", samples.SVG) == ""
    assert refusal("a.svg", samples.SVG_SCRIPT) == (
        "active: The SVG could run something where it is shown (line 1: <script>)."
    )
    assert refusal("a.svg", samples.SVG[:-4]).startswith("damaged: The file is damaged: it is no v")


@pytest.mark.parametrize(
    "name", ["con.txt", "x.php.jpg", "a\u202egpj.txt", "a\0.txt", "a" * 400 + ".txt", "../x"]
)
def test_names(name: str):
    assert refusal(name, b"text").startswith("name: The file's name is refused: it ")
    if name.endswith("txt"):
        assert refusal(name, b"text", Checks(names="repair")) == ""


def test_sizes():
    checks = Checks(max_size=5_000_000)
    assert refusal("a.txt", b"x" * 5_000_000, checks) == ""
    assert refusal("a.txt", b"x" * 5_000_001, checks).startswith(
        "size: The file is too large: 4.768 MB"
    )
    assert [readable(size) for size in (1, 2048, 5 << 30)] == ["1 bytes", "2 KB", "5 GB"]


def test_allowed_types():
    checks = Checks(allow=("image/*", "pdf"))
    assert refusal("a.png", WHOLE["a.png"], checks) == ""
    assert refusal("A.PDF", WHOLE["a.pdf"], checks) == ""
    assert refusal("a.docx", WHOLE["a.docx"], checks) == (
        "type: Files of type .docx are not taken here, only image/*, pdf."
    )
    assert refusal("noname", b"x", checks).startswith("type: Files without an extension are not")


def test_without_looking_inside():
    assert refusal("a.jpg", samples.HTML, Checks(content=False)) == ""


def test_damage_inside_the_data_is_found_by_decoding():
    content = bytearray(samples.image("PNG"))
    start = content.index(b"IDAT") + 4
    content[start + 50 : start + 400] = bytes(350)
    import zlib

    length = struct.unpack(">I", content[start - 8 : start - 4])[0]
    crc = zlib.crc32(content[start - 4 : start + length])
    content[start + length : start + length + 4] = struct.pack(">I", crc)
    assert refusal("a.png", bytes(content)) == ""
    assert refusal("a.png", bytes(content), Checks(decode=True)).startswith("damaged: ")
    content[start + length] ^= 1
    assert "wrong checksum" in refusal("a.png", bytes(content))


@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 2**32), st.integers(1, 40))
def test_nothing_but_a_refusal_is_raised(name: str, seed: int, changes: int):
    """Whatever the bytes: a file is taken or refused."""
    choose = random.Random(seed)
    content = bytearray(WHOLE[name])
    for _ in range(changes):
        content[choose.randrange(min(len(content), 600))] = choose.randrange(256)
    refusal(name, bytes(content[: choose.randrange(1, len(content) + 1)]))


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0tEXt" + b"\0\0\0\0" * 200_000,
        b"GIF89a\1\0\1\0\0\0\0" + b"!\xfe\1a\0" * 200_000,
        b"GIF89a\1\0\1\0\0\0\0!\xfe" + b"\1a" * 500_000,
        b"\xff\xd8" + b"\xff\xe1\0\2" * 250_000,
        b"RIFF\xff\xff\xff\xffWEBPVP8 \0\0\0\0" + b"EXIF\0\0\0\0" * 120_000,
        b"\xff\xd8" + b"\xff\xda\0\2\xff\xd0" * 200_000,
    ],
    ids=["png", "gif", "gif-blocks", "jpeg", "webp", "jpeg-scans"],
)
def test_hostile_structures_are_read_a_few_times_at_most(content: bytes):
    name = {0x89: "a.png", 0x47: "a.gif", 0xFF: "a.jpg", 0x52: "a.webp"}[content[0]]
    file = Counting(content)
    with pytest.raises(RefusedError):
        check(Checks(), name, file, len(content))
    assert file.count < 60 * len(content)
