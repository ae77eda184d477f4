"""Renaming without replacing."""

from __future__ import annotations

import errno
from pathlib import Path

from lading.media.renaming import rename_new


def test_renaming(tmp_path: Path):
    (tmp_path / "größe").write_text("one")
    assert rename_new(str(tmp_path / "größe"), str(tmp_path / "b")) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    (tmp_path / "c").write_text("two")
    assert rename_new(str(tmp_path / "b"), str(tmp_path / "c")) == errno.EEXIST
    assert (tmp_path / "b").read_text() == "one"
    assert (tmp_path / "c").read_text() == "two"
    assert rename_new(str(tmp_path / "none"), str(tmp_path / "d")) == errno.ENOENT
    assert rename_new("/proc/version", str(tmp_path / "d")) == errno.EXDEV
