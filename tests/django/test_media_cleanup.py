"""Rows that are deleted or get other files -> what becomes of their files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models.deletion import Collector
from django.test.utils import CaptureQueriesContext
from quays import Quay

from lading.django import media_cleanup
from lading.media.folder import FolderStore
from sites_of_folders import write


@pytest.fixture(params=["delete"])
def quay(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Quay]:
    with listening(Quay(tmp_path), request.param) as quay:
        yield quay


class listening:  # noqa: N801 - reads as a function
    """A project whose models are listened to."""

    def __init__(self, quay: Quay, wish: str, **settings: Any) -> None:
        lading = {key: settings.pop(key) for key in list(settings) if key.startswith("MEDIA_")}
        self._opened = quay.open(LADING={"MEDIA_CLEANUP": wish, **lading}, **settings)

    def __enter__(self) -> Quay:
        quay = self._opened.__enter__()
        media_cleanup.forget()
        media_cleanup.connect()
        return quay

    def __exit__(self, *error: Any) -> None:
        from django.apps import apps

        for model in apps.get_models(include_auto_created=True):
            media_cleanup.disconnect_model(model)
        media_cleanup.forget()
        self._opened.__exit__(*error)


def upload(content: str = "new") -> ContentFile[bytes]:
    return ContentFile(content.encode(), name="new.jpg")


def test_a_deleted_row_takes_its_file_along(quay: Quay):
    ship = quay.make("Ship", "photo", "ada.jpg")
    other = quay.make("Ship", "photo", "other.jpg")
    ship.delete()
    assert quay.files() == [other.photo.name]


def test_a_new_upload_takes_the_old_one_s_place(quay: Quay):
    ship = quay.make("Ship", "photo", "ada.jpg")
    ship.photo = upload()
    ship.save()
    assert quay.files() == [ship.photo.name] == ["shared/new.jpg"]


@pytest.mark.parametrize("nothing", ["", None])
def test_a_file_that_is_cleared(quay: Quay, nothing: str | None):
    ship = quay.make("Ship", "photo", "ada.jpg")
    ship.photo = nothing
    ship.save()
    assert quay.files() == []


def test_saving_without_a_new_file_keeps_it(quay: Quay):
    ship = quay.make("Ship", "photo", "ada.jpg")
    ship.name = "Ada"
    ship.save()
    ship.save(update_fields=["name"])
    quay.models.Ship.objects.get().save()
    assert quay.files() == [ship.photo.name]


def test_a_row_that_another_process_has_changed(quay: Quay):
    """What the row held counts, not what this instance believed."""
    ship = quay.make("Ship", "photo", "ada.jpg")
    twin = quay.models.Ship.objects.get()
    twin.photo = upload("theirs")
    twin.save()
    ship.photo = ContentFile(b"ours", name="ours.jpg")
    ship.save()
    assert quay.files() == ["shared/ours.jpg"]


def test_fields_that_are_not_saved_keep_their_files(quay: Quay):
    ship = quay.make("Ship", "photo", "ada.jpg")
    quay.models.Ship.objects.filter(pk=ship.pk)
    ship.photo = "shared/never-saved.jpg"
    ship.save(update_fields=["name"])
    assert quay.files() == ["shared/ada.jpg"]
    loaded = quay.models.Ship.objects.only("name").get()
    loaded.name = "x"
    loaded.save()
    assert quay.files() == ["shared/ada.jpg"]


@pytest.mark.parametrize(
    ("kind", "field", "sharing"),
    [
        ("Ship", "photo", "the same column"),
        ("Ship", "scan", "another column"),
        ("Tug", "manual", "another table"),
        ("Logbook", "page", "a history table's model"),
    ],
)
def test_a_file_that_another_row_shares_stays(quay: Quay, kind: str, field: str, sharing: str):
    ship = quay.make("Ship", "photo", "ada.jpg")
    other = getattr(quay.models, kind).objects.create(**{field: ship.photo.name})
    ship.delete()
    assert quay.files() == ["shared/ada.jpg"]
    if kind == "Logbook":
        other.history.all().delete()
    other.delete()
    if kind == "Logbook":
        assert quay.files() == ["shared/ada.jpg"]  # the history of its deletion refers to it
    else:
        assert quay.files() == []


def test_a_rolled_back_deletion_deletes_nothing(quay: Quay):
    ship = quay.make("Ship", "photo", "ada.jpg")
    with transaction.atomic():
        ship.delete()
        assert quay.files() == ["shared/ada.jpg"]  # not before the commit either
        transaction.set_rollback(True)
    assert quay.models.Ship.objects.exists()
    assert quay.files() == ["shared/ada.jpg"]


def test_a_savepoint_that_is_rolled_back(quay: Quay):
    ships = [quay.make("Ship", "photo", f"{number}.jpg") for number in range(4)]
    with transaction.atomic():
        ships[0].delete()
        with transaction.atomic():
            ships[1].delete()
            transaction.set_rollback(True)
        with transaction.atomic():
            ships[2].delete()
        ships[3].delete()
        assert len(quay.files()) == 4
    assert quay.files() == ["shared/1.jpg"]


def test_many_rows_are_looked_at_together(quay: Quay):
    for number in range(30):
        quay.make("Ship", "photo", f"{number}.jpg")
    kept = quay.models.Buoy.objects.create(chart="shared/7.jpg")
    with CaptureQueriesContext(connection) as queries:
        quay.models.Ship.objects.all().delete()
    assert quay.files() == ["shared/7.jpg"]
    looks = [q for q in queries.captured_queries if "shared/3.jpg" in q["sql"]]
    columns = 7  # ship 2, tug 1, buoy 1, logbook and its history; contracts lie elsewhere
    assert len(looks) <= 2 * columns
    assert kept.chart


@pytest.mark.parametrize(
    ("kind", "field"), [("Tug", "manual"), ("Tug", "photo"), ("Buoy", "chart")]
)
def test_inherited_fields_and_other_keys(quay: Quay, kind: str, field: str):
    row = quay.make(kind, field, "first.bin")
    setattr(row, field, upload())
    row.save()
    assert quay.files() == [getattr(row, field).name]
    row.delete()
    assert quay.files() == []


def test_a_proxy_is_listened_to(quay: Quay):
    quay.make("PaintedShip", "photo", "ada.jpg")
    painted = quay.models.PaintedShip.objects.get()
    painted.photo = upload()
    painted.save()
    assert quay.files() == ["shared/new.jpg"]
    painted.delete()
    assert quay.files() == []


def test_deleting_what_was_loaded_in_part(quay: Quay):
    quay.make("Ship", "photo", "ada.jpg")
    quay.models.Ship.objects.only("name").get().delete()
    assert quay.files() == []


def test_deleting_with_an_upload_that_was_never_saved(quay: Quay):
    quay.store("media/shared/new.jpg")
    ship = quay.make("Ship", "photo", "ada.jpg")
    ship.photo = upload()
    ship.delete()
    assert quay.files() == ["shared/new.jpg"]  # of that name, and not this row's


def test_the_file_that_new_rows_get_stays(tmp_path: Path):
    with listening(Quay(tmp_path), "delete", BLANK_LABEL="tapes/blank.png") as quay:
        quay.store("media/tapes/blank.png")
        row = quay.models.Archive.objects.create()
        assert row.label.name == "tapes/blank.png"
        row.delete()
        assert quay.files() == ["tapes/blank.png"]


def test_what_the_settings_exclude_stays(tmp_path: Path):
    with listening(Quay(tmp_path), "delete", MEDIA_EXCLUDE=["shared/*"]) as quay:
        quay.make("Ship", "photo", "ada.jpg").delete()
        quay.make("Ship", "scan", "ada.jpg").delete()
        assert quay.files() == ["shared/ada.jpg"]


def test_another_database(quay: Quay):
    row = quay.make("Archive", "tape", "a.tar")
    row.delete()
    assert quay.files() == []


def test_what_sends_no_signals_stays_for_prune(quay: Quay):
    ship = quay.make("Ship", "photo", "ada.jpg")
    quay.models.Ship.objects.update(photo="")
    assert quay.files() == ["shared/ada.jpg"]
    ship.refresh_from_db()
    assert "1 orphan" in quay.call("check")


def test_fixtures_that_are_loaded_remove_nothing(quay: Quay):
    ship = quay.make("Ship", "photo", "ada.jpg")
    row = {"model": "quay.ship", "pk": ship.pk, "fields": {"photo": "other.jpg"}}
    quay.write({"ships.json": json.dumps([row])})
    call_command("loaddata", quay.path("ships.json"), verbosity=0)
    assert quay.files() == ["shared/ada.jpg"]


def test_models_without_files_keep_the_fast_deletion(quay: Quay):
    assert Collector(using="default").can_fast_delete(quay.models.Port.objects.all())
    assert not Collector(using="default").can_fast_delete(quay.models.Ship.objects.all())


@pytest.mark.parametrize("quay", ["trash"], indirect=True)
def test_the_trash_keeps_what_is_let_go_of(quay: Quay):
    ship = quay.make("Ship", "photo", "ada.jpg")
    ship.delete()
    assert quay.in_use() == []
    quay.call("restore", "last")
    assert quay.files() == ["shared/ada.jpg"]


@pytest.mark.parametrize("quay", ["off"], indirect=True)
def test_it_is_off_unless_wanted(quay: Quay):
    from lading.django.apps import _cleans_up

    assert not _cleans_up()


@pytest.mark.parametrize("quay", ["delete", "trash"], indirect=True)
@pytest.mark.parametrize("look", [1, 2])
def test_a_row_that_shares_the_file_at_the_last_moment(
    quay: Quay, look: int, monkeypatch: pytest.MonkeyPatch
):
    from lading.django.media_accounts import Ledgers

    real = Ledgers.referring
    looks = 0

    def referring(self: Ledgers, store: int, names: Any) -> set[str]:
        nonlocal looks
        looks += 1
        if looks == look:
            quay.models.Buoy.objects.create(chart="shared/ada.jpg")
        return real(self, store, names)

    monkeypatch.setattr(Ledgers, "referring", referring)
    quay.make("Ship", "photo", "ada.jpg").delete()
    assert quay.files() == ["shared/ada.jpg"]


def test_a_file_that_is_named_by_its_content_is_not_taken_from_an_upload_under_way(quay: Quay):
    """The second upload has found the same content there, and its row is not committed yet."""
    from django.test import override_settings

    by_content = {
        "BACKEND": "lading.django.storage.MediaStorage",
        "OPTIONS": {"naming": "content"},
    }
    with override_settings(STORAGES={"default": by_content, "staticfiles": by_content}):
        media_cleanup.forget()
        first = quay.make("Ship", "photo", "one.txt")
        second = quay.models.Ship()
        second.photo.save("two.txt", ContentFile(b"content of one.txt"), save=False)
        assert second.photo.name == first.photo.name
        first.delete()
        second.save()
        assert quay.in_use() == [second.photo.name]
        assert "0 missing" in quay.call("check")


SCRIPT = """
import os
from django.conf import settings

