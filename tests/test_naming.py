"""Which names files get: by a digest of their own or of a folder, or their own names kept."""

from __future__ import annotations

import os
import re
import sys

import pytest

from hashed_sites import HASHED, content, digest, loaded, md5, publish, settle
from lading.errors import FindingsError
from lading.findings import Severity
from lading.rules import DEFAULT_IGNORE
from sites_of_folders import Site, kinds

# --- folders under one digest ---


EDITOR = {
    "src/ed/core.js": 'import("./plugin.js"); load("skins/" + name + ".css")',
    "src/ed/plugin.js": "export {}",
    "src/ed/skins/dark.css": "a{b:url(../img/x.png)} c{d:url(/static/ed/img/x.png)}",
    "src/ed/img/x.png": "x",
    "src/ed/readme": "text",
}


def test_settings_that_hold_for_no_file_are_told(site: Site):
    """A folder that is mistyped would get names by content, with which its editor does not start."""
    site.write(EDITOR)
    found = site.collect(folders=("ed", "edd", "e"), finished=("dist/*", "ed/*"), **HASHED).findings
    assert [(f.kind, f.severity, f.path) for f in found] == [
        ("empty-include", Severity.WARNING, "dist/*"),
        ("empty-include", Severity.WARNING, "edd"),
        ("empty-include", Severity.WARNING, "e"),
    ]
    assert "setting 'folders'" in found[1].message
    assert kinds(site.collect(folders=("ed", "edd"), **HASHED)) == ["empty-include"]  # and again
    assert kinds(site.collect(folders=("edd",))) == []  # plain names


def test_a_folder_is_published_under_one_digest_as_it_is(site: Site):
    site.write(EDITOR)
    paths = publish(site, folders=("ed",))
    (shared,) = {re.fullmatch(r"ed\.([0-9a-f]{12})/.+", name)[1] for name in paths.values()}
    assert set(paths.values()) == {f"ed.{shared}/{path.removeprefix('src/ed/')}" for path in EDITOR}
    assert content(site, "ed/core.js") == EDITOR["src/ed/core.js"]
    dark = EDITOR["src/ed/skins/dark.css"].replace(
        "url(/static/ed/img/x.png)", f'url("/static/ed.{shared}/img/x.png")'
    )
    assert content(site, "ed/skins/dark.css") == dark


@pytest.mark.parametrize("changed", sorted(EDITOR))
def test_each_file_of_a_folder_changes_its_digest(site: Site, changed: str):
    site.write(EDITOR | {"src/edit.js": "1", "src/ed.css": "2"})
    before = publish(site, folders=("ed",))
    site.write({changed: EDITOR[changed] + " "})
    after = publish(site, folders=("ed",))
    assert {p for p in before if before[p] == after[p]} == {"edit.js", "ed.css"}
    assert len({digest(after[p]) for p in after if p.startswith("ed/")}) == 1


def test_files_that_come_and_go_change_a_folders_digest(site: Site):
    site.write(EDITOR)
    one = digest(publish(site, folders=("ed",))["ed/core.js"])
    site.write({"src/ed/new": ""})
    two = digest(publish(site, folders=("ed",))["ed/core.js"])
    os.unlink(site.path("src/ed/new"))
    assert digest(publish(site, folders=("ed",))["ed/core.js"]) == one != two


def test_references_into_and_out_of_a_folder(site: Site):
    site.write(EDITOR)
    site.write(
        {
            "src/js/page.js": 'import "../ed/core.js"; new URL("/static/ed/img/x.png", import.meta.url)',
            "src/ed/skins/out.css": "a{b:url(../../img/y.png)} c{d:url('../../ed/img/x.png')}",
            "src/img/y.png": "y",
        }
    )
    paths = publish(site, folders=("ed",))
    folder = paths["ed/readme"].partition("/")[0]
    assert content(site, "js/page.js") == (
        f'import "../{folder}/core.js"; new URL("/static/{folder}/img/x.png", import.meta.url)'
    )
    assert content(site, "ed/skins/out.css") == (
        f'a{{b:url("../../img/y.{md5("y")}.png")}} c{{d:url("../img/x.png")}}'
    )
    site.write({"src/img/y.png": "Y"})
    assert digest(publish(site, folders=("ed",))["ed/readme"]) != digest(paths["ed/readme"])


