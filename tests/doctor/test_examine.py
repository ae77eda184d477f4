"""Each fault of a live site: a site that is broken in that way, and what the doctor then says."""

from __future__ import annotations

import gzip
import itertools
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import brotli
import pytest

from lading.doctor import examine as examination
from lading.doctor.exchange import Answer, Client
from lading.doctor.faults import faults
from lading.doctor.probes import pages
from lading.doctor.published import Published
from lading.doctor.site import Area, Site
from lading.doctor.uploaded import Uploads
from lading.errors import ConfigError
from lading.findings import Finding, Severity

from .live import (
    Application,
    Breaker,
    Live,
    Reply,
    Request,
    answers,
    requests,
    serving,
    site_of,
)

NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR
PACKED = ("content-encoding",)


def look(live: Live, url: str, static_url: str = "/static/", **options: Any) -> list[Finding]:
    options.setdefault("media", Uploads("/media/", str(live.media)))
    return examination.examine(url, live.files, static_url, **options).findings


def kinds(found: list[Finding]) -> set[str]:
    return {finding.kind for finding in found}


def is_hashed(request: Request) -> bool:
    return bool(re.search(r"[.][0-9a-f]{12}[.]", request.path))


def is_plain(request: Request) -> bool:
    return request.path.startswith("/static/") and not is_hashed(request)


def is_page(request: Request) -> bool:
    return request.path == "/"


def is_head(request: Request) -> bool:
    return request.method == "HEAD"


def is_packed(request: Request) -> bool:
    return request.environ.get("HTTP_ACCEPT_ENCODING", "").startswith(("gzip, deflate", "br"))


def ends(*endings: str) -> Callable[[Request], bool]:
    return lambda request: request.path.endswith(endings)


def without_missing(application: Application) -> Application:
    """A catch-all: what is not there is the front page."""

    def broken(request: Request) -> Reply:
        reply = application(request)
        if reply.status == 404:
            return Reply(200, {"content-type": "text/html"}, b"<h1>Welcome</h1>")
        return reply

    return broken


BESIDE = b"SECRET = 'never to be served'\n"


def climbing(application: Application) -> Application:
    """A server that joins paths without looking at them."""

    def broken(request: Request) -> Reply:
        reply = application(request)
        if reply.status == 404 and request.target.startswith("/static/%2e%2e/manage.py"):
            return Reply(200, {"content-type": "text/x-python"}, BESIDE)
        return reply

    return broken


def climbing_root(application: Application) -> Application:
    """A bucket that joins paths without looking at them."""

    def broken(request: Request) -> Reply:
        if request.target == "/..%2fmanage.py":
            return Reply(200, {"content-type": "text/x-python"}, BESIDE)
        return application(request)

    return broken


def users(application: Application) -> Application:
    """A server that gives /etc/passwd to an encoded path."""

    def broken(request: Request) -> Reply:
        if request.target.startswith("/media/..%5c"):
            return Reply(200, {"content-type": "text/plain"}, b"root:x:0:0:root:/root:/bin/sh\n")
        return application(request)

    return broken


def giving(path: str, content: bytes, kind: str = "text/plain") -> Breaker:
    """A server that has another file."""
    return answers(
        lambda request: request.path == path, status=200, body=content, content_type=kind
    )


def one_etag(application: Application) -> Application:
    """All codings have the same ETag, and are known again by it."""

    def broken(request: Request) -> Reply:
        if request.environ.pop("HTTP_IF_NONE_MATCH", "") == '"same"':
            return Reply(304, {"etag": '"same"', "vary": "Accept-Encoding"})
        reply = application(request)
        if reply.status == 200 and "etag" in reply.headers:
            reply.headers["etag"] = '"same"'
        return reply

    return broken


def twice_packed(application: Application) -> Application:
    """What is packed already is packed once more."""

    def broken(request: Request) -> Reply:
        reply = application(request)
        if coding := reply.headers.get("content-encoding"):
            reply.body = {"gzip": gzip.compress, "br": brotli.compress}[coding](reply.body)
            reply.headers["content-length"] = str(len(reply.body))
        return reply

    return broken


