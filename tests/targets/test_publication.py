"""Publishing to a bucket, on a real S3 server."""

from __future__ import annotations

import json
import time

import pytest

from faulty_proxy import Plan, proxy
from lading.errors import ConflictError, StoreError
from lading.objectstore.client import ObjectStore, open_store
from lading.retention import Retention
from lading.targets.bucket import BucketTarget
from lading.targets.history import Head, State
from lading.targets.publication import Published
from lading.targets.uploading import STALE, Notebook
from s3_servers import S3Server, new_place
from shipments import HEADERS, objects, problems, put, shipment, state_of

A = {"a.css": "a1", "b.css": "b1"}
B = {"a.css": "a2", "b.css": "b1", "c.css": "c1"}


@pytest.fixture
def target(store: ObjectStore) -> BucketTarget:
    return BucketTarget(store, threads=4)


def test_a_first_release_is_published_whole(target: BucketTarget):
    published = put(target, A)
    assert (published.number, published.is_new) == (1, True)
    assert sorted(published.uploaded) == sorted(shipment(A).states)
    assert published.purge == ()
    assert problems(target) == []
    fetched = target.store.get("a.css")
    assert fetched is not None
    assert fetched.headers == {
        **dict(HEADERS),
        "sha256": shipment(A).states["a.css"].sha256,
    }
    assert state_of(target.store) == ["releases"]


def test_nothing_unchanged_is_sent_again(target: BucketTarget):
    put(target, A)
    published = put(target, B)
    assert sorted(set(published.uploaded) - set(published.purge)) == sorted(
        {*shipment(B).states} - {*shipment(A).states}
    )
    assert published.purge == ("a.css",)
    assert problems(target) == []


def test_other_headers_are_another_release(target: BucketTarget):
    from lading.progress import Silent
    from lading.targets.publication import publish

    put(target, A)
    changed = shipment(A, headers=(("Cache-Control", "no-cache"),))
    published = publish(target, changed, Silent())
    assert len(published.uploaded) == 4
    fetched = target.store.get("a.css")
    assert fetched is not None
    assert fetched.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("files", [10, 1200])
def test_an_unchanged_release_takes_two_requests_whatever_its_size(s3: S3Server, files: int):
    release = {f"f{number}.css": f"{number}" for number in range(files)}
    place = new_place()
    with proxy(s3.port) as between:
        target = BucketTarget(s3.store("static", place, port=between.port))
        first = put(target, release)
        between.clear()
        assert put(target, release).is_new is False
        assert between.count() == 2
        between.clear()
        assert put(target, release, known=first.head).is_new is False
        assert between.count() == 2


def test_a_change_takes_few_requests_whatever_the_number_of_files(s3: S3Server):
    release = {f"f{number}.css": f"{number}" for number in range(500)}
    with proxy(s3.port) as between:
        target = BucketTarget(s3.store("static", new_place(), port=between.port))
        put(target, release)
        between.clear()
        put(target, {**release, "f1.css": "changed"})
        assert between.count("PUT") == 5  # a note, two objects, the record, the manifest
        assert between.count() <= 10


def test_what_was_deleted_by_hand_comes_back_when_asked_for(target: BucketTarget):
    put(target, A)
    target.store.delete(["a.css"])
    target.store.put("b.css", b"by hand", {})
    assert put(target, A, clear=True).uploaded == ("a.css", "b.css")
    assert problems(target) == []


def test_what_leaves_with_a_release(target: BucketTarget):
    target.retention = Retention(newest=2, age=0)
    put(target, A)
    put(target, B)
    published = put(target, {"a.css": "a3"})
    old = shipment(A).manifest.paths["a.css"]
    assert old in published.removed
    there = objects(target.store)
    assert old not in there
    # The second release is kept, so what it shares with the first stays.
    assert shipment(B).states.keys() <= there.keys()
    assert target.head().leaving_since == 0
    assert [entry.number for entry in target.head().entries] == [2, 3]


def test_files_of_others_are_never_deleted(target: BucketTarget):
    target.retention = Retention(newest=1, age=0)
    target.store.put("robots.txt", b"theirs", {})
    put(target, A)
    target.store.put("b.css", b"theirs now", {})
    put(target, {"a.css": "a2"})
    there = objects(target.store)
    assert there["robots.txt"] == "theirs"
    assert there["b.css"] == "theirs now"
    assert shipment(A).manifest.paths["b.css"] not in there
    put(target, {"a.css": "a2"}, clear=True)
    assert objects(target.store)["robots.txt"] == "theirs"


