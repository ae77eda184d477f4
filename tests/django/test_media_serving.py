"""Uploads as they are served by a Django project: in development and in production, public and private."""

from __future__ import annotations

import asyncio
import os
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf.urls.static import static
from django.core.files.base import ContentFile
from django.test import AsyncClient, Client, override_settings
from small_project import SmallProject

import media_site
from lading.django import media_view
from lading.django.links import signed_url
from lading.django.storage import MediaStorage
from lading.media.policy import SANDBOX, VIEWER
from media import samples

MIDDLEWARE = ["lading.django.middleware.LadingMiddleware", "media_site.Marking"]


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    project = SmallProject(tmp_path)
    project.write(
        {
            "media/avatars/a.png": samples.image("PNG"),
            "media/papers/p.pdf": samples.PDF,
            "media/page.html": samples.HTML,
            "media/film.mp4": samples.film() * 100,
            "media/größe 1.txt": "text",
            "secret.txt": "secret",
        }
    )
    (tmp_path / "media/out.txt").symlink_to(tmp_path / "secret.txt")
    return project


def settings(project: SmallProject, *, debug: bool = False, **lading: Any) -> Any:
    return project.settings(
        DEBUG=debug,
        LADING=lading,
        MIDDLEWARE=MIDDLEWARE,
        MEDIA_ROOT=project.path("media"),
        MEDIA_URL="/media/",
        ROOT_URLCONF="media_site",
        ALLOWED_HOSTS=["*"],
    )


@pytest.fixture
def site(project: SmallProject) -> Iterator[Client]:
    """In production, with uploads that everybody may read."""
    with settings(project, MEDIA_SERVE=True):
        yield Client()


@pytest.fixture(params=["can_read", "can_read_soon"])
def private(project: SmallProject, request: pytest.FixtureRequest) -> Iterator[Client]:
    """In production, with an access hook of each kind."""
    media_site.asked.clear()
    with settings(project, MEDIA_SERVE=True, MEDIA_ACCESS=f"media_site.{request.param}"):
        yield Client()


def body(response: Any) -> bytes:
    content = b"".join(response) if response.streaming else response.content
    response.close()
    return content


class TestPublic:
    def test_in_production_by_setting(self, site: Client):
        response = site.get("/media/avatars/a.png")
        assert body(response) == samples.image("PNG")
        assert response["Content-Type"] == "image/png"
        assert response["Content-Security-Policy"] == SANDBOX
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "max-age=60, must-revalidate, public"
        assert "X-Passed" not in response

    def test_in_production_only_by_setting(self, project: SmallProject):
        with settings(project):
            assert Client().get("/media/avatars/a.png").status_code == 404

    def test_in_development_without_any(self, project: SmallProject):
        with settings(project, debug=True):
            response = Client().get("/media/page.html")
            assert body(response) == samples.HTML
            assert response["Content-Disposition"] == 'attachment; filename="page.html"'
            assert response["Cache-Control"] == "no-cache, public"

    def test_djangos_url_pattern_goes_on_working(
        self, project: SmallProject, monkeypatch: pytest.MonkeyPatch
    ):
        with settings(project, debug=True):
            pattern = static("/media/", document_root=project.path("media"))
            monkeypatch.setattr(media_site, "urlpatterns", [*media_site.urlpatterns, *pattern])
            from django.urls import clear_url_caches

            clear_url_caches()
            response = Client().get("/media/page.html")
            assert body(response) == samples.HTML
            assert response["Content-Security-Policy"] == SANDBOX
            with override_settings(MIDDLEWARE=[]):  # by Django alone
                assert body(Client().get("/media/page.html")) == samples.HTML
            clear_url_caches()

    def test_djangos_view_for_development_serves_no_more(self, project: SmallProject):
        project.write({"media/.lading-trash/1/old.txt": "gone", "other/o.txt": "other"})
        with settings(project, debug=True):
            pattern = [
                *static("/media/other/", document_root=project.path("other")),
                *static("/media/", document_root=project.path("media"), show_indexes=True),
            ]
            with override_settings(ROOT_URLCONF=tuple(pattern)):
                site = Client()
                assert body(site.get("/media/avatars/a.png")) == samples.image("PNG")
                for path in ("out.txt", ".lading-trash/1/old.txt", "none", "avatars"):
                    response = site.get(f"/media/{path}")
                    assert (response.status_code, body(response)) == (404, b"Not found.\n"), path
                assert b"a.png" in body(site.get("/media/avatars/"))
                assert body(site.get("/media/other/o.txt")) == b"other"

    @pytest.mark.parametrize("debug", [False, True])
    def test_a_view_of_the_projects_own_keeps_its_uploads(self, project: SmallProject, debug: bool):
        project.write({"media/reports/r.txt": "for some only", "media/z": "an upload"})
        with settings(project, debug=debug, MEDIA_SERVE=True):
            assert body(Client().get("/media/reports/r.txt")) == b"own view of r.txt"
            assert body(Client().get("/media/z")) == b"an upload"  # a catch-all is none of those

    def test_ranges_and_conditions(self, site: Client):
        content = samples.film() * 100
        assert len(content) > 500_000
        first = site.get("/media/film.mp4")
        assert body(first) == content
        part = site.get("/media/film.mp4", headers={"Range": "bytes=100-299999"})
        assert (part.status_code, body(part)) == (206, content[100:300_000])
        assert part["Content-Range"] == f"bytes 100-299999/{len(content)}"
        assert part["Content-Security-Policy"] == VIEWER
        same = site.get("/media/film.mp4", headers={"If-None-Match": first["ETag"]})
        assert (same.status_code, body(same)) == (304, b"")
        assert site.get("/media/film.mp4", headers={"Range": "bytes=9999999-"}).status_code == 416
        assert site.head("/media/film.mp4")["Content-Length"] == str(len(content))
        assert site.post("/media/film.mp4").status_code == 405

    def test_no_descriptor_is_left(self, site: Client):
        site.get("/media/film.mp4").close()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(10):
            site.get("/media/film.mp4").close()  # nothing of it is read
            site.head("/media/film.mp4").close()
            site.get("/media/film.mp4", headers={"Range": "bytes=1-400000"}).close()
        assert len(os.listdir("/proc/self/fd")) == before

    @pytest.mark.parametrize(
        "path",
        ["out.txt", "../secret.txt", "%2e%2e/secret.txt", "a%00b", "avatars", "", "none.txt"],
    )
    def test_nothing_outside_of_media_root(self, site: Client, path: str):
        response = site.get(f"/media/{path}")
        assert (response.status_code, b"secret" in body(response)) == (404, False)

    def test_names_of_any_language(self, site: Client):
        url = MediaStorage().url("größe 1.txt")
        assert url == "/media/gr%C3%B6%C3%9Fe%201.txt"
        assert body(site.get(url)) == b"text"


