"""What an application reads of a bucket, and when it asks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lading.errors import StoreError
from lading.objectstore.client import ObjectStore, open_store
from lading.remote import RemoteManifest
from lading.targets.bucket import BucketTarget
from s3_servers import KEYS, S3Server, new_place


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
        with pytest.raises(StoreError, match="no answer") as caught:
            remote.read()
        assert "'manifest_file'" in caught.value.remedy
    assert len(asked) == 1
    clock.now += 6
    with pytest.raises(StoreError):
        remote.read()
    assert len(asked) == 2


def test_after_a_failure_keys_are_those_that_the_profile_has_now(
    s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))

    def write_keys(key: str, secret: str) -> None:
        keys = f"aws_access_key_id = {key}\naws_secret_access_key = {secret}"
        file.write_text(f"[site]\n{keys}\n")

    place = new_place()
    s3.store("static", place).put("staticfiles.json", b"1", {})
    write_keys("admin", "expired")
    options = replace(s3.options(profile="site", retries=0), extra={})
    remote = RemoteManifest(BucketTarget(open_store(f"s3://static/{place}", options)))
    with pytest.raises(StoreError, match="credentials"):
        remote.newer()
    write_keys(*KEYS.values())
    assert remote.newer() == b"1"
    file.unlink()
    assert remote.newer() is None
