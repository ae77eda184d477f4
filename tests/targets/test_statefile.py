"""State files: lines -> a file that is there whole or not at all, and on the disk if need be."""

from __future__ import annotations

import os

import pytest

from lading.errors import TargetError
from lading.targets import statefile


@pytest.fixture
def synced(monkeypatch) -> list[int]:
    """How many bytes each file had that the disk was asked to keep."""
    sizes: list[int] = []
    sync = os.fsync

    def counted(descriptor: int) -> None:
        sizes.append(os.fstat(descriptor).st_size)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", counted)
    return sizes


def test_what_was_written_is_read(tmp_path):
    place = str(tmp_path / "state")
    assert statefile.read(place) == ""
    statefile.replace(place, ["a\n", "\udcff\r\n"])
    statefile.append(place, ["b\n"])
    assert statefile.read(place) == "a\n\udcff\r\nb\n"
    statefile.replace(place, ["c\n"])
    assert statefile.read(place) == "c\n"
    assert os.listdir(tmp_path) == ["state"]


def test_the_disk_has_all_of_it_but_what_is_sealed(tmp_path, synced):
    place = str(tmp_path / "state")
    statefile.replace(place, ["four", "teen bytes"])
    statefile.append(place, ["more"])
    assert synced == [14, 18]
    statefile.replace(place, ["a proof of its own"], sealed=True)
    assert synced == [14, 18]
    assert statefile.read(place) == "a proof of its own"


def test_a_file_whose_writing_fails_stays_as_it_was(tmp_path):
    place = str(tmp_path / "state")
    statefile.replace(place, ["before"])

    def lines():
        yield "after"
        raise OSError(28, "No space left on device")

    with pytest.raises(TargetError, match="No space left on device") as caught:
        statefile.replace(place, lines())
    assert caught.value.where == place
    assert statefile.read(place) == "before"
    assert os.listdir(tmp_path) == ["state"]


def test_a_file_that_cannot_be_added_to(tmp_path):
    with pytest.raises(TargetError, match="Is a directory"):
        statefile.append(str(tmp_path), ["more"])
