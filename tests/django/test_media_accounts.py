"""Rows and files -> orphans and missing files."""

from __future__ import annotations

import gc
import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from quays import Quay

from lading.django import media_fields


@pytest.fixture
def quay(tmp_path: Path) -> Iterator[Quay]:
    with Quay(tmp_path).open() as quay:
        yield quay


def differences(quay: Quay, *arguments: str) -> dict[str, Any]:
    """The report of ``media check`` as JSON, with the names of orphans and missing files."""
    file = quay.path("report.json")
    quay.call("check", "--json", file, *arguments, "-v", "0", fails=None)
    report = json.loads(Path(file).read_text("utf-8"))
    return {
        **report,
        "orphans": [item["name"] for item in report["orphans"]],
        "missing": [(item["name"], item["field"], item["row"]) for item in report["missing"]],
    }


def test_files_and_rows_that_agree(quay: Quay):
    quay.make("Ship", "photo", "ada.jpg")
    quay.make("Tug", "manual", "ada.pdf")
    told = quay.call("check")
    assert "2 files, 2 references to them: 0 missing, 0 orphans (0 B)." in told


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("Ship", "photo"),
        ("Ship", "scan"),  # a field of the project's own, from an abstract model
        ("Tug", "scan"),  # of the table of another model
        ("Tug", "photo"),
        ("Tug", "manual"),
        ("PaintedShip", "photo"),
        ("Buoy", "chart"),
        ("Archive", "tape"),
        ("Contract", "paper"),
    ],
)
def test_a_row_holds_its_file_and_misses_it_when_it_is_gone(quay: Quay, kind: str, field: str):
    row = quay.make(kind, field, "one.bin")
    found = differences(quay)
    assert (found["orphans"], found["missing"]) == ([], [])
    file = getattr(row, field)
    os.unlink(file.path)
    ((name, holder, key),) = differences(quay)["missing"]
    assert name == file.name
    assert holder.rpartition(".")[2] == field
    assert key.startswith(str(row.pk))


def test_rows_that_the_default_manager_hides(quay: Quay):
    buoy = quay.make("Buoy", "chart", "deep.pdf", is_sunk=True)
    assert not quay.models.Buoy.objects.exists()
    assert differences(quay)["orphans"] == []
    assert os.path.exists(buoy.chart.path)


