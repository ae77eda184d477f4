"""Accounting for uploads in a real bucket, through django-storages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from quays import Quay

from lading.django.media_places import Places
from lading.django.media_storages import BucketStore, unwrapped
from lading.media.stores import CHANGED, TAKEN
from s3_servers import KEYS, S3Server, new_place


def storage(server: S3Server, location: str, **options: Any) -> dict[str, Any]:
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": "static",
            "location": location,
            "endpoint_url": server.endpoint,
            "access_key": KEYS["access_key_id"],
            "secret_key": KEYS["secret_access_key"],
            "region_name": "us-east-1",
            "file_overwrite": False,
            **options,
        },
    }


@pytest.fixture
def quay(tmp_path: Path, s3: S3Server) -> Iterator[Quay]:
    storages = {
        "default": storage(s3, new_place()),
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with Quay(tmp_path).open(STORAGES=storages) as quay:
        yield quay


@pytest.fixture
def store(quay: Quay) -> BucketStore:
    return BucketStore(unwrapped(default_storage))


def put(name: str, content: str = "x") -> None:
    assert default_storage.save(name, ContentFile(content)) == name


def names(store: BucketStore, prefix: str = "") -> list[str]:
    return sorted(file.name for file in store.files(prefix))


def report(quay: Quay) -> Any:
    file = quay.path("report.json")
    quay.call("check", "--json", file, "-v", "0", fails=None)
    return json.loads(Path(file).read_text("utf-8"))


def test_check(quay: Quay, store: BucketStore):
    ship = quay.make("Ship", "photo", "ada.jpg")
    quay.models.Ship.objects.create(photo="gone.jpg")
    put("deep/lost ü.txt", "abc")
    found = report(quay)
    assert [item["name"] for item in found["orphans"]] == ["deep/lost ü.txt"]
    assert found["orphans"][0]["bytes"] == 3
    assert [item["name"] for item in found["missing"]] == ["gone.jpg"]
    assert store.label in [place["label"] for place in found["storages"]]
    assert ship.photo.name in names(store)


def test_pruning_restoring_and_emptying(quay: Quay, store: BucketStore):
    quay.make("Ship", "photo", "ada.jpg")
    put("lost.txt", "abc")
    put("deep/lost.txt")
    assert "0 files moved" in quay.call("prune")  # they are young
    quay.call("prune", "--older-than", "0s")
    assert [name for name in names(store) if not name.startswith(".")] == ["shared/ada.jpg"]
    assert sorted(name.split("/", 2)[2] for name in names(store, ".lading-trash/")) == [
        "deep/lost.txt",
        "lost.txt",
    ]
    quay.call("restore", "last")
    assert names(store) == ["deep/lost.txt", "lost.txt", "shared/ada.jpg"]
    with default_storage.open("lost.txt") as file:
        assert file.read() == b"abc"
    quay.call("prune", "--older-than", "0s")
    quay.call("empty", "--older-than", "0s")
    assert names(store) == ["shared/ada.jpg"]


def test_a_row_that_comes_to_refer_to_an_orphan_keeps_it(
    quay: Quay, store: BucketStore, monkeypatch: pytest.MonkeyPatch
):
    quay.make("Ship", "photo", "ada.jpg")
    put("lost.txt", "abc")
    real = BucketStore.remove

    def remove(self: BucketStore, versions: Any) -> Any:
        if not quay.models.Ship.objects.filter(photo="lost.txt").exists():
            quay.models.Ship.objects.create(photo="lost.txt")  # after the first look at the rows
        return real(self, versions)

    monkeypatch.setattr(BucketStore, "remove", remove)
    told = quay.call("prune", "--older-than", "0s")
    assert "lost.txt: a row came to refer to it meanwhile" in told
    assert names(store) == ["lost.txt", "shared/ada.jpg"]


def test_only_the_version_that_was_seen_is_removed(store: BucketStore):
    put("a.txt", "1")
    put("b.txt", "1")
    seen = store.stat(["a.txt", "b.txt", "none.txt"])
    assert sorted(seen) == ["a.txt", "b.txt"]
    default_storage.delete("a.txt")
    put("a.txt", "2")
    versions = {name: file.version for name, file in seen.items()}
    assert store.remove({**versions, "none.txt": ""}) == {"a.txt": CHANGED}
    assert names(store) == ["a.txt"]


def test_copies_keep_their_headers_and_overwrite_nothing(store: BucketStore):
    put("page.html", "<p>")
    put("other.html", "other")
    assert store.copy([("page.html", "new.html"), ("page.html", "other.html")]) == {
        "other.html": TAKEN
    }
    s3: Any = unwrapped(default_storage)
    key = f"{s3.location}/new.html"
    assert s3.bucket.Object(key).content_type == "text/html"
    with default_storage.open("other.html") as file:
        assert file.read() == b"other"


def test_more_than_one_page(store: BucketStore):
    client = store._client
    for number in range(1003):
        client.put_object(Bucket="static", Key=f"{store._start}{number:04}", Body=b"")
    assert names(store) == [f"{number:04}" for number in range(1003)]
    assert store.remove(dict.fromkeys(names(store), "")) == {}
    assert names(store) == []


def test_locations_in_one_bucket(quay: Quay, s3: S3Server):
    from storages.backends.s3 import S3Storage

    place = new_place()
    outer = S3Storage(**storage(s3, place)["OPTIONS"])
    inner = S3Storage(**storage(s3, f"{place}/private")["OPTIONS"])
    beside = S3Storage(**storage(s3, f"{place}-2")["OPTIONS"])
    elsewhere = S3Storage(**storage(s3, place, bucket_name="other")["OPTIONS"])
    places = Places([inner, outer, beside, elsewhere])
    assert sorted(store.label for store in places.stores) == [
        f"s3://other/{place}/",
        f"s3://static/{place}-2/",
        f"s3://static/{place}/",
    ]
    index, prefix = places.find(inner) or (-1, "")
    assert places.stores[index].label == f"s3://static/{place}/"
    assert prefix == "private/"


def test_moving_uploads_by_the_names_of_storages(quay: Quay, store: BucketStore, tmp_path: Path):
    quay.make("Ship", "photo", "ada.jpg")
    put("more.txt", "abc")
    told = quay.call("sync", "storage:default", str(tmp_path / "copy"))
    assert "2 files: 2 copied" in told
    assert (tmp_path / "copy/more.txt").read_text() == "abc"
    (tmp_path / "copy/back.txt").write_text("x")
    quay.call("sync", str(tmp_path / "copy"), "storage:default", "-v", "2")
    assert "back.txt" in names(store)
    told = quay.call("sync", "storage:defualt", str(tmp_path / "copy"), fails=True)
    assert "There is no storage 'defualt'" in told


def test_a_bucket_that_cannot_be_reached_decides_nothing(tmp_path: Path, s3: S3Server):
    storages = {"default": storage(s3, "x", bucket_name="no-such-bucket")}
    with Quay(tmp_path).open(STORAGES={**storages, "staticfiles": storages["default"]}) as quay:
        told = quay.call("prune", "--older-than", "0s", fails=True)
    assert "s3://no-such-bucket/x/: The storage cannot list" in told
    assert "NoSuchBucket" in told
