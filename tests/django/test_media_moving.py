"""Moving a live site's uploads to other places."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.test import override_settings
from quays import Quay
from test_media_s3 import storage as s3_storage

from lading.django.media_moving import MovingStorage
from s3_servers import S3Server, new_place

FOLDER = "django.core.files.storage.FileSystemStorage"
MOVING = {
    "BACKEND": "lading.django.media_moving.MovingStorage",
    "OPTIONS": {"new": "new", "old": "old"},
}


@pytest.fixture
def quay(tmp_path: Path) -> Iterator[Quay]:
    places = {
        alias: {
            "BACKEND": FOLDER,
            "OPTIONS": {"location": str(tmp_path / alias), "base_url": f"/{alias}/"},
        }
        for alias in ("old", "new")
    }
    with Quay(tmp_path).open(STORAGES={"default": MOVING, "staticfiles": MOVING, **places}) as quay:
        yield quay


@pytest.fixture
def moving(quay: Quay) -> MovingStorage:
    found: Any = storages["default"]
    return found


def save(storage: Storage, name: str, content: str) -> str:
    return storage.save(name, ContentFile(content.encode()))


def text(storage: Storage, name: str) -> str:
    with storage.open(name) as file:
        return file.read().decode()


def test_uploads_go_to_the_new_place(quay: Quay, moving: MovingStorage):
    assert save(moving, "a.txt", "a") == "a.txt"
    assert quay.files("new") == ["a.txt"]
    assert not Path(quay.path("old")).exists()
    assert moving.url("a.txt") == "/new/a.txt"


def test_earlier_uploads_are_read_where_they_are(quay: Quay, moving: MovingStorage):
    quay.write({"old/b/c.txt": "earlier"})
    assert text(moving, "b/c.txt") == "earlier"
    assert moving.exists("b/c.txt")
    assert (moving.size("b/c.txt"), moving.url("b/c.txt")) == (7, "/old/b/c.txt")
    assert moving.path("b/c.txt") == quay.path("old", "b/c.txt")
    assert moving.get_modified_time("b/c.txt")
    assert not moving.exists("none.txt")


def test_no_name_of_either_is_given_out_again(quay: Quay, moving: MovingStorage):
    quay.write({"old/a.txt": "earlier", "new/b.txt": "later"})
    names = [save(moving, "a.txt", "x"), save(moving, "b.txt", "y")]
    assert len({*names, "a.txt", "b.txt"}) == 4
    assert text(moving, "a.txt") == "earlier"
    assert text(moving, names[0]) == "x"


def test_deleting_deletes_in_both(quay: Quay, moving: MovingStorage):
    quay.write({"old/a.txt": "a", "new/a.txt": "a"})
    moving.delete("a.txt")
    moving.delete("a.txt")
    assert quay.files("old") == quay.files("new") == []


def test_listing_shows_both(quay: Quay, moving: MovingStorage):
    quay.write({"old/a.txt": "", "new/b.txt": "", "new/c/d.txt": ""})
    assert moving.listdir("") == (["c"], ["a.txt", "b.txt"])
    assert moving.listdir("c") == ([], ["d.txt"])
    assert moving.listdir("nowhere") == ([], [])


def test_accounting_while_uploads_move(quay: Quay):
    ship = quay.make("Ship", "photo", "ada.jpg")
    quay.write({"old/lost.txt": "x", "old/kept.txt": "y"})
    quay.models.Ship.objects.create(photo="kept.txt")
    told = quay.call("check")
    assert "0 missing, 1 orphan" in told
    assert "lost.txt" in told
    quay.call("prune", "--older-than", "0s")
    assert quay.files("old") == ["kept.txt"]
    assert ship.photo.storage.exists(ship.photo.name)
    quay.call("restore", "last")
    assert "1 orphan" in quay.call("check")


def test_what_the_new_storage_refuses_is_refused(quay: Quay, tmp_path: Path):
    from django.core.exceptions import ValidationError

    guarded = {
        "BACKEND": "lading.django.storage.MediaStorage",
        "OPTIONS": {"location": str(tmp_path / "new")},
    }
    old = {"BACKEND": FOLDER, "OPTIONS": {"location": str(tmp_path / "old")}}
    with (
        override_settings(STORAGES={"default": MOVING, "new": guarded, "old": old}),
        pytest.raises(ValidationError),
    ):
        save(storages["default"], "a.jpg", "<html>no image</html>")


def test_a_live_site_moves_to_a_bucket_without_losing_an_upload(tmp_path: Path, s3: S3Server):
    """The steps that docs/media-accounts.md tells, with uploads all the while; after each change of settings
    one worker still runs with those of before.
    """
    local = {"BACKEND": FOLDER, "OPTIONS": {"location": str(tmp_path / "media")}}
    bucket = s3_storage(s3, new_place())
    settings = {"default": local, "old": local, "new": bucket, "moving": MOVING}
    with Quay(tmp_path).open(STORAGES={**settings, "staticfiles": local}) as quay:
        site = _Site([storages["old"], storages["old"]])
        with site:
            site.wait_for_uploads()
            quay.call("sync", "storage:old", "storage:new")
            site.workers[0] = storages["moving"]
            site.wait_for_uploads()
            # The second worker writes to the folder yet.
            quay.call("sync", "storage:old", "storage:new")
            site.workers[1] = storages["moving"]
            site.wait_for_uploads()
            quay.call("sync", "storage:old", "storage:new")
            for number in (0, 1):
                site.workers[number] = storages["new"]
                site.wait_for_uploads()
        assert site.errors == []
        assert len(site.uploads) >= 16
        found = storages["new"]
        assert {name: text(found, name) for name in site.uploads} == site.uploads


class _Site:
    """Two workers that take uploads of the same few names, each with a storage of its own, and read each
    other's.
    """

    def __init__(self, workers: list[Storage]) -> None:
        self.workers = workers
        self.uploads: dict[str, str] = {}
        self.errors: list[Exception] = []
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(2)]
        self._done = [0, 0]

    def _work(self, worker: int) -> None:
        number = 0
        while not self._end.is_set():
            number += 1
            content = f"upload {number} of worker {worker}"
            try:
                storage = self.workers[worker]
                name = save(storage, f"{worker}/{number % 3}.txt", content)
                assert text(storage, name) == content
                self.uploads[name] = content
            except Exception as error:
                self.errors.append(error)
            self._done[worker] += 1
            self._end.wait(0.01)

    def wait_for_uploads(self) -> None:
        """Until each worker has taken two more."""
        goal = [done + 2 for done in self._done]
        while any(done < wanted for done, wanted in zip(self._done, goal, strict=True)):
            self._end.wait(0.01)

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()