def requests_of_brotli(application: Application) -> Application:
    """A server without the module for Brotli."""

    def broken(request: Request) -> Reply:
        accepted = request.environ.get("HTTP_ACCEPT_ENCODING", "")
        if "br;q=0" not in accepted:
            request.environ["HTTP_ACCEPT_ENCODING"] = accepted.replace("br", "nothing")
        return application(request)

    return broken


class Row(NamedTuple):
    """A way to break the site, and what is found: each kind with how bad it is."""

    name: str
    broken: Breaker | tuple[Breaker, ...]
    found: dict[str, Severity]


EMPTY: dict[str, Any] = {"body": b"", "drop": ("content-encoding", "etag", "last-modified")}
NO_STORE: dict[str, Any] = {"cache_control": "no-store", **EMPTY}
MEDIA = "/media/"
FOREIGN = b'<link rel=stylesheet href="/static/css/app.000000000000.css">'


def missing(**change: Any) -> Breaker:
    """A server whose 404s of static files are different."""

    def breaker(application: Application) -> Application:
        def broken(request: Request) -> Reply:
            reply = application(request)
            if reply.status == 404 and request.path.startswith("/static/"):
                given = {"drop": (), **change}
                return answers("/static/", **given)(lambda _: reply)(request)
            return reply

        return broken

    return breaker


def listing(prefix: str, name: str) -> Breaker:
    """A server that lists a folder."""
    body = f'<h1>Index of {prefix}</h1><a href="{quote(name)}">{name}</a>'.encode()
    return giving(prefix, body, "text/html")


