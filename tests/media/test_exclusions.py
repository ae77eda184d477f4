"""names -> whether they may be orphans."""

from __future__ import annotations

import pytest

from lading.media.exclusions import is_kept


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a.txt", False),
        (".lading-trash/20260101T000000Z-00000000/a.txt", True),
        (".lading/ledger", True),
        (".lading-upload-0123", False),  # left by a process that was killed
        ("deep/.lading-upload-0123", False),
        ("deep/.lading-sync-0123.part", False),
        ("cache/a/b.jpg", True),
        ("caches/b.jpg", False),
        ("x/cache/b.jpg", False),
        ("static/app.css", True),
        ("static.txt", False),
        ("deep/a.tmp", True),
    ],
)
def test_what_is_kept(name: str, kept: bool):
    assert is_kept(["cache/*", "*.tmp"], ["/static/", ""])(name) is kept
