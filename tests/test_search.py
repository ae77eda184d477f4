"""Where a path is found, which file wins, and why one is not found."""

from __future__ import annotations

import pytest

from lading import catalog as catalogs
from lading.digests import Digests
from lading.search import hits, near_names, why_missing
from sites_of_folders import Site


@pytest.fixture
def catalog(site: Site):
    site.write(
        {
            "one/css/app.css": "one",
            "one/css/base.css": "b",
            "one/Logo.svg": "l",
            "two/css/app.css": "two",
            "two/.hidden.css": "h",
            "two/.sass/deep/x.css": "x",
            "two/bad\\name.css": "",
            "three/css/app.css": "one",
        }
    )
    sources = [site.source("one"), site.source("two", prefix=""), site.source("three")]
    prefixed = site.source("two", prefix="blog")
    return catalogs.build([source.scan() for source in (*sources, prefixed)])


def test_the_winner_comes_first_then_those_it_shadows(site: Site, catalog):
    found = hits(catalog, "css/app.css", Digests().read)
    assert [(hit.file, hit.fate) for hit in found] == [
        (site.path("one/css/app.css"), "published"),
        (site.path("two/css/app.css"), "shadowed, different content"),
        (site.path("three/css/app.css"), "shadowed, same content"),
    ]
    assert found[0].source == f"'one' ({site.path('one')})"
    assert hits(catalog, "css/none.css", Digests().read) == []


@pytest.mark.parametrize(
    ("path", "reasons"),
    [
        ("/static/css/app.css", ["Leave out '/static/': the path is 'css/app.css'."]),
        ("/css/app.css", ["Leave out '/': the path is 'css/app.css'."]),
        (
            " css/app.css",
            ["The path has white space around it.", "Near: 'css/app.css'."],
        ),
        ("css", ["It is a folder (2 files below it); name one file."]),
        ("css/", ["It is a folder (2 files below it); name one file."]),
        ("logo.svg", ["Near: 'Logo.svg'."]),
        ("css/ap.css", ["Near: 'css/app.css', 'blog/css/app.css'."]),
        ("style/base.css", ["Near: 'css/base.css'."]),
        (".hidden.css", ["{}/two/.hidden.css is left out: ignored by '.*'."]),
        ("blog/.hidden.css", ["{}/two/.hidden.css is left out: ignored by '.*'."]),
        (".sass/deep/x.css", ["{}/two/.sass/ is left out: ignored by '.*'."]),
        ("quite/other.txt", []),
        ("quite/", ["No source ships a folder of this name."]),
        ("", ["Nothing can be published as '', because it is empty or {}"]),
        ("\0", ["Nothing can be published as '\\x00', because it contains a NUL byte."]),
        ("../x.css", ["Nothing can be published as '../x.css', because it contains '..', {}"]),
    ],
)
def test_why_a_path_is_missing(site: Site, catalog, path, reasons):
    found = why_missing(catalog, path, "/static/")
    expected = [reason.replace("{}/", f"{site.folder}/") for reason in reasons]
    assert len(found) == len(expected)
    for one, two in zip(found, expected, strict=True):
        assert one.startswith(two.removesuffix("{}"))


def test_a_name_that_cannot_be_published_is_the_reason(site: Site, catalog):
    (reason,) = why_missing(catalog, "bad\\name.css")
    assert reason.startswith(f"{site.path('two')}/bad\\name.css: ")
    assert "backslash" in reason


@pytest.mark.parametrize(
    ("path", "names", "near"),
    [
        ("a.css", [], []),
        ("A.CSS", ["a.css", "b/a.css"], ["a.css"]),
        ("x/a.css", ["one/a.css", "two/a.css", "b.css"], ["one/a.css", "two/a.css"]),
        ("app.css", ["apps.css", "app.js", "ape.css"], ["apps.css", "app.js"]),
        ("a.css", [f"{n}/a.css" for n in range(9)], ["0/a.css", "1/a.css", "2/a.css"]),
    ],
)
def test_near_names(path, names, near):
    assert near_names(path, names) == near


def test_near_names_compare_few_of_many():
    names = [f"vendor/{n}/file{n}.js" for n in range(20_000)]
    assert near_names("vendor/77/file78.js", names)[:1] != []
    assert near_names("x" * 5000 + ".css", names) == []
