"""What answers at the root of the site: its paths, what is collected of it, and its plain names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading import build
from lading.config import Config
from lading.explain.explaining import explain
from lading.progress import Silent
from lading.project import Project
from lading.rules import Rules
from lading.siteroot import dot_folder, logical_path, root_url
from lading.sources import FolderSource
from sites_of_folders import Site, kinds

HASHED = {"names": "hashed", "encodings": ()}


@pytest.mark.parametrize(
    ("site_root", "url", "path"),
    [
        ("root", "/robots.txt", "root/robots.txt"),
        ("a/b", "/.well-known/x", "a/b/.well-known/x"),
        ("root", "robots.txt", ""),
        ("root", "", ""),
        ("", "/robots.txt", ""),
    ],
)
def test_paths_of_urls(site_root: str, url: str, path: str) -> None:
    assert logical_path(site_root, url) == path


@pytest.mark.parametrize("path", ["robots.txt", "root", "rooted/robots.txt", "a/root/robots.txt"])
def test_paths_without_a_url_at_the_root(path: str) -> None:
    assert root_url("root", path) == ""
    assert root_url("", path) == ""


@given(st.text(min_size=1))
def test_urls_lead_to_their_paths(name: str) -> None:
    assert root_url("root", f"root/{name}") == f"/{name}"
    assert logical_path("root", root_url("root", f"root/{name}")) == f"root/{name}"


@pytest.mark.parametrize(
    ("site_root", "prefix", "folder"),
    [
        ("root", "", "root/.well-known"),
        ("root", "root", ".well-known"),
        ("a/b", "a", "b/.well-known"),
        ("root", "roo", ""),
        ("root", "root/.well-known", ""),
        ("root", "css", ""),
        ("", "", ""),
        ("", "root", ""),
    ],
)
def test_where_the_well_known_folder_lies_in_a_source(
    site_root: str, prefix: str, folder: str
) -> None:
    assert dot_folder(site_root, prefix) == folder


@pytest.mark.parametrize(
    ("path", "rules", "reason"),
    [
        ("root/.well-known", {}, ""),
        (".well-known", {}, "ignored by '.*'"),
        ("root/x/.well-known", {}, "ignored by '.*'"),
        ("root/.git", {}, "ignored by '.*'"),
        ("root/.well-known", {"ignore": (".*", ".well-*")}, "ignored by '.*'"),
        ("root/.well-known", {"exclude": (".well-known",)}, "ignored by '.*'"),
    ],
)
def test_only_that_folder_is_spared(path: str, rules: dict[str, tuple[str]], reason: str) -> None:
    made = Rules(spared="root/.well-known", **rules)
    assert made.skip_folder(path.rpartition("/")[2], path) == reason


def source(site: Site, name: str, prefix: str = "") -> FolderSource:
    return FolderSource(
        site.path(name), name, prefix, rules=Rules(spared=dot_folder("root", prefix))
    )


def test_well_known_files_are_collected(site: Site) -> None:
    site.write(
        {
            "src/root/.well-known/security.txt": "Contact:",
            "src/root/.well-known/.hidden": "",
            "src/root/.hidden": "",
            "src/.well-known/other.txt": "",
            "public/.well-known/assetlinks.json": "[]",
        }
    )
    site.collect(source(site, "src"), source(site, "public", "root"), site_root="root")
    assert site.published().keys() == {
        "root/.well-known/assetlinks.json",
        "root/.well-known/security.txt",
    }


def test_plain_names_are_published_with_all_that_they_lead_to(site: Site) -> None:
    site.write(
        {
            "src/root/sw.js": 'import "./lib.js";\n',
            "src/root/lib.js": "export {};\n",
            "src/root/robots.txt": "",
            "src/css/app.css": "p {}",
        }
    )
    site.collect(site_root="root", originals=False, **HASHED)
    plain = {path for path in site.published() if path.count(".") == 1}
    assert plain == {"root/sw.js", "root/lib.js", "root/robots.txt", "staticfiles.json"}
    assert site.published()["root/sw.js"] == 'import "./lib.js";\n'
    # The setting is noticed though nothing else changed.
    now = {artifact.path for artifact in site.plan(originals=False, **HASHED).plan.artifacts}
    assert not now & plain


def test_a_folder_that_holds_nothing_is_told(site: Site) -> None:
    site.write({"src/rooted/robots.txt": "", "src/root": ""})
    outcome = site.collect(site_root="root")
    assert kinds(outcome) == ["empty-site-root"]
    assert "'root'" in outcome.findings[0].message
    gathered = build.gather([site.source()], Config(site_root="root"))
    assert kinds(gathered.findings) == ["empty-site-root"]
    site.write({"src/files/robots.txt": ""})
    assert kinds(site.collect(site_root="files")) == []


def test_what_is_told_of_a_file_at_the_root(site: Site) -> None:
    site.write({"src/root/robots.txt": "User-agent: *", "src/css/app.css": ""})
    config = {"site_root": "root", **HASHED}
    site.collect(**config)
    work = Project(Config(**config), [site.source()], site.target)
    found, _ = explain("/robots.txt", work, Silent())
    assert found.is_found
    assert found.path == "root/robots.txt"
    assert "It answers at /robots.txt too (the setting 'site_root')." in found.notes
    assert ("Cache-Control", "max-age=60, must-revalidate, public") in found.headers
    assert explain("css/app.css", work, Silent())[0].notes == []
    assert not explain("/ads.txt", work, Silent())[0].is_found
