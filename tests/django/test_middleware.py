"""``LadingMiddleware`` in production: published files, and only these, sync and async."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import iscoroutinefunction
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import AsyncClient, AsyncRequestFactory, Client, RequestFactory
from hashed_project import HashedProject, collect, outside_of_tests
from small_project import MANIFEST, PLAIN
from urls_of_tests import APPLICATION

from lading.django import checks, serving
from lading.django.middleware import LadingMiddleware

MIDDLEWARE = "lading.django.middleware.LadingMiddleware"
FILM = os.urandom(700_000)
STYLE = "body { margin: 0 }\n" * 100


@pytest.fixture
def project(tmp_path: Path) -> HashedProject:
    made = HashedProject(tmp_path)
    made.write({"static/css/app.css": STYLE, "static/film.mp4": FILM})
    return made


@contextmanager
def production(project: HashedProject, **settings: Any) -> Iterator[None]:
    values = {"MIDDLEWARE": [MIDDLEWARE], "ROOT_URLCONF": "urls_of_tests", **settings}
    with project.settings(**values), outside_of_tests():
        yield


def names(project: HashedProject) -> dict[str, str]:
    return project.manifest()["paths"]


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


class TestPublishedFiles:
    def test_a_hashed_name(self, project: HashedProject) -> None:
        with production(project, options={"encodings": ["gzip"]}):
            collect()
            name = names(project)["css/app.css"]
            response = Client().get(f"/static/{name}", headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200
        assert set(response.headers) == {
            *("Content-Type", "Cache-Control", "X-Content-Type-Options", "Vary", "ETag"),
            *("Access-Control-Allow-Origin", "Accept-Ranges", "Content-Encoding"),
            *("Last-Modified", "Content-Length"),
        }
        assert response["Cache-Control"] == "max-age=31536000, immutable, public"
        assert response["Content-Encoding"] == "gzip"

    def test_what_requests_of_browsers_get(self, project: HashedProject) -> None:
        with production(project):
            collect()
            client = Client()
            plain = client.get("/static/css/app.css")
            again = client.get("/static/css/app.css", headers={"If-None-Match": plain["ETag"]})
            head = client.head("/static/film.mp4")
            film = client.get("/static/film.mp4")
            part = client.get("/static/film.mp4", headers={"Range": "bytes=600000-600009"})
            posted = client.post("/static/film.mp4")
            options = client.options("/static/film.mp4")
            assert body(plain) == STYLE.encode()
            assert plain["Cache-Control"] == "max-age=60, must-revalidate, public"
            assert (again.status_code, again.content) == (304, b"")
            assert "Content-Type" not in again
            assert (head["Content-Length"], head.content) == ("700000", b"")
            assert body(film) == FILM
            assert (part.status_code, body(part)) == (206, FILM[600_000:600_010])
            assert part["Content-Range"] == "bytes 600000-600009/700000"
            assert (posted.status_code, posted["Allow"]) == (405, "GET, HEAD, OPTIONS")
            assert options.status_code == 204
            for response in (film, part):
                response.close()

    def test_only_what_is_published(self, project: HashedProject) -> None:
        with production(project):
            collect()
            (project.folder / "out/secret.txt").write_text("never")
            client = Client()
            for path in (
                *("secret.txt", ".lading/ledger", "staticfiles.json", "../static/css/app.css"),
                *("%2e%2e/static/css/app.css", "css/", "", "css/app.000000000000.css"),
            ):
                response = client.get(f"/static/{path}")
                assert (response.status_code, response["Cache-Control"]) == (404, "no-store"), path
            for path in ("/", "/static", "/staticfiles.json", "/other/css/app.css"):
                assert client.get(path).content == APPLICATION

    def test_settings(self, project: HashedProject) -> None:
        lading = {"MAX_AGE": 7, "ORIGINS": "all", "HEADERS": {"*.mp4": {"X-Robots-Tag": "none"}}}
        with production(project, LADING=lading, STATIC_URL="https://cdn.example/files/"):
            collect()
            response = Client().get("/files/film.mp4")
            assert response["Cache-Control"] == "max-age=7, must-revalidate, public"
            assert response["Access-Control-Allow-Origin"] == "*"
            assert response["X-Robots-Tag"] == "none"
            response.close()

    def test_plain_names(self, project: HashedProject) -> None:
        with production(project, backend=PLAIN):
            collect()
            (project.folder / "out/stray.css").write_text("not collected")
            client = Client()
            response = client.get("/static/css/app.css")
            assert (response.status_code, response.content) == (200, STYLE.encode())
            assert response["Cache-Control"] == "max-age=60, must-revalidate, public"
            assert client.get("/static/stray.css").status_code == 404
            assert client.get("/static/.lading/ledger").status_code == 404

    def test_no_static_url(self, project: HashedProject) -> None:
        with production(project, STATIC_URL=None), pytest.raises(ImproperlyConfigured):
            LadingMiddleware(lambda request: HttpResponse())


class TestNothingPublished:
    def test_is_logged_once_and_mended_without_a_restart(
        self,
        project: HashedProject,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(serving, "_RETRY", 0.0)
        with production(project), caplog.at_level(logging.ERROR, "lading.serve"):
            client = Client()
            for _ in range(3):
                response = client.get("/static/css/app.css")
                assert (response.status_code, response["Cache-Control"]) == (404, "no-store")
            assert client.get("/").content == APPLICATION
            told = [record.getMessage() for record in caplog.records]
            collect()
            assert client.get("/static/css/app.css").status_code == 200
        assert len(told) == 1
        assert told[0].startswith("No static file is served. ")
        assert "Run collectstatic" in told[0]

    def test_attempts_are_seconds_apart(
        self, project: HashedProject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with production(project):
            tried: list[str] = []
            monkeypatch.setattr(serving, "read", lambda file: tried.append(file) or read(file))
            client = Client()
            for _ in range(20):
                client.get("/static/css/app.css")
        assert len(tried) <= 3  # the start, and at most one more each second

    def test_a_manifest_of_djangos_storage(
        self, project: HashedProject, caplog: pytest.LogCaptureFixture
    ) -> None:
        with production(project, backend=MANIFEST):
            collect()
            assert Client().get("/static/css/app.css").status_code == 404
        assert "does not say what files there are" in caplog.text

    def test_no_folder(self, project: HashedProject, caplog: pytest.LogCaptureFixture) -> None:
        backend = "django.core.files.storage.InMemoryStorage"
        with production(project, STORAGES={"staticfiles": {"BACKEND": backend}}):
            assert Client().get("/static/css/app.css").status_code == 404
        assert "not published into a folder" in caplog.text


read = serving.read


class TestReleases:
    def test_names_of_earlier_releases_answer(self, project: HashedProject) -> None:
        with production(project, options={"originals": True}):
            collect()
            old = names(project)["css/app.css"]
            project.write({"static/css/app.css": "p { margin: 0 }"})
            collect()
            new = names(project)["css/app.css"]
            client = Client()
            assert old != new
            assert client.get(f"/static/{old}").content == STYLE.encode()
            assert client.get(f"/static/{new}").content == b"p { margin: 0 }"
            assert "immutable" in client.get(f"/static/{old}")["Cache-Control"]

    def test_names_of_a_newer_release_answer(self, project: HashedProject) -> None:
        with production(project):
            collect()
            client = Client()
            client.get("/")
            project.write({"static/css/app.css": "p { margin: 0 }", "static/new.css": "new"})
            collect()
            new = names(project)
            assert client.get(f"/static/{new['css/app.css']}").content == b"p { margin: 0 }"
            # Names that stay the same wait until they are asked for a new release.
            assert client.get("/static/new.css").status_code == 404

    def test_reload(self, project: HashedProject) -> None:
        with production(project):
            collect()
            client = Client()
            client.get("/")
            project.write({"static/new.css": "new"})
            collect()
            for thread in serving.reload():
                thread.join()
            assert client.get("/static/new.css").content == b"new"

    def test_looking_for_a_new_release(self, project: HashedProject) -> None:
        with production(project, LADING={"RELOAD": 1e-6}):
            collect()
            client = Client()
            client.get("/")
            project.write({"static/new.css": "new"})
            collect()
            deadline = time.monotonic() + 20
            while client.get("/static/new.css").status_code == 404:
                assert time.monotonic() < deadline

    def test_a_link_to_the_newest_release(self, project: HashedProject) -> None:
        """As Capistrano and its like deploy: each release in a folder of its own, one link to the newest."""
        link = project.folder / "current"
        with production(project, STATIC_ROOT=str(link)):
            for number in ("1", "2"):
                (project.folder / number).mkdir()
                link.unlink(missing_ok=True)
                link.symlink_to(project.folder / number)
                project.write({f"static/{number}.css": number})
                collect()
                if number == "1":
                    client = Client()
                    assert client.get("/static/1.css").content == b"1"
            assert client.get("/static/2.css").status_code == 404
            for thread in serving.reload():
                thread.join()
            assert client.get("/static/2.css").content == b"2"

    def test_manifests_of_other_releases_are_not_read_at_the_start(
        self, project: HashedProject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from lading.serve import kept

        with production(project):
            collect()
            project.write({"static/css/app.css": "p { margin: 0 }"})
            collect()
            loaded: list[str] = []
            monkeypatch.setattr(kept, "read", lambda file: loaded.append(file) or read(file))
            client = Client()
            for path in ("css/app.css", "film.mp4", "nothing", "nothing.css", "a/b.css"):
                client.get(f"/static/{path}").close()
            assert loaded == []
            client.get("/static/css/app.000000000000.css")
            client.get("/static/css/app.111111111111.css")
            assert sorted(map(os.path.basename, loaded)) == ["1.json", "2.json"]


class TestAsync:
    def test_client(self, project: HashedProject) -> None:
        async def ask() -> tuple[Any, ...]:
            client = AsyncClient()
            css = await client.get("/static/css/app.css")
            film = await client.get("/static/film.mp4", headers={"Range": "bytes=1-650000"})
            sent = b"".join([part async for part in film.streaming_content])
            film.close()
            return css, film, sent, await client.get("/static/nothing"), await client.get("/")

        with production(project):
            collect()
            css, film, sent, nothing, other = asyncio.run(ask())
        assert (css.status_code, css.content) == (200, STYLE.encode())
        assert (film.status_code, sent) == (206, FILM[1:650_001])
        assert (nothing.status_code, other.content) == (404, APPLICATION)

    def test_no_thread_is_used(self, project: HashedProject) -> None:
        async def application(request: Any) -> HttpResponse:
            return HttpResponse(APPLICATION)

        async def ask(middleware: LadingMiddleware) -> list[bytes]:
            def refuse(*args: Any) -> None:
                raise AssertionError("a thread was asked for")

            asyncio.get_running_loop().run_in_executor = refuse  # type: ignore[assignment]
            found = []
            for path in ("/static/css/app.css", "/static/film.mp4", "/static/no", "/other"):
                response: Any = await middleware(AsyncRequestFactory().get(path))  # type: ignore
                if response.streaming:
                    found.append(b"".join([part async for part in response]))
                else:
                    found.append(response.content)
                response.close()
            return found

        with production(project):
            collect()
            middleware = LadingMiddleware(application)
            assert iscoroutinefunction(middleware)
            found = asyncio.run(ask(middleware))
        assert found == [STYLE.encode(), FILM, b"Not found.\n", APPLICATION]

    def test_sync_stays_sync(self, project: HashedProject) -> None:
        with production(project):
            collect()
            middleware = LadingMiddleware(lambda request: HttpResponse(APPLICATION))
            assert not iscoroutinefunction(middleware)
            response: Any = middleware(RequestFactory().get("/static/css/app.css"))
            assert response.content == STYLE.encode()


class TestLargeFiles:
    def test_descriptors_are_closed(self, project: HashedProject) -> None:
        with production(project):
            collect()
            client = Client()
            client.get("/static/film.mp4").close()
            before = len(os.listdir("/proc/self/fd"))
            for number in range(50):
                response = client.get("/static/film.mp4")
                if number % 2:
                    next(iter(response))  # the client hangs up
                response.close()
            assert len(os.listdir("/proc/self/fd")) == before

    def test_wsgi_file_wrapper_gets_whole_files(self, project: HashedProject) -> None:
        with production(project):
            collect()
            middleware = LadingMiddleware(lambda request: HttpResponse())
            whole: Any = middleware(RequestFactory().get("/static/film.mp4"))
            part: Any = middleware(
                RequestFactory().get("/static/film.mp4", headers={"Range": "bytes=1-650000"})
            )
            assert os.pread(whole.file_to_stream.fileno(), 9, 0) == FILM[:9]
            assert part.file_to_stream is None
            # What Django's handler does then.
            whole.file_to_stream.close = whole.close
            whole.file_to_stream.close()
            part.close()
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(whole.file_to_stream.fileno())


class TestChecks:
    @pytest.mark.parametrize(
        ("before", "found"),
        [
            ([], []),
            (["django.middleware.security.SecurityMiddleware", "other.Middleware"], []),
            (["django.middleware.gzip.GZipMiddleware"], ["lading.W002"]),
        ],
    )
    def test_order(self, project: HashedProject, before: list[str], found: list[str]) -> None:
        with project.settings(MIDDLEWARE=[*before, MIDDLEWARE]):
            assert [message.id for message in checks.check_middleware_order(None)] == found

    def test_live_reload_without_middleware(self, project: HashedProject) -> None:
        def found(**changed: Any) -> list[str | None]:
            values = {"DEBUG": True, "LADING": {"LIVE_RELOAD": True}, "MIDDLEWARE": [], **changed}
            with project.settings(**values):
                return [message.id for message in checks.check_middleware_order(None)]

        assert found() == ["lading.W004"]
        assert found(DEBUG=False) == []
        assert found(LADING={}) == []
        assert found(LADING={"NO": 1}) == []
        assert found(MIDDLEWARE=[MIDDLEWARE]) == []

    def test_nothing_published(self, project: HashedProject) -> None:
        with project.settings(MIDDLEWARE=[MIDDLEWARE]):
            (told,) = checks.check_published(None)
            assert told.id == "lading.W003"
            assert "collectstatic" in str(told.hint)
            collect()
            assert checks.check_published(None) == []
        with project.settings(MIDDLEWARE=[MIDDLEWARE], DEBUG=True):
            assert checks.check_published(None) == []
        with project.settings(MIDDLEWARE=[]):
            assert checks.check_published(None) == []


class TestBeforeDjango:
    def test_wsgi(self, project: HashedProject) -> None:
        with production(project):
            collect()
            app = serving.wsgi(lambda environ, start: start("299 x", []) or [APPLICATION])
            environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/static/css/app.css"}
            started: list[Any] = []
            assert b"".join(app(environ, lambda *a: started.append(a))) == STYLE.encode()
            assert started[0][0] == "200 OK"
            other = app({**environ, "PATH_INFO": "/"}, lambda *a: started.append(a))
            assert list(other) == [APPLICATION]

    def test_asgi(self, project: HashedProject) -> None:
        async def ask() -> list[Any]:
            sent: list[Any] = []

            async def send(message: Any) -> None:
                sent.append(message)

            scope: Any = {
                "type": "http",
                "method": "GET",
                "path": "/static/css/app.css",
                "headers": [],
            }
            await serving.asgi(None)(scope, None, send)  # type: ignore[arg-type]
            return sent

        with production(project):
            collect()
            assert asyncio.run(ask())[1]["body"] == STYLE.encode()
