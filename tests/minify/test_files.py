"""files -> smaller files with maps, out of the cache the second time, and findings for the rest."""

from __future__ import annotations

import json
import os
import re

import pytest

from lading.cache import Cache
from lading.errors import ConfigError, MissingExtraError
from lading.findings import Severity
from lading.minify import Original, minify
from lading.minify import files as minify_files

CSS = b"/*! keep */\n.card > .title {\n  color : red ;\n  margin : 0 auto ;\n}\n" * 20
JS = b"/*! keep */\nfunction hello(name) {\n  // greet\n  return 'hello ' + name;\n}\n" * 20


@pytest.fixture
def cache(tmp_path):
    with Cache(str(tmp_path / "cache")) as opened:
        yield opened


def test_nothing_is_minified_unless_asked_for(cache):
    result = minify([Original("a.css", CSS), Original("a.js", JS)], set(), cache)
    assert result.files == {}
    assert result.findings == []


def test_css_and_js_become_smaller_and_link_to_their_maps(cache, esbuild_folder):
    originals = [
        Original("css/ä b.css", CSS),
        Original("js/app.js", JS),
        Original("js/app.min.js", JS),
        Original("img/logo.svg", b"<svg>   </svg>"),
    ]
    result = minify(originals, {"css", "js"}, cache, folder=esbuild_folder)
    assert result.findings == []
    assert result.files.keys() == {"css/ä b.css", "js/app.js"}
    style, script = result.files["css/ä b.css"], result.files["js/app.js"]
    assert style.content.endswith(b"\n/*# sourceMappingURL=%C3%A4%20b.css.map */\n")
    assert script.content.endswith(b"\n//# sourceMappingURL=app.js.map\n")
    for made, original, source in ((style, CSS, "css/%C3%A4%20b.css"), (script, JS, "js/app.js")):
        assert len(made.content) < len(original) / 1.3
        assert b"/*! keep */" in made.content
        document = json.loads(made.source_map)
        assert document["sources"] == [f"lading:///{source}"]
        assert document["sourcesContent"] == [original.decode()]
        assert document["mappings"]


def test_an_unchanged_file_comes_out_of_the_cache(cache, esbuild_folder, monkeypatch):
    originals = [Original("a.css", CSS), Original("a.js", JS)]
    first = minify(originals, {"css", "js"}, cache, folder=esbuild_folder)

    def refuse(*_):
        raise AssertionError("a tool was called")

    monkeypatch.setattr(minify_files, "_minify_css", refuse)
    monkeypatch.setattr(minify_files, "_minify_js", refuse)
    with Cache(cache.root) as later:
        assert minify(originals, {"css", "js"}, later, folder=esbuild_folder).files == first.files
        for changed in (
            Original("a.css", CSS + b"b{}"),
            Original("b.css", CSS),
            Original("a.css", CSS, source_map=b"{}"),
        ):
            with pytest.raises(AssertionError, match="a tool was called"):
                minify([changed], {"css"}, later)


def test_another_version_of_a_tool_does_its_own_work(cache, monkeypatch):
    minify([Original("a.css", CSS)], {"css"}, cache)
    monkeypatch.setattr("lading.minify.css.version", lambda: "rcssmin 99")
    monkeypatch.setattr("lading.minify.css.minify", lambda text: ("a{}", [[]]))
    assert (
        minify([Original("a.css", CSS)], {"css"}, cache).files["a.css"].content.startswith(b"a{}")
    )


def test_what_does_not_become_smaller_stays_and_that_is_remembered(cache, monkeypatch):
    originals = [Original("a.css", b"a { b : c }\n")]  # the link to the map would cost more
    assert minify(originals, {"css"}, cache).files == {}
    monkeypatch.setattr(minify_files, "_minify_css", None)
    result = minify(originals, {"css"}, cache)
    assert (result.files, result.findings) == ({}, [])


@pytest.mark.parametrize(
    ("owner", "severity"), [("project", Severity.WARNING), ("vendor", Severity.NOTE)]
)
def test_what_a_tool_cannot_do_is_published_as_it_is_with_a_finding(
    owner, severity, cache, esbuild_folder
):
    originals = [
        Original("bad.js", b"var a = 1;\nvar b = {{ c }};\n" * 9, "/src/bad.js", owner),
        Original("good.js", JS, "/src/good.js", owner),
        Original("nested.css", b"a {\n b :hover { c : d }\n}\n" * 9, "/src/nested.css", owner),
        Original(
            "latin.css", "a { content: 'é' }\n".encode("latin-1") * 9, "/src/latin.css", owner
        ),
        Original("latin.js", "var a = 'é';\n".encode("latin-1") * 9, "", owner),
    ]
    result = minify(originals, {"css", "js"}, cache, folder=esbuild_folder)
    assert result.files.keys() == {"good.js"}
    found = {finding.path: finding for finding in result.findings}
    assert found.keys() == {"bad.js", "nested.css", "latin.css", "latin.js"}
    assert {finding.kind for finding in result.findings} == {"not-minified"}
    assert {finding.severity for finding in result.findings} == {severity}
    assert found["bad.js"].where == "/src/bad.js:2:10"
    assert found["nested.css"].where == "/src/nested.css"
    assert "white space before ':'" in found["nested.css"].message
    assert "not UTF-8" in found["latin.css"].message
    assert found["latin.js"].where == "latin.js"


def test_the_maps_of_a_style_sheet_are_chained(cache):
    inner = (
        b'{"version":3,"sources":["a.scss"],"sourcesContent":["$a"],"names":[],"mappings":"AAKA"}'
    )
    result = minify([Original("a.css", CSS, source_map=inner)], {"css"}, cache)
    document = json.loads(result.files["a.css"].source_map)
    assert document["sources"] == ["a.scss"]
    assert document["sourcesContent"] == ["$a"]


def test_an_earlier_map_that_cannot_be_read_is_no_reason_to_stop(cache):
    result = minify([Original("a.css", CSS, source_map=b"<html>404")], {"css"}, cache)
    assert json.loads(result.files["a.css"].source_map)["sources"] == ["lading:///a.css"]
    assert result.findings == []


def test_an_earlier_map_of_a_script_that_cannot_be_read_is_no_reason_to_stop(cache, esbuild_folder):
    result = minify(
        [Original("a.js", JS, source_map=b"<html>404")], {"js"}, cache, folder=esbuild_folder
    )
    assert json.loads(result.files["a.js"].source_map)["sources"] == ["lading:///a.js"]


def test_missing_tools_are_named_only_when_there_is_work(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    monkeypatch.setitem(__import__("sys").modules, "rcssmin", None)
    assert (
        minify([Original("a.min.js", JS)], {"css", "js"}, cache, folder=str(tmp_path)).files == {}
    )
    with pytest.raises(ConfigError, match="npm install"):
        minify([Original("a.js", JS)], {"js"}, cache, folder=str(tmp_path))
    with pytest.raises(MissingExtraError, match=re.escape("lading[minify]")):
        minify([Original("a.css", CSS)], {"css"}, cache)