def test_a_foreign_file_at_a_plain_name_is_spared_until_clearing(target: BucketTarget):
    target.store.put("a.css", b"theirs", {})
    for _ in range(2):
        with pytest.raises(StoreError, match=r"did not write .* [(]a[.]css[)]") as caught:
            put(target, A)
        assert "--clear" in caught.value.remedy
    assert objects(target.store) == {"a.css": "theirs"}
    put(target, A, clear=True)
    assert problems(target) == []


@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_foreign_file_at_a_new_plain_name_is_spared_later_too(
    store: ObjectStore, is_guarded: bool
):
    target = BucketTarget(store, threads=4, is_guarded=is_guarded)
    put(target, A)
    store.put("robots.txt", b"theirs", {})
    with pytest.raises(StoreError, match=r"[(]robots[.]txt[)]"):
        put(target, {**A, "robots.txt": "ours"})
    assert objects(store)["robots.txt"] == "theirs"
    assert target.head().entries[-1].number == 1
    assert problems(target) == []


def test_what_a_note_names_and_somebody_else_has_is_not_removed(
    store: ObjectStore, target: BucketTarget
):
    put(target, A)
    dead = Notebook(store, "dead")
    dead.begin(["robots.txt", "c.css", "d.css"])
    store.put("robots.txt", b"theirs", {})
    store.put("c.css", b"the dead run's", {"sha256": "c" * 64})
    state = State("d" * 64, 1, store.put("d.css", b"d", {"sha256": "d" * 64}), HEADERS, True)
    dead.own.states["d.css"] = state
    dead.keep()
    store.put("d.css", b"theirs", {})
    later = BucketTarget(store, threads=4, clock=lambda: time.time() + STALE + 60)
    put(later, B)
    left = objects(store)
    assert (left["robots.txt"], left["d.css"]) == ("theirs", "theirs")
    assert left["c.css"] == "c1"


def test_a_foreign_file_with_the_same_content_is_taken_over(target: BucketTarget):
    target.store.put("a.css", b"a1", {})
    put(target, A)
    assert problems(target) == []
    fetched = target.store.get("a.css")
    assert fetched is not None
    assert fetched.headers == {**dict(HEADERS), "sha256": shipment(A).states["a.css"].sha256}


def test_what_djangos_manifest_names_is_replaced(target: BucketTarget):
    manifest = {"paths": {"a.css": "a.0123456789ab.css"}, "version": "1.1", "hash": ""}
    target.store.put("staticfiles.json", json.dumps(manifest).encode(), {})
    target.store.put("a.css", b"older", {})
    put(target, A)
    assert problems(target) == []


def test_a_published_name_that_was_changed_by_hand_is_replaced(target: BucketTarget):
    put(target, A)
    target.store.put("b.css", b"theirs", {})
    put(target, {**A, "b.css": "b2"})
    assert problems(target) == []


def test_variants_of_an_earlier_content_leave_at_once(target: BucketTarget):
    put(target, {"a.css": "a1", "a.css.br": "packed"})
    published = put(target, {"a.css": "a2"})
    assert "a.css.br" in published.removed
    assert "a.css.br" not in objects(target.store)


def test_an_interrupted_upload_is_resumed(s3: S3Server, monkeypatch: pytest.MonkeyPatch):
    release = {f"f{number}.css": f"{number}" for number in range(40)}
    place = new_place()

    def fail_late(number: int, method: str, path: str) -> str:
        return "500" if number > 50 and "pending" not in path else ""

    with proxy(s3.port, fail_late) as between:
        store = s3.store("static", place, port=between.port, retries=0)
        with pytest.raises(StoreError, match="cannot write"):
            put(BucketTarget(store, threads=2), release)
    target = BucketTarget(s3.store("static", place))
    assert target.head().current is None
    sent = len(list(target.store.listing())) - 1
    assert sent > 30
    published = put(target, release)
    assert len(published.uploaded) == 80 - sent
    assert problems(target) == []


