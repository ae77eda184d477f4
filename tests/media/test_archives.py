"""Archives by their directory: the same as ``zipfile`` reads there, and documents that are bombs."""

from __future__ import annotations

import io
import zipfile

import pytest

from lading.media.archives import check_whole, unpacked
from lading.media.checks import Checks, RefusedError, check
from lading.media.parts import DamagedError
from media.samples import archive_of

MANY = 2_000


def archive(*contents: bytes, comment: bytes = b"", force_zip64: bool = False) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.comment = comment
        for number, content in enumerate(contents):
            with made.open(f"größe-{number}.xml", "w", force_zip64=force_zip64) as file:
                file.write(content)
    return buffer.getvalue()


def large_directory(content: bytes) -> bytes:
    """The same archive with the record of its end that those of more than 65,535 files have."""
    end = content.rindex(b"PK\5\6")
    count = int.from_bytes(content[end + 10 : end + 12], "little")
    length, start = (int.from_bytes(content[end + at : end + at + 4], "little") for at in (12, 16))
    record = b"PK\6\6" + (44).to_bytes(8, "little") + b"\x2d\0\x2d\0" + bytes(8)
    record += b"".join(number.to_bytes(8, "little") for number in (count, count, length, start))
    locator = b"PK\6\7" + bytes(4) + end.to_bytes(8, "little") + b"\1\0\0\0"
    old = b"PK\5\6" + bytes(4) + b"\xff" * 12 + bytes(2)
    return content[:end] + record + locator + old


@pytest.mark.parametrize(
    "content",
    [
        archive(),
        archive(b"x" * 5000, b""),
        archive(*[b"x"] * MANY),
        archive(b"x", comment=b"c" * 60_000),
        archive(b"x" * 5000, force_zip64=True),
        large_directory(archive(b"x" * 5000, b"y")),
        b"#!/bin/sh\n" * 100 + archive(b"x" * 300),
    ],
)
def test_what_is_in_an_archive(content: bytes):
    with zipfile.ZipFile(io.BytesIO(content)) as known:
        expected = sum(item.file_size for item in known.infolist())
    assert unpacked(io.BytesIO(content)) == expected


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_a_cut_archive(part: float):
    content = archive(*[b"x" * 100] * 50)
    with pytest.raises(DamagedError, match="ends too early"):
        check_whole(io.BytesIO(content[: int(part * len(content))]))


def refusal(name: str, content: bytes) -> str:
    try:
        check(Checks(), name, io.BytesIO(content), len(content))
    except RefusedError as error:
        return f"{error.code}: {error}"
    return ""


def test_documents_that_are_bombs():
    bomb = archive_of(1 << 30, 40)
    assert refusal("a.docx", bomb) == (
        "unpacked: The document is refused: it unpacks from 1.916 KB to 40 GB."
    )
    for name in ("a.xlsx", "a.ods", "a.epub", "a.xls"):
        assert refusal(name, bomb).startswith("unpacked: ")
    assert refusal("a.zip", bomb) == ""
    assert refusal("a.docx", archive_of(200 << 20, 1)) == ""
    assert refusal("a.docx", archive_of(1 << 20, 300) + bytes(2 << 20)).startswith("damaged: ")


def test_directories_that_are_hostile():
    assert "100,000 files" in refusal("a.docx", archive_of(0, 100_001))
    content = archive_of(5, 3)
    assert refusal("a.docx", content.replace(b"PK\1\2", b"PK\1\3")) == ""
    long_name = content.replace(b"\5\0\0\0" + bytes(18), b"\5\0\0\0\xff\xff" + bytes(16))
    assert refusal("a.docx", long_name).startswith("damaged: ")
    beyond = content[:-10] + b"\xff\xff\xff\x7f" + bytes(6)
    assert refusal("a.docx", beyond).startswith("damaged: ")
