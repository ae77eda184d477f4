"""Sources -> what a check finds and counts."""

from __future__ import annotations

import os
from typing import Any

import pytest

from lading import checking
from lading.checking import Checked
from lading.config import Config
from lading.findings import Severity
from sites_of_folders import Site, kinds, watched


def check(site: Site, *sources: Any, **settings: Any) -> Checked:
    found = [site.source(s) if isinstance(s, str) else s for s in sources or ("src",)]
    return checking.check(found, Config(**settings))


def test_references_that_resolve_are_counted_and_nothing_is_found(site: Site) -> None:
    site.write(
        {
            "src/css/a.css": '@import "b.css"; a { background: url(/static/img/x.svg#y) }',
            "src/css/b.css": "",
            "src/img/x.svg": '<svg><use href="y.svg#z"/></svg>',
            "src/img/y.svg": "<svg/>",
            "src/js/m.js": 'import "./n.js"; import("./n.js")',
            "src/js/n.js": "",
            "src/site.webmanifest": '{"icons": [{"src": "img/y.svg"}]}',
            "src/plain.txt": "url(nothing.png)",
        }
    )
    checked = check(site)
    assert checked.findings == []
    assert checked.references == 6
    assert checked.carriers == {
        "style sheets": 2,
        "SVG images": 2,
        "scripts": 2,
        "web app manifests": 1,
    }
    assert not checked.has_errors


def test_a_missing_reference_is_told_with_its_place_and_what_was_meant(site: Site) -> None:
    site.write(
        {"src/css/a.css": "a {\n  background: url(../img/Logo.png) }", "src/img/logo.png": ""}
    )
    (finding,) = check(site).findings
    assert finding.kind == "missing-reference"
    assert finding.severity is Severity.ERROR
    assert finding.where == f"{site.path('src/css/a.css')}:2:19"
    assert "'img/logo.png'" in finding.hint


def test_the_same_findings_as_a_run_that_publishes(site: Site) -> None:
    site.write(
        {
            "src/a.css": "a { background: url(no.png); b: url(../../etc/passwd) }",
            "src/b.js": 'import "./no.js"; import("./later.js");\n//# sourceMappingURL=b.js.map',
            "src/lib/package.json": '{"name": "lib", "version": "1.0.0"}',
            "src/lib/c.css": "a { background: url(no.png) }",
            "src/.env": "",
            "src/A.css": "",
        }
    )
    planned = site.plan(names="hashed").findings
    assert len(planned) > 5
    assert {(f.kind, f.severity, f.where) for f in check(site).findings} == {
        (f.kind, f.severity, f.where) for f in planned
    }


def test_only_the_winner_of_a_path_is_read(site: Site) -> None:
    site.write({"one/a.css": "", "two/a.css": "a { background: url(no.png) }"})
    assert kinds(check(site, "one", "two")) == ["collision"]
    assert kinds(check(site, "two", "one")) == ["collision", "missing-reference"]


def test_each_carrier_is_read_once_and_nothing_is_written(site: Site) -> None:
    site.write({"src/a.css": '@import "b.css"', "src/b.css": '@import "a.css"', "src/c.png": "x"})
    with watched(site.folder) as (reads, writes):
        check(site)
    assert sorted(reads) == ["src/a.css", "src/b.css"]
    assert writes == []


def test_an_unreadable_file_is_an_error_and_the_others_are_checked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.write({"src/a.css": "", "src/b.css": "a { background: url(no.png) }"})
    source = site.source()
    scanned = source.scan()
    os.remove(site.path("src/a.css"))
    monkeypatch.setattr(type(source), "scan", lambda _: scanned)
    assert kinds(check(site, source)) == ["missing-reference", "vanished"]


def test_severities_and_strict_apply(site: Site) -> None:
    site.write({"src/a.js": 'import("./no.js")'})
    assert not check(site).has_errors
    assert check(site, strict=True).has_errors
    quiet = {"missing-reference": Severity.NOTE}
    assert not check(site, strict=True, severities=quiet).has_errors


def test_static_url_is_where_absolute_references_start(site: Site) -> None:
    site.write({"src/a.css": "a { background: url(/assets/no.png) }"})
    assert kinds(check(site)) == []
    assert kinds(check(site, static_url="/assets/")) == ["missing-reference"]
