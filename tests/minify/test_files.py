"""files -> smaller files with maps, out of the cache the second time, and why there are none of the rest."""

from __future__ import annotations

import base64
import json
import re

import pytest

from lading.cache import Cache
from lading.digests import hash_bytes
from lading.errors import ConfigError, MissingExtraError
from lading.minify import files
from lading.minify.files import Failure, Made, Original, minify, read
from lading.minify.tools import Tools

CSS = b"/*! keep */\n.card > .title {\n  color : red ;\n  margin : 0 auto ;\n}\n" * 20
JS = b"/*! keep */\nfunction hello(name) {\n  // greet\n  return 'hello ' + name;\n}\n" * 20
INNER = b'{"version":3,"sources":["a.scss"],"sourcesContent":["$a"],"names":[],"mappings":"AAKA"}'


@pytest.fixture
def cache(tmp_path):
    with Cache(str(tmp_path / "cache")) as opened:
        yield opened


@pytest.fixture
def tools(esbuild_folder):
    return Tools(esbuild_folder)


@pytest.fixture
def css_tools(tmp_path):
    """Tools without esbuild."""
    return Tools(str(tmp_path))


def contents(cache: Cache, made: object) -> tuple[bytes, bytes]:
    """The minified file and its map."""
    assert isinstance(made, Made)
    found = read(cache, made.key)
    assert isinstance(found, tuple)
    assert not isinstance(found, Failure)
    return found


def source_map(cache: Cache, made: object) -> dict:
    return json.loads(contents(cache, made)[1])


def refuse(*_):
    raise AssertionError("a tool was called")


def test_css_and_js_become_smaller_and_link_to_their_maps(cache, tools):
    originals = [
        Original("css/ä b.css", CSS),
        Original("js/app.js", JS),
        Original("js/app.min.js", JS),
        Original("img/logo.svg", b"<svg>   </svg>"),
    ]
    outcomes = minify(originals, tools, cache)
    assert outcomes["js/app.min.js"] is outcomes["img/logo.svg"] is None
    style, script = outcomes["css/ä b.css"], outcomes["js/app.js"]
    assert contents(cache, style)[0].endswith(b"\n/*# sourceMappingURL=%C3%A4%20b.css.map */\n")
    assert contents(cache, script)[0].endswith(b"\n//# sourceMappingURL=app.js.map\n")
    for made, original, source in ((style, CSS, "css/%C3%A4%20b.css"), (script, JS, "js/app.js")):
        content, mapped = contents(cache, made)
        assert made == Made(
            made.key, hash_bytes(content), len(content), hash_bytes(mapped), len(mapped)
        )
        assert len(content) < len(original) / 1.3
        assert b"/*! keep */" in content
        document = json.loads(mapped)
        assert document["sources"] == [f"lading:///{source}"]
        assert document["sourcesContent"] == [original.decode()]
        assert document["mappings"]


def test_an_unchanged_file_comes_out_of_the_cache(cache, tools, monkeypatch):
    originals = [
        Original("a.css", CSS),
        Original("a.js", JS),
        Original("broken.js", b"var a = {{;\n" * 9),
        Original("short.css", b"a { b : c }\n"),
    ]
    first = minify(originals, tools, cache)
    assert [type(outcome) for outcome in first.values()] == [Made, Made, Failure, type(None)]
    monkeypatch.setattr(files, "_minify_css", refuse)
    monkeypatch.setattr(files, "_minify_js", refuse)
    with Cache(cache.root) as later:
        assert minify(originals, tools, later) == first
        for changed in (
            Original("a.css", CSS + b"b{}"),
            Original("b.css", CSS),
            Original("a.css", CSS, source_map=b"{}"),
        ):
            with pytest.raises(AssertionError, match="a tool was called"):
                minify([changed], tools, later)


def test_another_version_of_a_tool_does_its_own_work(cache, tmp_path, monkeypatch):
    minify([Original("a.css", CSS)], Tools(str(tmp_path)), cache)
    monkeypatch.setattr("lading.minify.css.version", lambda: "rcssmin 99")
    monkeypatch.setattr("lading.minify.css.minify", lambda text: ("a{}", [[]]))
    made = minify([Original("a.css", CSS)], Tools(str(tmp_path)), cache)["a.css"]
    assert contents(cache, made)[0].startswith(b"a{}")