ROWS = [
    Row("the page fails", answers(is_page, status=500), {"live-page-error": WARNING}),
    Row("the page is refused", answers(is_page, status=400), {"live-page-error": WARNING}),
    Row("a file is locked", answers(ends(".woff2"), status=401), {"live-forbidden": ERROR}),
    Row("a file too many", answers(ends(".png"), status=429), {"live-server-error": ERROR}),
    Row("the page is locked", answers(is_page, status=401), {"live-locked": ERROR}),
    Row(
        "the page is of another site",
        (answers(is_page, body=FOREIGN), giving("/static/css/app.000000000000.css", b"a {}")),
        {"live-other-release": WARNING},
    ),
    Row(
        "the page loads what is not there",
        answers(is_page, body=FOREIGN),
        {"live-missing-file": ERROR},
    ),
    Row(
        "nothing is served",
        answers("/static/", status=404, **NO_STORE),
        {"live-not-served": ERROR, "live-earlier-gone": WARNING},
    ),
    Row(
        "a style sheet is missing, of all releases",
        answers(lambda r: is_hashed(r) and r.path.endswith(".css"), status=404, **NO_STORE),
        {"live-missing-file": ERROR, "live-earlier-gone": WARNING},
    ),
    Row(
        "nothing answers at the root of the site",
        answers("/robots.txt", status=404),
        {"live-root-file": ERROR},
    ),
    Row(
        "a page answers at the root of the site",
        giving("/robots.txt", b"<h1>Hello</h1>", "text/html"),
        {"live-root-file": ERROR},
    ),
    Row("a file may not be read", answers(ends(".woff2"), status=403), {"live-forbidden": ERROR}),
    Row("a file fails", answers(ends(".png"), status=502), {"live-server-error": ERROR}),
    Row(
        "files want a login",
        answers(ends(".mjs"), status=302, location="/login/", **EMPTY),
        {"live-redirected": ERROR},
    ),
    Row(
        "a page instead of the file",
        answers(ends(".wasm"), body=b"<h1>Hello</h1>", content_type="text/html", drop=PACKED),
        {"live-page-instead": ERROR},
    ),
    Row("another release", answers(ends(".woff2"), body=b"x"), {"live-other-content": ERROR}),
    Row(
        "a file without end",
        answers(ends(".woff2"), body=bytes(9 << 20)),
        {"live-other-content": ERROR},
    ),
    Row(
        "a wrong type",
        answers(ends(".mjs"), content_type="application/octet-stream"),
        {"live-wrong-type": ERROR},
    ),
    Row(
        "a wrong type that matters less",
        answers(ends(".png"), content_type="image/jpeg"),
        {"live-wrong-type": WARNING},
    ),
    Row("no type", answers(ends(".css"), drop=("content-type",)), {"live-wrong-type": ERROR}),
    Row(
        "no nosniff",
        answers("/static/", drop=("x-content-type-options",)),
        {"live-no-nosniff": NOTE},
    ),
    Row(
        "a short lifetime",
        answers(is_hashed, only=200, cache_control="max-age=3600"),
        {"live-short-cache": WARNING},
    ),
    Row(
        "an expiry in the past",
        answers(is_hashed, only=200, drop=("cache-control",), expires="0"),
        {"live-short-cache": WARNING},
    ),
    Row(
        "a private lifetime",
        answers(is_hashed, only=200, cache_control="private, max-age=31536000"),
        {"live-short-cache": WARNING},
    ),
    Row(
        "no lifetime",
        answers(is_hashed, only=200, drop=("cache-control",)),
        {"live-short-cache": WARNING},
    ),
    Row(
        "plain names for ever",
        answers(is_plain, cache_control="max-age=31536000, immutable"),
        {"live-long-cache": WARNING},
    ),
    Row(
        "plain names by an expiry of their own",
        answers(is_plain, drop=("cache-control",), expires="Thu, 01 Jan 2099 00:00:00 GMT"),
        {"live-long-cache": WARNING},
    ),
    Row(
        "plain names without a word",
        answers(is_plain, drop=("cache-control",)),
        {"live-no-cache-control": WARNING},
    ),
    Row("a cookie", answers("/static/", set_cookie="id=1"), {"live-cookie": WARNING}),
    Row(
        "a Vary by cookie",
        answers("/static/", vary="Accept-Encoding, Cookie"),
        {"live-vary": WARNING},
    ),
    Row("a catch-all", without_missing, {"live-unknown-name": ERROR}),
    Row(
        "a 404 that redirects",
        missing(status=302, location="/"),
        {"live-unknown-name": ERROR},
    ),
    Row("a kept 404", missing(cache_control="max-age=300"), {"live-404-cached": WARNING}),
    Row("a 404 without a word", missing(drop=("cache-control",)), {"live-404-cached": WARNING}),
    Row(
        "no compression",
        requests("/static/", accept_encoding=None),
        {"live-not-compressed": WARNING},
    ),
    Row("no Brotli", requests_of_brotli, {"live-no-brotli": WARNING}),
    Row(
        "compression for all",
        requests("/static/", accept_encoding="gzip"),
        {"live-unaccepted-coding": ERROR, "live-no-brotli": WARNING},
    ),
    Row("no Vary", answers("/static/", drop=("vary",)), {"live-no-vary": WARNING}),
    Row("compressed twice", twice_packed, {"live-broken-coding": ERROR}),
    Row(
        "garbage under a coding",
        answers(is_packed, body=b"garbage"),
        {"live-broken-coding": ERROR},
    ),
    Row("one ETag for all codings", one_etag, {"live-shared-etag": WARNING}),
    Row(
        "no validator",
        answers("/static/", drop=("etag", "last-modified")),
        {"live-no-validator": WARNING},
    ),
    Row(
        "no 304",
        requests("/static/", if_none_match=None, if_modified_since=None),
        {"live-no-304": WARNING},
    ),
    Row(
        "no 304 by date",
        (
            requests("/static/", if_none_match=None, if_modified_since=None),
            answers("/static/", drop=("etag",)),
        ),
        {"live-no-304": WARNING},
    ),
    Row("HEAD is refused", answers(is_head, status=405), {"live-head": WARNING}),
    Row("HEAD has another length", answers(is_head, content_length="7"), {"live-head": WARNING}),
    Row("no ranges", requests("/static/", range=None), {"live-no-ranges": ERROR}),
    Row(
        "no ranges of large files",
        (requests("/static/large", range=None), requests("/static/film", accept=None)),
        {"live-no-ranges": WARNING},
    ),
    Row(
        "ranges are refused",
        answers(lambda r: "HTTP_RANGE" in r.environ, status=416),
        {"live-bad-range": ERROR},
    ),
    Row(
        "ranges are too long",
        answers(lambda r: "HTTP_RANGE" in r.environ, body=b"too long"),
        {"live-bad-range": ERROR},
    ),
    Row(
        "ranges of something else",
        answers(lambda r: "HTTP_RANGE" in r.environ, content_range="bytes 0-0/7"),
        {"live-bad-range": ERROR},
    ),
    Row("a path is climbed", climbing, {"live-traversal": ERROR}),
    Row("a deep path is climbed", users, {"live-traversal": ERROR}),
    Row("what is climbed to is public", (giving("/manage.py", BESIDE), climbing), {}),
    Row(
        "Lading's record",
        giving("/static/.lading/ledger", b"lading-ledger 2\n"),
        {"live-hidden-file": ERROR},
    ),
    Row(
        "a repository", giving("/.git/HEAD", b"ref: refs/heads/main\n"), {"live-hidden-file": ERROR}
    ),
    Row("an environment", giving("/.env", b"DEBUG=0\nSECRET_KEY=x\n"), {"live-hidden-file": ERROR}),
    Row("no environment, but a page", giving("/.env", b"<h1>A=B</h1>", "text/html"), {}),
    Row("a list of uploads", listing(MEDIA, "notes"), {"live-listing": WARNING}),
    Row("uploads are not served", answers(MEDIA, status=404), {"live-media-missing": WARNING}),
    Row(
        "uploads run scripts",
        answers(MEDIA, drop=("content-disposition", "content-security-policy")),
        {"live-media-active": ERROR},
    ),
    Row(
        "uploads run scripts in a sandbox that is open",
        answers(
            MEDIA,
            drop=("content-disposition",),
            content_security_policy="sandbox allow-scripts allow-same-origin",
        ),
        {"live-media-active": ERROR},
    ),
    Row("uploads are saved", answers(MEDIA, drop=("content-security-policy",)), {}),
    Row("uploads are caged", answers(MEDIA, drop=("content-disposition",)), {}),
    Row(
        "uploads are caged otherwise",
        answers(MEDIA, drop=("content-disposition",), content_security_policy="script-src 'none'"),
        {},
    ),
    Row(
        "uploads are sniffed",
        answers(MEDIA, drop=("x-content-type-options",)),
        {"live-media-sniffed": ERROR},
    ),
]