settings.configure(
    SECRET_KEY="of tests",
    INSTALLED_APPS=["lading.django", "django.contrib.staticfiles", "people"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    MEDIA_ROOT="media",
    LADING={"MEDIA_CLEANUP": os.environ["WISH"]},
)
import django

django.setup()
from django.core.files.base import ContentFile
from django.db import connection
from people.models import Person

with connection.schema_editor() as editor:
    editor.create_model(Person)
person = Person()
person.avatar.save("ada.jpg", ContentFile(b"x"))
person.delete()
print(sorted(name for name in os.listdir("media") if name[0] != "."))
"""


@pytest.mark.parametrize(("wish", "left"), [("off", "['ada.jpg']"), ("delete", "[]")])
def test_the_setting_is_all_that_is_needed(tmp_path: Path, wish: str, left: str):
    """In a process that is set up as every other."""
    files = {
        "people/__init__.py": "",
        "people/models.py": "from django.db import models\n\n\n"
        "class Person(models.Model):\n    avatar = models.FileField()\n",
    }
    write(tmp_path, files)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        cwd=tmp_path,
        env={**os.environ, "WISH": wish},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == left, done.stderr


def test_a_storage_that_fails_leaves_the_row_deleted_and_says_so(
    quay: Quay, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def remove(self: FolderStore, versions: Any) -> dict[str, str]:
        return dict.fromkeys(versions, "Read-only file system")

    monkeypatch.setattr(FolderStore, "remove", remove)
    ship = quay.make("Ship", "photo", "ada.jpg")
    ship.delete()
    assert not quay.models.Ship.objects.exists()
    assert os.path.exists(quay.path("media", "shared/ada.jpg"))
    assert "shared/ada.jpg stays, though no row refers to it: Read-only file system" in caplog.text
