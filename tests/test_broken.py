"""Findings for references that name nothing: severity by kind and owner, place, and what was meant."""

from __future__ import annotations

import json

import pytest

from hashed_sites import HASHED, settle
from lading.errors import FindingsError
from lading.findings import Finding, Severity
from sites_of_folders import Site

NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR


def found(site: Site, *sources, **options) -> list[Finding]:
    """The findings of a run that may refuse to publish."""
    try:
        return site.collect(*sources, **{**HASHED, **options}).findings
    except FindingsError as error:
        return error.findings


BROKEN = [  # file, content, kind of the finding, severity for the project, for a vendor
    ("a.css", "a{b:url(no.png)}", "missing-reference", ERROR, WARNING),
    ("a.css", "@import 'no.css';", "missing-reference", ERROR, WARNING),
    ("a.css", "a{b:image-set('no.png' 1x)}", "missing-reference", ERROR, WARNING),
    ("a.css", "a{b:url(../../no.png)}", "outside-reference", ERROR, WARNING),
    ("a.css", "/*# sourceMappingURL=a.css.map */", "missing-source-map", WARNING, NOTE),
    ("a.js", "//# sourceMappingURL=a.js.map", "missing-source-map", WARNING, NOTE),
    ("a.js", "import './no.js'", "missing-reference", ERROR, WARNING),
    ("a.js", "export * from './no.js'", "missing-reference", ERROR, WARNING),
    ("a.js", "import('./no.js')", "missing-reference", WARNING, NOTE),
    ("a.js", "new URL('no.png', import.meta.url)", "missing-reference", WARNING, NOTE),
    ("a.js", "import.meta.resolve('./no.js')", "missing-reference", WARNING, NOTE),
    ("a.js", "import './there'", "unbundled-source", WARNING, NOTE),
    ("a.js", "import './folder'", "unbundled-source", WARNING, NOTE),
    ("a.js", "import './typed'", "unbundled-source", WARNING, NOTE),
    ("a.js", "import './'; import '.'; import '..'", None, None, None),
    ("a.js", "import a from './no.css' with {type: 'css'}", "missing-reference", ERROR, WARNING),
    ("a.svg", "<svg><use href='no.svg#a'/></svg>", "missing-reference", ERROR, WARNING),
    ("a.svg", "<?xml-stylesheet href='no.css'?><svg/>", "missing-reference", ERROR, WARNING),
    ("a.webmanifest", '{"icons": [{"src": "no.png"}]}', "missing-reference", ERROR, WARNING),
]
OTHERS = {"src/there.js": "", "src/folder/index.js": "", "src/typed.ts": ""}


@pytest.mark.parametrize(("path", "text", "kind", "own", "foreign"), BROKEN)
def test_severity_by_kind_and_owner(site: Site, path, text, kind, own, foreign):
    site.write(OTHERS | {f"src/{path}": text})
    for owner, severity in (("project", own), ("vendor", foreign)):
        findings = found(site, site.source(owner=owner))
        if kind is None:
            assert findings == []
            continue
        (finding,) = findings
        assert (finding.kind, finding.severity, finding.owner) == (kind, severity, owner)
        assert finding.path == path
        assert finding.where.startswith(f"{site.path('src', path)}:1:")
        assert finding.hint


@pytest.mark.parametrize("url", ["./no", "./no.css", "./no.html", "./no.widget"])
def test_what_only_a_bundler_could_import(site: Site, url: str):
    """In a package it says that no browser loads the file; in the project it is missing for a bundler too."""
    site.write({"src/a.js": f"import a from '{url}'"})
    (own,) = found(site, site.source(owner="project"))
    assert (own.kind, own.severity) == ("missing-reference", ERROR)
    (foreign,) = found(site, site.source(owner="vendor"))
    assert (foreign.kind, foreign.severity) == ("unbundled-source", NOTE)


@pytest.mark.parametrize(
    "place",
    ["vendor/x", "node_modules/x", "x.min"],
)
def test_a_vendors_file_among_the_projects_own(site: Site, place: str):
    site.write({f"src/{place}/a.css": "a{b:url(no.png)}", "src/x.min.css": "a{b:url(no.png)}"})
    assert {finding.owner for finding in found(site)} == {
        "vendor",
        "project" if place == "x.min" else "vendor",
    }


