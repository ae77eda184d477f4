"""Django's storages as stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage, Storage
from small_project import SmallProject

from lading.django.media_places import Places
from lading.django.media_storages import ForeignStore, store_of
from lading.errors import MediaError
from lading.media.folder import FolderStore
from lading.media.stores import CHANGED, TAKEN


@pytest.fixture(autouse=True)
def project(tmp_path: Path) -> Iterator[SmallProject]:
    project = SmallProject(tmp_path)
    with project.settings(MEDIA_ROOT=project.path("media")):
        yield project


@pytest.fixture
def memory() -> InMemoryStorage:
    storage = InMemoryStorage()
    for name in ("a.txt", "deep/b.txt", "deep/er/c.txt"):
        storage.save(name, ContentFile(name.encode()))
    return storage


def names(store: Any, prefix: str = "") -> list[str]:
    return sorted(file.name for file in store.files(prefix))


def test_any_storage_that_lists_its_files(memory: InMemoryStorage):
    store = store_of(memory)
    assert isinstance(store, ForeignStore)
    assert store.label == "django.core.files.storage.memory.InMemoryStorage"
    assert names(store) == ["a.txt", "deep/b.txt", "deep/er/c.txt"]
    assert names(store, "deep/er/") == ["deep/er/c.txt"]
    assert names(store, "nowhere/") == []
    found = store.stat(["a.txt", "none.txt"])
    assert list(found) == ["a.txt"]
    assert (found["a.txt"].size, bool(found["a.txt"].modified)) == (5, True)


def test_copies_and_removals(memory: InMemoryStorage):
    store = store_of(memory)
    assert store.copy([("a.txt", "t/a.txt"), ("a.txt", "deep/b.txt")]) == {"deep/b.txt": TAKEN}
    with memory.open("t/a.txt") as file:
        assert file.read() == b"a.txt"
    failed = store.copy([("none.txt", "t/none.txt")])
    assert list(failed) == ["t/none.txt"]
    assert store.remove({"a.txt": "another version", "deep/b.txt": "", "none": ""}) == {
        "a.txt": CHANGED
    }
    assert names(store) == ["a.txt", "deep/er/c.txt", "t/a.txt"]


@pytest.mark.parametrize(
    ("name", "canonical"),
    [("a/b", "a/b"), ("./a//b", "a/b"), ("a\\b", "a/b"), ("/a", "a"), ("../a", None)],
)
def test_names(memory: InMemoryStorage, name: str, canonical: str | None):
    assert store_of(memory).canonical(name) == canonical


class Blind(Storage):
    """Lists nothing."""


class Broken(InMemoryStorage):
    def listdir(self, path: str) -> Any:
        raise ConnectionError("the network is down")

    def exists(self, name: str) -> bool:
        raise ConnectionError("the network is down")


def test_a_storage_that_cannot_list_says_what_to_do():
    with pytest.raises(MediaError) as caught:
        list(store_of(Blind()).files())
    assert "--storage" in caught.value.remedy


def test_a_storage_that_fails_decides_nothing():
    store = store_of(Broken())
    with pytest.raises(MediaError, match="cannot list: the network is down"):
        list(store.files())
    with pytest.raises(MediaError, match="cannot read: the network is down"):
        store.stat(["a"])
    assert store.copy([("a", "b")]) == {"b": "the network is down"}
    assert store.remove({"a": ""}) == {"a": "the network is down"}


def test_a_storage_of_folders_is_a_folder(tmp_path: Path):
    class Own(FileSystemStorage):
        def path(self, name: str) -> str:
            return super().path(name.upper())

    assert isinstance(store_of(FileSystemStorage(tmp_path)), FolderStore)
    assert isinstance(store_of(Own(tmp_path)), ForeignStore)  # its names are not paths


def test_places(tmp_path: Path):
    outer, inner = FileSystemStorage(tmp_path / "a"), FileSystemStorage(tmp_path / "a/b")
    beside, again = FileSystemStorage(tmp_path / "ab"), FileSystemStorage(f"{tmp_path}/x/../a/")
    places = Places([inner, beside, outer, again])
    assert sorted(store.label for store in places.stores) == [
        str(tmp_path / "a"),
        str(tmp_path / "ab"),
    ]
    assert [(places.find(s) or ("", ""))[1] for s in (inner, outer, again)] == ["b/", "", ""]
    assert places.find(inner)[0] == places.find(again)[0]  # type: ignore[index]
    assert places.find(FileSystemStorage(tmp_path / "c")) is None


def test_storages_that_are_made_alike_are_one_place():
    first, second = InMemoryStorage(location="x"), InMemoryStorage(location="x")
    assert len(Places([first, second]).stores) == 1
    assert len(Places([first, InMemoryStorage(location="y")]).stores) == 2