def test_a_folder_in_a_circle_with_files_outside(site: Site):
    site.write(
        {
            "src/ed/a.js": 'import "../b.js"',
            "src/ed/c.txt": "c",
            "src/b.js": 'import "./ed/a.js"; import "./d.js"',
            "src/d.js": "d",
        }
    )
    paths = publish(site, folders=("ed",))
    shared = digest(paths["b.js"])
    assert paths == {
        "b.js": f"b.{shared}.js",
        "d.js": f"d.{md5('d')}.js",
        "ed/a.js": f"ed.{shared}/a.js",
        "ed/c.txt": f"ed.{shared}/c.txt",
    }
    assert content(site, "ed/a.js") == f'import "../b.{shared}.js"'
    assert content(site, "b.js") == f'import "./ed.{shared}/a.js"; import "./d.{md5("d")}.js"'
    for changed in ("src/ed/c.txt", "src/d.js"):
        before = shared
        site.write({changed: f"// {changed}"})
        shared = digest(publish(site, folders=("ed",))["b.js"])
        assert shared != before


def test_folders_that_refer_to_each_other(site: Site):
    site.write(
        {
            "src/one/a.css": "a{b:url(../two/x.png)}",
            "src/two/b.css": "a{b:url(../one/y.png)}",
            "src/two/x.png": "x",
            "src/one/y.png": "y",
        }
    )
    paths = publish(site, folders=("one", "two"))
    (shared,) = {digest(name) for name in paths.values()}
    assert content(site, "one/a.css") == f'a{{b:url("../two.{shared}/x.png")}}'


def test_a_folder_in_a_folder_belongs_to_the_first_that_is_listed(site: Site):
    site.write({"src/a/x": "x", "src/a/b/y": "y"})
    paths = publish(site, folders=("a/b", "a"))
    assert paths["a/x"].endswith("/x")
    assert re.fullmatch(r"a/b\.[0-9a-f]{12}/y", paths["a/b/y"])
    paths = publish(site, folders=("a", "a/b"))
    assert re.fullmatch(r"a\.[0-9a-f]{12}/b/y", paths["a/b/y"])


def test_many_folders_and_files_are_looked_at_once(site: Site):
    """Not each component of the graph at all files."""
    site.write({f"src/{n % 10}/{n}.css": f"a{{b:url({n}.png)}}" for n in range(400)})
    site.write({f"src/{n % 10}/{n}.png": str(n) for n in range(400)})
    work = {}
    for folders in ((), ("0", "1")):
        steps = 0

        def count(frame, event, _):
            nonlocal steps
            steps += event == "call" and frame.f_code.co_filename.endswith("fingerprint.py")

        sys.setprofile(count)
        try:
            site.plan(**HASHED, folders=folders, jobs=1)
        finally:
            sys.setprofile(None)
        work[folders] = steps
    assert work["0", "1"] < 2 * work[()]


# --- finished bundles: see also test_naming.py ---


VITE = {
    "src/assets/index-BX3k9d2f.js": """import "./vendor-C0ffee12.js";
        new URL("/static/logo.svg",import.meta.url)""",
    "src/assets/vendor-C0ffee12.js": "export {}",
    "src/assets/index-D4rkS1de.css": "a{b:url(/static/logo.svg)} c{d:url(./font-Ab3_d-9Z.woff2)}",
    "src/assets/font-Ab3_d-9Z.woff2": "f",
    "src/logo.svg": '<svg><use href="part.svg#a"/></svg>',
    "src/part.svg": "<svg/>",
    "src/free.css": "e{}",
    "src/.vite/manifest.json": """{"index.html": {"file": "assets/index-BX3k9d2f.js",
        "css": ["assets/index-D4rkS1de.css"], "assets": ["assets/font-Ab3_d-9Z.woff2"]},
        "_v": {"file": "assets/vendor-C0ffee12.js"}}""",
}
BUILT = {path.removeprefix("src/") for path in VITE if path.startswith("src/assets/")}


@pytest.mark.parametrize("originals", [True, False])
@pytest.mark.parametrize("ignore", [(), DEFAULT_IGNORE])
def test_a_finished_bundle_keeps_its_names_and_bytes(site: Site, originals: bool, ignore):
    site.write(VITE)
    paths = publish(site, site.source(ignore=ignore), originals=originals)
    paths.pop(".vite/manifest.json", None)
    assert {path for path in paths if paths[path] == path} == BUILT
    files = loaded(site).files
    for path in BUILT:
        assert content(site, path) == VITE[f"src/{path}"]
        assert files[path].immutable
    assert not files["logo.svg"].immutable  # what the bundle names must be there, by that name
    assert files[paths["logo.svg"]].immutable
    assert ("part.svg" in files) is True
    assert ("free.css" in files) is originals


def test_a_file_refers_to_a_bundle_by_its_own_names(site: Site):
    site.write(VITE | {"src/page.js": 'import "./assets/index-BX3k9d2f.js"'})
    publish(site)
    assert content(site, "page.js") == 'import "./assets/index-BX3k9d2f.js"'


def test_a_bundle_that_is_no_longer_listed_gets_names_of_ours(site: Site):
    site.write(VITE)
    publish(site)
    site.write({"src/.vite/manifest.json": "{}"})
    paths = publish(site)
    assert all(paths[path] != path for path in BUILT)
    os.unlink(site.path("src/.vite/manifest.json"))
    assert publish(site) == paths


