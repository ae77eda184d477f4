"""What an application reads of a bucket, and when it asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.errors import StoreError
from lading.objectstore.client import ObjectStore, open_store
from lading.remote import RemoteManifest
from lading.targets.bucket import BucketTarget


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def target() -> BucketTarget:
    return BucketTarget(open_store("memory:///"))


def test_the_buckets_manifest_and_then_newer_ones(target: BucketTarget):
    remote = RemoteManifest(target)
    assert remote.read() is None
    target.store.put("staticfiles.json", b"1", {})
    assert remote.read() == b"1"
    assert remote.newer() is None
    target.store.put("staticfiles.json", b"2", {})
    assert remote.newer() == b"2"
    assert remote.newer() is None


def test_the_images_manifest_comes_first(target: BucketTarget, tmp_path: Path):
    target.store.put("staticfiles.json", b"bucket", {})
    file = tmp_path / "manifest.json"
    remote = RemoteManifest(target, str(file))
    assert remote.read() == b"bucket"
    file.write_bytes(b"image")
    assert RemoteManifest(target, str(file)).read() == b"image"
    assert RemoteManifest(target, str(file)).newer() == b"bucket"


def test_looking_is_due_once_for_each_time(target: BucketTarget):
    clock = Clock()
    remote = RemoteManifest(target, every=60, clock=clock)
    remote.read()
    assert not remote.is_due()
    clock.now += 61
    assert remote.is_due()
    assert not remote.is_due()
    never = RemoteManifest(target, clock=clock)
    clock.now += 1e6
    assert not never.is_due()


def test_a_bucket_without_an_answer_is_not_asked_at_every_look(
    target: BucketTarget, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []

    def fail(self: ObjectStore, path: str, *, unless: str = "") -> None:
        asked.append(path)
        raise StoreError("no answer")

    monkeypatch.setattr(ObjectStore, "get", fail)
    clock = Clock()
    remote = RemoteManifest(target, clock=clock)
    for _ in range(3):
        with pytest.raises(StoreError, match="no answer"):
            remote.read()
    assert len(asked) == 1
    clock.now += 6
    with pytest.raises(StoreError):
        remote.read()
    assert len(asked) == 2
