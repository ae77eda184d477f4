"""Accounting for uploads with rows in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from quays import Quay, prune_while_rows_are_committed


@pytest.fixture
def quay(tmp_path: Path, postgres_database: dict[str, Any]) -> Iterator[Quay]:
    quay = Quay(tmp_path)
    quay.database = postgres_database
    with quay.open():
        try:
            yield quay
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def test_pruning_and_restoring(quay: Quay):
    assert connection.vendor == "postgresql"
    for kind, field in (("Ship", "photo"), ("Tug", "manual"), ("Buoy", "chart")):
        quay.make(kind, field, f"{kind}.bin")
    quay.make("Logbook", "page", "first.txt")
    before = quay.files()
    quay.store("media/lost.txt")
    quay.models.Ship.objects.create(scan="gone.txt")
    assert "6 references to them: 1 missing, 1 orphan" in quay.call("check", fails=True)
    quay.call("prune", "--older-than", "0s")
    assert quay.in_use() == before
    quay.call("restore", "last")
    assert quay.files() == sorted([*before, "lost.txt"])


def test_rows_are_read_by_pages(quay: Quay, monkeypatch: pytest.MonkeyPatch):
    from lading.django import media_fields

    monkeypatch.setattr(media_fields, "_PAGE", 7)
    for kind, field in (("Buoy", "chart"), ("Ship", "photo"), ("Tug", "manual"), ("Berth", "plan")):
        model = getattr(quay.models, kind)
        for number in range(20):
            name = f"{kind}/{number:02}"
            quay.write({f"media/{name}": ""})
            key = {"quay": str(number % 3), "number": number} if kind == "Berth" else {}
            model.objects.create(**{field: name}, **key)
    assert "80 files, 80 references to them: 0 missing, 0 orphans" in quay.call("check")


def test_names_in_arrays(quay: Quay):
    from django.contrib.postgres.fields import ArrayField
    from django.db import models

    from lading.django.media_fields import Table, holders

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE quay_albums (id serial primary key, pages varchar(100)[])")
        cursor.execute("INSERT INTO quay_albums (pages) VALUES ('{a.jpg,b.jpg}'), (NULL), ('{}')")

    class Album(models.Model):
        pages = ArrayField(models.FileField(upload_to="albums/"))

        class Meta:
            app_label = "quay"
            db_table = "quay_albums"
            managed = False

    try:
        found = [holder for holder in holders() if holder.model is Album]
        (table,) = [Table(Album, "default", tuple(found))]
        assert found[0].name == "quay.Album.pages"
        assert [(column, name) for column, name, _ in table.names()] == [(0, "a.jpg"), (0, "b.jpg")]
        assert table.referring(found[0], ["b.jpg", "c.jpg"]) == {"b.jpg"}
    finally:
        from django.apps import apps

        del apps.all_models["quay"]["album"]
        apps.clear_cache()


def test_rows_that_are_committed_all_the_while_keep_their_files(quay: Quay):
    prune_while_rows_are_committed(quay)