class TestPrivate:
    def test_the_hook_is_asked(self, private: Client):
        refused = private.get("/media/film.mp4")
        assert (refused.status_code, body(refused)) == (403, b"the site's own refusal")
        response = private.get("/media/film.mp4", headers={"X-User": "ann"})
        assert body(response) == samples.film() * 100
        assert response["Cache-Control"] == "no-cache, private"
        assert response["Cross-Origin-Resource-Policy"] == "same-site"
        assert response["X-Passed"] == "yes"
        assert media_site.asked == [("", "film.mp4"), ("ann", "film.mp4")]

    def test_ranges_and_conditions(self, private: Client):
        user = {"X-User": "ann"}
        part = private.get("/media/film.mp4", headers={**user, "Range": "bytes=5-9"})
        assert (part.status_code, body(part)) == (206, samples.film()[5:10])
        same = private.get("/media/film.mp4", headers={**user, "If-None-Match": part["ETag"]})
        assert same.status_code == 304
        refused = private.get("/media/film.mp4", headers={"If-None-Match": part["ETag"]})
        assert refused.status_code == 403

    def test_public_ones_among_them(self, private: Client):
        response = private.get("/media/avatars/a.png")
        assert body(response) == samples.image("PNG")
        assert response["Cache-Control"] == "max-age=60, must-revalidate, public"

    def test_a_name_to_save_it_as(self, private: Client):
        response = private.get("/media/papers/p.pdf", headers={"X-User": "ann"})
        assert body(response) == samples.PDF
        assert response["Content-Disposition"] == (
            "attachment; filename=\"Rechnung Gr__e.pdf\"; filename*=UTF-8''Rechnung%20Gr%C3%B6%C3%9Fe.pdf"
        )

    def test_an_answer_of_its_own(self, private: Client):
        response = private.get("/media/members/x.txt")
        assert (response.status_code, response["Location"]) == (302, "/")

    def test_who_may_not_read_learns_nothing(self, private: Client):
        assert private.get("/media/none.txt").status_code == 403
        user = {"X-User": "ann"}
        assert private.get("/media/none.txt", headers=user).status_code == 404
        assert private.get("/media/out.txt", headers=user).status_code == 404
        assert private.get("/media/a%0Ab", headers=user).status_code == 404
        assert private.post("/media/film.mp4", headers=user).status_code == 405

    def test_the_site_is_as_it_was(self, private: Client):
        assert body(private.get("/")) == b"home"
        assert body(private.get("/media/reports/x")) == b"own view of x"
        assert media_site.asked == []

    @pytest.mark.parametrize("hook", ["can_read", "can_read_soon"])
    def test_under_asgi(self, project: SmallProject, hook: str):
        async def ask() -> None:
            client = AsyncClient()
            refused = await client.get("/media/film.mp4")
            assert refused.status_code == 403
            response = await client.get("/media/film.mp4", headers={"X-User": "ann"})
            content = b"".join([chunk async for chunk in response.streaming_content])
            assert content == samples.film() * 100
            response.close()

        with settings(project, MEDIA_SERVE=True, MEDIA_ACCESS=f"media_site.{hook}"):
            asyncio.run(ask())

    @pytest.mark.parametrize("debug", [False, True])
    def test_development_asks_too(self, project: SmallProject, debug: bool):
        with settings(
            project, debug=debug, MEDIA_SERVE=not debug, MEDIA_ACCESS="media_site.nobody"
        ):
            assert Client().get("/media/avatars/a.png").status_code == 403

    def test_wrapping_the_application_goes_round_nothing(self, project: SmallProject):
        from django.core.wsgi import get_wsgi_application

        from lading.django import serving
        from lading.django.media_requests import uploads

        with settings(project, MEDIA_SERVE=True, MEDIA_ACCESS="media_site.nobody"):
            media = uploads()
            assert media is not None
            assert media.lookup("/media/avatars/a.png") is None
            application = serving.wsgi(get_wsgi_application())
            assert application is not None

    def test_a_url_pattern_of_ones_own(self, project: SmallProject, rf: Any):
        with settings(project, MEDIA_ACCESS="media_site.can_read"):
            request = rf.get("/x", headers={"X-User": "ann"})
            assert body(media_view.serve(request, "größe 1.txt")) == b"text"


