"""Who can mend a file, by where it lies."""

from __future__ import annotations

import json

import pytest

from lading.ownership import bears_notice, owner_of
from sites_of_folders import Site


def owners(site: Site, **source) -> dict[str, str]:
    assets = site.source("src", **source).scan().assets
    return {asset.path: owner_of(asset) for asset in assets}


def test_a_source_that_is_a_vendors(site: Site):
    site.write({"src/a.css": ""})
    assert owners(site, owner="vendor") == {"a.css": "vendor"}
    assert owners(site) == {"a.css": "project"}


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("css/app.css", "project"),
        ("vendor/select2/select2.css", "vendor"),
        ("Vendor/x.css", "vendor"),
        ("js/vendors/x.js", "vendor"),
        ("vendor.css", "project"),
        ("vendor-a/x.css", "project"),
        ("node_modules/x/y.js", "vendor"),
        ("bower_components/x/y.js", "vendor"),
        ("libs/x.js", "vendor"),
        ("libs", "project"),
        ("js/jquery.min.js", "vendor"),
        ("JS/JQuery.MIN.JS", "vendor"),
        ("min.js", "project"),
        ("admin.js", "project"),
    ],
)
def test_folders_and_names_that_tell(site: Site, path: str, owner: str):
    site.write({f"src/{path}": ""})
    assert owners(site) == {path: owner}


PACKAGE = json.dumps({"name": "x", "version": "1.0.0"})


@pytest.mark.parametrize(
    ("document", "owner"),
    [
        (PACKAGE, "vendor"),
        (json.dumps({"name": "x", "version": "1.0.0", "private": True}), "project"),
        (json.dumps({"name": "x"}), "project"),
        (json.dumps(["name", "version"]), "project"),
        ("{", "project"),
        ("", "project"),
        ("[" * 100_000, "project"),
        (b"\xff\xfe", "project"),
    ],
)
def test_a_copied_npm_package(site: Site, document, owner: str):
    site.write({"src/x/package.json": document, "src/x/dist/a.css": "", "src/b.css": ""})
    found = owners(site)
    assert (found["x/dist/a.css"], found["x/package.json"]) == (owner, owner)
    assert found["b.css"] == "project"


@pytest.mark.parametrize("name", ["manage.py", "pyproject.toml", "setup.py", ".git/x"])
def test_a_projects_own_package_json(site: Site, name: str):
    """A project that is published as a package itself: its root is known by other files."""
    site.write({"package.json": PACKAGE, name: "", "src/a.css": "", "src/x/b.css": ""})
    assert owners(site) == {"a.css": "project", "x/b.css": "project"}


def test_a_package_inside_a_project_that_is_one(site: Site):
    site.write({"package.json": PACKAGE, "manage.py": "", "src/x/package.json": PACKAGE})
    site.write({"src/x/a.css": "", "src/b.css": ""})
    assert owners(site) == {"x/a.css": "vendor", "x/package.json": "vendor", "b.css": "project"}


@pytest.mark.parametrize(
    "text",
    [
        "/*! Bootstrap v5.3.8 (https://getbootstrap.com/) */",
        "/*!\n * jQuery UI 1.14.1\n */a{}",
        '\ufeff@charset "UTF-8"; /*! normalize.css v8.0.1 | MIT License */',
        "/**\n * @license Copyright (c) 2003-2024, CKSource\n */",
        "/**\n * Swiper 11.0.5\n * Released under the MIT License\n */",
        "/* FontAwesome 4.7.0 by @davegandy - http://fontawesome.io */",
    ],
)
def test_notices_of_libraries(text: str):
    assert bears_notice(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a{}",
        "/* Our own styles, version 2.0 */",
        "/*! keep me */",
        "/* Copyright 2024 Our Company. All rights reserved. */",
        "/** See https://example.com/guide */",
        "a{} /*! Bootstrap v5.3.8 (https://getbootstrap.com/) */",
        "// jquery 3.7.1 (c) https://jquery.com",
        "/*! Bootstrap v5.3.8 " + "x" * 3000 + "*/",
        "/*! Bootstrap v5.3.8",
        "/*" * 1500,
        " " * 5000,
    ],
)
def test_what_is_no_notice(text: str):
    assert not bears_notice(text.encode())


def test_the_logical_prefix_counts_and_the_place_of_the_source_does_not(site: Site):
    site.write({"src/a.css": ""})
    assert owners(site, prefix="vendor/x") == {"vendor/x/a.css": "vendor"}
