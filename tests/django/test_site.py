"""What a web server is told of a Django project: its uploads, hosts and limits."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from small_project import SmallProject

from lading.config import Config
from lading.django import conf
from lading.django.site import with_site
from lading.webservers.description import LARGE

DATA = 2_621_440  # Django's default of DATA_UPLOAD_MAX_MEMORY_SIZE


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    made = SmallProject(tmp_path)
    made.write({"static/css/app.css": "body{}"})
    return made


def site(project: SmallProject, **settings: Any) -> Config:
    with project.settings(**settings):
        return with_site(conf.load())


def test_uploads_lie_where_the_storage_has_them(project: SmallProject, tmp_path: Path) -> None:
    found = site(project, MEDIA_ROOT=tmp_path / "up loads", MEDIA_URL="files/")
    assert (found.media_root, found.media_url) == (str(tmp_path / "up loads"), "/files/")


@pytest.mark.parametrize(
    "settings",
    [
        {"MEDIA_ROOT": ""},
        {"MEDIA_ROOT": "/srv/media", "MEDIA_URL": ""},
        {
            "MEDIA_ROOT": "/srv/media",
            "MEDIA_URL": "media/",
            "STORAGES": {
                "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
                "staticfiles": {"BACKEND": "lading.django.storage.StaticStorage"},
            },
        },
    ],
    ids=["nowhere", "without a URL", "in another place"],
)
def test_uploads_that_no_web_server_has(project: SmallProject, settings: dict[str, Any]) -> None:
    assert site(project, **settings).media_root == ""


def test_hosts(project: SmallProject) -> None:
    hosts = ["*", "a.example", ".b.example", "[::1]", "a.example"]
    names = ("a.example", "b.example", "*.b.example")
    assert site(project, ALLOWED_HOSTS=hosts).webserver.server_names == names
    own = {"WEBSERVER": {"server_names": ["c.example"]}}
    assert site(project, ALLOWED_HOSTS=hosts, LADING=own).webserver.server_names == ("c.example",)


@pytest.mark.parametrize(
    ("settings", "limit"),
    [
        ({"MEDIA_ROOT": ""}, DATA),
        ({"MEDIA_ROOT": "", "DATA_UPLOAD_MAX_MEMORY_SIZE": 7}, 7),
        ({"MEDIA_ROOT": "", "DATA_UPLOAD_MAX_MEMORY_SIZE": None}, LARGE),
        ({"LADING": {"MEDIA_MAX_SIZE": 1000}}, DATA + 1000),
        ({}, LARGE),
        ({"LADING": {"WEBSERVER": {"upload_limit": 5}, "MEDIA_MAX_SIZE": 1000}}, 5),
    ],
)
def test_what_a_request_may_bring(
    project: SmallProject, settings: dict[str, Any], limit: int
) -> None:
    defaults = {"MEDIA_ROOT": "/srv/media", "MEDIA_URL": "media/"}
    assert site(project, **{**defaults, **settings}).webserver.upload_limit == limit


def test_the_verb_knows_the_project(project: SmallProject, tmp_path: Path) -> None:
    out = io.StringIO()
    with project.settings(
        storage="lading.django.storage.StaticStorage",
        MEDIA_ROOT=tmp_path / "media",
        MEDIA_URL="media/",
        ALLOWED_HOSTS=["harbour.example"],
        LADING={"WEBSERVER": {"app": "unix:/run/harbour.sock"}},
    ):
        call_command("collectstatic", "--noinput", verbosity=0)
        call_command("lading", "webserver", "nginx", stdout=out)
    for part in (
        *('server_name "harbour.example";', f'alias "{tmp_path}/media/";', "immutable"),
        *('proxy_pass "http://unix:/run/harbour.sock";', 'location "/static/" {'),
    ):
        assert part in out.getvalue()
