"""A storage, a name and bytes -> the file, whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import InMemoryStorage
from small_project import SmallProject

from lading.django.put import put_whole
from sites_of_folders import read, watched


@pytest.fixture
def storage(tmp_path: Path):
    with SmallProject(tmp_path).settings():
        yield StaticFilesStorage(location=tmp_path / "out", file_permissions_mode=0o640)


def test_a_file_is_renamed_into_place(storage: StaticFilesStorage) -> None:
    with watched(storage.location) as (_, writes):
        put_whole(storage, "a/b.json", b"one")
        put_whole(storage, "a/b.json", b"two")
    assert read(storage.location) == {"a/b.json": "two"}
    assert os.stat(storage.path("a/b.json")).st_mode & 0o777 == 0o640
    assert [w for w in writes if w.endswith(" a/b.json")] == ["rename a/b.json"] * 2


def test_the_same_content_is_left_alone(storage: StaticFilesStorage) -> None:
    put_whole(storage, "b.json", b"one")
    with watched(storage.location) as (_, writes):
        put_whole(storage, "b.json", b"one")
    assert writes == []


def test_a_failure_leaves_the_old_file_and_nothing_else(
    storage: StaticFilesStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_whole(storage, "b.json", b"one")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        put_whole(storage, "b.json", b"two")
    assert read(storage.location) == {"b.json": "one"}


def test_another_storage_is_asked_to_save(storage: StaticFilesStorage) -> None:
    memory = InMemoryStorage()
    for content in (b"one", b"two"):
        put_whole(memory, "a/b.json", content)
        with memory.open("a/b.json") as file:
            assert file.read() == content
    assert memory.listdir("a") == ([], ["b.json"])
