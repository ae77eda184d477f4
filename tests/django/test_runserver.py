"""Development: the sources by middleware and by ``runserver``, uploads, tests of users."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import get_commands
from django.test import AsyncClient, Client, RequestFactory, override_settings
from hashed_project import HashedProject, collect, development, under_test
from test_middleware import FILM, MIDDLEWARE, STYLE
from urls_of_tests import APPLICATION

from lading.django.handlers import SourcesHandler
from lading.django.management.commands import runserver
from serve.client import exchange


@pytest.fixture
def project(tmp_path: Path) -> HashedProject:
    made = HashedProject(tmp_path)
    made.write(
        {
            "static/css/app.css": STYLE,
            "static/film.mp4": FILM,
            "media/me.jpg": "JPEG",
            "secret.txt": "never",
        }
    )
    return made


@contextmanager
def developing(project: HashedProject, **settings: Any) -> Iterator[None]:
    values = {
        "MIDDLEWARE": [MIDDLEWARE],
        "ROOT_URLCONF": "urls_of_tests",
        "MEDIA_ROOT": project.path("media"),
        "MEDIA_URL": "media/",
    }
    with project.settings(**{**values, **settings}), development():
        yield


class TestMiddleware:
    def test_sources_without_collectstatic(self, project: HashedProject) -> None:
        with developing(project):
            client = Client()
            css = client.get("/static/css/app.css")
            part = client.get("/static/film.mp4", headers={"Range": "bytes=699990-"})
            again = client.get("/static/css/app.css", headers={"If-None-Match": css["ETag"]})
            assert (css.content, css["Cache-Control"]) == (STYLE.encode(), "no-cache, public")
            assert (part.status_code, b"".join(part)) == (206, FILM[-10:])
            assert again.status_code == 304 or css["ETag"].startswith("W/")
            assert client.get("/").content == APPLICATION
            project.write({"static/css/app.css": "edited", "static/new.js": "new"})
            assert client.get("/static/css/app.css").content == b"edited"
            assert client.get("/static/new.js").content == b"new"
        assert not os.path.exists(project.path("out"))

    def test_async(self, project: HashedProject) -> None:
        with developing(project):
            response = asyncio.run(AsyncClient().get("/static/css/app.css"))
        assert response.content == STYLE.encode()

    def test_uploads(self, project: HashedProject) -> None:
        with developing(project):
            client = Client()
            assert client.get("/media/me.jpg").content == b"JPEG"
            project.write({"media/new.txt": "new"})
            assert client.get("/media/new.txt").content == b"new"
            assert client.get("/media/none.txt").content == APPLICATION
            assert client.get("/media/../secret.txt").content == APPLICATION

    @pytest.mark.parametrize(
        "settings",
        [
            {"DEBUG": False},
            {"MEDIA_URL": "https://cdn.example/media/"},
            {"MEDIA_URL": ""},
            {"MEDIA_ROOT": ""},
        ],
        ids=str,
    )
    def test_uploads_are_served_in_development_only(
        self, project: HashedProject, settings: dict[str, Any]
    ) -> None:
        with developing(project, **settings), override_settings(**settings):
            assert Client().get("/media/me.jpg").content == APPLICATION

    @pytest.mark.parametrize(("accept", "kind"), [("text/html,*/*", "html"), ("*/*", "plain")])
    def test_not_found(self, project: HashedProject, accept: str, kind: str) -> None:
        with developing(project):
            response = Client().get("/static/css/ap.css", headers={"Accept": accept})
        assert response.status_code == 404
        assert response["Content-Type"] == f"text/{kind}; charset=utf-8"
        assert response["Cache-Control"] == "no-store"
        assert b"css/app.css" in response.content
        assert project.path("static").encode() in response.content

    def test_not_found_to_head(self, project: HashedProject) -> None:
        with developing(project):
            response = Client().head("/static/css/ap.css")
        assert (response.status_code, response.content) == (404, b"")


class TestUnderTest:
    def test_sources_and_published_files(self, project: HashedProject) -> None:
        with project.settings(MIDDLEWARE=[MIDDLEWARE], ROOT_URLCONF="urls_of_tests"), under_test():
            client = Client()
            assert client.get("/static/css/app.css").content == STYLE.encode()
            assert client.get("/static/none.css").status_code == 404
            assert client.get("/media/me.jpg").content == APPLICATION
            collect()
            name = project.manifest()["paths"]["css/app.css"]
            project.write({"static/css/app.css": "edited"})
            client = Client()
            assert client.get("/static/css/app.css").content == b"edited"
            assert client.get(f"/static/{name}").content == STYLE.encode()


class TestHandler:
    def ask(self, handler: Any, path: str) -> Any:
        return handler.get_response(RequestFactory().get(path))

    def test_with_debug(self, project: HashedProject) -> None:
        with developing(project):
            handler = SourcesHandler(object())
            assert handler._should_handle("/static/css/app.css")
            assert handler._should_handle("/static/none")
            assert handler._should_handle("/media/me.jpg")
            assert not handler._should_handle("/media/none")
            assert not handler._should_handle("/")
            assert self.ask(handler, "/static/css/app.css").content == STYLE.encode()
            assert self.ask(handler, "/media/me.jpg").content == b"JPEG"
            assert self.ask(handler, "/static/none").status_code == 404

    def test_insecure(self, project: HashedProject) -> None:
        with developing(project), override_settings(DEBUG=False):
            handler = SourcesHandler(object())
            assert handler._should_handle("/static/css/app.css")
            assert not handler._should_handle("/static/css/app.0123456789ab.css")

    def test_static_files_elsewhere(self, project: HashedProject) -> None:
        with developing(project, STATIC_URL="https://cdn.example/static/"):
            assert not SourcesHandler(object())._should_handle("/static/css/app.css")

    @pytest.mark.parametrize(
        ("use_static_handler", "insecure_serving", "debug", "served"),
        [
            (True, False, True, True),
            (True, False, False, False),
            (True, True, False, True),
            (False, False, True, False),
            (False, True, True, False),
        ],
    )
    def test_flags(
        self,
        project: HashedProject,
        use_static_handler: bool,
        insecure_serving: bool,
        debug: bool,
        served: bool,
    ) -> None:
        with developing(project, WSGI_APPLICATION=None), override_settings(DEBUG=debug):
            handler = runserver.Command().get_handler(
                use_static_handler=use_static_handler, insecure_serving=insecure_serving
            )
        assert isinstance(handler, StaticFilesHandler) == isinstance(handler, SourcesHandler)
        assert isinstance(handler, SourcesHandler) == served


def test_the_command_is_ours() -> None:
    assert get_commands()["runserver"] == "lading.django"


LOGGING = {
    "version": 1,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"daphne.server": {"handlers": ["console"], "level": "INFO"}},
}
"""Daphne tells in its log alone on which port it listens."""


@pytest.mark.parametrize("apps", [(), ("daphne",)], ids=["WSGI", "ASGI"])
def test_a_real_process(project: HashedProject, apps: tuple[str, ...]) -> None:
    project.write(
        {
            "asgi.py": "from django.core.asgi import get_asgi_application\n"
            "application = get_asgi_application()\n",
            "settings.py": "\n".join(
                [
                    "DEBUG = True",
                    'SECRET_KEY = "of tests"',
                    'ASGI_APPLICATION = "asgi.application"',
                    'ROOT_URLCONF = "urls_of_tests"',
                    f'INSTALLED_APPS = ["lading.django", *{apps}, "django.contrib.staticfiles"]',
                    f'STATIC_URL, MEDIA_URL, MEDIA_ROOT = "static/", "media/", {project.path("media")!r}',
                    f"STATICFILES_DIRS = [{project.path('static')!r}]",
                    f"LOGGING = {LOGGING}",
                ]
            ),
        }
    )
    folders = [str(project.folder), str(Path(__file__).parent)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(folders),
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "django", "runserver", "--noreload", "127.0.0.1:0"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            said = ""
            assert process.stdout is not None
            while not (match := re.search(r"(?://|address )127.0.0.1:([1-9]\d*)", said)):
                line = process.stdout.readline()
                assert line, said
                said += line
            address = ("127.0.0.1", int(match[1]))
            css = exchange(address, "GET", "/static/css/app.css")
            part = exchange(address, "GET", "/static/film.mp4", [("Range", "bytes=1-650000")])
            film = exchange(address, "GET", "/static/film.mp4")
            upload = exchange(address, "GET", "/media/me.jpg")
            leak = exchange(address, "GET", "/media/../secret.txt")
            other = exchange(address, "GET", "/")
        finally:
            process.terminate()
    assert css.body == STYLE.encode()
    assert (part.status, part.body) == (206, FILM[1:650_001])
    assert film.body == FILM
    assert upload.body == b"JPEG"
    assert (leak.body, other.body) == (APPLICATION, APPLICATION)
    assert ("ASGI" in said) == ("daphne" in apps)
