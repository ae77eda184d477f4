"""Tables over sources and folders as they are at each request."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from lading import build
from lading.catalog import Catalog
from lading.config import Config
from lading.lookup import GeneratedSource, JsModule
from lading.policy import Policy
from lading.serve.cache import Cache
from lading.serve.deliver import deliver
from lading.serve.development import SourcesTable
from lading.serve.entry import Entry
from lading.serve.not_found import explain
from lading.serve.table import Table
from lading.sources import FolderSource, Source


class Scanning:
    """Scans sources, and counts how often."""

    def __init__(self, sources: Sequence[Source], config: Config | None = None) -> None:
        self.sources = sources
        self.config = config or Config()
        self.count = 0

    def __call__(self) -> Catalog:
        self.count += 1
        return build.catalog(self.sources, self.config)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def write(folder: Path, name: str, content: str = "") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content or name)
    return file


def get(table: Table, path: str) -> bytes | None:
    """The content of a path, ``None`` if there is none."""
    entry = table.lookup(path)
    if entry is None:
        return None
    _, content = deliver(entry, "GET", {}, Cache())
    if isinstance(content, bytes):
        return content
    try:
        return b"".join(content)
    finally:
        content.close()


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    return [tmp_path / "first", tmp_path / "second"]


@pytest.fixture
def scanning(folders: list[Path]) -> Scanning:
    write(folders[0], "css/app.css", "first")
    write(folders[1], "css/app.css", "second")
    write(folders[1], "js/app.js")
    return Scanning([FolderSource(str(folder)) for folder in folders])


class TestSourcesTable:
    def test_nothing_is_scanned_before_the_first_request(self, scanning: Scanning) -> None:
        table = SourcesTable(scanning)
        assert table.lookup("/other/css/app.css") is None
        assert scanning.count == 0

    def test_the_winner_answers(self, scanning: Scanning) -> None:
        table = SourcesTable(scanning)
        assert get(table, "/static/css/app.css") == b"first"
        assert get(table, "/static/js/app.js") == b"js/app.js"
        assert get(table, "/static/js/other.js") is None
        assert scanning.count == 1

    def test_edits_are_seen_at_once(self, scanning: Scanning, folders: list[Path]) -> None:
        table = SourcesTable(scanning)
        tags: set[str] = set()
        for number in range(20):
            content = f"edit {number % 10}"  # of one size, and within a tick of the clock
            write(folders[0], "css/app.css", content)
            entry = table.lookup("/static/css/app.css")
            assert isinstance(entry, Entry)
            assert get(table, "/static/css/app.css") == content.encode()
            tags.add(entry.identity.etag)
        assert scanning.count == 1  # that there is such a file has not changed

    def test_a_young_file_has_a_weak_tag(self, scanning: Scanning, folders: list[Path]) -> None:
        table = SourcesTable(scanning)
        os.utime(write(folders[0], "css/app.css"), (1e9, 1e9))
        write(folders[1], "js/app.js")
        young = table.lookup("/static/js/app.js")
        assert isinstance(young, Entry)
        assert young.identity.etag.startswith('W/"')

    def test_new_and_removed_files_are_seen_at_once(
        self, scanning: Scanning, folders: list[Path]
    ) -> None:
        table = SourcesTable(scanning)
        assert get(table, "/static/new/deep/file.css") is None
        write(folders[1], "new/deep/file.css", "second")
        assert get(table, "/static/new/deep/file.css") == b"second"
        write(folders[0], "new/deep/file.css", "first")
        assert get(table, "/static/new/deep/file.css") == b"first"
        (folders[0] / "new/deep/file.css").unlink()
        assert get(table, "/static/new/deep/file.css") == b"second"
        (folders[1] / "new/deep/file.css").unlink()
        assert get(table, "/static/new/deep/file.css") is None
        assert scanning.count == 5

    def test_a_source_folder_may_appear_later(self, scanning: Scanning, tmp_path: Path) -> None:
        scanning.sources = [*scanning.sources, FolderSource(str(tmp_path / "late"))]
        table = SourcesTable(scanning)
        assert get(table, "/static/late.css") is None
        write(tmp_path / "late", "late.css")
        assert get(table, "/static/late.css") == b"late.css"

    def test_the_last_source_wins_where_that_is_the_rule(
        self, scanning: Scanning, folders: list[Path]
    ) -> None:
        scanning.config = Config(collisions="last")
        table = SourcesTable(scanning)
        assert get(table, "/static/css/app.css") == b"second"
        (folders[1] / "css/app.css").unlink()
        assert get(table, "/static/css/app.css") == b"first"

    def test_what_is_not_published_is_not_served(
        self, scanning: Scanning, folders: list[Path], tmp_path: Path
    ) -> None:
        write(folders[0], ".env")
        write(folders[0], "css/.hidden.css")
        write(folders[0], "key.pem", "-----BEGIN PRIVATE KEY-----")
        write(tmp_path, "outside.txt")
        table = SourcesTable(scanning)
        for _ in range(2):
            for name in (".env", "css/.hidden.css", "key.pem", "../outside.txt", "css", "css/", ""):
                assert get(table, f"/static/{name}") is None, name
        assert scanning.count <= 4  # each file that is left out is learnt once
        count = scanning.count
        get(table, "/static/.env")
        assert scanning.count == count

    @pytest.mark.parametrize(
        "name",
        ["a\0b", "a\\..\\b", "/etc/passwd", "a//b", "./css/app.css", "a\nb", "\udcff", "a" * 300],
    )
    def test_names_that_are_none(self, scanning: Scanning, name: str) -> None:
        assert SourcesTable(scanning).lookup(f"/static/{name}") is None

    def test_prefixes(self, folders: list[Path]) -> None:
        write(folders[0], "app.css")
        table = SourcesTable(Scanning([FolderSource(str(folders[0]), prefix="lib/x")]), prefix="s")
        assert get(table, "/s/lib/x/app.css") == b"app.css"
        assert get(table, "/s/app.css") is None
        assert table.covers("/s/nothing")
        assert not table.covers("/sx")
        assert not SourcesTable(Scanning([]), prefix="/").covers("/any")

    def test_headers_and_ranges(self, scanning: Scanning, folders: list[Path]) -> None:
        policy = Policy(headers={"*.css": {"X-Own": "yes"}})
        os.utime(write(folders[0], "film.mp4", "0123456789"), (1e9, 1e9))
        table = SourcesTable(scanning, policy=policy)
        reply, content = deliver(
            table.lookup("/static/film.mp4"), "GET", {"range": "bytes=5-"}, Cache()
        )
        headers = dict(reply.headers)
        assert (reply.status, content) == (206, b"56789")
        assert headers["Cache-Control"] == "no-cache, public"
        assert headers["Content-Type"] == "video/mp4"
        assert headers["Last-Modified"] == "Sun, 09 Sep 2001 01:46:40 GMT"
        css, _ = deliver(table.lookup("/static/css/app.css"), "GET", {}, Cache())
        assert dict(css.headers)["X-Own"] == "yes"

    def test_generated_files(self, scanning: Scanning) -> None:
        scanning.config = Config(js_module=JsModule("urls.js", ("css/*",)))
        table = SourcesTable(scanning)
        assert b'"css/app.css"' in (get(table, "/static/urls.js") or b"")

    def test_a_source_that_is_no_folder_is_asked_again_now_and_then(self) -> None:
        clock, scanning = Clock(), Scanning([GeneratedSource("a.js", b"a")])
        table = SourcesTable(scanning, clock=clock)
        for _ in range(10):
            assert get(table, "/static/a.js") == b"a"
            assert get(table, "/static/b.js") is None
        assert scanning.count == 1
        scanning.sources = [GeneratedSource("b.js", b"b")]
        clock.now += 1
        assert get(table, "/static/b.js") == b"b"
        assert scanning.count == 2


class TestNotFound:
    def test_says_where_and_what_was_meant(self, scanning: Scanning, folders: list[Path]) -> None:
        reply = explain(scanning(), "css/ap.css").reply("/static/", html=True)
        (page,) = reply.parts
        assert isinstance(page, bytes)
        assert reply.status == 404
        assert dict(reply.headers)["Content-Length"] == str(len(page))
        assert b'<a href="/static/css/app.css"><code>css/app.css</code></a>' in page
        for folder in folders:
            assert str(folder).encode() in page

    def test_nothing_of_the_request_becomes_markup(self, scanning: Scanning) -> None:
        path = "<script>alert(1)</script>{0}\"'"
        (page,) = explain(scanning(), path).reply("/static/", html=True).parts
        assert isinstance(page, bytes)
        assert b"<script" not in page
        assert b"&lt;script&gt;alert(1)&lt;/script&gt;{0}&quot;&#x27;" in page

    def test_as_text(self, scanning: Scanning, folders: list[Path]) -> None:
        (text,) = explain(scanning(), "css").reply("/static/", html=False).parts
        assert isinstance(text, bytes)
        assert text.decode().splitlines()[:2] == [
            "No static file 'css'.",
            "It is a folder (1 file below it); name one file.",
        ]
        assert f"  {folders[0]}" in text.decode()
