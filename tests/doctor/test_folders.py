"""Folders and each other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lading.doctor.folders import is_writable_by_all, relation


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
