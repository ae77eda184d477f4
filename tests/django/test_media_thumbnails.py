"""Packages that make thumbnails -> patterns of their files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from small_project import SmallProject

from lading.django.media_thumbnails import caches, thumbnail_names


@pytest.fixture(autouse=True)
def project(tmp_path: Path) -> Iterator[SmallProject]:
    project = SmallProject(tmp_path)
    with project.settings():
        yield project


@pytest.mark.parametrize(
    ("app", "settings", "patterns"),
    [
        ("", {}, []),
        ("sorl.thumbnail", {}, ["cache/*"]),
        ("sorl.thumbnail", {"THUMBNAIL_PREFIX": "thumbs/"}, ["thumbs/*"]),
        ("imagekit", {}, ["CACHE/images/*"]),
        ("imagekit", {"IMAGEKIT_CACHEFILE_DIR": "ik"}, ["ik/*"]),
        ("versatileimagefield", {}, ["__sized__/*", "__filtered__/*", "__placeholder__/*"]),
        (
            "versatileimagefield",
            {"VERSATILEIMAGEFIELD_SETTINGS": {"sized_directory_name": "s"}},
            ["s/*", "__filtered__/*", "__placeholder__/*"],
        ),
    ],
)
def test_caches(
    app: str,
    settings: dict[str, Any],
    patterns: list[str],
    project: SmallProject,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(apps, "is_installed", lambda name: name == app)
    with project.settings(INSTALLED_APPS=["lading.django"], **settings):
        monkeypatch.setattr(apps, "is_installed", lambda name: name == app)
        assert caches() == patterns


def test_the_table_of_easy_thumbnails(monkeypatch: pytest.MonkeyPatch):
    assert thumbnail_names() is None

    class Rows:
        def values_list(self, field: str, *, flat: bool) -> Rows:
            assert (field, flat) == ("name", True)
            return self

        def iterator(self, chunk_size: int) -> Iterator[str]:
            yield "a.jpg.100x100_q85.jpg"

    monkeypatch.setattr(apps, "is_installed", lambda name: name == "easy_thumbnails")
    monkeypatch.setattr(apps, "get_model", lambda app, model: SimpleNamespace(objects=Rows()))
    names = thumbnail_names()
    assert names is not None
    assert list(names()) == ["a.jpg.100x100_q85.jpg"]
