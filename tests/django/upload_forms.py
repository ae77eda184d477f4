"""A model with files, and its form, as a project has them; and what browsers send."""

from __future__ import annotations

import io
from typing import Any

import small_project  # noqa: F401 - sets Django up
from django.core.files.uploadedfile import (
    InMemoryUploadedFile,
    SimpleUploadedFile,
    TemporaryUploadedFile,
)
from django.db import models
from django.forms import modelform_factory

from lading.django.field_guards import _guard


class Berth(models.Model):
    """One of each kind of field. No table: forms are checked without a database."""

    paper = models.FileField(upload_to="papers", blank=True, max_length=200)
    photo = models.ImageField(upload_to="photos", blank=True)

    class Meta:
        app_label = "uploads_of_tests"


for field in ("paper", "photo"):
    _guard(Berth._meta.get_field(field))  # the app is not installed; see lading.django.field_guards

BerthForm = modelform_factory(Berth, fields=["paper", "photo"])


def sent(name: str, content: bytes, *, temporary: bool = False) -> Any:
    """What Django's handlers make of a file in a request: in memory, or in a temporary file."""
    if not temporary:
        return SimpleUploadedFile(name, content)
    file = TemporaryUploadedFile(name, "application/octet-stream", len(content), None)
    file.write(content)
    file.seek(0)
    return file


def errors(field: str, name: str, content: bytes) -> list[str]:
    """What the form says of a file in one of its fields."""
    form = BerthForm({}, {field: sent(name, content)})
    if form.is_valid():
        return []
    return [str(message) for message in form.errors[field]]


def in_memory(name: str, content: bytes) -> InMemoryUploadedFile:
    return InMemoryUploadedFile(io.BytesIO(content), "file", name, "text/plain", len(content), None)
