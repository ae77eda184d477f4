"""``LADING["SITE_ROOT"]`` in a Django project: production, development, the wrappers and ``runserver``."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from django.test import AsyncClient, Client, override_settings
from hashed_project import HashedProject, collect, development
from small_project import PLAIN
from test_middleware import MIDDLEWARE, body, production
from urls_of_tests import APPLICATION

from lading.django import serving
from lading.django.handlers import SourcesHandler
from serve.test_wsgi import application, get

LADING = {"SITE_ROOT": "root"}


@pytest.fixture
def project(tmp_path: Path) -> HashedProject:
    made = HashedProject(tmp_path)
    made.write(
        {
            "static/css/app.css": "p {}",
            "public/robots.txt": "User-agent: *",
            "public/.well-known/security.txt": "Contact:",
            "public/.hidden": "never",
            "public/index.html": "home",
        }
    )
    return made


def dirs(project: HashedProject) -> list[object]:
    return [project.path("static"), ("root", project.path("public"))]


PAGES = {"/robots.txt": b"User-agent: *", "/.well-known/security.txt": b"Contact:"}
OTHERS = ("/", "/index", "/.hidden", "/css/app.css", "/root/robots.txt", "/robots.txt/")


@pytest.mark.parametrize("backend", ["lading.django.storage.StaticStorage", PLAIN])
@pytest.mark.parametrize("originals", [True, False])
def test_production(project: HashedProject, backend: str, originals: bool) -> None:
    options = {} if backend == PLAIN else {"originals": originals}
    with production(
        project, STATICFILES_DIRS=dirs(project), LADING=LADING, backend=backend, options=options
    ):
        collect()
        for path, text in PAGES.items():
            response = Client().get(path)
            assert body(response) == text
            assert response["Cache-Control"] == "max-age=60, must-revalidate, public"
        for path in OTHERS:
            assert Client().get(path).content == APPLICATION
        assert asyncio.run(AsyncClient().get("/robots.txt")).content == b"User-agent: *"
        assert get(serving.wsgi(application), "/robots.txt")[1] == b"User-agent: *"


def test_an_index(project: HashedProject) -> None:
    lading = {**LADING, "INDEX": "index.html"}
    with production(project, STATICFILES_DIRS=dirs(project), LADING=lading):
        collect()
        assert Client().get("/").content == b"home"
        moved = Client().get("/index.html?a=1")
        assert (moved.status_code, moved["Location"]) == (302, "./?a=1")


def test_a_release_that_comes_later(project: HashedProject) -> None:
    with production(project, STATICFILES_DIRS=dirs(project), LADING=LADING):
        client = Client()
        assert client.get("/robots.txt").content == APPLICATION
        collect()
        serving.reload()
        assert get(serving.wsgi(application), "/robots.txt")[1] == b"User-agent: *"


@pytest.mark.parametrize("middleware", [[MIDDLEWARE], []])
def test_development(project: HashedProject, middleware: list[str]) -> None:
    """By the middleware alone, which is ``--nostatic``, and by the handler of ``runserver``."""
    settings = {"STATICFILES_DIRS": dirs(project), "LADING": LADING, "MIDDLEWARE": middleware}
    with project.settings(ROOT_URLCONF="urls_of_tests", **settings), development():
        for path, text in PAGES.items():
            if middleware:
                assert body(Client().get(path)) == text
            assert get(SourcesHandler(application), path)[1] == text
        for path in OTHERS:
            assert Client().get(path).content == APPLICATION
        with override_settings(DEBUG=False):  # runserver --insecure
            assert get(SourcesHandler(application), "/robots.txt")[1] == b"User-agent: *"


def test_the_test_client_needs_no_release(project: HashedProject) -> None:
    from hashed_project import under_test

    with (
        project.settings(
            ROOT_URLCONF="urls_of_tests",
            MIDDLEWARE=[MIDDLEWARE],
            STATICFILES_DIRS=dirs(project),
            LADING=LADING,
        ),
        under_test(),
    ):
        assert body(Client().get("/robots.txt")) == b"User-agent: *"
        assert Client().get("/").content == APPLICATION


def test_a_folder_that_holds_nothing(project: HashedProject) -> None:
    with project.settings(LADING=LADING):
        assert "empty-site-root" in collect("-v", "2") or "'root'" in collect("-v", "2")
