"""Finished bundles: which files keep the names that a bundler gave them."""

from __future__ import annotations

import json

import pytest

from lading import bundles, catalog
from sites_of_folders import Site


def finished(site: Site, *sources, patterns=(), static_url: str = "/static/") -> set[str]:
    scans = [(site.source(s) if isinstance(s, str) else s).scan() for s in sources or ("src",)]
    return bundles.finished(catalog.build(scans), patterns, static_url)


@pytest.mark.parametrize(
    "name",
    [
        "index-BX3k9d2f.js", "index-S_wzPgF9.css", "main.4f2a91bc.chunk.css", "873-8df662b0.chunk.js",
        "main.22d8c1fe3975abf306b5.js", "main.22d8c1fe3975abf306b5.js.map", "a/b/logo-l5g_d8uh.svg",
        "index-UvNrfDEg.css", "font.0A9FA039.woff2", "rolldown-runtime-B8xr6ykz.js", "app-0b1c2d3e4f.js",
        "4906fb3f25a43f1fcc36.svg", "media/2129bf071a83c1d49732.woff2", "a/dcef2f69dbd5989a2e69.js.map",
    ],
)  # fmt: skip
def test_names_with_a_digest(name: str):
    assert bundles.has_own_hash(name)


@pytest.mark.parametrize(
    "name",
    [
        "index.js", "bootstrap.bundle.min.js", "jquery-3.7.1.min.js", "date-picker.js", "app-LazyPanel.js",
        "app-LazyPanel2.js", "vendor-settings2.js", "report-20240131.js", "icon-1024x1024.png",
        "android-chrome-512x512.png", "README-INSTALL.md", "BX3k9d2f.js", "BX3k9d2f", "a.BX3k9d2", "",
        "x-" + "aB3" * 30 + ".js", "LICENSE-APACHE20.txt", "select2.full.js", ".BX3k9d2f",
        "caf\u00e9-\u00e9t\u00e920241.js", "2024010112000000.csv", "deadbeef.js", "acceededdeafbead.js",
    ],
)  # fmt: skip
def test_names_that_may_be_words(name: str):
    assert not bundles.has_own_hash(name)


# The manifests are what these bundlers wrote for a small page, shortened.

VITE = {
    "assets/index-CJV5vQRp.js", "assets/index-UvNrfDEg.css", "assets/LazyComponent-pcXnBndi.js",
    "assets/logo-l5g_d8uh.svg", "assets/worker-BZo5ctSZ.js", "assets/settingsPanel-S_wz-gF9.js",
}  # fmt: skip
VITE_MANIFEST = {
    "index.html": {
        "file": "assets/index-CJV5vQRp.js",
        "name": "index",
        "src": "index.html",
        "isEntry": True,
        "imports": ["src/settingsPanel.js"],
        "dynamicImports": ["src/LazyComponent.js"],
        "css": ["assets/index-UvNrfDEg.css"],
        "assets": ["assets/logo-l5g_d8uh.svg", "assets/worker-BZo5ctSZ.js"],
    },
    "src/LazyComponent.js": {"file": "assets/LazyComponent-pcXnBndi.js", "isDynamicEntry": True},
    "src/settingsPanel.js": {"file": "assets/settingsPanel-S_wz-gF9.js", "isEntry": True},
}
WEBPACK = {
    "css/main.ff8d16c0.css", "js/main.22d8c1fe3975abf306b5.js", "js/873-8df662b0.chunk.js",
    "media/logo.0a9fa039.svg",
}  # fmt: skip


def webpack(start: str) -> dict[str, str]:
    """webpack-manifest-plugin's, whose paths begin with the bundler's ``publicPath``."""
    named = {f"{n}": f"{start}{path}" for n, path in enumerate(sorted(WEBPACK))}
    return named | {"assets-manifest.json": f"{start}assets-manifest.json"}


STATS = {
    "status": "done",
    "assets": {
        path: {"name": path, "path": f"/srv/site/dist/{path}", "publicPath": f"/static/{path}"}
        for path in WEBPACK
    },
    "chunks": {"main": sorted(WEBPACK)},
    "publicPath": "/static/",
}
REACT = {
    "files": {f"{n}": f"/{path}" for n, path in enumerate(sorted(WEBPACK))},
    "entrypoints": sorted(WEBPACK),
}
ENCORE = {"entrypoints": {"app": {"js": sorted(f"/static/{p}" for p in WEBPACK), "css": []}}}


