"""A small project with Lading's storage: published, in production, in development, under test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from io import StringIO
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test.utils import (
    _TestState,
    override_settings,
    setup_test_environment,
    teardown_test_environment,
)
from small_project import SmallProject

from lading.django.storage import StaticStorage
from sites_of_folders import read

LADING = "lading.django.storage.StaticStorage"


class HashedProject(SmallProject):
    """``options`` are those of the storage, ``backend`` its class."""

    def settings(
        self, *, options: Any = None, backend: str = LADING, **changed: Any
    ) -> AbstractContextManager[Any]:
        storages = {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": backend, "OPTIONS": {"encodings": [], **(options or {})}},
        }
        if backend.startswith("django."):
            storages["staticfiles"]["OPTIONS"] = options or {}
        return super().settings(**{"STORAGES": storages, **changed})

    def collect(self, *arguments: str, **settings: Any) -> str:
        """What ``collectstatic`` prints."""
        with self.settings(**settings):
            return collect(*arguments)

    def published(self) -> dict[str, str]:
        return read(self.path("out"))

    def manifest(self) -> dict[str, Any]:
        return json.loads(self.published()["staticfiles.json"])


def collect(*arguments: str, command: str = "collectstatic") -> str:
    """What ``collectstatic`` prints under the settings that hold."""
    out = StringIO()
    call_command(command, "--noinput", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def storage() -> StaticStorage:
    """The storage that the project uses."""
    used: Any = staticfiles_storage
    assert isinstance(used, StaticStorage)
    return used


@contextmanager
def outside_of_tests() -> Iterator[None]:
    """As in a process in which no test runner has prepared Django."""
    prepared = hasattr(_TestState, "saved_data")
    if prepared:
        teardown_test_environment()
    try:
        yield
    finally:
        if prepared:
            setup_test_environment()


@contextmanager
def under_test() -> Iterator[None]:
    """As in a test runner of Django."""
    prepared = hasattr(_TestState, "saved_data")
    if not prepared:
        setup_test_environment()
    try:
        yield
    finally:
        if not prepared:
            teardown_test_environment()


@contextmanager
def development() -> Iterator[None]:
    with outside_of_tests(), override_settings(DEBUG=True):
        yield
