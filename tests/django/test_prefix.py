"""Below a path of another site (``SCRIPT_NAME``): the URLs of pages, and the files at them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import re_path, set_script_prefix
from hashed_project import HashedProject, collect, development
from small_project import PLAIN
from test_middleware import MIDDLEWARE, STYLE, production

from lading.django import serving
from serve.test_wsgi import get


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(static("css/app.css"))


urlpatterns = [re_path("", page)]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[HashedProject]:
    made = HashedProject(tmp_path)
    made.write({"static/css/app.css": STYLE, "media/me.jpg": "JPEG"})
    receivers = list(request_started.receivers)
    yield made
    set_script_prefix("/")
    request_started.receivers = receivers
    request_started.sender_receivers_cache.clear()


def by_middleware() -> Any:
    return WSGIHandler()


def before_django() -> Any:
    return serving.wsgi(WSGIHandler())


async def ask(app: Any, path: str) -> bytes:
    """Ask as a server does that has mounted the application at ``/app``."""
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "/app", "headers": []}
    server = ApplicationCommunicator(app, {**scope, "query_string": b"", "http_version": "1.1"})
    await server.send_input({"type": "http.request"})
    assert (await server.receive_output())["status"] == 200
    content: bytes = (await server.receive_output())["body"]
    await server.wait()
    return content


MOUNTS: dict[str, dict[str, Any]] = {
    "a relative URL": {"STATIC_URL": "static/"},
    "a relative URL, told by a setting": {"STATIC_URL": "static/", "FORCE_SCRIPT_NAME": "/app"},
    "a whole URL": {"STATIC_URL": "/app/static/", "FORCE_SCRIPT_NAME": "/app"},
}


@pytest.mark.parametrize("mount", MOUNTS)
@pytest.mark.parametrize("backend", ["lading.django.storage.StaticStorage", PLAIN])
@pytest.mark.parametrize("application", [by_middleware, before_django])
def test_files_and_the_urls_of_pages(
    project: HashedProject, application: Callable[[], Any], backend: str, mount: str
) -> None:
    settings = {"ROOT_URLCONF": __name__, "backend": backend, **MOUNTS[mount]}
    if application is before_django:
        settings["MIDDLEWARE"] = []
    with production(project, **settings):
        collect()
    with production(project, **settings):  # another process
        app = application()
        url = get(app, "/", SCRIPT_NAME="/app")[1].decode()
        assert url.startswith("/app/static/css/app.")
        started, content = get(app, url.removeprefix("/app"), SCRIPT_NAME="/app")
        assert (started.status, content) == ("200 OK", STYLE.encode())
        assert get(app, "/", SCRIPT_NAME="/app")[1].decode() == url


@pytest.mark.parametrize("mount", MOUNTS)
def test_under_asgi(project: HashedProject, mount: str) -> None:
    with production(project, ROOT_URLCONF=__name__, **MOUNTS[mount]):
        collect()
    with production(project, ROOT_URLCONF=__name__, **MOUNTS[mount]):
        app = ASGIHandler()
        url = asyncio.run(ask(app, "/app/")).decode()
        assert url.startswith("/app/static/css/app.")
        assert asyncio.run(ask(app, url)) == STYLE.encode()


@pytest.mark.parametrize("mount", MOUNTS)
def test_in_development(project: HashedProject, mount: str) -> None:
    settings = {
        "LADING": {"LIVE_RELOAD": True},
        "MEDIA_ROOT": project.path("media"),
        "MEDIA_URL": "media/",
        "MIDDLEWARE": [MIDDLEWARE],
        "ROOT_URLCONF": __name__,
    }
    with project.settings(**settings, **MOUNTS[mount]), development():
        app = WSGIHandler()
        assert get(app, "/", SCRIPT_NAME="/app")[1] == b"/app/static/css/app.css"
        assert get(app, "/static/css/app.css", SCRIPT_NAME="/app")[1] == STYLE.encode()
        assert get(app, "/media/me.jpg", SCRIPT_NAME="/app")[1] == b"JPEG"
        missing = get(app, "/static/css/ap.css", SCRIPT_NAME="/app", HTTP_ACCEPT="text/html")
        assert b'href="/app/static/css/app.css"' in missing[1]
