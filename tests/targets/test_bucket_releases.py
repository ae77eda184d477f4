"""The releases of a bucket, on a real S3 server."""

from __future__ import annotations

import hashlib

import pytest

from faulty_proxy import proxy
from lading.errors import ConfigError, StoreError
from lading.objectstore.client import ObjectStore
from lading.progress import Silent
from lading.releases import previous
from lading.retention import Retention
from lading.shipment import Shipment, key_of
from lading.targets.bucket import BucketTarget
from lading.targets.bucket_releases import BucketReleases
from lading.targets.history import State
from lading.targets.publication import publish
from s3_servers import S3Server, new_place
from shipments import objects, problems, put, shipment, state_of

A = {"a.css": "a1", "b.css": "b1"}
B = {"a.css": "a2", "b.css": "b1", "c.css": "c1"}


@pytest.fixture
def target(store: ObjectStore) -> BucketTarget:
    return BucketTarget(store, threads=4)


def put_plain(target: BucketTarget, files: dict[str, str]) -> None:
    """Publish files whose plain names alone have these contents (as style sheets do, which are rewritten
    under their other names).
    """
    made = shipment(files)
    contents = {path: made.read(path) for path in made.states}
    states = dict(made.states)
    for path, text in files.items():
        data = f"as written: {text}".encode()
        sha256 = hashlib.sha256(data).hexdigest()
        contents[path] = data
        states[path] = State(sha256, len(data), "", states[path].headers, True)
    shipped = Shipment(made.manifest, states, contents.__getitem__, key_of(states))
    publish(target, shipped, Silent())


def put_packed(target: BucketTarget, files: dict[str, str], coding: str) -> None:
    """Publish files with a variant in the place of each original."""
    made = shipment(files)
    contents: dict[str, bytes] = {}
    states: dict[str, State] = {}
    for path, state in made.states.items():
        data = contents[path] = f"{coding}: {state.sha256}".encode()
        sha256 = hashlib.sha256(data).hexdigest()
        states[path] = State(sha256, len(data), "", state.headers, state.is_plain)
    publish(target, Shipment(made.manifest, states, contents.__getitem__, key_of(states)), Silent())


def test_going_back_to_another_variant_in_place(target: BucketTarget):
    put_packed(target, A, "br")
    packed = objects(target.store)
    del packed[target.manifest]
    put_packed(target, A, "gzip")
    put_packed(target, A, "gzip, smaller")
    assert objects(target.store)["a.css"] != packed["a.css"]
    BucketReleases(target).roll_back(1, Silent())
    back = objects(target.store)
    assert {path: back[path] for path in packed} == packed
    assert state_of(target.store) == ["contents", "releases"]


def test_releases_are_listed_by_one_request(s3: S3Server):
    with proxy(s3.port) as between:
        target = BucketTarget(s3.store("static", new_place(), port=between.port))
        assert BucketReleases(target).listed() == []
        put(target, A)
        put(target, B)
        between.clear()
        first, second = BucketReleases(target).listed()
        assert between.count() == 1
    assert (first.number, first.is_current, second.number, second.is_current) == (1, False, 2, True)
    assert first.published <= first.replaced


def test_what_a_release_published_is_shown(target: BucketTarget):
    put(target, A)
    put(target, B)
    assert BucketReleases(target).manifest(1).paths == shipment(A).manifest.paths
    with pytest.raises(ConfigError, match=r"Release 7 is not kept \(kept: 1, 2\)"):
        BucketReleases(target).manifest(7)


def test_going_back_writes_the_manifest_and_plain_names_alone(s3: S3Server):
    place = new_place()
    many = {f"f{number}.css": "same" for number in range(200)}
    with proxy(s3.port) as between:
        target = BucketTarget(s3.store("static", place, port=between.port))
        put(target, {**many, **A})
        put(target, {**many, **B})
        between.clear()
        back = BucketReleases(target).roll_back(1, Silent())
        assert (back.number, list(back.changed)) == (3, ["a.css"])
        assert between.count("PUT") == 4  # a note, a.css, the record, the manifest
        assert between.count() < 20
    target = BucketTarget(s3.store("static", place))
    assert problems(target) == []
    assert target.head().manifest == shipment({**many, **A}).manifest
    assert objects(target.store)["a.css"] == "a1"
    assert [(entry.number, entry.of) for entry in target.head().entries] == [(1, 0), (2, 0), (3, 1)]