def test_what_a_tool_cannot_do_is_told_with_its_place(cache, tools):
    outcomes = minify(
        [
            Original("bad.js", b"var a = 1;\nvar b = {{ c }};\n" * 9),
            Original("good.js", JS),
            Original("nested.css", b"a {\n b :hover { c : d }\n}\n" * 9),
            Original("latin.css", "a { content: 'é' }\n".encode("latin-1") * 9),
            Original("latin.js", "var a = 'é';\n".encode("latin-1") * 9),
        ],
        tools,
        cache,
    )
    assert isinstance(outcomes.pop("good.js"), Made)
    failures = {path: outcome for path, outcome in outcomes.items() if isinstance(outcome, Failure)}
    assert failures.keys() == outcomes.keys()
    assert failures["bad.js"][1:3] == (2, 10)
    assert "white space before ':'" in failures["nested.css"].message
    assert "not UTF-8" in failures["latin.css"].message
    assert "not UTF-8" in failures["latin.js"].message


def test_a_tool_that_fails_for_no_fault_of_the_file_is_asked_again(cache, tools, monkeypatch):
    asked: list[object] = []

    def fail(scripts, esbuild):
        asked.append(esbuild)
        return {path: Failure("killed", passes=True) for path in scripts}

    monkeypatch.setattr(files, "_minify_js", fail)
    for _ in range(2):
        assert minify([Original("a.js", JS)], tools, cache) == {
            "a.js": Failure("killed", passes=True)
        }
    assert len(asked) == 2


@pytest.mark.parametrize("beside", [True, False])
def test_the_maps_of_a_style_sheet_are_chained(cache, css_tools, beside):
    if beside:
        original = Original("a.css", CSS, INNER)
    else:
        url = b"data:application/json;charset=utf-8;base64," + base64.b64encode(INNER)
        original = Original("a.css", CSS + b"/*# sourceMappingURL=" + url + b" */\n")
    document = source_map(cache, minify([original], css_tools, cache)["a.css"])
    assert document["sources"] == ["a.scss"]
    assert document["sourcesContent"] == ["$a"]


@pytest.mark.parametrize(
    "url",
    [
        b"data:application/json;base64,?",
        b"data:application/json;base64,QQ",
        b"data:application/json;base64,QUJD",
        b"data:text/plain,hello",
    ],
)
def test_a_map_in_a_style_sheet_that_cannot_be_read_is_no_reason_to_stop(cache, css_tools, url):
    original = Original("a.css", CSS + b"/*# sourceMappingURL=" + url + b" */\n")
    document = source_map(cache, minify([original], css_tools, cache)["a.css"])
    assert document["sources"] == ["lading:///a.css"]


@pytest.mark.parametrize("earlier", [b"<html>404", b"[" * 100_000, b'{"version":3,"mappings":"?"}'])
@pytest.mark.parametrize(("path", "content"), [("a.css", CSS), ("a.js", JS)])
def test_an_earlier_map_that_cannot_be_read_is_no_reason_to_stop(
    cache, tools, path, content, earlier
):
    made = minify([Original(path, content, source_map=earlier)], tools, cache)[path]
    assert source_map(cache, made)["sources"] == [f"lading:///{path}"]


def test_an_earlier_map_with_half_a_character_in_it(cache, css_tools):
    inner = INNER.replace(b"$a", rb"\ud800")
    made = minify([Original("a.css", CSS, inner)], css_tools, cache)["a.css"]
    assert source_map(cache, made)["sourcesContent"] == ["?"]


def test_missing_tools_are_named_only_when_there_is_work(cache, tmp_path, css_tools, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(__import__("sys").modules, "rcssmin", None)
    assert minify([Original("a.min.js", JS)], css_tools, cache) == {"a.min.js": None}
    with pytest.raises(ConfigError, match="npm install"):
        minify([Original("a.js", JS)], css_tools, cache)
    with pytest.raises(MissingExtraError, match=re.escape("lading[minify]")):
        minify([Original("a.css", CSS)], css_tools, cache)
