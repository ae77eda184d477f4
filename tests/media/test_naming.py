"""Names that strangers choose, and what becomes of them."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lading.media.naming import MAX_BYTES, active_part, alternative, problem, safe_name, shortened
from lading.media.sharding import sharded


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("photo.jpg", "photo.jpg"),
        ("../../x", "x"),
        ("..\\..\\x.png", "x.png"),
        ("/etc/passwd", "passwd"),
        ("con.txt", "_con.txt"),
        ("Web.config", "_Web.config"),
        ("NUL", "_NUL"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("COM\u00b9.log", "_COM\u00b9.log"),
        ("control.txt", "control.txt"),
        ("a\x00.png", "a.png"),
        ("a\x1b[31m.png", "a_31m.png"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("x.php.jpg", "x_php.jpg"),
        ("x.PHP5.html.jpg", "x_PHP5_html.jpg"),
        ("archive.tar.gz", "archive.tar.gz"),
        ("v1.2.3-final.pdf", "v1.2.3-final.pdf"),
        ("Größe (1).jpeg", "Größe_1.jpeg"),
        ("Gro\u0308\u00dfe.jpg", "Gr\u00f6\u00dfe.jpg"),
        ("写真.jpg", "写真.jpg"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("", "file"),
        ("🙂.png", "file.png"),
        ("हिन्दी.pdf", "हिन्दी.pdf"),
        ("a.png.", "a.png"),
        ("a.png ", "a.png"),
        ("a..png", "a.png"),
        ("\udcff.png", "file.png"),
        ("web.config:stream.jpg", "web.config_stream.jpg"),
    ],
)
def test_safe_names(name: str, safe: str):
    assert safe_name(name) == safe


def test_length():
    assert len(safe_name("a" * 400 + ".jpeg").encode()) == MAX_BYTES
    assert safe_name("a" * 400 + ".jpeg").endswith("a.jpeg")
    assert len(safe_name("写" * 400 + ".jpeg").encode()) <= MAX_BYTES
    assert len(safe_name("a." + "b" * 400).encode()) <= MAX_BYTES
    accents = "e\u0323\u0301" * 200  # no single character has both marks
    cut = safe_name(accents + ".txt", max_bytes=60).removesuffix(".txt")
    assert unicodedata.normalize("NFD", cut).endswith("e\u0323\u0301")


@given(st.text(max_size=300))
@example("a" * 195 + ".con.x")
@example("._.php._")
@example("\u1d7f6.\u0338")
def test_a_safe_name_is_safe(tmp_path_factory: pytest.TempPathFactory, name: str):
    safe = safe_name(name)
    assert problem(safe) == ""
    assert safe_name(safe) == safe
    assert unicodedata.is_normalized("NFC", safe)
    assert 0 < len(safe.encode()) <= MAX_BYTES
    assert not safe.startswith(".")
    assert not safe.endswith((".", " "))
    assert os.path.basename(safe) == safe


def test_a_safe_name_can_be_written(tmp_path: Path):
    for name in ("x" * 500, "写" * 500 + ".png", "a\x00b", "con", "e\u0301" * 300):
        (tmp_path / safe_name(name)).write_text(name)
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../x", "a folder"),
        ("a\\b.png", "a folder"),
        ("..", "a folder"),
        ("", "a folder"),
        ("con.txt", "device"),
        ("web.config", "settings"),
        ("AUX", "device"),
        ("a\x00.png", "U+0000"),
        ("a\n.png", "U+000A"),
        ("x\u2028.png", "U+2028"),
        ("\udcff.png", "U+DCFF"),
        ("a\u202egpj.exe", "U+202E"),
        ("a\u2066.txt", "U+2066"),
        ("x.php.jpg", ".php"),
        ("x.jpg.phtml.png", ".phtml"),
        ("bill.exe.txt", ".exe"),
        ("a" * 400, "255 bytes"),
        ("写" * 100, "255 bytes"),
    ],
)
def test_what_is_refused(name: str, why: str):
    assert why in problem(name)


@pytest.mark.parametrize(
    "name",
    [
        "photo (1).JPG",
        "écran d'été.png",
        "写真.jpg",
        "a.tar.gz",
        "v1.2.pdf",
        "🙂.png",
        "conf.txt",
        "x.php",
        "invoice_amazon.com.pdf",
        "Flag_of_France.svg.png",
        "node.js.pdf",
        "allegro.pl.pdf",
        "page.html.zip",
        "manage.py.txt",
        "at 5.pm.jpg",
    ],
)
def test_what_people_call_files_is_not_refused(name: str):
    assert problem(name) == ""


def test_a_hidden_extension():
    assert active_part("a.PhP .jpg") == "php "
    assert active_part("a.jpg") == ""
    assert active_part("php.jpg") == ""


@pytest.mark.parametrize(
    "name", ["a" * 255, "写" * 84 + ".e", "a" * 251 + ".txt", "a." + "b" * 253]
)
def test_a_name_beside_one_that_is_as_long_as_can_be(tmp_path: Path, name: str):
    other = alternative(name, "1234567")
    (tmp_path / name).touch()
    (tmp_path / other).touch()
    assert len(list(tmp_path.iterdir())) == 2


def test_names_beside_another():
    assert alternative("a/b.tar.gz", "x") == "a/b.tar_x.gz"
    assert alternative("a.d/b", "x") == "a.d/b_x"
    assert alternative(".b", "x") == ".b_x"


def test_shortened():
    assert shortened("a/" + "b" * 50 + ".png", 20) == "a/" + "b" * 14 + ".png"
    assert shortened("a/b.png", 20) == "a/b.png"
    with pytest.raises(ValueError, match="20"):
        shortened("folder/" * 5 + "b.png", 20)


def test_sharding():
    assert sharded("a/b.png", 0) == "a/b.png"
    assert sharded("a/b.png", 2, "0123") == "a/01/23/b.png"
    assert sharded("b.png", 1, "ff") == "ff/b.png"
    assert len({sharded("image.jpg", 2) for _ in range(1000)}) > 900
