"""``lading.adopt.document``: a file -> its text, in its own encoding and with its own line ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.adopt.document import LARGEST, Document, change, read
from lading.adopt.edits import Edit


def document(folder: Path, data: bytes, name: str = "settings.py") -> Document:
    (folder / name).write_bytes(data)
    found = read(str(folder), name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"A = 1\r\n", "A = 1\r\n"),
        (b"\xef\xbb\xbfA = 1\n", "A = 1\n"),
        (b"# coding: latin-1\nA = '\xe9'\n", "# coding: latin-1\nA = 'é'\n"),
        ("A = 'é'\n".encode(), "A = 'é'\n"),
    ],
)
def test_an_edit_keeps_all_other_bytes(tmp_path: Path, data: bytes, text: str):
    found = document(tmp_path, data)
    assert found.text == text
    made = change(found, [Edit(len(text), len(text), "B")])
    assert made is not None
    assert made.data == data + b"B"


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"# coding: klingon\n", b"a" * (LARGEST + 1)])
def test_what_is_no_text_or_too_large_is_not_looked_into(tmp_path: Path, data: bytes):
    (tmp_path / "a.py").write_bytes(data)
    assert read(str(tmp_path), "a.py") is None


def test_places_are_lines_from_one(tmp_path: Path):
    found = document(tmp_path, b"a\nb\nc")
    assert [found.where(offset) for offset in (0, 2, 4)] == [
        "settings.py:1",
        "settings.py:2",
        "settings.py:3",
    ]


def test_no_edit_is_no_change(tmp_path: Path):
    assert change(document(tmp_path, b"A = 1\n"), []) is None


def test_a_link_is_followed(tmp_path: Path):
    real = document(tmp_path, b"A = 1\n", "real.py")
    (tmp_path / "link.py").symlink_to("real.py")
    linked = read(str(tmp_path), "link.py")
    assert linked is not None
    assert (linked.path, linked.file) == ("link.py", real.file)