class TestOtherSenders:
    def test_nginx(self, project: SmallProject):
        with settings(
            project,
            MEDIA_SERVE=True,
            MEDIA_ACCESS="media_site.can_read",
            MEDIA_SENDER="x-accel-redirect",
        ):
            response = Client().get("/media/größe 1.txt", headers={"X-User": "ann"})
            assert response["X-Accel-Redirect"] == "/lading-media/gr%C3%B6%C3%9Fe%201.txt"
            assert (body(response), response["Content-Type"]) == (b"", "text/plain; charset=utf-8")
            assert response["Content-Security-Policy"] == SANDBOX
            assert "Content-Length" not in response
            assert Client().get("/media/größe 1.txt").status_code == 403
            for none in ("none.txt", "out.txt", "../secret.txt"):
                response = Client().get(f"/media/{none}", headers={"X-User": "ann"})
                assert (response.status_code, "X-Accel-Redirect" in response) == (404, False)

    def test_apache_and_caddy(self, project: SmallProject):
        with settings(
            project, MEDIA_SERVE=True, MEDIA_ACCESS="media_site.can_read", MEDIA_SENDER="x-sendfile"
        ):
            response = Client().get("/media/papers/p.pdf", headers={"X-User": "ann"})
            assert response["X-Sendfile"] == project.path("media/papers/p.pdf")
            assert "filename*=UTF-8''Rechnung" in response["Content-Disposition"]

    def test_a_storage_that_signs_its_urls(self, project: SmallProject):
        storages = {"default": {"BACKEND": "test_media_serving.Bucket"}}
        with (
            settings(project, MEDIA_SERVE=True, MEDIA_ACCESS="media_site.can_read"),
            override_settings(STORAGES=storages),
        ):
            response = Client().get("/media/a/b.txt", headers={"X-User": "ann"})
            assert (response.status_code, response["Location"]) == (
                302,
                "https://bucket.example/a/b.txt?X-Amz-Signature=1",
            )
            assert response["Cache-Control"] == "no-cache, private"
            assert Client().get("/media/a/b.txt").status_code == 403

    @pytest.mark.parametrize(
        "name",
        [
            "avatars/../papers/p.pdf",
            "avatars/%2e%2e/papers/p.pdf",
            "avatars/..%5cpapers/p.pdf",
            "avatars%5c..%5cpapers/p.pdf",
            "./papers/p.pdf",
            "papers//p.pdf",
            "/papers/p.pdf",
            "papers/p.pdf/.",
            ".lading-trash/20260101T000000Z-00000000/papers/p.pdf",
        ],
    )
    @pytest.mark.parametrize(
        "backend", ["test_media_serving.Bucket", "lading.django.storage.MediaStorage"]
    )
    def test_a_name_that_the_storage_would_read_in_another_way(
        self, project: SmallProject, backend: str, name: str
    ):
        """The hook is not asked about the one when the other would be sent."""
        with (
            settings(project, MEDIA_SERVE=True, MEDIA_ACCESS="media_site.can_read"),
            override_settings(STORAGES={"default": {"BACKEND": backend}}),
        ):
            media_site.asked.clear()
            response = Client().get(f"/media/{name}", headers={"X-User": "ann"})
            assert (response.status_code, media_site.asked) == (404, [])