def test_silence_about_a_site_in_order(live: Live):
    with serving(site_of(live)) as url:
        assert look(live, url) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_fault_is_found_and_nothing_else(row: Row, live: Live):
    breakers = row.broken if isinstance(row.broken, tuple) else (row.broken,)
    with serving(site_of(live), *breakers) as url:
        found = look(live, url)
    told = {kind: max(f.severity for f in found if f.kind == kind) for kind in kinds(found)}
    assert told == row.found, found
    for finding in found:
        assert finding.where.startswith(url)
        assert finding.message.endswith((".", "more."))
        assert finding.hint


def test_a_list_of_static_files(live: Live):
    name = live.paths["css/app.css"].removeprefix("css/")
    with serving(site_of(live), listing("/static/css/", name)) as url:
        assert kinds(look(live, url)) == {"live-listing"}


def test_a_page_of_an_earlier_release(live: Live):
    (name,) = [path for path in live.files.earlier if path.endswith(".css")]
    body = f"<link href='/static/{name}' rel='preload stylesheet'>".encode()
    with serving(site_of(live), answers(is_page, body=body)) as url:
        (finding,) = look(live, url)
    assert finding.kind == "live-other-release"
    assert "an earlier release" in finding.message
    assert name in finding.message


def test_advice_is_for_the_server_that_answers(live: Live):
    hints: dict[str, str] = {}
    for server in ("nginx/1.26", "Caddy", "Apache/2.4", "AmazonS3", "cloudflare", "unheard/1"):
        broken = (
            answers("/", server=server),
            answers(is_hashed, only=200, cache_control="max-age=9"),
        )
        with serving(site_of(live), *broken) as url:
            (finding,) = look(live, url)
            hints[server] = finding.hint
    assert len(set(hints.values())) == len(hints)
    assert "add_header" in hints["nginx/1.26"]
    assert "<FilesMatch" in hints["Apache/2.4"]


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, "ALLOWED_HOSTS"),
        (401, "--header 'Authorization"),
        (403, "user"),
        (429, "rate limit"),
        (502, "the application runs"),
    ],
)
def test_advice_is_for_the_status(status: int, advice: str, live: Live):
    with serving(site_of(live), answers(ends(".woff2"), status=status)) as url:
        (finding,) = look(live, url)
    assert advice in finding.hint


