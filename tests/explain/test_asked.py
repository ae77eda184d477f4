"""What a person typed -> the path below the target that it stands for, or why there is none."""

from __future__ import annotations

import os

import pytest

from lading import build
from lading.config import Config
from lading.explain import asked
from lading.explain.asked import Asked
from lading.sources import FolderSource
from sites_of_folders import Site

CDN = "https://cdn.example/s/"


@pytest.fixture
def site(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    site.write(
        {
            "src/css/a b.css": "",
            "src/css/what?.css": "",
            "src/.hidden.css": "",
            "two/b.css": "",
            "out/css/a b.css": "",
            "other/c.css": "",
        }
    )
    monkeypatch.chdir(site.folder)
    return site


def parse(site: Site, text: str, static_url: str = "/static/", **more) -> Asked:
    sources = [site.source(), site.source("two", prefix="blog")]
    config = Config(static_url=static_url)
    catalog = build.catalog(sources, config)
    return asked.parse(text, catalog, config, site.target.root, **more)


@pytest.mark.parametrize(
    ("text", "static_url", "path"),
    [
        ("css/a b.css", "/static/", "css/a b.css"),
        ("  css/a b.css\n", "/static/", "css/a b.css"),
        ("css/what?.css", "/static/", "css/what?.css"),
        ("css/a%20b.css?v=3#top", "/static/", "css/a b.css"),
        ("css/none.css", "/static/", "css/none.css"),
        ("/static/css/a%20b.css", "/static/", "css/a b.css"),
        ("/static/css/a b.css?x", "/static/", "css/a b.css"),
        ("static/css/a%20b.css", "/static/", "css/a b.css"),
        ("https://my.site/static/css/a%20b.css?v=1", "/static/", "css/a b.css"),
        ("//my.site/static/x.css", "/static/", "x.css"),
        ("http://my.site:8000/static/x.css", "/static/", "x.css"),
        ("https://cdn.example/s/x.css", CDN, "x.css"),
        ("HTTPS://CDN.example:443/s/x.css", CDN, "x.css"),
        ("//cdn.example/s/x.css", CDN, "x.css"),
        ("/s/x.css", CDN, "x.css"),
        ("/x.css", "/", "x.css"),
        ("x.css", "/", "x.css"),
    ],
)
def test_urls_and_paths(site: Site, text: str, static_url: str, path: str):
    found = parse(site, text, static_url)
    assert (found.path, found.problem, found.file) == (path, "", "")
    assert found.is_url == ("static" in text or "//" in text or text.startswith("/"))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/robots.txt", "root/robots.txt"),
        ("/robots.txt?v=1", "root/robots.txt"),
        ("https://my.site/robots.txt", "root/robots.txt"),
        ("//my.site/docs/", "root/docs/index.html"),
        ("/static/root/robots.txt", "root/robots.txt"),
        ("/static/robots.txt", "robots.txt"),
    ],
)
@pytest.mark.parametrize("static_url", ["/static/", "https://my.site/static/"])
def test_files_at_the_root_of_the_site(site: Site, text: str, path: str, static_url: str):
    site.write({"src/root/robots.txt": "", "src/root/docs/index.html": ""})
    config = Config(static_url=static_url, site_root="root", index="index.html")
    catalog = build.catalog([site.source()], config)
    own = ["my.site"].__contains__
    found = asked.parse(text, catalog, config, site.target.root, own)
    assert (found.path, found.problem, found.is_url) == (path, "", True)
    elsewhere = asked.parse("//other.site/robots.txt", catalog, config, site.target.root, own)
    assert "another site" in elsewhere.problem
    for url in ("/app/robots.txt", "https://my.site/app/robots.txt"):
        below = asked.parse(url, catalog, config, site.target.root, own, "/app/")
        assert below.path == "root/robots.txt"
        assert asked.parse(url, catalog, config, site.target.root, own).path == ""
    missing = asked.parse("/none.txt", catalog, config, site.target.root, own)
    assert "only files below 'root' answer" in missing.problem


@pytest.mark.parametrize(
    ("text", "path", "is_published"),
    [
        ("src/css/a b.css", "css/a b.css", False),
        ("./src/css/a b.css", "css/a b.css", False),
        ("{}/src/css/a b.css", "css/a b.css", False),
        ("two/b.css", "blog/b.css", False),
        ("src/.hidden.css", ".hidden.css", False),
        ("{}/src/css/none.css", "css/none.css", False),
        ("out/css/a b.css", "css/a b.css", True),
        ("{}/linked/css/a b.css", "css/a b.css", False),
    ],
)
def test_files_on_disk(site: Site, text: str, path: str, is_published: bool):
    os.symlink(site.path("src"), site.path("linked"))
    found = parse(site, text.format(site.folder))
    assert (found.path, found.is_published, found.problem) == (path, is_published, "")
    assert found.file


def test_a_relative_path_is_a_file_only_if_there_is_one(site: Site, monkeypatch):
    monkeypatch.chdir(site.path("src/css"))
    assert parse(site, "a b.css").path == "css/a b.css"
    assert parse(site, "img/logo.svg").path == "img/logo.svg"


@pytest.mark.parametrize(
    ("text", "static_url", "problem"),
    [
        ("", "/static/", "It is empty"),
        ("  ", "/static/", "It is empty"),
        ("a\0b", "/static/", "It contains a NUL byte"),
        ("https://other.example/s/x.css", CDN, f"of another site: static files are at {CDN}"),
        ("https://cdn.example:8443/s/x.css", CDN, "of another site"),
        ("https://cdn.example/t/x.css", CDN, f"does not begin with '{CDN}'"),
        ("https://my.site/assets/x.css", "/static/", "does not begin with '/static/'"),
        ("ftp://my.site/static/x.css", "/static/", "the scheme 'ftp'"),
        ("https://[my.site/x", "/static/", "It is no URL"),
        ("https://my.site:port/static/x", "/static/", "It is no URL"),
        ("/assets/css/a b.css", "/static/", "Did you mean '/static/css/a b.css'?"),
        ("/assets/x.css", "/static/", "does not begin with '/static/', where static files are."),
        ("{}/other/c.css", "/static/", "lies in no source"),
    ],
)
def test_what_cannot_be_a_static_file(site: Site, text: str, static_url: str, problem: str):
    found = parse(site, text.format(site.folder), static_url)
    assert found.path == ""
    assert problem in found.problem


def test_the_site_knows_its_own_hosts(site: Site):
    def own(host: str) -> bool:
        return host == "my.site"

    assert parse(site, "https://my.site/static/x.css", own_host=own).path == "x.css"
    found = parse(site, "https://other.site/static/x.css", own_host=own)
    assert found.problem == "The URL is of another site: other.site."


def test_files_of_a_source_that_is_no_folder(site: Site):
    class Listed:
        """As a finder that knows where its files lie."""

        label, location, prefix, owner = "listed", "finder listed", "", "project"

        def __init__(self, inner: FolderSource) -> None:
            self.inner = inner

        def scan(self):
            return self.inner.scan()

        def open(self, relative: str):
            return self.inner.open(relative)

        def local_path(self, relative: str) -> str | None:
            return self.inner.local_path(relative) if relative else None

    source = Listed(site.source("other"))
    scan = source.scan()
    scan.source = source
    source.scan = lambda: scan
    catalog = build.catalog([source], Config())
    found = asked.parse("other/c.css", catalog, Config(), site.target.root)
    assert (found.path, found.file) == ("c.css", site.path("other/c.css"))
