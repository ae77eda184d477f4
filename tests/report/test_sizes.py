"""runs -> the sizes of what they published, the same whether anything was published or not."""

from __future__ import annotations

import os

import pytest

from lading.build import Outcome
from lading.config import Config
from lading.report.sizes import Row, Sizes, sizes_of
from lading.sources import FolderSource
from sites_of_folders import Site

TEXT = "p { color : red } /* nothing */\n" * 200
OPTIONS = {"names": "hashed", "encodings": ("br", "gzip")}


def sizes(site: Site, outcome: Outcome, **options) -> Sizes:
    return sizes_of(outcome, site.target.root, Config(**options))


def by_path(found: Sizes) -> dict[str, Row]:
    return {row.path: row for row in found.rows}


@pytest.fixture
def sources(site: Site) -> list[FolderSource]:
    site.write({"src/a.css": TEXT, "src/img.bin": os.urandom(999), "theirs/b.js": TEXT})
    return [site.source("src"), site.source("theirs", owner="vendor")]


@pytest.fixture
def cache(site: Site) -> dict[str, str]:
    return {"cache": site.path("cache")}


def test_a_row_for_each_file_with_the_sizes_of_its_variants(site, sources, cache):
    found = sizes(site, site.collect(*sources, **cache, **OPTIONS), **OPTIONS)
    assert found.measures == ("identity", "gzip", "br")
    rows = by_path(found)
    assert list(rows) == ["a.css", "b.js", "img.bin"]
    assert rows["img.bin"] == Row("img.bin", "project", "src", (999, 999, 999))
    identity, gzip, br = rows["a.css"].sizes
    assert identity == len(TEXT) > gzip
    assert br == os.path.getsize(site.path("out/a.css.br"))
    assert gzip == os.path.getsize(site.path("out/a.css.gz"))
    assert (rows["b.js"].owner, rows["b.js"].source) == ("vendor", "theirs")
    assert found.totals() == tuple(sum(row.sizes[i] for row in rows.values()) for i in range(3))
    assert found.totals([]) == (0, 0, 0)


@pytest.mark.parametrize("names", ["hashed", "plain"])
@pytest.mark.parametrize("minify", [(), ("css",)])
def test_an_unchanged_run_tells_the_same(site, sources, cache, names, minify):
    options = {**OPTIONS, "names": names, "minify": minify}
    first = sizes(site, site.collect(*sources, **cache, **options), **options)
    again = sizes(site, site.collect(*sources, **cache, **options), **options)
    assert again == first
    assert first.measures[-1] == "br"


def test_minified_files_and_their_maps(site, sources, cache):
    options = {**OPTIONS, "minify": ("css",)}
    found = sizes(site, site.collect(*sources, **cache, **options), **options)
    assert found.measures == ("written", "identity", "gzip", "br")
    rows = by_path(found)
    assert rows["a.css"].sizes[0] == len(TEXT) > rows["a.css"].sizes[1]
    assert rows["a.css.map"].sizes[0] == 0 < rows["a.css.map"].sizes[1]
    assert (rows["a.css.map"].owner, rows["a.css.map"].source) == ("project", "src")


def test_what_would_be_published(site, sources, cache):
    site.collect(*sources, **cache, **OPTIONS)
    site.write({"src/a.css": "short", "src/new.css": "new"})
    found = sizes(site, site.plan(*sources, **cache, **OPTIONS), **OPTIONS)
    assert found.measures == ("identity",)
    assert by_path(found)["a.css"].sizes == (5,)
    assert by_path(found)["new.css"].sizes == (3,)


def test_links_and_a_manifest_that_cannot_be_read(site, sources, cache):
    outcome = site.collect(*sources, **cache, **OPTIONS, link=True)
    assert by_path(sizes(site, outcome, **OPTIONS))["img.bin"].sizes[0] == 999
    with open(site.path("out/staticfiles.json"), "w") as file:
        file.write("{")
    assert by_path(sizes(site, outcome, **OPTIONS))["img.bin"].sizes == (999,)


def test_a_target_that_is_no_folder(site, sources):
    outcome = site.plan(*sources)
    found = sizes_of(outcome, "", Config())
    assert [row.sizes for row in found.rows] == [(len(TEXT),), (len(TEXT),), (999,)]