@pytest.mark.parametrize(
    ("status", "advice"),
    [(400, "ALLOWED_HOSTS"), (500, "log of the application"), (504, "the application runs")],
)
def test_advice_for_a_page_is_for_the_status(status: int, advice: str, live: Live):
    with serving(site_of(live), answers(is_page, status=status)) as url:
        (finding,) = look(live, url)
    assert advice in f"{finding.message} {finding.hint}"


def test_files_that_the_server_may_not_read(live: Live):
    os.chmod(live.root, 0o700)
    try:
        with serving(site_of(live), answers("/static/", status=404, **NO_STORE)) as url:
            told = {finding.kind: finding.message for finding in look(live, url)}
    finally:
        os.chmod(live.root, 0o755)
    assert "Or the server may not read them: " in told["live-not-served"]
    assert "is closed (mode 0700)" in told["live-not-served"]


def test_advice_names_the_folders_of_the_site(live: Live):
    broken = answers("/static/", status=404, server="nginx", **NO_STORE)
    with serving(site_of(live), broken) as url:
        hints = {finding.kind: finding.hint for finding in look(live, url)}
    assert f"location /static/ {{ alias {live.root}/; }}" in hints["live-not-served"]


@pytest.mark.parametrize("static_url", ["/", "/static/"])
def test_advice_about_kept_404s_is_for_whoever_answers_them(static_url: str, live: Live):
    """Where static files are at the root of the site, what is no file is the application's."""

    def at_the_root(application: Application) -> Application:
        def moved(request: Request) -> Reply:
            if (live.root / request.path[1:]).is_file():
                request.path = f"/static{request.path}"
            return application(request)

        return moved

    breakers = missing(drop=("cache-control",)), at_the_root, answers("/", server="nginx")
    with serving(site_of(live), *breakers) as url:
        hints = {finding.kind: finding.hint for finding in look(live, url, static_url)}
    by_application = "handler404" in hints["live-404-cached"]
    assert by_application == (static_url == "/")
    assert by_application != ("error_page" in hints["live-404-cached"])


def test_advice_about_files_at_the_root_does_not_promise_what_cannot_be(live: Live):
    with serving(
        site_of(live), giving("/robots.txt", b"other"), answers("/", server="nginx")
    ) as url:
        (usual,) = look(live, url)
        found = look(live, url, "/")
    assert "'lading webserver'" in usual.hint
    (other,) = [finding for finding in found if finding.kind == "live-root-file"]
    assert "lading webserver" not in other.hint
    assert "beside the folder" in other.hint


def test_a_configuration_is_promised_only_where_it_can_be_written(live: Live):
    asked: list[str] = []

    def writes(server: str) -> bool:
        asked.append(server)
        return server == "caddy"

    remarks: list[str] = []
    for server in ("nginx", "Caddy", "cloudflare", "gunicorn"):
        with serving(site_of(live), answers("/", server=server)) as url:
            group = examination.examine(url, live.files, "/static/", writes=writes)
            remarks.append(group.remark)
    told = "'lading webserver caddy' prints a whole configuration for this site."
    assert (asked, remarks) == (["nginx", "caddy"], ["", told, "", ""])


# Another origin: a CDN or bucket


