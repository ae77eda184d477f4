"""Tables: which paths are served."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.manifest import File, Manifest, from_document, to_document
from lading.policy import Policy
from lading.serve.entry import Entry, Redirect
from lading.serve.table import ManifestTable, Tables, url_prefix

DIGEST = "0123456789abcdef" * 4


def manifest(*names: str, immutable: bool = False, **encodings: int) -> Manifest:
    return Manifest(
        {}, {name: File(DIGEST, 10, "text/plain", immutable, encodings) for name in names}
    )


def found(table: ManifestTable, path: str) -> Entry:
    entry = table.lookup(path)
    assert isinstance(entry, Entry)
    return entry


def test_nothing_on_the_disk_is_looked_at() -> None:
    table = ManifestTable(manifest("css/a.css", br=3), "/nowhere/at/all")
    entry = found(table, "/static/css/a.css")
    assert entry.identity.file == "/nowhere/at/all/css/a.css"
    assert entry.variants["br"].file == "/nowhere/at/all/css/a.css.br"
    assert table.lookup("/static/css/b.css") is None


def test_an_entry_is_made_once() -> None:
    table = ManifestTable(manifest("a"), "/nowhere")
    assert table.lookup("/static/a") is table.lookup("/static/a")


def test_entity_tags_come_from_the_content_and_the_coding() -> None:
    entry = found(ManifestTable(manifest("a", br=3, gzip=4), "/nowhere"), "/static/a")
    assert entry.identity.etag == f'"{DIGEST[:32]}"'
    assert entry.variants["br"].etag == f'"{DIGEST[:32]}-br"'
    assert entry.offered == ("br", "gzip")


def test_unknown_codings_are_not_offered() -> None:
    entry = found(ManifestTable(manifest("a", br=3, lzma=2), "/nowhere"), "/static/a")
    assert entry.offered == ("br",)


@given(st.text(max_size=30))
def test_only_what_is_listed_is_served(path: str) -> None:
    table = ManifestTable(manifest("a", "b/c"), "/nowhere")
    for wanted in (path, f"/static/{path}", f"/static/b/{path}"):
        assert (table.lookup(wanted) is not None) == (wanted in ("/static/a", "/static/b/c"))


@pytest.mark.parametrize(
    "name",
    ["../a", "a/../../b", "/etc/passwd", "a//b", "./a", "a/.", "C:/a", "a\\b", "a\0b", "", "a/"],
)
def test_a_manifest_cannot_lead_out_of_its_target(name: str) -> None:
    table = ManifestTable(manifest(name), "/nowhere")
    assert table.lookup(f"/static/{name}") is None


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        ("/static/", "/static/"),
        ("/static", "/static/"),
        ("static/", "/static/"),
        ("/", "/"),
        ("", "/"),
        ("https://cdn.example/assets/v1/", "/assets/v1/"),
        ("https://cdn.example", "/"),
        ("//cdn.example/s/", "/s/"),
    ],
)
def test_prefixes(url: str, prefix: str) -> None:
    assert url_prefix(url) == prefix
    table = ManifestTable(manifest("a"), "/nowhere", prefix=url)
    assert table.lookup(f"{prefix}a") is not None


def test_who_answers_for_unknown_paths() -> None:
    table = ManifestTable(manifest("a"), "/nowhere")
    assert table.covers("/static/b")
    assert not table.covers("/staticb")
    assert not ManifestTable(manifest("a"), "/nowhere", fallthrough=True).covers("/static/b")
    # Below / is the application itself.
    assert not ManifestTable(manifest("a"), "/nowhere", prefix="/").covers("/b")
    assert ManifestTable(manifest("a"), "/nowhere", prefix="/", fallthrough=False).covers("/b")


def test_earlier_releases_answer_for_immutable_names() -> None:
    older = manifest("a", "gone.js", immutable=False)
    oldest = manifest("app.111111111111.js", immutable=True)
    table = ManifestTable(manifest("a", immutable=True), "/nowhere", earlier=[older, oldest])
    assert found(table, "/static/a").immutable
    assert found(table, "/static/app.111111111111.js").immutable
    assert table.lookup("/static/gone.js") is None


def test_a_plain_name_of_one_release_does_not_hide_an_immutable_one_before() -> None:
    table = ManifestTable(
        manifest("a"), "/nowhere", earlier=[manifest("b"), manifest("b", immutable=True)]
    )
    assert found(table, "/static/b").immutable


def test_index_files() -> None:
    table = ManifestTable(
        manifest("index.html", "docs/index.html", "docs/a b/index.html", "plain/a.html"),
        "/nowhere",
        index="index.html",
        policy=Policy(max_age=30),
    )
    assert found(table, "/static/").identity.file == "/nowhere/index.html"
    assert found(table, "/static/docs/").identity.file == "/nowhere/docs/index.html"
    for path, location in {
        "/static/index.html": "./",
        "/static/docs/index.html": "./",
        "/static/docs": "docs/",
        "/static/docs/a b": "a%20b/",
    }.items():
        entry = table.lookup(path)
        assert isinstance(entry, Redirect)
        assert (entry.location, entry.max_age) == (location, 30)
    assert table.lookup("/static/plain/") is None
    assert table.lookup("/static/plain") is None
    assert table.lookup("/static/other/index.html") is None


def test_without_index_files_folders_are_unknown() -> None:
    table = ManifestTable(manifest("docs/index.html"), "/nowhere")
    assert table.lookup("/static/docs/") is None
    assert table.lookup("/static/docs") is None
    assert isinstance(table.lookup("/static/docs/index.html"), Entry)


def test_several_tables_are_asked_in_turn(tmp_path: Path) -> None:
    first = ManifestTable(manifest("a"), "/first")
    second = ManifestTable(manifest("a", "robots.txt"), "/second", prefix="/")
    third = ManifestTable(manifest("a", "b"), "/third")
    tables = Tables(first, second, third)
    for path, file in {
        "/static/a": "/first/a",
        "/static/b": "/third/b",
        "/robots.txt": "/second/robots.txt",
    }.items():
        entry = tables.lookup(path)
        assert isinstance(entry, Entry)
        assert entry.identity.file == file
    assert tables.lookup("/other") is None
    assert tables.covers("/static/other")
    assert not tables.covers("/other")


def test_a_damaged_entry_is_told_and_not_served(caplog: pytest.LogCaptureFixture) -> None:
    document = to_document(manifest("sound", "damaged"))
    document["lading"]["files"]["damaged"][0] = "no digest"
    table = ManifestTable(from_document(document), "/nowhere")
    assert table.lookup("/static/damaged") is None
    assert isinstance(table.lookup("/static/sound"), Entry)
    assert "A published file is not served." in caplog.text
