"""Sites below a path of another site: found by what their pages load, and not taken for broken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lading.doctor import examine as examination
from lading.doctor.mounted import common_path, path_before
from lading.doctor.uploaded import Uploads
from lading.findings import Finding

from .live import Application, Breaker, Live, Reply, Request, answers, serving, site_of


def below(application: Application) -> Application:
    """The whole site below /app: what lies beside it is another's."""

    def mounted(request: Request) -> Reply:
        inner = request.path.removeprefix("/app")
        if inner == request.path:
            return Reply(404, {"cache-control": "no-store"})
        reply = application(replace(request, path=inner, target=request.target[4:]))
        if inner == "/":
            reply.body = reply.body.replace(b'="/', b'="/app/')
            reply.headers["content-length"] = str(len(reply.body))
        return reply

    return mounted


def look(live: Live, static_url: str, media_url: str, *breakers: Breaker) -> list[Finding]:
    media = Uploads(media_url, str(live.media))
    with serving(site_of(live), *breakers) as url:
        return examination.examine(f"{url}app/", live.files, static_url, media=media).findings


@pytest.mark.parametrize("path", ["/app", ""])
def test_silence_about_a_site_in_order(path: str, live: Live):
    """Whether the settings know the path, or the server alone."""
    assert look(live, f"{path}/static/", f"{path}/media/", below) == []


def test_what_is_wrong_there_is_told(live: Live):
    broken = answers("/media/", status=404), answers("/robots.txt", status=404)
    found = look(live, "/static/", "/media/", *broken, below)
    assert {finding.kind for finding in found} == {"live-media-missing", "live-root-file"}


def test_files_at_the_root_of_the_host(live: Live):
    """A server before the application has them there, where browsers ask."""
    served: list[str] = []

    def at_host(application: Application) -> Application:
        def broken(request: Request) -> Reply:
            if request.path == "/robots.txt":
                served.append(request.path)
                return application(replace(request, path="/app/robots.txt"))
            return application(request)

        return broken

    assert look(live, "/app/static/", "/app/media/", below, at_host) == []
    assert served == ["/robots.txt"]


KNOWN = {"css/app.css", "a b.css"}


@pytest.mark.parametrize(
    ("page", "loaded", "static_url", "path"),
    [
        ("/app/", "/app/static/css/app.css", "/static/", "/app"),
        ("/app", "/app/static/css/app.css", "/static/", "/app"),
        ("/a/b/c/", "/a/b/static/a%20b.css?v=1", "/static/", "/a/b"),
        ("/app/", "/static/css/app.css", "/static/", ""),
        ("/app/", "/app/static/css/other.css", "/static/", ""),
        ("/app/", "/other/static/css/app.css", "/static/", ""),
        ("/app/", "https://elsewhere.example/app/static/css/app.css", "/static/", ""),
        ("/app/", "/app/static/css/app.css", "https://site.example/static/", ""),
        ("/app/", "/app/css/app.css", "/", ""),
    ],
)
def test_the_path_that_only_the_server_knows(page: str, loaded: str, static_url: str, path: str):
    body = f'<link rel="stylesheet" href="{loaded}">'.encode()
    assert path_before(static_url, f"https://site.example{page}", body, KNOWN) == path


@pytest.mark.parametrize(
    ("page", "static", "path"),
    [
        ("https://a.example/app/", "https://a.example/app/static/", "/app/"),
        ("https://a.example/app/login/", "https://a.example/app/static/", "/app/"),
        ("https://a.example/app", "https://a.example/app/static/", "/app/"),
        ("https://a.example/apple/", "https://a.example/app/static/", "/"),
        ("https://a.example/", "https://a.example/static/", "/"),
        ("https://a.example/app/", "https://b.example/app/static/", "/"),
        ("https://a.example/static/", "https://a.example/static/", "/"),
    ],
)
def test_the_path_of_a_site(page: str, static: str, path: str):
    assert common_path(page, static) == path
