"""Files at the root of the site: in tables, in development, and just as WhiteNoise serves them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whitenoise import WhiteNoise

from lading.manifest import NAME, File, Manifest, dumps
from lading.rules import Rules
from lading.serve.development import SourcesTable
from lading.serve.entry import Entry, Redirect
from lading.serve.loading import load
from lading.serve.not_found import explain
from lading.serve.reloading import Reloading
from lading.serve.table import ManifestTable
from lading.serve.wsgi import LadingWSGI
from lading.sources import FolderSource
from sites_of_folders import Site

from .site import APPLICATION
from .test_development import Scanning
from .test_development import get as content_of
from .test_wsgi import Started, application, environ_of

FILES = {
    "static/css/app.css": "p {}\n",
    "static/docs/index.html": "static docs",
    "public/index.html": "home",
    "public/robots.txt": "User-agent: *\n",
    "public/docs/index.html": "docs",
    "public/docs/a b/index.html": "a b",
    "public/docs/other.html": "other",
    "public/na\u00efve.txt": "name",
    "public/static/own.txt": "below the static URL",
    "public/.well-known/security.txt": "Contact:",
    "public/empty.txt": "",
}


def manifest(*names: str, **more: Any) -> Manifest:
    return Manifest({}, {name: File("0" * 64, 10, "text/plain", **more) for name in names})


class TestManifestTable:
    def test_files_answer_at_the_root_too(self) -> None:
        table = ManifestTable(
            manifest("root/robots.txt", "robots.css"), "/nowhere", site_root="root"
        )
        for path in ("/robots.txt", "/static/root/robots.txt"):
            entry = table.lookup(path)
            assert isinstance(entry, Entry)
            assert entry.identity.file == "/nowhere/root/robots.txt"
        for path in ("/", "", "/root/robots.txt", "/robots.css", "robots.txt", "//robots.txt"):
            assert table.lookup(path) is None
            assert not table.covers(path)
        assert table.covers("/static/robots.txt")

    def test_a_static_file_comes_first(self) -> None:
        table = ManifestTable(
            manifest("root/static/a.txt", "a.txt", "root/static/b.txt"), "/n", site_root="root"
        )
        for path, file in {"a.txt": "/n/a.txt", "b.txt": "/n/root/static/b.txt"}.items():
            entry = table.lookup(f"/static/{path}")
            assert isinstance(entry, Entry)
            assert entry.identity.file == file

    def test_below_the_root_of_a_static_url_that_is_the_root(self) -> None:
        table = ManifestTable(manifest("root/a", "b"), "/n", prefix="/", site_root="root")
        assert table.lookup("/a") is not None
        assert table.lookup("/root/a") is not None
        assert table.lookup("/c") is None

    def test_the_root_itself_only_with_an_index(self) -> None:
        files = manifest("root/index.html", "index.html")
        assert ManifestTable(files, "/n", site_root="root").lookup("/") is None
        assert ManifestTable(files, "/n", index="index.html").lookup("/") is None
        table = ManifestTable(files, "/n", site_root="root", index="index.html")
        entry = table.lookup("/")
        assert isinstance(entry, Entry)
        assert entry.identity.file == "/n/root/index.html"
        assert isinstance(table.lookup("/index.html"), Redirect)
        assert table.lookup("") is None

    def test_nothing_leads_out(self) -> None:
        table = ManifestTable(manifest("root/../a", "root/a"), "/n", site_root="root")
        for path in ("/../a", "/./a", "/%2e%2e/a", "/a/", "/a\0"):
            assert table.lookup(path) is None

    def test_it_follows_releases(self, tmp_path: Path) -> None:
        (tmp_path / NAME).write_bytes(dumps(manifest("root/old.txt")))
        table = Reloading(lambda: load(tmp_path, site_root="root"), str(tmp_path / NAME))
        assert table.lookup("/old.txt") is not None
        (tmp_path / NAME).write_bytes(dumps(manifest("root/new.txt")))
        thread = table.reload()
        assert thread is not None
        thread.join()
        assert table.lookup("/old.txt") is None
        assert table.lookup("/new.txt") is not None


class TestSourcesTable:
    def test_files_come_and_go(self, site: Site) -> None:
        site.write({"src/root/robots.txt": "first", "src/css/app.css": ""})
        scanning = Scanning([FolderSource(site.path("src"))])
        table = SourcesTable(scanning, site_root="root")
        assert content_of(table, "/robots.txt") == b"first"
        assert content_of(table, "/static/root/robots.txt") == b"first"
        for path in ("/", "/css/app.css", "/root/robots.txt", "robots.txt", "/page/", ""):
            assert table.lookup(path) is None
            assert not table.covers(path)
        site.write({"src/root/ads.txt": "ads"})
        assert content_of(table, "/ads.txt") == b"ads"
        os.remove(site.path("src/root/robots.txt"))
        assert table.lookup("/robots.txt") is None
        assert scanning.count == 3

    def test_folders_with_an_index(self, site: Site) -> None:
        site.write({"src/root/docs/index.html": "docs", "src/help/index.html": "help"})
        table = SourcesTable(
            Scanning([FolderSource(site.path("src"))]), site_root="root", index="index.html"
        )
        assert content_of(table, "/docs/") == b"docs"
        assert content_of(table, "/static/help/") == b"help"
        for path in ("/docs", "/docs/index.html", "/static/help"):
            redirect = table.lookup(path)
            assert isinstance(redirect, Redirect)
            assert redirect.max_age == 0
        for path in ("/", "/help/", "/static/"):
            assert table.lookup(path) is None


def test_the_page_for_what_is_not_found_tells_of_the_root(site: Site) -> None:
    site.write({"src/root/robots.txt": "", "src/root/a.txt": ""})
    catalog = Scanning([FolderSource(site.path("src"))])()
    assert (
        "It answers at '/robots.txt'." in explain(catalog, "robots.txt", "/static/", "root").reasons
    )
    for name, folder in (("robots.txt", ""), ("b.txt", "root"), ("", "root")):
        reasons = explain(catalog, name, "/static/", folder).reasons
        assert not any("answers" in reason for reason in reasons)


@pytest.fixture(scope="module", params=["index.html", ""])
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, LadingWSGI]:
    """WhiteNoise as its Django middleware adds folders, and Lading, over the same files."""
    site = Site(tmp_path_factory.mktemp("site"))
    site.write(FILES)
    public = FolderSource(site.path("public"), prefix="root", rules=Rules(spared=".well-known"))
    site.collect("static", public, names="hashed", encodings=("br", "gzip"), site_root="root")
    index = request.param
    peer = WhiteNoise(application, site.target.root, "/static/", index_file=index or None)
    peer.add_files(site.path("public"))
    table = load(site.target.root, site_root="root", index=index, fallthrough=True)
    return peer, LadingWSGI(application, table)


def told(app: Any, path: str, **more: str) -> tuple[object, ...]:
    """What both have to say alike. Quotation marks mean nothing (RFC 9110 §5.6.6)."""
    started = Started()
    # Bare: WhiteNoise's redirects fail the validator.
    answer = app(environ_of(path, **more), started)
    body = b"".join(answer)
    getattr(answer, "close", lambda: None)()
    location = started.headers.get("Location")
    status = started.status.partition(" ")[0]
    caching = started.headers.get("Cache-Control") if location is not None else None
    kind = started.headers.get("Content-Type", "").replace('"', "") if status == "200" else None
    return status, location, caching, kind, body if status == "200" else b""


PATHS = {
    *(name.removeprefix("public") for name in FILES if name.startswith("public")),
    *(f"/{name}" for name in FILES if name.startswith("static")),
    *("/", "/docs", "/docs/", "/docs/a b", "/docs/a b/", "/index.html", "/static/docs"),
    *("/static/docs/", "/static/docs/index.html", "/static", "/static/", "/.well-known"),
    *("/.well-known/", "/nothing", "/robots.txt/", "/docs//", "//", "/docs/../robots.txt"),
    *("/docs/./", "/Robots.txt", "/robots.txt%00", "/docs/nothing/"),
}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", sorted(PATHS))
def test_as_whitenoise_answers(both: tuple[Any, LadingWSGI], path: str, method: str) -> None:
    peer, own = both
    assert told(own, path, REQUEST_METHOD=method) == told(peer, path, REQUEST_METHOD=method)


@given(
    st.lists(
        st.sampled_from(["docs", "index.html", "a b", "robots.txt", "", ".", "..", "static", "x"]),
        max_size=4,
    )
)
def test_as_whitenoise_answers_to_any_path(both: tuple[Any, LadingWSGI], parts: list[str]) -> None:
    peer, own = both
    path = "/" + "/".join(parts)
    assert told(own, path) == told(peer, path)


def test_what_is_asked_of_the_application(both: tuple[Any, LadingWSGI]) -> None:
    for app in both:
        assert told(app, "/nothing", REQUEST_METHOD="POST")[4] == APPLICATION
        assert told(app, "/robots.txt", REQUEST_METHOD="POST")[0] == "405"
