"""System checks of the storage of static files, each on a project that is wrong in that way."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from checked import told
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import InMemoryStorage
from projects_with_apps import Project
from small_project import MANIFEST, PLAIN

from lading.django.storage import StaticStorage

OURS = "lading.django.storage.StaticStorage"
MIDDLEWARE = ["lading.django.middleware.LadingMiddleware"]


class Elsewhere(InMemoryStorage):
    """A storage that is no folder."""


class Naming(StaticStorage):
    """Names files in a way of its own."""

    def file_hash(self, name: str, content: Any = None) -> str:
        return "digest"


class Publishing(StaticStorage):
    """Publishes in a way of its own."""

    def post_process(self, paths: Any, dry_run: bool = False, **options: Any) -> Any:
        return super().post_process(paths, dry_run, **options)


class Configured(StaticStorage):
    """Changes nothing about names."""

    manifest_name = "other.json"


def own(kind: type) -> str:
    return f"{__name__}.{kind.__qualname__}"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize("storage", [OURS, PLAIN, MANIFEST, own(Configured), own(Elsewhere)])
def test_silence_about_storages_that_work(storage: str, project: Project):
    assert told(project, storage=storage) == {}


@pytest.mark.parametrize(
    ("storage", "message"),
    [
        (MANIFEST, "writes a manifest that does not say what files there are"),
        (own(Elsewhere), "publishes elsewhere than in a folder"),
    ],
)
def test_storages_that_the_middleware_cannot_serve(storage: str, message: str, project: Project):
    found = told(project, storage=storage, MIDDLEWARE=MIDDLEWARE)
    assert message in found.pop("lading.W012")
    assert found == {}
    assert told(project, storage=storage, MIDDLEWARE=MIDDLEWARE, DEBUG=True) == {}
    project.write({"out/staticfiles.json": '{"paths": {"a": "b"}, "version": "1.1"}'})
    assert {*told(project, storage=storage, MIDDLEWARE=MIDDLEWARE, deploy=True)} == {"lading.W012"}


@pytest.mark.parametrize("storage", [OURS, PLAIN, own(Configured)])
def test_storages_that_the_middleware_serves(storage: str, project: Project):
    assert told(project, storage=storage, MIDDLEWARE=MIDDLEWARE) == {}


@pytest.mark.parametrize("kind", [Naming, Publishing])
def test_subclasses_that_undo_lading_s_work(kind: type, project: Project):
    found = told(project, storage=own(kind))
    assert f"{own(kind)} overrides how StaticStorage" in found.pop("lading.W013")
    assert found == {}


@pytest.mark.parametrize("package", ["whitenoise", "servestatic", "collectfasta"])
def test_storages_that_repeat_the_work(
    package: str, project: Project, monkeypatch: pytest.MonkeyPatch
):
    module = ModuleType(f"{package}.storage")
    members = {"__module__": module.__name__}
    module.Compressed = type("Compressed", (StaticFilesStorage,), members)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, package, ModuleType(package))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    found = told(project, storage=f"{package}.storage.Compressed")
    assert f"{package}.storage.Compressed names or compresses" in found.pop("lading.W014")
    assert found == {}


@pytest.mark.parametrize("storage", ["no.such.Storage", "lading.django.storage.NoSuch"])
def test_storages_that_cannot_be_made(storage: str, project: Project):
    found = told(project, storage=storage)
    assert "cannot be made: Could not find backend" in found.pop("lading.E005")
    assert found == {}


def test_a_manifest_that_cannot_be_read(project: Project):
    project.write({"out": "a file"})
    found = told(project, storage=OURS)
    assert "may read" in found.pop("lading.E005")
    assert found == {}


def test_wrong_options_are_told_once(project: Project):
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": OURS, "OPTIONS": {"nosuch": 1}},
    }
    assert told(project, STORAGES=storages).keys() == {"lading.E003"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STATICFILES_STORAGE", "whitenoise.storage.CompressedManifestStaticFilesStorage"),
        ("DEFAULT_FILE_STORAGE", "storages.backends.s3.S3Storage"),
    ],
)
def test_settings_that_django_no_longer_reads(name: str, value: str, project: Project):
    found = told(project, **{name: value})
    assert f"{name} is {value!r}" in found.pop("lading.W015")
    assert found == {}


def test_leftovers_that_say_the_same(project: Project):
    assert told(project, STATICFILES_STORAGE=MANIFEST) == {}


@pytest.mark.parametrize("storage", [OURS, MANIFEST])
def test_no_manifest(storage: str, project: Project):
    order: dict[str, Any] = {"storage": storage, "MIDDLEWARE": [], "deploy": True}
    assert project.path("out", "staticfiles.json") in told(project, **order)["lading.W022"]
    assert "lading.W022" not in told(project, **{**order, "DEBUG": True})
    assert "lading.W022" not in told(project, **{**order, "storage": PLAIN})
    assert "lading.W022" not in told(project, **{**order, "deploy": False})
    project.write({"out/staticfiles.json": '{"paths": {}, "version": "1.1", "hash": ""}'})
    assert "lading.W022" not in told(project, **order)


def test_no_manifest_for_the_middleware_is_told_once(project: Project):
    found = told(project, storage=OURS, MIDDLEWARE=MIDDLEWARE, deploy=True)
    assert found.keys() == {"lading.W003"}