def test_contents_of_plain_names_come_back(target: BucketTarget):
    put_plain(target, {"a.css": "1", "b.css": "1"})
    put_plain(target, {"a.css": "2", "b.css": "1"})
    put_plain(target, {"a.css": "3"})
    assert "contents" in state_of(target.store)
    BucketReleases(target).roll_back(1, Silent())
    there = objects(target.store)
    assert (there["a.css"], there["b.css"]) == ("as written: 1", "as written: 1")
    BucketReleases(target).roll_back(2, Silent())
    assert objects(target.store)["a.css"] == "as written: 2"
    BucketReleases(target).roll_back(3, Silent())
    assert objects(target.store)["a.css"] == "as written: 3"


def test_contents_leave_with_the_releases_that_need_them(target: BucketTarget):
    put_plain(target, {"a.css": "1"})
    put_plain(target, {"a.css": "2"})
    BucketReleases(target).prune(Retention(1, 0), Silent())
    assert state_of(target.store) == ["releases"]
    assert objects(target.store)["a.css"] == "as written: 2"


def test_a_content_that_is_lost_is_said_and_nothing_is_published(target: BucketTarget):
    put_plain(target, {"a.css": "1"})
    put_plain(target, {"a.css": "2"})
    target.store.delete([item.path for item in target.store.listing(".lading/contents")])
    with pytest.raises(StoreError, match="not in the bucket any more"):
        BucketReleases(target).roll_back(1, Silent())
    assert target.head().entries[-1].number == 2
    assert objects(target.store)["a.css"] == "as written: 2"


def test_after_going_back_the_next_deployment_is_a_new_release(target: BucketTarget):
    put(target, A)
    put(target, B)
    BucketReleases(target).roll_back(1, Silent())
    published = put(target, B)
    assert published.number == 4
    assert "a.css" in published.uploaded
    assert problems(target) == []
    assert previous(BucketReleases(target).listed()) == 3


def test_the_release_to_go_back_to(target: BucketTarget):
    with pytest.raises(ConfigError):
        previous(BucketReleases(target).listed())
    put(target, A)
    with pytest.raises(ConfigError, match="no earlier release"):
        previous(BucketReleases(target).listed())
    put(target, B)
    put(target, {"a.css": "a3"})
    releases = BucketReleases(target)
    assert previous(releases.listed()) == 2
    releases.roll_back(2, Silent())
    assert previous(releases.listed()) == 1  # going back twice goes back two releases


def test_going_back_to_the_current_release_does_nothing(target: BucketTarget):
    put(target, A)
    assert BucketReleases(target).roll_back(1, Silent()).number == 1
    assert len(target.head().entries) == 1


def test_pinned_releases_are_kept_until_they_are_unpinned(target: BucketTarget):
    put(target, A)
    BucketReleases(target).pin(1, pinned=True, progress=Silent())
    target.retention = Retention(1, 0)
    put(target, B)
    put(target, {"a.css": "a3"})
    assert [entry.number for entry in target.head().entries] == [1, 3]
    assert shipment(A).manifest.paths["a.css"] in objects(target.store)
    BucketReleases(target).pin(1, pinned=False, progress=Silent())
    removed = BucketReleases(target).prune(Retention(1, 0), Silent())
    assert shipment(A).manifest.paths["a.css"] in removed
    assert [entry.number for entry in target.head().entries] == [3]
    assert problems(target) == []
    assert len(list(target.store.listing(".lading/releases"))) == 1


def test_pruning_removes_only_what_nobody_needs(target: BucketTarget):
    target.store.put("robots.txt", b"theirs", {})
    for files in (A, B, {"a.css": "a3"}):
        put(target, files)
    target.store.put("b.css", b"theirs now", {})
    assert BucketReleases(target).prune(Retention(3, 0), Silent()) == ()
    removed = BucketReleases(target).prune(Retention(1, 0), Silent())
    assert "b.css" not in removed
    there = objects(target.store)
    assert there.pop("robots.txt") == "theirs"
    assert there.pop("b.css") == "theirs now"
    assert there.keys() == {*shipment({"a.css": "a3"}).states, "staticfiles.json"}
    assert BucketReleases(target).prune(Retention(1, 0), Silent()) == ()


def test_pruning_takes_few_requests(s3: S3Server):
    with proxy(s3.port) as between:
        target = BucketTarget(s3.store("static", new_place(), port=between.port))
        put(target, {f"f{number}.css": "1" for number in range(600)})
        put(target, {"a.css": "1"})
        between.clear()
        assert len(BucketReleases(target).prune(Retention(1, 0), Silent())) > 1200
        assert between.count("POST") == 2  # 1,000 objects each
        assert between.count() < 15
