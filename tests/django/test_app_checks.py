"""System checks of applications, middleware and URLs, each on a project that is wrong in that way."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checked import told
from django.urls import clear_script_prefix, set_script_prefix
from projects_with_apps import Project

LADING, STATICFILES = "lading.django", "django.contrib.staticfiles"
OURS = "lading.django.middleware.LadingMiddleware"
SECURITY = "django.middleware.security.SecurityMiddleware"
WHITENOISE = "whitenoise.middleware.WhiteNoiseMiddleware"
STORAGE = "lading.django.storage.StaticStorage"
ADMIN = [
    LADING,
    *(f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "messages")),
    STATICFILES,
]
Entry = Callable[[str], dict[str, Any]]
PUBLIC = {"STATIC_URL": "https://cdn.example/static/"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_silence_about_a_project_in_order(project: Project):
    project.write({"out/staticfiles.json": '{"paths": {}, "version": "1.1", "hash": ""}'})
    order = {"MIDDLEWARE": [SECURITY, OURS, "a.later.Middleware"], "storage": STORAGE}
    assert told(project, **order) == {}
    assert told(project, deploy=True, **order) == {}


@pytest.mark.parametrize("command", ["collectstatic", "findstatic"])
def test_another_command_runs(command: str, project: Project):
    project.write({f"apps/fast/management/commands/{command}.py": ""})
    with project.set_up("fast"):
        found = told(project, INSTALLED_APPS=["fast", LADING, STATICFILES])
        assert f"so its {command} runs instead of Lading's" in found.pop("lading.W011")
        assert found == {}
        assert told(project, INSTALLED_APPS=[LADING, "fast", STATICFILES]) == {}
        assert told(project, INSTALLED_APPS=["fast", STATICFILES]) == {}


def test_django_s_own_command_is_told_once(project: Project):
    assert told(project, INSTALLED_APPS=[STATICFILES, LADING]).keys() == {"lading.W001"}


def test_the_runserver_of_another_application(project: Project):
    with project.set_up("daphne"):
        found = told(project, INSTALLED_APPS=["daphne", LADING, STATICFILES])
        assert "without ranges" in found.pop("lading.W025")
        assert found == {}
        assert told(project, INSTALLED_APPS=[LADING, "daphne", STATICFILES]) == {}


def test_middleware_before_the_redirect_to_https(project: Project):
    found = told(project, MIDDLEWARE=[OURS, SECURITY], storage=STORAGE)
    assert "over plain HTTP" in found.pop("lading.W009")
    assert found == {}
    assert told(project, MIDDLEWARE=[SECURITY, OURS], storage=STORAGE) == {}
    assert told(project, MIDDLEWARE=[OURS], storage=STORAGE) == {}


@pytest.mark.parametrize("names", [[OURS, WHITENOISE], [WHITENOISE, OURS]])
def test_two_serve(names: list[str], project: Project):
    found = told(project, MIDDLEWARE=names, storage=STORAGE)
    assert f"Both {names[0]!r} and {names[1]!r}" in found.pop("lading.W010")
    assert found == {}
    assert told(project, MIDDLEWARE=[WHITENOISE]) == {}


@pytest.mark.parametrize(
    ("static", "media", "identifier"),
    [
        ("/files/", "/files/", "lading.E004"),
        ("/static/", "/static/media/", "lading.W007"),
        ("/media/static/", "/media/", "lading.W007"),
        ("/static/", "/media/", ""),
        ("/static/", "", ""),
        ("/", "/media/", ""),
        ("https://cdn.example/static/", "/static/", ""),
    ],
)
def test_urls(static: str, media: str, identifier: str, project: Project):
    root = project.path("media") if media else ""
    found = told(project, STATIC_URL=static, MEDIA_URL=media, MEDIA_ROOT=root)
    assert found.keys() == ({identifier} if identifier else set())


def test_urls_of_a_site_below_a_path(project: Project):
    """Django gives a URL that is not set as the path that the site is mounted below."""
    set_script_prefix("/pre/")
    try:
        assert told(project, STATIC_URL="static/", MEDIA_URL="") == {}
        found = told(project, STATIC_URL="static/", MEDIA_URL="", MEDIA_ROOT=project.path("media"))
        assert found.keys() == {"lading.W018"}
        found = told(project, STATIC_URL="media/static/", MEDIA_URL="media/")
        assert found.keys() == {"lading.W007"}
    finally:
        clear_script_prefix()


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"STATIC_URL": "http://cdn.example/", "SECURE_SSL_REDIRECT": True}, True),
        ({"STATIC_URL": "http://cdn.example/", "SECURE_HSTS_SECONDS": 60}, True),
        ({"STATIC_URL": "http://cdn.example/"}, False),
        ({"STATIC_URL": "https://cdn.example/", "SECURE_SSL_REDIRECT": True}, False),
        ({"STATIC_URL": "http://localhost:9000/static/"}, True),
        ({**PUBLIC, "MEDIA_URL": "http://127.0.0.1/media/"}, True),
        ({"STATIC_URL": "/static/", "SECURE_SSL_REDIRECT": True}, False),
    ],
)
def test_urls_of_the_live_site(changed: dict[str, Any], wrong: bool, project: Project):
    assert ("lading.W023" in told(project, deploy=True, **changed)) == wrong
    assert "lading.W023" not in told(project, **changed)


def test_no_finder_for_applications(project: Project):
    admin = {
        "INSTALLED_APPS": ADMIN,
        "STATICFILES_FINDERS": ["django.contrib.staticfiles.finders.FileSystemFinder"],
    }
    with project.set_up():
        found = told(project, **admin)
    assert "the admin has no styles" in found.pop("lading.W019")
    assert found == {}


def test_finders_for_applications(project: Project):
    assert told(project, INSTALLED_APPS=ADMIN) == {}


@pytest.fixture
def entry(project: Project, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """Writes the module that a server loads; the settings that name it."""

    def make(text: str) -> dict[str, Any]:
        name = f"entry_{len(os.listdir(project.folder))}"
        project.write({f"{name}.py": text})
        importlib.invalidate_caches()
        return {"WSGI_APPLICATION": f"{name}.application", "storage": STORAGE, "deploy": True}

    monkeypatch.syspath_prepend(project.folder)
    return make


@pytest.mark.parametrize(
    "text",
    [
        "import os\nfrom whitenoise import WhiteNoise\n",
        "import os\nimport whitenoise.base\n",
        "import os\nfrom dj_static import Cling\n",
    ],
)
def test_a_wrapped_application(text: str, entry: Entry, project: Project):
    order = entry(text)
    found = told(project, MIDDLEWARE=[OURS], **order)["lading.W026"]
    assert f"{project.folder}/entry_" in found
    assert ".py:2)" in found
    assert "lading.W026" not in told(project, MIDDLEWARE=[], **order)
    assert "lading.I001" not in told(project, MIDDLEWARE=[], **order)
    assert "lading.W026" not in told(project, MIDDLEWARE=[OURS], **{**order, "deploy": False})


@pytest.mark.parametrize(
    "text",
    ["from lading.django.serving import wsgi\n", "from lading.django import serving\n"],
)
def test_an_application_that_lading_wraps(text: str, entry: Entry, project: Project):
    assert "lading.I001" not in told(project, MIDDLEWARE=[], **entry(text))
    both = entry(f"{text}from whitenoise import WhiteNoise\n")
    assert "lading.W026" in told(project, MIDDLEWARE=[], **both)


@pytest.mark.parametrize("text", ["", "def (", "import whitenoisy\n", "from . import whitenoise\n"])
def test_an_application_that_nothing_wraps(text: str, entry: Entry, project: Project):
    assert "lading.W026" not in told(project, MIDDLEWARE=[OURS], **entry(text))
    assert "lading.I001" in told(project, MIDDLEWARE=[], **entry(text))


@pytest.mark.parametrize("name", ["no.such.module.application", "application", None, 7])
def test_an_application_that_is_not_there(name: Any, project: Project):
    found = told(project, deploy=True, MIDDLEWARE=[], WSGI_APPLICATION=name)
    assert "lading.I001" in found


@pytest.mark.parametrize(
    ("changed", "silent"),
    [
        ({"MIDDLEWARE": []}, False),
        ({"MIDDLEWARE": [OURS], "storage": STORAGE}, True),
        ({"MIDDLEWARE": [WHITENOISE]}, True),
        ({"MIDDLEWARE": [], **PUBLIC}, True),
        ({"MIDDLEWARE": [], "DEBUG": True}, True),
    ],
)
def test_nothing_serves(changed: dict[str, Any], silent: bool, project: Project):
    assert ("lading.I001" not in told(project, deploy=True, **changed)) == silent
    assert "lading.I001" not in told(project, **changed)