def test_what_a_dead_run_left_is_cleared_away(target: BucketTarget, s3: S3Server):
    put(target, A)
    place = target.url.rpartition("/")[2]

    def fail_at_head(number: int, method: str, path: str) -> str:
        return "500" if method == "PUT" and path.endswith("staticfiles.json") else ""

    with proxy(s3.port, fail_at_head) as between:
        store = s3.store("static", place, port=between.port, retries=0)
        with pytest.raises(StoreError):
            put(BucketTarget(store), {**A, "dead.css": "dead"})
    assert "pending" in state_of(target.store)
    dead = shipment({"dead.css": "dead"}).states.keys()
    put(target, B)
    assert dead <= objects(target.store).keys()  # it may be at it still
    target.clock = lambda: __import__("time").time() + 1000
    put(target, {**B, "d.css": "d"})
    assert not dead & objects(target.store).keys()
    assert state_of(target.store) == ["releases"]
    assert problems(target) == []


class Interloper:
    """Publishes something else whenever a run is about to replace the head."""

    def __init__(self, target: BucketTarget, others: list[dict[str, str]]) -> None:
        self.target, self.others = target, others
        self.real = BucketTarget.replace_head

    def __call__(self, target: BucketTarget, head: Head) -> Head:
        if self.others and target is not self.target:
            put(self.target, self.others.pop())
        return self.real(target, head)


def test_who_loses_the_race_publishes_on_top(target: BucketTarget, monkeypatch: pytest.MonkeyPatch):
    put(target, A)
    other = BucketTarget(target.store)
    pauses: list[float] = []
    target.sleep = pauses.append
    interloper = Interloper(other, [{"a.css": "other"}, B])
    monkeypatch.setattr(BucketTarget, "replace_head", lambda t, h: interloper(t, h))
    published = put(target, {"a.css": "mine", "b.css": "b1"})
    assert (published.number, len(pauses)) == (4, 2)
    assert problems(target) == []
    assert objects(target.store)["a.css"] == "mine"
    assert [entry.number for entry in target.head().entries] == [1, 2, 3, 4]
    assert len(list(target.store.listing(".lading/releases"))) == 4  # none of failed attempts


def test_of_the_same_release_only_one_is_made(
    target: BucketTarget, monkeypatch: pytest.MonkeyPatch
):
    put(target, A)
    target.sleep = lambda _: None
    interloper = Interloper(BucketTarget(target.store), [B])
    monkeypatch.setattr(BucketTarget, "replace_head", lambda t, h: interloper(t, h))
    published = put(target, B)
    assert (published.number, published.is_new) == (2, False)
    assert problems(target) == []


def test_a_manifest_whose_answer_got_lost_is_recognised(s3: S3Server):
    def lose(number: int, method: str, path: str) -> str:
        return "lose" if method == "PUT" and path.endswith("staticfiles.json") else ""

    place = new_place()
    with proxy(s3.port) as between:
        target = BucketTarget(s3.store("static", place, port=between.port, retries=2))
        lost = iter(range(1))

        def once(number: int, method: str, path: str) -> str:
            fault = lose(number, method, path)
            return fault if fault and next(lost, None) is not None else ""

        between.plan = once
        published = put(target, A)
        assert between.faults == ["lose"]
    assert (published.number, published.is_new) == (1, True)
    assert [e.number for e in BucketTarget(s3.store("static", place)).head().entries] == [1]


def test_a_release_that_needs_what_is_leaving_waits_for_it(
    target: BucketTarget, monkeypatch: pytest.MonkeyPatch
):
    """The run that announced a deletion has stopped before deleting; another one needs the file."""
    from lading.targets import withdrawal

    target.retention = Retention(newest=1, age=0)
    put(target, A)
    monkeypatch.setattr(withdrawal, "execute", lambda target, head, leaving: head)
    stopped = put(target, {"a.css": "a2"})
    monkeypatch.undo()
    assert stopped.head.leaving_since > 0

    def finish(_seconds: float) -> None:
        """The stopped run goes on."""
        if target.head().leaving_since:
            head = target.head()
            withdrawal.execute(target, head, list(stopped.removed))

    waited: list[float] = []
    target.sleep = lambda seconds: (waited.append(seconds), finish(seconds))[0]
    put(target, A)
    assert waited
    assert problems(target) == []


def test_a_bucket_that_ignores_conditions_is_refused(
    target: BucketTarget, monkeypatch: pytest.MonkeyPatch
):
    real = ObjectStore.put

    def ignoring(self: ObjectStore, path: str, data: bytes, headers: object, **_: object) -> str:
        return real(self, path, data, headers)  # type: ignore[arg-type]

    monkeypatch.setattr(ObjectStore, "put", ignoring)
    with pytest.raises(StoreError, match="ignores the conditions"):
        put(target, A)
    assert objects(target.store) == {}
    target.is_guarded = False
    assert put(target, A).number == 1
    assert put(target, B).number == 2
    assert problems(target) == []