@pytest.mark.parametrize(
    ("manifest", "document", "files"),
    [
        (".vite/manifest.json", VITE_MANIFEST, VITE),
        ("manifest.json", VITE_MANIFEST, VITE),
        ("manifest.json", webpack("/static/"), WEBPACK),
        ("manifest.json", webpack("https://cdn.example.com/static/"), WEBPACK),
        ("manifest.json", webpack("/"), WEBPACK),
        ("manifest.json", webpack(""), WEBPACK),
        ("assets-manifest.json", webpack("./"), WEBPACK),
        ("asset-manifest.json", REACT, WEBPACK),
        ("webpack-stats.json", STATS, WEBPACK),
        ("entrypoints.json", ENCORE, WEBPACK),
        ("rev-manifest.json", {"a": min(WEBPACK)}, {min(WEBPACK)}),
    ],
)
def test_the_manifests_of_bundlers(site: Site, manifest: str, document, files: set[str]):
    site.write({f"src/{path}": "" for path in (*files, "own.css", "js/own-deadbeef1.js")})
    site.write({f"src/{manifest}": json.dumps(document)})
    assert finished(site, static_url="https://cdn.example.com/static/") == files


def test_a_bundle_in_a_folder_of_a_source_with_a_prefix(site: Site):
    site.write({f"src/dist/{path}": "" for path in (*VITE, "x-BX3k9d2f.js")})
    site.write({"src/dist/.vite/manifest.json": json.dumps(VITE_MANIFEST)})
    assert finished(site, site.source(prefix="app")) == {f"app/dist/{path}" for path in VITE}


def test_a_bundle_below_static_url(site: Site):
    """``publicPath: "/static/dist/"``."""
    site.write({f"src/dist/{path}": "" for path in WEBPACK})
    site.write({"src/dist/manifest.json": json.dumps(webpack("/static/dist/"))})
    assert finished(site) == {f"dist/{path}" for path in WEBPACK}


def test_files_that_a_manifest_lists_without_a_digest_get_names_of_ours(site: Site):
    """``entryFileNames: "[name].js"``, with digests for the other files."""
    files = ["main.js", "date-picker.js", "my-LazyPanel.js", "chunk-BX3k9d2f.js"]
    site.write({f"src/{path}": "" for path in files})
    site.write({"src/manifest.json": json.dumps({path: {"file": path} for path in files})})
    assert finished(site) == {"chunk-BX3k9d2f.js"}


def test_assets_that_webpack_names_by_nothing_but_a_digest(site: Site):
    """``assetModuleFilename``'s default, ``[hash][ext][query]``."""
    files = {
        "main.bc4f30379455d9697913.js",
        "lazy.abcdefabcdefabcdefab.js",
        "4906fb3f25a43f1fcc36.svg",
        "fonts/2129bf071a83c1d49732.woff2",
    }
    site.write({f"src/{path}": "" for path in files})
    site.write({"src/manifest.json": json.dumps({path: path for path in files})})
    assert finished(site) == files


@pytest.mark.parametrize("files", [["my-LazyPanel.js"], ["my-settings2.js", "a-settings3.js"]])
def test_words_of_one_length_are_no_digests(site: Site, files: list[str]):
    site.write({f"src/{path}": "" for path in files})
    site.write({"src/manifest.json": json.dumps({path: {"file": path} for path in files})})
    assert finished(site) == set()


def test_a_web_app_manifest_lists_no_bundle(site: Site):
    icons = ["icon-192x192.png", "icon-1024x1024.png", "apple-touch-icon.png"]
    site.write({f"src/{icon}": "" for icon in icons})
    document = {"name": "App", "start_url": "/", "icons": [{"src": icon} for icon in icons]}
    site.write({"src/manifest.json": json.dumps(document)})
    assert finished(site) == set()


def test_files_that_no_source_ships_and_ways_out_are_left_alone(site: Site):
    names = ["gone-BX3k9d2f.js", "../out-BX3k9d2f.js", "/../x", "", ".", "/", "//h/x-BX3k9d2f.js"]
    site.write({"src/a/manifest.json": json.dumps(names), "src/out-BX3k9d2f.js": ""})
    assert finished(site) == {"out-BX3k9d2f.js"}  # beside the manifest's folder, and listed


@pytest.mark.parametrize(
    "damage", ["", "{", "[" * 100_000, b"\xff\xfe\x00", "null", "3", '"x"', '{"a": {"file": 3}}']
)
def test_a_manifest_that_is_none(site: Site, damage):
    site.write(
        {"src/manifest.json": damage, "src/.vite/manifest.json": damage, "src/a-BX3k9d2f.js": ""}
    )
    assert finished(site) == set()


def test_a_folder_in_the_place_of_a_manifest(site: Site):
    site.write({"src/.vite/manifest.json/x": "", "src/manifest.json/y": ""})
    assert finished(site) == set()


def test_patterns_of_the_settings(site: Site):
    site.write({"src/dist/a.js": "", "src/dist/b/c.js": "", "src/own.js": ""})
    assert finished(site, patterns=("dist/*",)) == {"dist/a.js", "dist/b/c.js"}
    assert finished(site, patterns=("own.js", "*/a.js")) == {"own.js", "dist/a.js"}
