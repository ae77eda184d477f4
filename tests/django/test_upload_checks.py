"""What ``manage.py check`` says of uploads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from django.urls import clear_url_caches, path
from small_project import PLAIN, SmallProject

import media_site
from lading.django import media_view

MIDDLEWARE = "lading.django.middleware.LadingMiddleware"


def found(project: SmallProject, **settings: Any) -> dict[str, str]:
    """The checks' messages by id."""
    values = {
        "ROOT_URLCONF": "media_site",
        "MEDIA_ROOT": project.path("media"),
        "MEDIA_URL": "media/",
    }
    with project.settings(storage=PLAIN, **{**values, **settings}):
        messages = checks.run_checks(tags=["files"])
    return {str(one.id): str(one.msg) for one in messages if str(one.id).startswith("lading.")}


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    project = SmallProject(tmp_path)
    project.write({"media/.keep": ""})
    return project


def test_a_hook_that_can_be_asked(project: SmallProject):
    lading = {"MEDIA_ACCESS": "media_site.can_read"}
    assert "lading.E006" not in found(project, LADING=lading, MIDDLEWARE=[MIDDLEWARE])
    assert "lading.W027" not in found(project, LADING=lading, MIDDLEWARE=[MIDDLEWARE])
    assert "lading.W027" not in found(project)


@pytest.mark.parametrize(
    ("hook", "why"),
    [
        ("media_site.nothing", "cannot be imported"),
        ("nowhere.can_read", "No module"),
        ("media_site.asked", "[]"),
    ],
)
def test_a_hook_that_cannot(project: SmallProject, hook: str, why: str):
    media_site.asked.clear()
    told = found(project, LADING={"MEDIA_ACCESS": hook}, MIDDLEWARE=[MIDDLEWARE])
    assert why in told["lading.E006"]


def test_a_hook_that_nothing_asks(project: SmallProject, monkeypatch: pytest.MonkeyPatch):
    lading = {"MEDIA_ACCESS": "media_site.can_read"}
    assert "nothing asks it" in found(project, LADING=lading, MIDDLEWARE=[])["lading.W027"]
    own = [path("media/<path:name>", media_view.serve)]
    monkeypatch.setattr(media_site, "urlpatterns", own)
    clear_url_caches()
    assert "lading.W027" not in found(project, LADING=lading, MIDDLEWARE=[])
    clear_url_caches()


def test_options_of_the_storage(project: SmallProject):
    backend = "lading.django.storage.MediaStorage"
    storages = {
        "default": {"BACKEND": backend, "OPTIONS": {"fsink": True}},
        "staticfiles": {"BACKEND": PLAIN},
    }
    assert (
        "STORAGES['default']: MediaStorage, option 'fsink'"
        in found(project, STORAGES=storages)["lading.E003"]
    )
    storages["default"]["OPTIONS"] = {"fsync": False}
    assert "lading.E003" not in found(project, STORAGES=storages)