@pytest.mark.parametrize("path", ["a\tb.css", "x" * 1100, "a\\b.css"])
def test_a_name_that_the_store_cannot_hold_stops_the_run(target: BucketTarget, path: str):
    with pytest.raises(StoreError, match="cannot hold an object of this name") as caught:
        put(target, {path: "x", "a.css": "a"})
    assert caught.value.where == path
    assert objects(target.store) == {}


def test_a_damaged_head_is_said_and_not_overwritten(target: BucketTarget):
    from lading.errors import ManifestError

    target.store.put("staticfiles.json", b"{", {})
    with pytest.raises(ManifestError, match="damaged"):
        put(target, A)


def test_a_manifest_of_djangos_is_taken_over(target: BucketTarget):
    target.store.put(
        "staticfiles.json", b'{"paths": {"a.css": "a.123.css"}, "version": "1.1", "hash": "x"}', {}
    )
    assert put(target, A).number == 1
    assert problems(target) == []


def test_memory_is_a_bucket_too():
    target = BucketTarget(open_store("memory:///"))
    put(target, A)
    published: Published = put(target, B)
    assert published.number == 2
    assert problems(target) == []


def test_a_conflict_that_never_ends_is_reported(
    target: BucketTarget, monkeypatch: pytest.MonkeyPatch
):
    from lading.errors import TargetBusyError

    def refuse(_target: BucketTarget, _head: Head) -> Head:
        raise ConflictError("always")

    monkeypatch.setattr(BucketTarget, "replace_head", refuse)
    target.timeout = 0.2
    with pytest.raises(TargetBusyError, match="published all the time"):
        put(target, A)
    assert target.head().current is None


def denied(methods: set[str], part: str, code: str = "AccessDenied") -> Plan:
    """A server that refuses these requests."""

    def plan(number: int, method: str, path: str) -> str:
        return f"403:{code}" if method in methods and part in path else ""

    return plan


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (denied({"GET"}, "list-type"), "the permission s3:ListBucket is missing"),
        (denied({"GET"}, "staticfiles.json"), "the permission s3:GetObject is missing"),
        (denied({"PUT"}, ".css"), "the permission s3:PutObject is missing"),
        (denied({"PUT", "GET", "HEAD"}, "", "RequestTimeTooSkewed"), "clock"),
    ],
)
def test_what_is_not_allowed_is_named(s3: S3Server, plan: Plan, message: str):
    place = new_place()
    with proxy(s3.port, plan) as between:
        target = BucketTarget(s3.store("static", place, port=between.port))
        with pytest.raises(StoreError, match=message):
            put(target, A)
        assert between.count() < 30  # what does not pass by itself is not tried again
    assert BucketTarget(s3.store("static", place)).head().current is None


def test_without_the_right_to_delete_the_release_is_published_and_that_is_said(s3: S3Server):
    place = new_place()
    with proxy(s3.port, denied({"DELETE", "POST"}, "")) as between:
        target = BucketTarget(s3.store("static", place, port=between.port), is_guarded=False)
        with pytest.raises(StoreError, match="Release 1 is published") as caught:
            put(target, A)
    assert "s3:DeleteObject" in str(caught.value)
    plain = BucketTarget(s3.store("static", place))
    assert problems(plain) == []
    assert plain.head().current is not None


def test_a_plain_name_that_is_gone_is_written_anew(s3: S3Server):
    """S3 answers a write that was to replace what is not there with 404."""
    place = new_place()
    with proxy(s3.port) as between:
        target = BucketTarget(s3.store("static", place, port=between.port), sleep=lambda _: None)
        put(target, A)
        target.store.delete(["a.css"])
        gone = iter(range(1))

        def once(number: int, method: str, path: str) -> str:
            is_it = method == "PUT" and path.endswith("/a.css")
            return "404:NoSuchKey" if is_it and next(gone, None) is not None else ""

        between.plan = once
        assert put(target, {**A, "a.css": "a9"}).number == 2
        assert between.faults == ["404:NoSuchKey"]
    assert problems(BucketTarget(s3.store("static", place))) == []


def test_clearing_twice_makes_one_release(target: BucketTarget):
    put(target, A)
    put(target, B)
    assert put(target, B, clear=True).number == 3
    assert put(target, B, clear=True).is_new is False
    assert len(target.head().entries) == 1
