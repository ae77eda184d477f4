"""Packages that make thumbnails -> patterns of their files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from small_project import SmallProject

from lading.django.media_thumbnails import caches

VERSATILE = [
    "__sized__/*",
    "*/__sized__/*",
    "__filtered__/*",
    "*/__filtered__/*",
    "__placeholder__/*",
    "*/__placeholder__/*",
]


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
        ("versatileimagefield", {}, VERSATILE),
        (
            "versatileimagefield",
            {"VERSATILEIMAGEFIELD_SETTINGS": {"sized_directory_name": "s"}},
            ["s/*", "*/s/*", *VERSATILE[2:]],
        ),
        ("avatar", {}, ["avatars/*/resized/*"]),
        ("avatar", {"AVATAR_STORAGE_DIR": "faces/"}, ["faces/*/resized/*"]),
        ("avatar", {"AVATAR_STORAGE_DIR": ""}, ["*/resized/*"]),
        ("photologue", {}, ["photologue/samples/*", "photologue/photos/cache/CACHEDIR.TAG"]),
        ("photologue", {"PHOTOLOGUE_DIR": "p"}, ["p/samples/*", "p/photos/cache/CACHEDIR.TAG"]),
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
