"""The table of uploads."""

from __future__ import annotations

import os
from pathlib import Path

from lading.media.policy import SANDBOX, MediaPolicy
from lading.media.table import MediaTable
from serve.test_development import get, write


def test_files_appear_at_once(tmp_path: Path) -> None:
    table = MediaTable(tmp_path / "media", prefix="/media/")
    assert get(table, "/media/a/b.txt") is None
    write(tmp_path / "media", "a/b.txt", "upload")
    assert get(table, "/media/a/b.txt") == b"upload"
    assert not table.covers("/media/none")


def test_nothing_outside(tmp_path: Path) -> None:
    root = tmp_path / "media"
    write(tmp_path, "secret.txt")
    write(tmp_path / "media-other", "secret.txt")
    write(root, "a/b.txt")
    (root / "out").symlink_to(tmp_path)
    (root / "leak.txt").symlink_to(tmp_path / "secret.txt")
    (root / "within.txt").symlink_to(root / "a/b.txt")
    os.mkfifo(root / "pipe")
    table = MediaTable(root, prefix="/media/")
    assert get(table, "/media/within.txt") == b"a/b.txt"
    for name in (
        *("../secret.txt", "out/secret.txt", "leak.txt", "../media-other/secret.txt", "a", ""),
        *(
            "pipe",
            "a/../../secret.txt",
            "\0",
            "a\\b",
            "//etc/passwd",
            str(tmp_path / "secret.txt"),
        ),
    ):
        assert table.lookup(f"/media/{name}") is None, name
    assert table.lookup("/mediasecret.txt") is None


def test_what_lading_keeps_there(tmp_path: Path) -> None:
    table = MediaTable(tmp_path, prefix="/media/")
    write(tmp_path, ".lading/trash/a.txt", "gone")
    write(tmp_path, "a/.lading-upload-0123", "half")
    assert table.lookup("/media/.lading/trash/a.txt") is None
    assert table.lookup("/media/a/.lading-upload-0123") is None


def test_headers_are_the_policys(tmp_path: Path) -> None:
    write(tmp_path, "page.html", "<script>")
    entry = MediaTable(tmp_path, prefix="/m/", policy=MediaPolicy(max_age=5)).lookup("/m/page.html")
    assert entry is not None
    headers = dict(entry.identity.headers)  # type: ignore[union-attr]
    assert headers["Content-Security-Policy"] == SANDBOX
    assert headers["Content-Disposition"] == 'attachment; filename="page.html"'
    assert headers["Cache-Control"] == "max-age=5, must-revalidate, public"


def test_a_link_that_changes_after_it_was_followed(tmp_path: Path) -> None:
    """The file that is opened is the one that was found to be inside."""
    write(tmp_path, "root/a.txt", "inside")
    write(tmp_path, "secret.txt", "secret")
    (tmp_path / "root/link").symlink_to("a.txt")
    entry = MediaTable(tmp_path / "root", prefix="/m/").lookup("/m/link")
    (tmp_path / "root/link").unlink()
    (tmp_path / "root/link").symlink_to(tmp_path / "secret.txt")
    assert entry is not None
    assert Path(entry.identity.file) == tmp_path / "root/a.txt"  # type: ignore[union-attr]
