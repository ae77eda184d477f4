"""System checks of folders, each on a project that is wrong in that way."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from checked import told
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.test.utils import isolate_apps
from projects_with_apps import Project

from lading.django import folder_checks


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_silence_about_a_project_in_order(project: Project):
    project.write({"media/.keep": "", "out/.keep": ""})
    os.chmod(project.path("out"), 0o755)
    order = {"MEDIA_ROOT": project.path("media"), "MEDIA_URL": "media/"}
    assert told(project, **order) == {}


@pytest.mark.parametrize(
    ("static", "media", "identifier", "message"),
    [
        ("one", "one", "lading.E004", "are the same folder"),
        ("out", "out/media", "lading.W006", "MEDIA_ROOT ({media}) lies inside STATIC_ROOT"),
        ("all/out", "all", "lading.W006", "MEDIA_ROOT ({media}) holds STATIC_ROOT"),
        ("out", "static", "lading.W006", "MEDIA_ROOT ({media}) is the folder"),
        ("out", "static/uploads", "lading.W006", "publishes what visitors upload"),
        ("static", "", "lading.W005", "STATIC_ROOT ({static}) is the folder"),
        ("static/out", "", "lading.W005", "STATIC_ROOT ({static}) lies inside the folder"),
        ("", "", "lading.W005", "STATIC_ROOT ({static}) holds the folder"),
        ("apps/ships/static", "", "lading.W005", "is the static folder of the app 'ships'"),
    ],
)
def test_folders_that_get_into_each_others_way(
    static: str, media: str, identifier: str, message: str, project: Project
):
    roots = {"STATIC_ROOT": project.path(static)}
    if media:
        roots |= {"MEDIA_ROOT": project.path(media), "MEDIA_URL": "media/"}
    with project.set_up("ships"):
        apps = ["lading.django", "django.contrib.staticfiles", "ships"]
        found = told(project, INSTALLED_APPS=apps, **roots)
    expected = message.format(static=project.path(static), media=project.path(media))
    assert expected in found[identifier]
    assert found.keys() <= {identifier, "lading.W005"}


def test_a_link_to_the_same_folder(project: Project):
    project.write({"media/.keep": ""})
    os.symlink(project.path("media"), os.path.join(project.folder, "link"))
    link = os.path.join(project.folder, "link")
    roots = {"STATIC_ROOT": link, "MEDIA_ROOT": project.path("media"), "MEDIA_URL": "media/"}
    assert told(project, **roots).keys() == {"lading.E004"}


@pytest.mark.parametrize("name", ["STATIC_ROOT", "MEDIA_ROOT"])
def test_relative_roots(name: str, project: Project, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(project.folder)
    found = told(project, **{name: Path("collected"), "MEDIA_URL": "media/"})
    assert f"{name} is the relative path 'collected'" in found.pop("lading.W008")
    assert found == {}


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("FILE_UPLOAD_PERMISSIONS", None, "large ones 0o600"),
        ("FILE_UPLOAD_PERMISSIONS", 644, "is 644 (0o1204), not the octal number that was meant"),
        ("FILE_UPLOAD_PERMISSIONS", 0o044, "not even the application can read"),
        ("FILE_UPLOAD_PERMISSIONS", "644", "permissions are a number"),
        ("FILE_UPLOAD_PERMISSIONS", 0o666, "every user of the machine may change uploads"),
        ("FILE_UPLOAD_PERMISSIONS", 0o755, "uploads are executable"),
        ("FILE_UPLOAD_DIRECTORY_PERMISSIONS", 755, "not even the server itself"),
        ("FILE_UPLOAD_DIRECTORY_PERMISSIONS", 0o644, "not even the server itself"),
        ("FILE_UPLOAD_DIRECTORY_PERMISSIONS", 0o777, "may add uploads"),
        ("FILE_UPLOAD_DIRECTORY_PERMISSIONS", "755", "permissions are a number"),
    ],
)
def test_upload_permissions(setting: str, value: Any, message: str, project: Project):
    found = told(project, **{setting: value})
    assert message in found.pop("lading.W016")
    assert found == {}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("FILE_UPLOAD_PERMISSIONS", 0o644),
        ("FILE_UPLOAD_PERMISSIONS", 0o640),
        ("FILE_UPLOAD_DIRECTORY_PERMISSIONS", None),
        ("FILE_UPLOAD_DIRECTORY_PERMISSIONS", 0o755),
        ("FILE_UPLOAD_DIRECTORY_PERMISSIONS", 0o2750),
    ],
)
def test_upload_permissions_in_order(setting: str, value: Any, project: Project):
    assert told(project, **{setting: value}) == {}


def uploads(
    project: Project, monkeypatch: pytest.MonkeyPatch, root: str, **field: Any
) -> list[str]:
    """What is said of a model with a file field."""
    with isolate_apps("lading"), project.settings(MEDIA_ROOT=root, MEDIA_URL="media/"):

        class Ship(models.Model):
            photo = models.FileField(**field)

            class Meta:
                app_label = "lading"

        monkeypatch.setattr(folder_checks, "apps", SimpleNamespace(get_models=lambda: [Ship]))
        return [f"{message.id} {message.msg}" for message in folder_checks.check_uploads(None)]


def test_uploads_without_a_folder(project: Project, monkeypatch: pytest.MonkeyPatch):
    (message,) = uploads(project, monkeypatch, "")
    assert message.startswith("lading.W017 MEDIA_ROOT is not set, and lading.Ship.photo takes")
    assert uploads(project, monkeypatch, project.path("media")) == []
    own = FileSystemStorage(project.path("photos"))
    assert uploads(project, monkeypatch, "", storage=own) == []


def test_uploads_without_a_url(project: Project):
    found = told(project, MEDIA_ROOT=project.path("media"), MEDIA_URL="")
    assert "lead nowhere" in found.pop("lading.W018")
    assert found == {}


def test_no_storage_for_uploads(project: Project):
    backend = "lading.django.storage.StaticStorage"
    found = told(project, STORAGES={"staticfiles": {"BACKEND": backend}})
    assert "STORAGES has no 'default'" in found.pop("lading.W020")
    assert found == {}


@pytest.mark.parametrize("name", ["STATIC_ROOT", "MEDIA_ROOT"])
def test_folders_that_everybody_may_write(name: str, project: Project):
    project.write({"wide/.keep": "", "out/staticfiles.json": "{}"})
    os.chmod(project.path("wide"), 0o777)
    order = {"MEDIA_URL": "media/", "MIDDLEWARE": [], name: project.path("wide")}
    assert "lading.W021" not in told(project, **order)
    assert f"chmod o-w {project.path('wide')}" in told(project, deploy=True, **order)["lading.W021"]
    os.chmod(project.path("wide"), 0o775)
    assert "lading.W021" not in told(project, deploy=True, **order)


@pytest.mark.parametrize("storage", ["Static", "ManifestStatic"])
def test_nowhere_to_publish(storage: str, project: Project):
    name = f"django.contrib.staticfiles.storage.{storage}FilesStorage"
    found = told(project, deploy=True, STATIC_ROOT=None, storage=name)
    assert "collectstatic has no folder to publish into" in found["lading.W024"]
    assert "lading.E005" not in found
    assert "lading.W024" not in told(project, STATIC_ROOT=None, storage=name)
