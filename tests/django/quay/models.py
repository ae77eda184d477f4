"""Models that hold names of files in all the ways that Django and its packages have."""

from __future__ import annotations

import os
import uuid
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from simple_history.models import HistoricalRecords


class PrivateStorage(FileSystemStorage):
    """Its folder is a setting that tests change."""

    @property
    def base_location(self) -> str:
        return settings.PRIVATE_ROOT

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)


def private_storage() -> FileSystemStorage:
    return PrivateStorage()


class ScanField(models.FileField):
    """A field of the project's own."""

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return value


class Port(models.Model):
    """Without any file."""

    name = models.CharField(max_length=100)


class Dated(models.Model):
    scan = ScanField(upload_to="scans/", blank=True)

    class Meta:
        abstract = True


class Ship(Dated):
    name = models.CharField(max_length=100, blank=True)
    photo = models.FileField(upload_to="shared/", null=True, blank=True)


class Tug(Ship):
    manual = models.FileField(upload_to="shared/", blank=True)


class PaintedShip(Ship):
    class Meta:
        proxy = True


class Afloat(models.Manager["Buoy"]):
    def get_queryset(self) -> Any:
        return super().get_queryset().filter(is_sunk=False)


class Buoy(models.Model):
    """Deleted softly: its default manager leaves rows out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    chart = models.FileField(upload_to="charts/", blank=True)
    is_sunk = models.BooleanField(default=False)
    objects = Afloat()


class Contract(models.Model):
    paper = models.FileField(upload_to="", storage=private_storage, blank=True)


class Logbook(models.Model):
    page = models.FileField(upload_to="logs/", blank=True)
    history = HistoricalRecords(  # of nobody: users have no tables here
        history_user_id_field=models.IntegerField(null=True),
        history_user_getter=lambda _: None,
        history_user_setter=lambda *_: None,
    )


class Berth(models.Model):
    """With a primary key of two columns."""

    pk = models.CompositePrimaryKey("quay", "number")
    quay = models.CharField(max_length=10)
    number = models.IntegerField()
    plan = models.FileField(upload_to="plans/", blank=True)


def blank_label() -> str:
    return getattr(settings, "BLANK_LABEL", "")


class Archive(models.Model):
    """Lives in another database."""

    label = models.FileField(default=blank_label, blank=True)
    tape = models.FileField(upload_to="tapes/", blank=True)


class ArchiveRouter:
    """Sends ``Archive`` to the database ``archive``, and all else to the default one."""

    def db_for_read(self, model: Any, **_: Any) -> str:
        return "archive" if model is Archive else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, model_name: str = "", **_: Any) -> bool:
        return (db == "archive") == (model_name == "archive")
