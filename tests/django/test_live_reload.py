"""Live reload in a Django project: the script in pages, and its answers."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncRequestFactory, Client, RequestFactory, override_settings
from hashed_project import HashedProject
from test_runserver import developing

from lading.django.middleware import LadingMiddleware
from lading.serve import live

PAGE = b"<!doctype html><body><p>&lt;/body></p></BODY></html>"
SCRIPT = b'<script src="/static/.lading/live.js" async></script>'
WITH_SCRIPT = PAGE.replace(b"</BODY>", SCRIPT + b"</BODY>")


@pytest.fixture(autouse=True)
def _signals_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.LiveReload, "stop_on_signals", lambda self: None)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[HashedProject]:
    made = HashedProject(tmp_path)
    made.write({"static/app.css": "p {}"})
    with developing(made, LADING={"LIVE_RELOAD": True}):
        yield made


def finished(response: Any, **request: Any) -> Any:
    """The response as it leaves the middleware."""
    asked = RequestFactory().get("/")
    asked.__dict__.update(request)
    return LadingMiddleware(lambda _: response)(asked)


def test_pages_get_the_script(project: HashedProject) -> None:
    response = finished(HttpResponse(PAGE, headers={"Content-Length": str(len(PAGE))}))
    assert response.content == WITH_SCRIPT
    assert response["Content-Length"] == str(len(WITH_SCRIPT))


def test_async(project: HashedProject) -> None:
    async def application(request: Any) -> HttpResponse:
        return HttpResponse(PAGE, status=500)

    async def ask() -> Any:
        middleware: Any = LadingMiddleware(application)
        return await middleware(AsyncRequestFactory().get("/"))

    response = asyncio.run(ask())
    assert (response.status_code, response.content) == (500, WITH_SCRIPT)


@pytest.mark.parametrize(
    "response",
    [
        lambda: HttpResponse(b"<p>part of a page</p>"),
        lambda: HttpResponse(PAGE, content_type="text/plain"),
        lambda: HttpResponse(PAGE, content_type="application/json"),
        lambda: HttpResponse(gzip.compress(PAGE), headers={"Content-Encoding": "gzip"}),
        lambda: HttpResponse(b""),
    ],
)
def test_all_else_stays_as_it_is(project: HashedProject, response: Any) -> None:
    assert finished(response()).content == response().content


def test_streams_stay_as_they_are(project: HashedProject) -> None:
    assert b"".join(finished(StreamingHttpResponse([PAGE]))) == PAGE


def test_another_charset(project: HashedProject) -> None:
    page = "<body>é</body>".encode("utf-16")
    response = finished(HttpResponse(page, content_type="text/html; charset=utf-16"))
    assert response.content == page  # no </body> in these bytes


@pytest.mark.parametrize(
    ("headers", "request_has", "nonce"),
    [
        ({"Content-Security-Policy": "script-src 'nonce-YWJj/+=='"}, {}, b"YWJj/+=="),
        ({}, {"_csp_nonce": "ZGVm"}, b"ZGVm"),
        ({}, {"csp_nonce": "Z2hp"}, b"Z2hp"),
        ({}, {"csp_nonce": '"><script>'}, b"&quot;&gt;&lt;script&gt;"),
    ],
)
def test_nonces(
    project: HashedProject, headers: dict[str, str], request_has: dict[str, str], nonce: bytes
) -> None:
    response = finished(HttpResponse(PAGE, headers=headers), **request_has)
    assert b'live.js" nonce="' + nonce + b'" async' in response.content


def test_the_script_and_the_events(project: HashedProject) -> None:
    client = Client()
    script = client.get("/static/.lading/live.js")
    assert script.content == live.SCRIPT
    events = client.get("/static/.lading/live", **{"wsgi.multithread": True})
    assert events["Content-Type"].startswith("text/event-stream")
    assert next(iter(events)).endswith(b" 0 0\n\n")
    events.close()


def test_a_server_of_one_thread_is_not_kept_busy(project: HashedProject) -> None:
    response = Client().get("/static/.lading/live", **{"wsgi.multithread": False})
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    "changed", [{"DEBUG": False}, {"LADING": {}}, {"STATIC_URL": "https://cdn.example/s/"}], ids=str
)
def test_only_when_asked_for_and_in_development(
    project: HashedProject, changed: dict[str, Any]
) -> None:
    with override_settings(**changed):
        assert finished(HttpResponse(PAGE)).content == PAGE
        assert Client().get("/static/.lading/live").status_code in (404, 200)
        assert b"data:" not in Client().get("/static/.lading/live").content


def test_what_is_watched(project: HashedProject) -> None:
    middleware = LadingMiddleware(lambda _: HttpResponse())
    assert middleware._live is not None
    folders = {folder.rstrip("/") for folder in middleware._live._folders()}
    assert folders == {project.path("static"), project.path("templates")}