def test_a_copied_library_publishes(site: Site):
    """A file alone, without the package it came with: its first lines tell whose it is."""
    site.write({"src/css/x.css": "/*! X v1.2.3 | MIT License */\na{b:url(no.png)}"})
    (finding,) = site.collect(**HASHED).findings
    assert (finding.owner, finding.severity) == ("vendor", WARNING)


def test_a_copied_npm_package_publishes(site: Site):
    package = json.dumps({"name": "x", "version": "1"})
    site.write({"src/x/package.json": package, "src/x/dist/a.css": "a{b:url(no.png)}"})
    (finding,) = site.collect(**HASHED).findings
    assert (finding.owner, finding.severity) == ("vendor", WARNING)


def test_where_is_file_line_and_column(site: Site):
    site.write({"src/css/a.css": "/* 1 */\n\na {\n    b: url('../no.png');\n}\n"})
    (finding,) = found(site)
    assert finding.where == f"{site.path('src/css/a.css')}:4:13"
    assert "'../no.png' (css-url) names 'no.png', which no source ships" in finding.message


def test_the_nearest_names_are_offered_to_the_project_alone(site: Site):
    site.write({"src/css/a.css": "a{b:url(../img/lgo.png)}", "src/img/logo.png": ""})
    assert found(site)[0].hint == "Did you mean 'img/logo.png'?"
    assert "logo" not in found(site, site.source(owner="vendor"))[0].hint
    site.write({"src/css/a.css": "a{b:url(../img/nothing.png)}"})
    assert found(site)[0].hint == "Correct the path, or add the file."


def test_a_file_that_is_left_out_is_said_to_be(site: Site):
    site.write({"src/css/a.css": "a{b:url(../.img/x.png)}", "src/.img/x.png": "", "src/b.css~": ""})
    site.write({"src/css/b.css": "@import '../b.css~';"})
    settle(site)
    for _ in range(2):
        one, two = found(site, severities={"missing-reference": WARNING})
        assert "names '.img/x.png', which is ignored by '.*'; it is" in one.message
        assert "names 'b.css~', which is ignored by '*~'" in two.message
        assert "'ignore'" in one.hint
    site.write({"src/css/b.css": "@import '../c.css~';"})
    settle(site)
    assert "no source ships" in found(site, severities={"missing-reference": WARNING})[1].message
    site.write({"src/c.css~": ""})
    assert "ignored" in found(site, severities={"missing-reference": WARNING})[1].message


@pytest.mark.parametrize(
    "kind", ["import './gone'", "export * from '../x/gone'", "import('./gone')"]
)
def test_an_import_without_ending_in_a_vendors_file_is_a_bundlers(site: Site, kind: str):
    site.write({"src/x/a.js": kind})
    (finding,) = found(site, site.source(owner="vendor"))
    assert (finding.kind, finding.severity) == ("unbundled-source", NOTE)
    (finding,) = found(site)
    assert finding.kind == "missing-reference"


def test_what_a_packages_makers_build_it_with_is_no_concern_of_its_users(site: Site):
    site.write({"src/x/rollup.config.umd.mjs": "import a from '../tools/a.mjs'"})
    (finding,) = found(site, site.source(owner="vendor"))
    assert (finding.kind, finding.severity) == ("missing-reference", NOTE)
    assert found(site)[0].severity is ERROR


def test_a_bundlers_imports_are_told_once_for_each_file(site: Site):
    site.write(OTHERS | {"src/a.js": "import './there'\nimport './folder'\nimport './typed'"})
    site.write({"src/b.js": "import './there'\nimport './folder'"})
    one, two = found(site)
    assert (one.where, two.where) == (
        f"{site.path('src/a.js')}:1:9",
        f"{site.path('src/b.js')}:1:9",
    )
    assert one.message.endswith("; the file has 2 more such imports.")
    assert two.message.endswith("; the file has 1 more such import.")