from django.core.files.storage import Storage  # noqa: E402


class Bucket(Storage):
    """What ``django-storages`` does with ``querystring_auth``."""

    def url(self, name: str | None) -> str:
        cleaned = posixpath.normpath(str(name).replace("\\", "/")).lstrip("/")
        return f"https://bucket.example/{cleaned}?X-Amz-Signature=1"


class TestLinks:
    def test_whoever_has_one_may_read(self, private: Client):
        with override_settings(SECRET_KEY="now", SECRET_KEY_FALLBACKS=["before"]):
            url = signed_url("/media/papers/p.pdf")
            response = private.get(url)
            assert body(response) == samples.PDF
            assert response["Cache-Control"].endswith(", public")
            assert 3600 < int(response["Cache-Control"][8:].partition(",")[0]) <= 7200
            assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert media_site.asked == []
            assert private.get(url.replace("p.pdf", "q.pdf")).status_code == 403
            assert private.get("/media/film.mp4?" + urlsplit(url).query).status_code == 403
        with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["now"]):
            assert private.get(url).status_code == 200
        with override_settings(SECRET_KEY="other"):
            assert private.get(url).status_code == 403

    def test_a_name_to_save_it_as(self, private: Client):
        response = private.get(signed_url("/media/papers/p.pdf", filename="Mai.pdf"))
        assert response["Content-Disposition"] == 'inline; filename="Mai.pdf"'

    def test_the_storage_signs(self, private: Client):
        place = MediaStorage(signed=True)
        name = place.save("größe ä.txt", ContentFile(b"signed"))
        url = place.url(name)
        assert url == place.url(name)
        assert body(private.get(url)) == b"signed"
        assert private.get(urlsplit(url).path).status_code == 403


class TestADomainOfTheirOwn:
    @pytest.fixture
    def own(self, project: SmallProject) -> Iterator[SmallProject]:
        with (
            settings(project, MEDIA_SERVE=True),
            override_settings(MEDIA_URL="https://usercontent.example/"),
        ):
            yield project

    def test_by_the_middleware(self, own: SmallProject):
        assert MediaStorage().url("a b.txt") == "https://usercontent.example/a%20b.txt"
        there = {"Host": "usercontent.example"}
        assert body(Client().get("/avatars/a.png", headers=there)) == samples.image("PNG")
        assert Client().get("/none.png", headers=there).status_code == 404
        assert Client().get("/", headers=there).status_code == 404
        assert Client().get("/avatars/a.png").status_code == 404
        assert body(Client().get("/")) == b"home"

    def test_before_the_application(self, own: SmallProject):
        from lading.django import serving

        def site(environ: Any, start_response: Any) -> list[bytes]:
            start_response("200 OK", [])
            return [b"site"]

        application = serving.wsgi(site)

        def get(host: str, path: str) -> bytes:
            environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_HOST": host}
            return b"".join(application(environ, lambda *_: None))

        assert get("usercontent.example", "/avatars/a.png") == samples.image("PNG")
        assert get("usercontent.example", "/none") == b"Not found.\n"
        assert get("example", "/avatars/a.png") == b"site"

    def test_private_ones_by_signed_links(self, own: SmallProject):
        there = {"Host": "usercontent.example"}
        with override_settings(LADING={"MEDIA_SERVE": True, "MEDIA_ACCESS": "media_site.nobody"}):
            url = MediaStorage(signed=True).url("papers/p.pdf")
            assert url.startswith("https://usercontent.example/papers/p.pdf?expires=")
            path = url.removeprefix("https://usercontent.example")
            assert body(Client().get(path, headers=there)) == samples.PDF
            assert Client().get("/papers/p.pdf", headers=there).status_code == 403
