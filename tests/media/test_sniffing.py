"""What programs write under a name, though the name says little or another thing."""

from __future__ import annotations

import io
import tarfile

import pytest

from lading.media.sniffing import matches, sniff, usual_extension

HTML = b"<html><table><tr><td>1</td></tr></table></html>"
SPREADSHEET = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def old_tar() -> bytes:
    """An archive without the signature that POSIX brought."""
    entry = tarfile.TarInfo("a.txt")
    head = bytearray(entry.tobuf(tarfile.USTAR_FORMAT))
    head[257:512] = bytes(255)
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    with tarfile.open(fileobj=io.BytesIO(bytes(head) + bytes(1024))) as archive:
        assert archive.getnames() == ["a.txt"]
    return bytes(head)


@pytest.mark.parametrize(
    ("extension", "content"),
    [
        ("xls", OLE),
        ("xls", HTML),
        ("xls", SPREADSHEET),
        ("xls", b"PK\3\4"),
        ("xls", b"name\tage\nann\t20\n"),
        ("xls", "name\tage\n".encode("utf-16")),
        ("doc", OLE),
        ("doc", b"{\\rtf1"),
        ("doc", HTML),
        ("doc", b"MIME-Version: 1.0\nContent-Type: multipart/related"),
        ("doc", b"PK\3\4"),
        ("ppt", OLE),
        ("ppt", b"PK\3\4"),
        ("tar", old_tar()),
        ("zst", b"\x50\x2a\x4d\x18\4\0\0\0"),
        ("aac", b"ADIF"),
        ("mp3", bytes(100) + b"\xff\xfb\x50"),
        ("wav", b"RF64\xff\xff\xff\xffWAVEds64"),
        ("markdown", b'<h1 align="center">Title</h1>'),
    ],
)
def test_what_is_taken(extension: str, content: bytes):
    assert matches(extension, content)


@pytest.mark.parametrize(
    ("extension", "content"),
    [
        ("xls", b"MZ\x90\0"),
        ("xls", b"\x7fELF\2"),
        ("xls", b"%PDF-1.4"),
        ("xls", b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'),
        ("doc", b"MZ\x90\0"),
        ("ppt", HTML),
        ("docx", HTML),
        ("xlsx", SPREADSHEET),
        ("tar", old_tar()[:148] + b"0000000\0" + old_tar()[156:]),
        ("tar", old_tar()[:511]),
    ],
)
def test_what_is_not(extension: str, content: bytes):
    assert not matches(extension, content)


def test_how_a_file_is_usually_called():
    assert usual_extension(sniff(b"\xff\xd8\xff\xe0")) == "jpg"
    assert usual_extension(sniff(b"RIFF\0\0\0\0WEBPVP8 ")) == "webp"
    assert usual_extension(sniff(b"PK\3\4")) == ""  # a document or any archive
