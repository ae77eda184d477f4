"""The storage's option ``minify``: what ``collectstatic`` publishes with it, and where it has no say."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management.base import CommandError
from hashed_project import HashedProject, collect, storage

from lading.django import conf
from lading.django.storage import StaticStorage
from lading.errors import ConfigError

CSS = "p {\n  color : red ;\n  background : url( ../img/logo.svg ) ;\n}\n" * 9
JS = "// A comment, which is for people and not for browsers, and that goes.\nvar a = 1 ;\n" * 2
HERE = "test_minify"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HashedProject:
    project = HashedProject(tmp_path)
    project.write(
        {"static/css/app.css": CSS, "static/js/app.js": JS, "static/img/logo.svg": "<svg/>"}
    )
    monkeypatch.setenv("LADING_CACHE", project.path("cache"))
    return project


def test_style_sheets_and_their_maps(project: HashedProject) -> None:
    told = project.collect("-v2", options={"minify": ["css"]})
    assert f"Copying '{project.path('static/css/app.css')}'" in told
    assert "4 static files copied" in told
    published, paths = project.published(), project.manifest()["paths"]
    assert published["css/app.css"].startswith("p{color:red;background:url(../img/logo.svg)}")
    assert paths["img/logo.svg"].rpartition("/")[2] in published[paths["css/app.css"]]
    assert paths["css/app.css.map"].rpartition("/")[2] in published[paths["css/app.css"]]
    assert published["js/app.js"] == JS
    with project.settings(options={"minify": ["css"]}):
        assert storage().url("css/app.css") == f"/static/{paths['css/app.css']}"
    assert "0 static files copied" in project.collect(options={"minify": ["css"]})
    assert "4 unmodified" in project.collect(options={"minify": ["css"]})


def test_esbuild_is_looked_for_from_base_dir(
    project: HashedProject, esbuild_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    project.collect(BASE_DIR=Path(esbuild_folder), options={"minify": ["js"]})
    assert len(project.published()["js/app.js"]) < len(JS)
    with project.settings(BASE_DIR=Path("/srv/site")):
        assert conf.load().root == "/srv/site"
    with project.settings(BASE_DIR=None):
        assert conf.load().root == "."


def test_post_processing_can_be_left_out(project: HashedProject) -> None:
    project.collect("--no-post-process", options={"minify": ["css"]})
    assert project.published()["css/app.css"] == CSS


class Named(StaticStorage):
    def hashed_name(self, name, content=None, filename=None):
        return super().hashed_name(name, content, filename)


def test_a_storage_that_names_files_itself_gets_what_was_written(project: HashedProject) -> None:
    project.collect(backend=f"{HERE}.Named", options={"minify": ["css"]})
    published = project.published()
    assert published["css/app.css"] == CSS
    assert "css/app.css.map" not in published


def test_djangos_own_command_publishes_what_was_written(project: HashedProject) -> None:
    apps = ["django.contrib.staticfiles", "lading.django"]
    with project.settings(INSTALLED_APPS=apps, options={"minify": ["css"]}):
        collect()
    assert project.published()["css/app.css"] == CSS
    assert list(project.manifest()["paths"]) == ["css/app.css", "img/logo.svg", "js/app.js"]


def test_it_is_an_option_of_the_storage_alone(project: HashedProject) -> None:
    with (
        project.settings(LADING={"MINIFY": ["css"]}),
        pytest.raises(ConfigError, match="is not set in LADING") as caught,
    ):
        conf.load()
    assert "STORAGES['staticfiles']['OPTIONS'], as 'minify'" in caught.value.remedy
    with pytest.raises(CommandError, match="out of 'css', 'js'"):
        project.collect(options={"minify": ["html"]})
