"""What ``docs/fingerprints.md`` shows does what the page says."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from django.templatetags.static import static
from hashed_project import HashedProject, outside_of_tests
from small_project import DJANGO

from lading import manifest as manifests
from lading.config import Config
from lading.django import options
from lading.django.options import Options, OptionsError
from lading.objectstore.settings import BucketSettings

PAGE = (Path(__file__).parents[2] / "docs/fingerprints.md").read_text("utf-8")
FILES = {
    "static/css/app.css": "a{}",
    "static/font/inter.woff2": "font",
    "static/img/logo.png": "logo",
    "static/img/flags/fr.svg": "<svg/>",
    "static/js/classic.js": "1",
    "static/js/app.js": 'import "./leaf.js"',
    "static/js/leaf.js": "1",
    "static/js/pages/home.js": "1",
    "static/vendor/lodash.js": "1",
    "static/tinymce/tinymce.min.js": "1",
    "static/dist/assets/index-BX3k9d2f.js": "1",
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def run(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "of_the_page"}
    exec(text, names)
    return names


@pytest.fixture
def project(tmp_path: Path) -> HashedProject:
    project = HashedProject(tmp_path)
    project.write(FILES)
    return project


def test_every_block_is_of_a_kind_that_is_tested() -> None:
    kinds = set(re.findall(r"^```(\w+)$", PAGE, re.MULTILINE))
    assert kinds == {"python", "html", "jinja", "javascript", "json", "text"}


@pytest.mark.parametrize("block", blocks("python"))
def test_settings(project: HashedProject, block: str) -> None:
    names = run(block)
    if "STORAGES" in names:
        storages = names["STORAGES"]
        storages["staticfiles"].setdefault("OPTIONS", {})["encodings"] = []
        project.collect(STORAGES=storages)
        paths = project.manifest()["paths"]
        with project.settings(STORAGES=storages), outside_of_tests():
            assert static("css/app.css") == f"/static/{paths['css/app.css']}"
    elif "OPTIONS" in names:
        project.collect(options=names["OPTIONS"])
        assert project.manifest()["paths"].keys() >= {p.removeprefix("static/") for p in FILES}
    elif "TEMPLATES" in names:
        assert names["TEMPLATES"][0]["OPTIONS"]["extensions"]
    else:
        names["Release"].__module__ = __name__
        globals()["Release"] = names["Release"]
        project.collect(backend=f"{__name__}.Release")
        document = json.loads(project.published()["release.json"])
        assert document["paths"]["css/app.css"] == "css/app.2026w47.css"


def test_folders(project: HashedProject) -> None:
    chosen = {"folders": ["tinymce"]}
    project.collect(options=chosen)
    with project.settings(options=chosen), outside_of_tests():
        folder = static("tinymce/")
        assert re.fullmatch(r"/static/tinymce\.[0-9a-f]{12}/", folder)
        assert static("tinymce/tinymce.min.js") == f"{folder}tinymce.min.js"


def test_finished_bundles(project: HashedProject) -> None:
    project.collect(options={"finished": ["dist/assets/*"]})
    path = "dist/assets/index-BX3k9d2f.js"
    assert project.manifest()["paths"][path] == path


def test_the_module_that_gives_urls(project: HashedProject) -> None:
    (script,) = blocks("javascript")
    (chosen,) = (run(b)["OPTIONS"] for b in blocks("python") if "js_module" in b)
    project.write({"static/js/flags.js": f'{script}console.log(flag("fr"));'})
    project.collect(options=chosen)
    paths = project.manifest()["paths"]
    project.write({"out/package.json": '{"type": "module"}'})
    done = subprocess.run(
        ["node", project.path("out", paths["js/flags.js"])],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == Path(project.path("out", paths["img/flags/fr.svg"])).as_uri()


@pytest.mark.parametrize("mode", ["rewrite", "importmap"])
def test_templates(project: HashedProject, mode: str) -> None:
    (template,) = blocks("html")
    (jinja_template,) = blocks("jinja")
    (jinja,) = (run(b)["TEMPLATES"][0] for b in blocks("python") if "TEMPLATES" in b)
    chosen = {"module_imports": mode}
    project.collect(options=chosen)
    templates = [jinja, {"BACKEND": DJANGO, "DIRS": []}]
    with project.settings(options=chosen, TEMPLATES=templates), outside_of_tests():
        shown = engines["django"].from_string(template).render()
        shown_by_jinja = engines["jinja2"].from_string(jinja_template).render()
    for line in shown_by_jinja.replace(' data-integrity="', "\n").splitlines():
        if line.startswith(("<link", "<script")):
            assert line in shown
    assert shown.count(' integrity="sha256-') == 3
    assert '<script type="importmap">{"imports":{' in shown


def test_import_maps(project: HashedProject) -> None:
    (chosen,) = (run(b)["OPTIONS"] for b in blocks("python") if "importmap" in b)
    project.collect(options=chosen)
    source = "{% load lading %}"
    source += re.findall(r'`({% importmap "[^`]*" "[^`]*%})`', PAGE)[0]
    paths = project.manifest()["paths"]
    with (
        project.settings(options=chosen, TEMPLATES=[{"BACKEND": DJANGO, "DIRS": []}]),
        outside_of_tests(),
    ):
        shown = engines["django"].from_string(source).render()
    imports = json.loads(re.findall(">(.*)<", shown)[0])["imports"]
    expected = ("js/app.js", "js/leaf.js", "js/pages/home.js", "vendor/lodash.js")
    assert {k: v for k, v in imports.items() if k.startswith("/")} == {
        f"/static/{path}": f"/static/{paths[path]}" for path in expected
    }
    assert imports["lodash"] == f"/static/{paths['vendor/lodash.js']}"
    assert imports["app/leaf.js"] == f"/static/{paths['js/leaf.js']}"


def test_the_error(project: HashedProject) -> None:
    (text,) = blocks("text")
    project.collect()
    with (
        project.settings(),
        outside_of_tests(),
        pytest.raises(ValueError, match="Missing") as raised,
    ):
        static("css/ap.css")
    assert str(raised.value) == " ".join(text.split())


def test_the_manifest() -> None:
    (text,) = blocks("json")
    document = json.loads(text)
    manifest = manifests.loads(text)
    again = manifests.to_document(manifest)
    assert {**again, "hash": ""} == {**document, "hash": ""}


def test_the_table_of_options() -> None:
    table = PAGE.partition("## Options")[2].partition("###")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", table, re.MULTILINE))
    with pytest.raises(OptionsError) as raised:
        options.parse({"zzzzzzzzzz": 1})
    known = raised.value.remedy.removeprefix("Valid settings: ").rstrip(".").split(", ")
    assert [name for name in known if f"`{name}`" not in table] == []
    for name, default in rows.items():
        expected = getattr(Options() if hasattr(Options(), name) else Config(), name)
        if default == "none":
            assert expected in (None, BucketSettings())
            continue
        shown = run(f"x = {default.strip('`')}")["x"]
        assert (tuple(shown) if isinstance(shown, list) else shown) == expected