@contextmanager
def elsewhere(live: Live, *breakers: Breaker) -> Iterator[list[Finding]]:
    """What is found where static files have a server of their own."""
    with serving(site_of(live), *breakers) as cdn:
        body = f'<link rel=stylesheet href="{cdn}static/{live.paths["css/app.css"]}">'.encode()
        with serving(site_of(live), answers(is_page, body=body)) as url:
            yield look(live, url, f"{cdn}static/")


def test_silence_about_another_origin_in_order(live: Live):
    with elsewhere(live) as found:
        assert found == []


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (
            answers("/static/", drop=("access-control-allow-origin",)),
            {"live-no-cors": ERROR},
        ),
        (
            answers(ends(".css"), drop=("access-control-allow-origin",)),
            {"live-no-cors": NOTE},
        ),
        (
            answers(ends(".woff2"), access_control_allow_origin="https://other.example"),
            {"live-no-cors": ERROR},
        ),
        (
            answers("/static/", cross_origin_resource_policy="same-origin"),
            {"live-resource-policy": ERROR},
        ),
    ],
)
def test_another_origin(broken: Breaker, told: dict[str, Severity], live: Live):
    with elsewhere(live, broken) as found:
        worst = {kind: max(f.severity for f in found if f.kind == kind) for kind in kinds(found)}
        assert worst == told


@pytest.mark.parametrize("broken", [(), (climbing_root,)])
def test_files_at_the_root_of_a_bucket(broken: tuple[Breaker, ...], live: Live):
    def at_root(application: Application) -> Application:
        def moved(request: Request) -> Reply:
            request.path = f"/static{request.path}"
            return application(request)

        return moved

    with serving(site_of(live), at_root, *broken) as bucket, serving(site_of(live)) as url:
        found = look(live, url, bucket)
    assert kinds(found) == ({"live-traversal"} if broken else set())


def test_one_coding_for_whoever_asks(live: Live):
    def in_gzip(application: Application) -> Application:
        def packed(request: Request) -> Reply:
            request.environ["HTTP_ACCEPT_ENCODING"] = "gzip"
            reply = application(request)
            reply.headers.pop("vary", None)
            return reply

        return packed

    stored = replace(live, files=replace(live.files, is_negotiated=False))
    with serving(site_of(live), in_gzip) as url:
        assert kinds(look(live, url)) == {"live-unaccepted-coding", "live-no-brotli"}
        assert look(stored, url) == []


@pytest.mark.parametrize(
    ("vary", "expected"),
    [("Accept-Encoding", {"live-cors-vary"}), ("Accept-Encoding, Origin", set())],
)
def test_an_origin_that_is_allowed_by_name(vary: str, expected: set[str], live: Live):
    def echoing(application: Application) -> Application:
        def broken(request: Request) -> Reply:
            reply = application(request)
            if origin := request.environ.get("HTTP_ORIGIN"):
                reply.headers |= {"access-control-allow-origin": origin, "vary": vary}
            return reply

        return broken

    with elsewhere(live, echoing) as found:
        assert kinds(found) == expected


def test_uploads_of_another_origin_are_milder(live: Live):
    broken = answers(MEDIA, drop=("content-disposition", "content-security-policy"))
    with serving(site_of(live), broken) as cdn, serving(site_of(live)) as url:
        found = look(live, url, media=Uploads(f"{cdn}media/", str(live.media)))
    assert {(f.kind, f.severity) for f in found} == {("live-media-active", NOTE)}


def test_uploads_that_are_not_there_are_not_judged(live: Live, tmp_path: Path):
    (tmp_path / "photo.png").write_bytes(b"a picture")
    (tmp_path / ".hidden.html").write_bytes(b"a page")
    with serving(site_of(live)) as url:
        (unseen,) = look(live, url, media=Uploads("/media/", str(tmp_path)))
    assert (unseen.kind, unseen.severity) == ("live-media-unseen", NOTE)
    assert "no HTML and no SVG" in unseen.message


def test_uploads_that_only_some_may_read(live: Live):
    media = Uploads("/media/", str(live.media), private=True)
    with serving(site_of(live), answers(MEDIA, status=403)) as url:
        assert look(live, url, media=media) == []


def test_no_uploads_no_word(live: Live):
    with serving(site_of(live)) as url:
        assert look(live, url, media=None) == []