def test_rows_are_read_by_pages_whatever_their_keys(quay: Quay, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(media_fields, "_PAGE", 3)
    berth = quay.models.Berth
    for number in range(10):
        quay.store(f"media/plans/{number}.pdf")
        berth.objects.create(quay=str(number % 3), number=number, plan=f"plans/{number}.pdf")
        quay.store(f"media/{number}.bin")
        quay.models.Buoy.objects.create(chart=f"{number}.bin")
    os.unlink(quay.path("media", "plans/4.pdf"))
    report = differences(quay)
    assert report["orphans"] == []
    assert report["missing"] == [("plans/4.pdf", "quay.Berth.plan", "('1', 4)")]


def test_history_tables_hold_files(quay: Quay):
    log = quay.make("Logbook", "page", "first.txt")
    first = log.page.name
    quay.store(first, "x")
    log.page = ""
    log.save()
    assert differences(quay)["orphans"] == []
    log.history.all().delete()
    assert differences(quay)["orphans"] == [first]


def test_a_row_in_another_database_is_told_with_it(quay: Quay):
    row = quay.make("Archive", "tape", "a.tar")
    os.unlink(row.tape.path)
    assert differences(quay)["missing"] == [
        (row.tape.name, "quay.Archive.tape", f"{row.pk} in archive")
    ]


def test_fields_that_share_a_folder_do_not_orphan_each_others_files(quay: Quay):
    ship = quay.make("Ship", "photo", "same.jpg")
    tug = quay.make("Tug", "manual", "same.jpg")
    quay.store("media/shared/nobody.jpg")
    assert ship.photo.name != tug.manual.name
    assert differences(quay)["orphans"] == ["shared/nobody.jpg"]


def test_a_storage_inside_of_another_is_one_place_with_it(tmp_path: Path):
    quay = Quay(tmp_path)
    with quay.open(PRIVATE_ROOT=quay.path("media", "private")):
        quay.make("Contract", "paper", "deal.pdf")
        quay.make("Ship", "photo", "ada.jpg")
        quay.store("media/private/lost.pdf")
        report = differences(quay)
        assert len(report["storages"]) == 1
        assert report["orphans"] == ["private/lost.pdf"]
        assert report["missing"] == []


def test_two_storages_are_two_places(quay: Quay):
    quay.make("Contract", "paper", "deal.pdf")
    quay.store("private/lost.pdf")
    quay.store("media/lost.jpg")
    report = differences(quay)
    assert [item["label"] for item in report["storages"]] == [
        quay.path("media"),
        quay.path("private"),
    ]
    assert report["orphans"] == ["lost.jpg", "lost.pdf"]
    quay.call("check", "--storage", "default", "--json", quay.path("one.json"))
    assert [
        s["label"] for s in json.loads(Path(quay.path("one.json")).read_text())["storages"]
    ] == [quay.path("media")]


def test_names_that_are_written_in_other_ways(quay: Quay):
    quay.store("media/a/b.txt")
    quay.store("media/c.txt")
    for name in ("./a/b.txt", "a//b.txt", "a/x/../b.txt", quay.path("media", "c.txt")):
        quay.models.Ship.objects.create(photo=name)
    report = differences(quay)
    assert (report["orphans"], report["missing"]) == ([], [])


def test_a_name_that_leads_out_of_the_storage_is_missing(quay: Quay):
    quay.store("secret.txt")
    row = quay.models.Ship.objects.create(photo="../secret.txt")
    assert differences(quay)["missing"] == [("../secret.txt", "quay.Ship.photo", str(row.pk))]


@pytest.mark.parametrize("name", ["ünï—cödé.txt", "a b\tc.txt", "line\nbreak", "\udce9t\udce9.txt"])
def test_names_of_all_kinds(quay: Quay, name: str):
    file = os.path.join(os.fsencode(quay.path("media")), os.fsencode(name))
    with open(file, "wb"):
        pass
    assert differences(quay)["orphans"] == [name]
    assert "1 orphan" in quay.call("check")


def test_links_are_followed_once_and_hold_what_they_lead_to(quay: Quay, tmp_path: Path):
    quay.store("disk/big.iso")
    quay.store("media/real/a.txt")
    quay.store("media/target.txt")
    os.symlink(tmp_path / "disk", quay.path("media") + "/disk")
    os.symlink(quay.path("media", "real"), quay.path("media") + "/alias")
    os.symlink(quay.path("media"), quay.path("media", "real") + "/loop")
    os.symlink("target.txt", quay.path("media") + "/link.txt")
    for name in ("disk/big.iso", "alias/a.txt", "link.txt"):
        quay.models.Ship.objects.create(photo=name)
    report = differences(quay)
    assert (report["orphans"], report["missing"]) == ([], [])


def test_what_is_excluded_is_no_orphan(tmp_path: Path):
    quay = Quay(tmp_path)
    static = quay.path("media", "static")
    with quay.open(LADING={"MEDIA_EXCLUDE": ["cache/*"]}, STATIC_ROOT=static):
        quay.store("media/cache/thumb.jpg")
        quay.store("media/static/app.css")
        quay.store("media/.lading-trash/20260101T000000Z-00000000/a.txt")
        quay.store("media/other/cache/b.txt")
        report = differences(quay)
        assert report["orphans"] == ["other/cache/b.txt"]
        assert report["storages"][0]["excluded"] == 3
        assert report["storages"][0]["files"] == 1


def articles() -> Iterator[Any]:
    yield "pasted/in.png"
    yield "default", "pasted/too.png"
    yield "pasted/gone.png"


def test_functions_of_the_project_tell_of_further_files(tmp_path: Path):
    quay = Quay(tmp_path)
    with quay.open(LADING={"MEDIA_REFERENCES": [f"{__name__}.articles"]}):
        quay.store("media/pasted/in.png")
        quay.store("media/pasted/too.png")
        report = differences(quay)
        assert report["orphans"] == []
        assert report["missing"] == [("pasted/gone.png", f"{__name__}.articles", "")]


@pytest.mark.parametrize("path", ["nowhere.names", f"{__name__}.__doc__"])
def test_functions_that_are_none(tmp_path: Path, path: str):
    with Quay(tmp_path).open(
        LADING={"MEDIA_REFERENCES": [path.replace("__doc__", "pytest")]}
    ) as quay:
        told = quay.call("check", fails=True)
        assert "LADING['MEDIA_REFERENCES']" in told


def test_the_file_that_new_rows_get_is_in_use(tmp_path: Path):
    with Quay(tmp_path).open(BLANK_LABEL="tapes/blank.png") as quay:
        quay.store("media/tapes/blank.png")
        assert differences(quay)["orphans"] == []
        os.unlink(quay.path("media", "tapes/blank.png"))
        assert differences(quay)["missing"] == [
            ("tapes/blank.png", "quay.Archive.label", "default")
        ]


def test_a_table_that_is_not_there_is_told(quay: Quay):
    from django.db import connection

    with connection.schema_editor() as editor:
        editor.delete_model(quay.models.Buoy)
    assert "No database has the table of quay.Buoy.chart." in quay.call("check")


def test_a_database_that_cannot_be_read_decides_nothing(quay: Quay):
    from django.db import connections

    connections["archive"].close()
    Path(quay.path("archive.sqlite3")).write_text("no database")
    quay.store("media/lost.txt")
    with warnings.catch_warnings():
        # Django does not close what it has opened when the first statement fails, and Python 3.13 tells.
        warnings.simplefilter("ignore", ResourceWarning)
        told = quay.call("prune", "--force", fails=True)
        gc.collect()
    assert "DATABASES['archive']" in told
    assert quay.files() == ["lost.txt"]


def test_a_folder_that_cannot_be_listed_decides_nothing(
    quay: Quay, monkeypatch: pytest.MonkeyPatch
):
    quay.store("media/open/lost.txt")
    real = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("/open"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", scandir)
        told = quay.call("prune", "--force", fails=True)
    assert "The folder cannot be listed: Permission denied." in told
    assert quay.files() == ["open/lost.txt"]


def test_an_upload_while_the_check_runs_is_neither_orphan_nor_missing(
    quay: Quay, monkeypatch: pytest.MonkeyPatch
):
    from lading.media.accounts import Books

    real = Books.claim

    def claim(books: Books, *arguments: Any) -> None:
        quay.make("Ship", "photo", "late.jpg")  # after the files were listed
        real(books, *arguments)

    monkeypatch.setattr(Books, "claim", claim)
    report = differences(quay)
    assert (report["orphans"], report["missing"]) == ([], [])


def test_exit_codes(quay: Quay):
    quay.store("media/lost.txt")
    quay.call("check")
    quay.call("check", "--strict", fails=True)
    quay.models.Ship.objects.create(photo="gone.jpg")
    assert "1 missing, 1 orphan (1 B)" in quay.call("check", fails=True)


def test_an_unknown_storage(quay: Quay):
    told = quay.call("check", "--storage", "defualt", fails=True)
    assert "There is no storage 'defualt'" in told
    assert "default, staticfiles" in told


def test_the_page(quay: Quay):
    quay.store("media/<script>.txt")
    quay.models.Ship.objects.create(photo="gone & away.jpg")
    quay.call("check", "--report", quay.path("report.html"), fails=True)
    page = Path(quay.path("report.html")).read_text("utf-8")
    assert "&lt;script&gt;.txt" in page
    assert "gone &amp; away.jpg" in page
    assert "<script" not in page
    assert "quay.Ship.photo" in page
