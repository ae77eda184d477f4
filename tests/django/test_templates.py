"""TEMPLATES -> the template files of the project and its packages, each once."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from django.template import Origin
from django.template.loaders.base import Loader
from small_project import DJANGO, JINJA, SmallProject

from lading.django import templates
from lading.errors import ConfigError


class Silent(Loader):
    """A loader that loads and does not list, as one from a database."""

    def get_template_sources(self, template_name: str) -> list[Origin]:
        return []


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    return SmallProject(tmp_path)


def find(project: SmallProject, *engines: dict[str, Any], **settings: Any) -> list[str]:
    """The templates' files, relative to the project."""
    with project.settings(**({"TEMPLATES": list(engines)} if engines else {}), **settings):
        found = templates.find()
    root = project.path() + os.sep
    return sorted(file.removeprefix(root) for file in found.files)


def django_engine(project: SmallProject, *loaders: Any, **options: Any) -> dict[str, Any]:
    if loaders:
        options["loaders"] = list(loaders)
    return {"BACKEND": DJANGO, "DIRS": [project.path("templates")], "OPTIONS": options}


def test_folders_of_the_project_and_of_applications(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(
        {
            "templates/a.html": "",
            "templates/mail/b.txt": "",
            "site-packages/tt_vendor/__init__.py": "",
            "site-packages/tt_vendor/templates/v.html": "",
        }
    )
    monkeypatch.setattr(sys, "path", [project.path("site-packages"), *sys.path])
    apps = ["lading.django", "django.contrib.staticfiles", "tt_vendor"]
    assert find(project, INSTALLED_APPS=apps) == [
        "site-packages/tt_vendor/templates/v.html",
        "templates/a.html",
        "templates/mail/b.txt",
    ]


FILESYSTEM = "django.template.loaders.filesystem.Loader"


@pytest.mark.parametrize("debug", [True, False])
def test_the_default_loaders_with_and_without_the_cache(project: SmallProject, debug: bool) -> None:
    project.write({"templates/a.html": ""})
    assert find(project, django_engine(project, debug=debug)) == ["templates/a.html"]


def test_loaders_inside_loaders_and_templates_in_settings(project: SmallProject) -> None:
    project.write({"templates/a.html": ""})
    loaders = [
        (
            "django.template.loaders.cached.Loader",
            [FILESYSTEM, ("django.template.loaders.locmem.Loader", {"b.html": "b"})],
        ),
        ("django.template.loaders.filesystem.Loader", [project.path("templates")]),
    ]
    assert find(project, django_engine(project, *loaders)) == ["locmem:b.html", "templates/a.html"]


def test_a_loader_that_cannot_list_is_told(project: SmallProject) -> None:
    project.write({"templates/a.html": ""})
    engine = django_engine(project, f"{__name__}.Silent", FILESYSTEM)
    with project.settings(TEMPLATES=[engine]):
        found = templates.find()
    assert [(f.kind, f.where) for f in found.findings] == [
        ("unlisted-templates", f"{__name__}.Silent")
    ]
    assert [os.path.basename(file) for file in found.files] == ["a.html"]


def test_what_is_no_template_is_left_out(project: SmallProject) -> None:
    project.write(
        dict.fromkeys(
            [
                "templates/a.html",
                "templates/views.py",
                "templates/de.po",
                "templates/a.html~",
                "templates/.hidden",
                "templates/.git/a.html",
                "templates/node_modules/a.html",
                "templates/lib/site-packages/a.html",
                "templates/__pycache__/a.html",
            ],
            "",
        )
    )
    assert find(project, django_engine(project)) == ["templates/a.html"]


def test_links_are_followed_once_and_never_in_a_circle(project: SmallProject) -> None:
    project.write({"templates/a.html": "", "elsewhere/b.html": ""})
    os.symlink(project.path("elsewhere"), project.path("templates") + "/linked")
    os.symlink(project.path("templates"), project.path("elsewhere") + "/back")
    os.symlink(project.path("templates/a.html"), project.path("templates") + "/c.html")
    assert find(project, django_engine(project)) == ["elsewhere/b.html", "templates/a.html"]


def test_jinja2_templates(project: SmallProject) -> None:
    project.write({"jinja2/a.html": "", "jinja2/b/c.txt": "", "jinja2/d.py": "", "jinja2/.e/f": ""})
    engine = {"BACKEND": JINJA, "DIRS": [project.path("jinja2")]}
    assert find(project, engine) == ["jinja2/a.html", "jinja2/b/c.txt"]


def test_jinja2_loaders_without_files_or_without_a_list(project: SmallProject) -> None:
    import jinja2

    def engine(loader: jinja2.BaseLoader) -> dict[str, Any]:
        return {"BACKEND": JINJA, "OPTIONS": {"loader": loader}}

    assert find(project, engine(jinja2.DictLoader({"a": "text"}))) == ["jinja2:a"]
    with project.settings(TEMPLATES=[engine(jinja2.FunctionLoader(lambda _: None))]):
        found = templates.find()
    assert [finding.kind for finding in found.findings] == ["unlisted-templates"]


def test_a_file_of_two_engines_is_one_template_with_two_ways_to_read_it(
    project: SmallProject,
) -> None:
    project.write({"templates/a.html": "{% load static %}{% static 'x' %}"})
    both = [
        {"BACKEND": JINJA, "DIRS": [project.path("templates")]},
        django_engine(project),
    ]
    with project.settings(TEMPLATES=both):
        (template,) = templates.find().files.values()
        assert len(template.engines) == 2
        assert template.is_django
        assert [use.path for use in template.engines[1](template.text(), "f")] == ["x"]


def test_text_that_is_none(project: SmallProject) -> None:
    project.write(
        {
            "templates/a.bin": b"static\0",
            "templates/b.txt": b"static \xff",
            "templates/c.txt": "a\r\nb",
        }
    )
    with project.settings():
        found = templates.find().files
        binary, latin, text = (
            found[project.path("templates", f)] for f in ("a.bin", "b.txt", "c.txt")
        )
        assert binary.text() == ""
        assert text.text() == "a\nb"
        with pytest.raises(UnicodeDecodeError):
            latin.text()


def test_engines_that_cannot_be_set_up(project: SmallProject) -> None:
    with (
        project.settings(TEMPLATES=[{"BACKEND": "no.such.Engine"}]),
        pytest.raises(ConfigError) as e,
    ):
        templates.find()
    assert e.value.where == "TEMPLATES"
    assert "No module named 'no'" in str(e.value)