def test_a_folder_goes_before_a_bundle(site: Site):
    site.write(VITE)
    paths = publish(site, folders=("assets",))
    (folder,) = {paths[path].partition("/")[0] for path in BUILT}
    assert re.fullmatch(r"assets\.[0-9a-f]{12}", folder)


# --- long names ---


@pytest.mark.parametrize("length", [242, 243, 250, 255])
def test_names_with_and_without_room_for_a_digest(site: Site, length: int):
    long = "n" * (length - 4) + ".css"
    site.write(
        {f"src/{long}": "a{b:url(x.png)}", "src/x.png": "x", "src/y.css": f"@import '{long}';"}
    )
    outcome = site.collect(**HASHED, originals=False)
    paths = loaded(site).paths
    assert (paths[long] == long) == (length > 242)
    if length <= 242:
        assert content(site, "y.css") == f'@import url("{paths[long]}");'
        assert outcome.findings == []
        return
    assert content(site, "y.css") == f"@import '{long}';"
    (finding,) = outcome.findings
    assert (finding.kind, finding.severity, finding.path) == (
        "name-too-long",
        Severity.WARNING,
        long,
    )
    assert finding.where == site.path("src", long)
    # It is published as it was written, so what it names must be there as well.
    assert content(site, long) == "a{b:url(x.png)}"
    assert {long, "x.png"} <= loaded(site).files.keys()
    assert not loaded(site).files[long].immutable
    again = site.collect(**HASHED, originals=False)
    assert (again.plan.puts, again.findings) == ([], [finding])


def test_long_names_of_many_bytes_and_few_characters(site: Site):
    site.write({"src/" + "\u4e16" * 80 + ".css": "a"})
    assert kinds(site.collect(**HASHED)) == ["name-too-long"]


# --- names that are taken ---


def test_a_source_that_ships_the_hashed_name_with_the_same_content(site: Site):
    name = f"a.{md5('x')}.css"
    site.write({"src/a.css": "x", f"src/{name}": "x"})
    for originals in (True, False):
        paths = publish(site, originals=originals)
        assert paths == {"a.css": name, name: f"a.{md5('x')}.{md5('x')}.css"}
        assert loaded(site).files[name].immutable


def test_a_source_that_ships_the_hashed_name_with_other_content(site: Site):
    name = f"a.{md5('x')}.css"
    site.write({"src/a.css": "x", f"src/{name}": "other"})
    for severities in ({}, {"name-taken": Severity.NOTE}):
        with pytest.raises(FindingsError) as caught:
            site.collect(**HASHED, severities=severities)
        assert kinds(caught.value.findings) == ["name-taken"]
        (finding,) = caught.value.findings
        assert (finding.path, finding.where) == ("a.css", site.path("src/a.css"))
        assert name in finding.message
        assert site.published() == {}
    # Under its own digest the other file is in nobody's way.
    assert publish(site, originals=False)["a.css"] == name


def test_collecting_what_was_collected_before(site: Site):
    site.write({"src/a.css": "b{c:url(d.png)}", "src/d.png": "d"})
    publish(site)
    os.rename(site.path("out"), site.path("old"))
    outcome = site.collect("src", "old", **HASHED)
    assert kinds(outcome) == ["manifest-name"]
    assert loaded(site).paths["a.css"] in site.published()


def test_a_file_at_the_manifests_path(site: Site):
    site.write(
        {"src/staticfiles.json": '{"paths": {}}', "two/staticfiles.json": "x", "src/a.css": "a"}
    )
    for _ in range(2):
        outcome = site.collect("src", "two", **HASHED)
        assert [(f.kind, f.where) for f in outcome.findings] == [
            ("manifest-name", site.path("src/staticfiles.json"))
        ]
        assert set(loaded(site).paths) == {"a.css"}
        assert set(loaded(site).files) == {"a.css", loaded(site).paths["a.css"]}
    site.collect("src", "two", **HASHED, manifest="other.json")
    assert set(loaded(site, "other.json").paths) == {"a.css", "staticfiles.json"}


@pytest.mark.parametrize("brief", [False, True])
def test_a_manifest_that_is_not_published_counts_on_an_unchanged_run(site: Site, brief: bool):
    site.write(VITE)
    source = site.source(ignore=DEFAULT_IGNORE)
    for _ in range(3):
        settle(site)
        paths = publish(site, source, brief=brief)
        assert {path for path, name in paths.items() if name == path} == BUILT
        settle(site, "out")
    site.write({"src/.vite/manifest.json": "{}"})
    settle(site)
    assert all(name != path for path, name in publish(site, source, brief=brief).items())
