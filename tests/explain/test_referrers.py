"""A path -> every reference to it in the sources' files."""

from __future__ import annotations

import os

from lading import build
from lading.config import Config
from lading.explain import referrers
from lading.progress import Silent
from sites_of_folders import Site, watched

FILES = {
    "src/css/a.css": '@import "../b.css";\n\n  a { background: url(../img/l%20o.svg) }\n',
    "src/b.css": "a { background: url('img/l o.svg?v=1#x') } b { background: url(no.png) }",
    "src/js/app.js": 'import "./b.js";\nexport const url = new URL("../img/l o.svg", import.meta.url);',
    "src/js/b.js": "",
    "src/img/l o.svg": "<svg/>",
    "src/text.txt": "img/l o.svg",
}


def find(site: Site, path: str, **settings) -> list[tuple[str, str]]:
    config = Config(**settings)
    catalog = build.catalog([site.source()], config)
    found = referrers.find(catalog, path, config, Silent())
    return [(os.path.relpath(r.where, site.path("src")), r.form) for r in found]


def test_references_are_found_with_line_and_column(site: Site):
    site.write(FILES)
    assert find(site, "img/l o.svg") == [
        ("b.css:1:22", "img/l o.svg?v=1#x (css-url)"),
        ("css/a.css:3:23", "../img/l%20o.svg (css-url)"),
        ("js/app.js:2:29", "../img/l o.svg (js-new-url)"),
    ]
    assert find(site, "b.css") == [("css/a.css:1:10", "../b.css (css-import)")]


def test_references_to_what_is_not_there(site: Site):
    site.write(FILES)
    assert find(site, "no.png") == [("b.css:1:64", "no.png (css-url)")]
    assert find(site, "none") == []


def test_files_that_do_not_name_it_are_not_analysed(site: Site, monkeypatch):
    """Only their bytes are looked through, once."""
    site.write(FILES)
    analysed: list[str] = []
    analyse = referrers.analyse
    monkeypatch.setattr(
        referrers, "analyse", lambda path, *rest: analysed.append(path) or analyse(path, *rest)
    )
    with watched(site.folder) as (reads, _):
        find(site, "js/b.js", jobs=1)
    assert analysed == ["js/app.js"]
    assert sorted(p for p in reads if p.endswith(("css", "js", "svg", "txt"))) == [
        "src/b.css",
        "src/css/a.css",
        "src/img/l o.svg",
        "src/js/app.js",
        "src/js/b.js",
    ]


def test_files_that_cannot_be_read_refer_to_nothing(site: Site, monkeypatch):
    site.write(FILES)
    config = Config()
    catalog = build.catalog([site.source()], config)
    os.unlink(site.path("src/b.css"))
    found = referrers.find(catalog, "img/l o.svg", config, Silent())
    assert len(found) == 2