def test_where_one_import_is_a_bundlers_the_others_are(site: Site):
    """No browser loads the file, so what it imports as a bundler's module is no 404."""
    site.write(OTHERS | {"src/a.js": "import './there'\nimport page from './no.html'"})
    (finding,) = found(site)
    assert (finding.kind, finding.severity) == ("unbundled-source", WARNING)
    site.write({"src/a.js": "import './there'\nimport './no.js'"})
    assert [f.kind for f in found(site)] == ["unbundled-source", "missing-reference"]
    site.write({"src/a.js": "import('./there')\nimport page from './no.html'"})  # perhaps never run
    assert [f.kind for f in found(site)] == ["unbundled-source", "missing-reference"]


def test_all_are_told_together(site: Site):
    site.write({f"src/{n}.css": "a{b:url(no.png)} c{d:url(gone.png)}" for n in range(20)})
    findings = found(site)
    assert len(findings) == 40
    assert [f.where for f in findings] == sorted(
        (f.where for f in findings), key=lambda where: findings_order(site, where)
    )
    assert site.published() == {}


def findings_order(site: Site, where: str) -> tuple[str, int]:
    file, _, column = where.removeprefix(site.path("src/")).split(":")
    return file, int(column)


@pytest.mark.parametrize(
    ("severities", "own", "foreign"),
    [
        ({"missing-reference": WARNING}, WARNING, WARNING),
        ({"missing-reference": NOTE}, NOTE, NOTE),
        ({"missing-reference@vendor": ERROR}, ERROR, ERROR),
        ({"missing-reference@project": NOTE}, NOTE, WARNING),
        ({"missing-reference": NOTE, "missing-reference@vendor": ERROR}, NOTE, ERROR),
        ({"missing-source-map": NOTE}, ERROR, WARNING),
    ],
)
def test_severities_are_settings(site: Site, severities, own, foreign):
    site.write({"src/a.css": "a{b:url(no.png)}", "lib/b.css": "a{b:url(no.png)}"})
    sources = ("src", site.source("lib", owner="vendor"))
    findings = {f.owner: f.severity for f in found(site, *sources, severities=severities)}
    assert findings == {"project": own, "vendor": foreign}


def test_strict_turns_warnings_into_errors(site: Site):
    site.write({"src/a.js": "import('./no.js')\n//# sourceMappingURL=a.map"})
    assert [f.severity for f in site.collect(**HASHED).findings] == [WARNING, WARNING]
    assert [f.severity for f in found(site, strict=True)] == [ERROR, ERROR]
    notes = {"missing-reference": NOTE, "missing-source-map": NOTE}
    site.collect(**HASHED, strict=True, severities=notes)


def test_severities_and_strictness_of_now_count_on_an_unchanged_run(site: Site):
    """Although the findings are those of the run that read the files."""
    site.write({"src/a.js": "import('./no.js')"})
    settle(site)
    site.collect(**HASHED)
    before = site.published()
    for options in ({"strict": True}, {"severities": {"missing-reference": ERROR}}):
        with pytest.raises(FindingsError):
            site.collect(**HASHED, **options)
    (finding,) = site.collect(**HASHED, severities={"missing-reference": NOTE}).findings
    assert finding.severity is NOTE
    assert site.published() == before


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.js", 'import "./\\ud800.js"'),
        ("a.js", 'import "./\\u{10ffff}\\0\\n.js"'),
        ("a.css", "a{b:url(\\d800 \\0 .png)}"),
        ("a.webmanifest", '{"icons": [{"src": "\\ud800\\udc00\\udfff.png"}]}'),
        ("a.svg", "<svg><use href='&#xd800;&#0;.svg'/></svg>"),
        ("a.css", b"a{b:url(\xff\xfe\x80.png)}"),
        ("a.css", "a{b:url(%ff%00%0a.png)}"),
        ("a.css", f"a{{b:url({'x' * 100_000}.png)}}"),
        ("a.css", f"a{{b:url({'../' * 30_000}x.png)}}"),
    ],
)
def test_urls_that_are_no_text_are_told_again_and_again(site: Site, path: str, text):
    site.write({f"src/{path}": text})
    mild = {"missing-reference": WARNING, "outside-reference": WARNING}
    settle(site)
    first = site.collect(**HASHED, severities=mild).findings
    assert len(first) == 1
    for _ in range(2):
        assert site.collect(**HASHED, severities=mild).findings == first
    first[0].message.encode()  # it can be printed
