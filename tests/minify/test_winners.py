"""Runs with minification: what is published, under which names, with which maps, and what runs again."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hashed_sites import HASHED, content, loaded, md5, settle
from lading.build import Outcome
from lading.errors import ConfigError
from lading.findings import Severity
from lading.lookup import JsModule
from lading.minify import css, files, javascript
from lading.minify import esbuild as esbuild_program
from lading.references.finder import find
from lading.report.steps import steps
from sites_of_folders import Site, kinds, write

CSS = ".card > .title {\n  color : red ;\n  background : url(img/a.png) ;\n}\n" * 9
NOTE = "// What stands here is for people, and no browser has any use for it.\n"
JS = f"{NOTE}export function hello(name) {{\n  // greet\n  return 'hello ' + name;\n}}\n"
MAIN = f'{NOTE}import {{ hello }} from "./lib.js";\n\nhello("you"); // hello\nhello("me");\n'
SITE: dict[str, str | bytes] = {
    "src/app.css": CSS,
    "src/img/a.png": b"\x89PNG",
    "src/js/lib.js": JS,
    "src/js/main.js": MAIN,
    "src/js/done.min.js": JS,
    "src/read.txt": "read me",
}

Collect = Callable[..., Outcome]


@pytest.fixture
def collect(site: Site, esbuild_folder: str) -> Collect:
    """Collect with minification, out of a build cache of the site's own."""
    site.write(SITE)
    return functools.partial(
        site.collect, minify=("css", "js"), root=esbuild_folder, cache=site.path("cache")
    )


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the tools are called with, from now on."""
    made: list[str] = []
    real_css, real_run = css.minify, subprocess.run

    def minify_css(text: str) -> Any:
        made.append(f"rcssmin {text[:9]}")
        return real_css(text)

    def run(command: list[str], **options: Any) -> Any:
        made.append(f"esbuild {' '.join(a for a in command if a.endswith(('.js', '--version')))}")
        return real_run(command, **options)

    monkeypatch.setattr(css, "minify", minify_css)
    monkeypatch.setattr(javascript.subprocess, "run", run)
    return made


def source_map(site: Site, path: str) -> dict[str, Any]:
    """The map that a published file links to; the file lies at ``path`` in the target."""
    with open(site.path("out", path), encoding="utf-8") as file:
        link = re.findall(r"sourceMappingURL=(\S+)", file.read())[-1]
    with open(site.path("out", os.path.dirname(path), link), encoding="utf-8") as file:
        return json.load(file)


def node_finds(site: Site, path: str, needle: str) -> tuple[str, str]:
    """Where a debugger shows the ``needle`` of a published file to be: its source, and the rest of the
    line there.
    """
    with open(site.path("out", path), encoding="utf-8") as file:
        text = file.read()
    head = text[: text.index(needle)]
    line, column = head.count("\n"), len(head) - head.rfind("\n") - 1
    document = source_map(site, path)
    script = """
        const {SourceMap} = require("node:module");
        const [map, line, column] = JSON.parse(require("node:fs").readFileSync(0));
        console.log(JSON.stringify(new SourceMap(map).findEntry(line, column)));
    """
    run = subprocess.run(
        ["node", "-e", script],
        input=json.dumps([document, line, column]),
        capture_output=True,
        text=True,
        check=True,
    )
    entry = json.loads(run.stdout)
    number = document["sources"].index(entry["originalSource"])
    lines = document["sourcesContent"][number].split("\n")
    return entry["originalSource"], lines[entry["originalLine"]][entry["originalColumn"] :]


def test_nothing_is_minified_by_default(site: Site):
    site.write(SITE)
    assert site.collect().plan.minified is None
    assert site.published()["app.css"] == CSS
    assert "minified" not in site.state()


def test_plain_names(site: Site, collect: Collect):
    outcome = collect()
    published = site.published()
    assert published.keys() == {
        *(path.removeprefix("src/") for path in SITE),
        *(f"{path}.map" for path in ("app.css", "js/lib.js", "js/main.js")),
    }
    assert published["app.css"].startswith(".card>.title{color:red;background:url(img/a.png)}")
    assert len(published["js/lib.js"]) < len(JS)
    assert published["js/done.min.js"] == JS
    assert published["read.txt"] == "read me"
    assert source_map(site, "app.css")["sourcesContent"] == [CSS]
    assert node_finds(site, "js/main.js", '"me"') == ("lading:///js/main.js", '"me");')
    assert outcome.findings == []
    assert "minify" in outcome.seconds


def test_one_kind_alone(site: Site, collect: Collect):
    collect(minify=("css",))
    assert len(site.published()["app.css"]) < len(CSS)
    assert site.published()["js/lib.js"] == JS


def test_hashed_names_follow_the_minified_content_and_the_maps_follow_the_names(
    site: Site, collect: Collect
):
    collect(**HASHED)
    paths = loaded(site).paths
    main = content(site, "js/main.js")
    assert paths["js/main.js"] == f"js/main.{md5(main)}.js"
    assert main.startswith(f'import{{hello as o}}from"./{os.path.basename(paths["js/lib.js"])}";')
    assert main.endswith(f"//# sourceMappingURL={os.path.basename(paths['js/main.js.map'])}\n")
    assert f'url("{paths["img/a.png"]}")' in content(site, "app.css")
    moved = content(site, "js/main.js.map")
    assert paths["js/main.js.map"] == f"js/main.js.{md5(moved)}.map"
    # Both are published: the plain file with the plain map.
    for path in ("js/main.js", paths["js/main.js"]):
        assert node_finds(site, path, '"me"') == ("lading:///js/main.js", '"me");')
    for path in ("app.css", paths["app.css"]):
        source, line = node_finds(site, path, "red;")
        assert (source, line) == ("lading:///app.css", "red ;")
    assert node_finds(site, paths["app.css"], "red;background:url")[1] == "red ;"


def test_scripts_that_import_each_other(site: Site, collect: Collect):
    site.write(
        {
            f"src/js/{name}.js": f'{NOTE}import "./{other}.js";\nconsole . log ( "{name}" , 1 );\n'
            for name, other in (("one", "two"), ("two", "one"), ("self", "self"))
        }
    )
    collect(**HASHED)
    paths = loaded(site).paths
    for name in ("one", "two", "self"):
        path = paths[f"js/{name}.js"]
        assert node_finds(site, path, f'"{name}"')[1] == f'"{name}" , 1 );'
        assert loaded(site).files[paths[f"js/{name}.js.map"]].immutable


def test_a_folder_under_one_digest(site: Site, collect: Collect):
    collect(**HASHED, folders=("js",))
    paths = loaded(site).paths
    folders = {os.path.dirname(published) for path, published in paths.items() if "js/" in path}
    assert len(folders) == 1
    assert paths["js/main.js.map"] == f"{folders.pop()}/main.js.map"
    assert node_finds(site, paths["js/main.js"], '"me"')[1] == '"me");'


def test_an_import_map_leaves_the_maps_as_they_are(site: Site, collect: Collect):
    collect(**HASHED, module_imports="importmap")
    assert content(site, "js/main.js.map") == site.published()["js/main.js.map"]
    assert node_finds(site, loaded(site).paths["js/main.js"], '"me"')[1] == '"me");'


def test_a_map_of_its_own_leads_to_the_first_source_and_is_replaced(site: Site, collect: Collect):
    inner = {
        "version": 3,
        "sources": ["app.scss"],
        "sourcesContent": ["$red"],
        "names": [],
        "mappings": "AAAA;AACA;;AACA",
    }
    site.write(
        {
            "src/app.css": f"{CSS}/*# sourceMappingURL=app.css.map */\n",
            "src/app.css.map": json.dumps(inner),
            "src/js/lib.js": f"{JS}//# sourceMappingURL=maps/lib.map\n",
            "src/js/maps/lib.map": json.dumps({**inner, "sources": ["lib.ts"]}),
        }
    )
    collect(**HASHED)
    paths = loaded(site).paths
    assert source_map(site, paths["app.css"])["sources"] == ["app.scss"]
    assert source_map(site, paths["js/lib.js"])["sources"] == ["lib.ts"]
    assert json.loads(site.published()["app.css.map"])["sources"] == ["app.scss"]
    assert site.published()["js/maps/lib.map"] == json.dumps({**inner, "sources": ["lib.ts"]})
    settle(site)
    site.write({"src/app.css.map": json.dumps({**inner, "sources": ["new.scss"]})})
    collect(**HASHED)
    assert source_map(site, loaded(site).paths["app.css"])["sources"] == ["new.scss"]
    os.unlink(site.path("src/app.css.map"))
    collect(**HASHED)
    assert source_map(site, loaded(site).paths["app.css"])["sources"] == ["lading:///app.css"]


def test_an_unchanged_run_starts_no_tool_and_reads_no_file(
    site: Site, collect: Collect, calls: list[str]
):
    site.write({"src/js/broken.js": "var a = {{;\n" * 9})
    settle(site)
    first = collect(**HASHED)
    assert calls
    calls.clear()
    for brief in (True, False):
        again = collect(**HASHED, brief=brief)
        assert (again.plan.puts, again.is_new_release) == ([], False)
        assert again.findings == first.findings
        assert kinds(again) == ["not-minified"]
    assert again.plan.digests.reads == 0
    assert calls == []


def test_only_what_changed_is_minified_again(site: Site, collect: Collect, calls: list[str]):
    settle(site)
    collect(**HASHED)
    calls.clear()
    site.write({"src/js/main.js": f"{MAIN}hello();\n"})
    collect(**HASHED)
    assert calls == ["esbuild 0.js"]
    # The same, into another target: all of it is in the build cache, but for the version of esbuild.
    calls.clear()
    other = Site(site.folder / "other")
    write(site.path("other"), {path: Path(site.path(path)).read_bytes() for path in SITE})
    settle(other)
    other.collect(**collect.keywords, **HASHED)  # type: ignore[attr-defined]
    assert calls == ["esbuild --version"]
    assert other.published() == {
        path: text for path, text in site.published().items() if path in other.published()
    }


CHANGES: dict[str, dict[str, str | bytes | None]] = {
    "a comment": {"src/js/lib.js": f"// a comment\n{JS}"},
    "a script's dependency": {"src/js/lib.js": JS.replace("hello '", "hallo '")},
    "an image": {"src/img/a.png": b"\x89PNG 2"},
    "an image goes": {"src/img/a.png": None, "src/app.css": CSS.replace("img/a.png", "data:,")},
    "becoming minified": {"src/js/lib.js": "export function hello(n){return'hello '+n}" * 9},
    "becoming broken": {"src/js/main.js": "import {{;\n" * 9},
    "a map appears": {"src/app.css.map": "{}"},
    "settings": {},
}


def equals_scratch(site: Site, collect: Collect, **options: Any) -> bool:
    """Whether the target, with all that earlier releases left gone, is as after a run from scratch."""
    options = {**options, "keep_releases": 1, "keep_age": 0}
    settle(site)
    collect(**options)
    collect(**options)  # what the first one replaced leaves
    scratch = Site(site.folder / "scratch")
    options = {**collect.keywords, **options, "cache": site.path("cold")}  # type: ignore[attr-defined]
    scratch.collect(site.source(), **options)
    return site.published() == scratch.published()


@pytest.mark.parametrize("change", CHANGES)
def test_a_run_on_top_of_another_equals_one_from_scratch(site: Site, collect: Collect, change: str):
    settle(site)
    collect(**HASHED)
    for path, data in CHANGES[change].items():
        if data is None:
            os.unlink(site.path(path))
        else:
            site.write({path: data})
    options = {"minify": ("css",)} if change == "settings" else {}
    assert equals_scratch(site, collect, **HASHED, **options)


@pytest.mark.parametrize(
    "options",
    [
        {"names": "plain"},
        {"originals": False},
        {"folders": ("js",)},
        {"module_imports": "importmap"},
        {"js_module": JsModule("js/urls.js", ("*",))},
        {"finished": ("js/lib.js*",)},
        {"encodings": ("br", "gzip")},
        {"static_url": "https://cdn.example/s/"},
    ],
    ids=str,
)
def test_with_other_settings_too(site: Site, collect: Collect, options: dict[str, Any]):
    site.write({"src/js/two.js": f'{NOTE}import "./main.js";\nimport ( "./two.js" );\n' * 2})
    settle(site)
    collect(**{**HASHED, **options})
    site.write({"src/js/lib.js": JS.replace("hello '", "hallo '"), "src/img/b.png": "new"})
    assert equals_scratch(site, collect, **{**HASHED, **options})
    if options.get("names") != "plain":
        two = loaded(site).paths["js/two.js"]
        assert node_finds(site, two, "import(")[1].startswith('import ( "./two.js" )')


def test_a_dry_run_says_what_the_real_one_does(site: Site, collect: Collect):
    planned = site.plan(**collect.keywords, **HASHED)  # type: ignore[attr-defined]
    assert not os.path.exists(site.path("out", ".lading"))
    done = collect(**HASHED)
    assert [a.path for a in planned.plan.puts] == [a.path for a in done.plan.puts]
    assert all(os.path.exists(site.path("out", a.path)) for a in planned.plan.puts)


def test_the_finding_names_the_file_and_line_that_a_person_wrote(site: Site, collect: Collect):
    site.write(
        {
            "src/app.css": "/* one */\n\n" + CSS.replace("a.png", "no.png"),
            "src/js/main.js": MAIN + 'import ( "./gone.js" );\n',
            "src/vendor/bad.js": "var a = {{;\n" * 9,
            "src/bad.js": "var a;\nvar b = {{;\n" * 9,
        }
    )
    for _ in range(2):
        outcome = collect(**HASHED, severities={"missing-reference": Severity.WARNING})
        places = {finding.where for finding in outcome.findings}
        assert site.path("src/app.css") + ":5:20" in places
        assert site.path("src/js/main.js") + ":6:11" in places
        assert site.path("src/bad.js") + ":2:10" in places
        found = {f.path: f.severity for f in outcome.findings if f.kind == "not-minified"}
        assert found == {"bad.js": Severity.WARNING, "vendor/bad.js": Severity.NOTE}
        settle(site)
        write(site.path("src"), {"js/other.js": "1"})  # so that the next run decides anew
    site.write({"src/app.css": "/* one */\n\n\n" + CSS.replace("a.png", "no.png")})
    outcome = collect(**HASHED, severities={"missing-reference": Severity.WARNING})
    assert site.path("src/app.css") + ":6:20" in {f.where for f in outcome.findings}


def test_collisions_and_steps_are_about_the_files_of_the_sources(site: Site, collect: Collect):
    site.write({"theirs/app.css": "b{}", "theirs/js/lib.js": JS, "theirs/t.js": JS})
    outcome = collect("src", "theirs")
    assert kinds(outcome) == ["collision"]
    mine, theirs = steps(outcome, "out")
    assert (mine.found, mine.copied, mine.shadowed) == (6, 6, 0)
    assert (theirs.found, theirs.copied, theirs.shadowed) == (3, 1, 2)
    settle(site)
    again = collect("src", "theirs")
    assert sorted(again.unmodified) == sorted(site.published())


def test_names_that_a_bundler_gave_keep_their_content(site: Site, collect: Collect):
    site.write({"src/assets/index-BX3k9d2f.js": JS})
    collect(**HASHED, finished=("assets/*",))
    assert content(site, "assets/index-BX3k9d2f.js") == JS


def test_where_no_map_can_lie_the_file_stays_as_it_is(site: Site, collect: Collect):
    long = "l" * 236 + ".css"
    site.write({"src/app.css.map/inside.txt": "x", f"src/{long}": CSS})
    outcome = collect(**HASHED)
    assert kinds(outcome) == ["not-minified", "not-minified"]
    assert site.published()["app.css"] == CSS
    assert site.published()[long] == CSS


def test_links_lead_to_the_files_as_they_were_written(site: Site, collect: Collect):
    assert kinds(collect(link=True)) == []
    assert site.published()["app.css"] == f"-> {site.path('src/app.css')}"


def test_a_missing_tool_stops_the_run_and_says_how_to_install_it(
    site: Site, collect: Collect, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", site.path())
    with pytest.raises(ConfigError, match="npm install"):
        collect(root=site.path())
    assert site.published() == {}
    collect(root=site.path(), minify=("css",))
    with pytest.raises(ConfigError, match="npm install"):
        collect(root=site.path())


def test_another_esbuild_is_noticed(site: Site, collect: Collect, monkeypatch: pytest.MonkeyPatch):
    settle(site)
    collect(**HASHED)
    monkeypatch.setattr(esbuild_program, "state", lambda _: "another state")
    monkeypatch.setattr(esbuild_program, "version", lambda _: "esbuild 99")
    real = javascript.minify
    asked: list[str] = []
    monkeypatch.setattr(
        files.javascript, "minify", lambda scripts, _: (asked.extend(scripts), real(scripts, _))[1]
    )
    collect(**HASHED, brief=True)
    assert sorted(asked) == ["js/lib.js", "js/main.js"]
    asked.clear()
    collect(**HASHED, brief=True)
    assert asked == []


@pytest.mark.parametrize("damage", ["lost", "truncated", "unwritable"])
def test_contents_that_the_build_cache_lost_are_made_again(
    site: Site, collect: Collect, damage: str
):
    settle(site)
    if damage == "unwritable":
        site.write({"cache": "a file where the folder should be"})
    collect(**HASHED)
    before = site.published()
    for file in Path(site.path("cache")).rglob("*.*"):
        if damage == "lost":
            file.unlink()
        elif damage == "truncated" and file.stat().st_size:
            os.truncate(file, 5)
    # Another static_url, so that everything is read and named anew.
    outcome = collect(**HASHED, static_url="/other/")
    assert site.published() == before
    found = {
        "lost": [],
        "truncated": ["build-cache-damaged"],
        "unwritable": ["build-cache-unwritable"],
    }
    assert kinds(outcome) == found[damage]


def test_too_large_a_file_is_left_alone_and_told(
    site: Site, collect: Collect, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("lading.minify.winners._LARGEST", len(CSS) - 1)
    (finding,) = collect().findings
    assert (finding.kind, finding.path) == ("not-minified", "app.css")
    assert site.published()["app.css"] == CSS


def test_the_references_of_a_minified_file_are_those_of_the_original(site: Site, collect: Collect):
    code = 'const a = new URL ( "../img/a.png" , import . meta . url );\nimport ( "./lib.js" );\n'
    site.write({"src/js/main.js": code + MAIN})
    collect(**HASHED)
    published = site.published()["js/main.js"].encode()
    urls = {reference.url for reference in find("js/main.js", published)}
    assert urls == {"../img/a.png", "./lib.js", "main.js.map"}
    assert loaded(site).modules["js/main.js"] == ["js/lib.js"]