# Mixed content, by what a page over https holds (the pages of these tests come over http)


@pytest.mark.parametrize(
    ("static", "body", "told"),
    [
        ("https://site.example/static/", b"<img src=/a.png>", 0),
        ("http://site.example/static/", b"", 1),
        ("https://site.example/static/", b"<script src='http://cdn.example/a.js'></script>", 1),
        ("https://site.example/static/", b"<link rel=canonical href='http://site.example/'>", 0),
    ],
)
def test_mixed_content(static: str, body: bytes, told: int):
    answer = Answer(200, {"content-type": "text/html"}, body)
    site = Site(Client(), "https://site.example/", answer, Published({}), Area(static))
    found = list(pages.mixed(site))
    assert [finding.kind for finding in found] == ["live-mixed-content"] * told


# Sites that do not answer


def test_redirects_are_followed(live: Live):
    to_page = answers(lambda r: r.path == "/old", status=301, location="/", **EMPTY)
    with serving(site_of(live), to_page) as url:
        assert look(live, f"{url}old") == []


@pytest.mark.parametrize(
    ("location", "told"),
    [("/", "leads back to itself"), ("/deeper/", "does not end")],
)
def test_redirects_without_end(location: str, told: str, live: Live):
    def redirecting(application: Application) -> Application:
        def broken(request: Request) -> Reply:
            target = location if location == "/" else f"{request.path}deeper/"
            return Reply(302, {"location": target})

        return broken

    with serving(site_of(live), redirecting) as url:
        (finding,) = look(live, url)
    assert finding.kind == "live-redirect-loop"
    assert told in finding.message


def test_a_header_goes_to_the_site_alone(live: Live):
    """A staging site behind a password; its fonts come from another host, which must not see it."""
    seen: dict[str, set[str]] = {"site": set(), "cdn": set()}

    def locked(name: str) -> Breaker:
        def breaker(application: Application) -> Application:
            def broken(request: Request) -> Reply:
                seen[name].add(request.environ.get("HTTP_AUTHORIZATION", ""))
                return application(request)

            return broken

        return breaker

    with (
        serving(site_of(live), locked("cdn")) as cdn,
        serving(site_of(live), locked("site")) as url,
    ):
        other = cdn.replace("127.0.0.1", "localhost")
        look(live, url, f"{other}static/", headers={"Authorization": "Basic eDp5"})
    assert seen == {"site": {"Basic eDp5"}, "cdn": {""}}


def test_a_site_that_stops_to_answer(live: Live):
    waiting = threading.Event()

    def slow(application: Application) -> Application:
        def broken(request: Request) -> Reply:
            if request.path.endswith((".wasm", ".png")):
                waiting.wait(20)
            return application(request)

        return broken

    with serving(site_of(live), slow) as url:
        found = look(live, url, timeout=1)
        waiting.set()
    assert kinds(found) == {"live-no-answer"}
    (finding,) = found
    assert "within 1 seconds" in finding.message


def test_a_slow_site_is_left_in_time(live: Live):
    seconds = itertools.count()  # each look at the clock finds it a second later

    with serving(site_of(live)) as url:
        found = look(live, url, timeout=60, clock=lambda: float(next(seconds)))
    messages = {finding.kind: finding.message for finding in found}
    assert "after 360 seconds" in messages["live-unfinished"]
    assert messages.keys() <= {"live-unfinished", "live-no-answer"}


@pytest.mark.parametrize(
    "url",
    [
        "example.com",
        "ftp://example.com/",
        "https://",
        "http://[::1",
        "https://a:b@c/",
        "http://x:99999/",
    ],
)
def test_what_is_no_url_of_a_site(url: str, live: Live):
    with pytest.raises(ConfigError):
        look(live, url)


def test_every_kind_of_fault_is_seen_in_a_test():
    told = {kind for row in ROWS for kind in row.found}
    text = Path(__file__).read_text("utf-8")
    others = {kind for kind in faults() if kind not in told and text.count(f'"{kind}"') >= 1}
    assert told | others == {*faults()}
