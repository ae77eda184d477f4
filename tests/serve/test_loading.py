"""Loading a table from a target."""

from __future__ import annotations

import gc
import json
import os
from pathlib import Path

import pytest

from lading.config import Config
from lading.errors import ManifestError
from lading.manifest import NAME, File, Manifest, dumps
from lading.serve.entry import Entry
from lading.serve.loading import load, released
from sites_of_folders import Site

FILES = {"a.css": File("0" * 64, 10, "text/css")}


def write(root: Path, content: bytes, modified: float = 1_700_000_000) -> None:
    (root / NAME).write_bytes(content)
    os.utime(root / NAME, (modified, modified))


def modified_of(root: Path) -> int | None:
    entry = load(root).lookup("/static/a.css")
    assert isinstance(entry, Entry)
    return entry.identity.modified


@pytest.mark.parametrize(
    ("mtime", "expected"),
    [
        (1_700_000_000.9, 1_700_000_000),
        (0, None),  # tar archives and images of reproducible builds
        (1, None),  # Nix
        (315_532_800, None),  # 1980-01-01: ZIP archives, Bazel
        (32_503_680_000, None),  # in the year 3000: a clock that is wrong
    ],
)
def test_when_the_release_was_made(tmp_path: Path, mtime: float, expected: int | None) -> None:
    write(tmp_path, dumps(Manifest({}, FILES)), mtime)
    assert modified_of(tmp_path) == expected


def test_a_manifest_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "other.json"
    elsewhere.write_bytes(dumps(Manifest({}, FILES)))
    table = load(tmp_path / "target", manifest=elsewhere, prefix="/s/")
    entry = table.lookup("/s/a.css")
    assert isinstance(entry, Entry)
    assert entry.identity.file == str(tmp_path / "target" / "a.css")


def test_nothing_but_the_manifest_is_needed(tmp_path: Path) -> None:
    write(tmp_path, dumps(Manifest({}, FILES)))
    assert load(tmp_path).lookup("/static/a.css") is not None


def test_an_empty_release(tmp_path: Path) -> None:
    write(tmp_path, dumps(Manifest({}, {})))
    assert load(tmp_path).lookup("/static/a.css") is None


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "cannot be read"),
        (b"", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"version": "9"}', "version"),
        (
            json.dumps({"paths": {"a": "a.1.css"}, "version": "1.1", "hash": "x"}).encode(),
            "does not say what files there are",
        ),
    ],
)
def test_manifests_that_cannot_be_served(tmp_path: Path, content: bytes | None, what: str) -> None:
    if content is not None:
        write(tmp_path, content)
    with pytest.raises(ManifestError, match=what) as caught:
        load(tmp_path)
    assert caught.value.where == str(tmp_path / NAME)
    assert "collectstatic" in caught.value.remedy


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_left_as_it_was(tmp_path: Path, enabled: bool) -> None:
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        for content in (b"{", dumps(Manifest({}, FILES))):
            write(tmp_path, content)
            try:
                load(tmp_path)
            except ManifestError:
                assert content == b"{"
            assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


@pytest.mark.parametrize("names", ["plain", "hashed"])
def test_a_release_is_read_however_its_files_are_named(site: Site, names: str):
    site.write({"src/a.css": "a {}"})
    site.collect(names=names)
    found = released(site.path("out"), Config(names=names))
    assert set(found.paths) == {"a.css"}
    assert found.files.keys() >= set(found.paths.values())
