"""Folders and each other."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from lading.doctor.folders import closed_to_others, is_writable_by_all, relation


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("a", "a", "is"),
        ("a/b", "a", "lies inside"),
        ("a", "a/b/c", "holds"),
        ("a", "ab", ""),
        ("a/b", "a/c", ""),
        ("a/../b", "b", "is"),
    ],
)
def test_relation(one: str, two: str, expected: str, tmp_path: Path):
    assert relation(str(tmp_path / one), str(tmp_path / two)) == expected


def test_everything_lies_inside_the_root(tmp_path: Path):
    assert relation(str(tmp_path), "/") == "lies inside"


@pytest.mark.parametrize(
    ("mode", "expected"), [(0o755, False), (0o775, False), (0o777, True), (0o1777, True)]
)
def test_who_may_write(mode: int, expected: bool, tmp_path: Path):
    os.chmod(tmp_path, mode)
    assert is_writable_by_all(str(tmp_path)) == expected
    os.chmod(tmp_path, 0o755)


def test_only_a_folder_that_is_there(tmp_path: Path):
    (tmp_path / "file").write_text("")
    os.chmod(tmp_path / "file", 0o666)
    assert not is_writable_by_all(str(tmp_path / "file"))
    assert not is_writable_by_all(str(tmp_path / "nothing"))


def test_what_only_its_owner_may_read():
    with TemporaryDirectory() as top:  # those of pytest lie in one that is closed
        os.chmod(top, 0o755)
        folder = Path(os.path.realpath(top)) / "folder"
        file = folder / "file"
        folder.mkdir()
        file.write_text("")
        for modes, closed in [
            ((0o755, 0o644), ""),
            ((0o711, 0o604), ""),
            ((0o755, 0o640), str(file)),
            ((0o750, 0o644), str(folder)),
            ((0o700, 0o600), str(folder)),
        ]:
            os.chmod(folder, modes[0])
            os.chmod(file, modes[1])
            assert closed_to_others(str(file)) == closed
        assert closed_to_others(str(folder / "nothing")) == ""
