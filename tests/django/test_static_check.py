"""A whole project -> all that would be a 404 or a 500 in production."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from small_project import DJANGO, JINJA, PLAIN, SmallProject

from lading.checking import Checked
from lading.django import conf, media_check, static_check
from lading.errors import ConfigError
from lading.progress import Silent
from sites_of_folders import kinds, read, watched


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    project = SmallProject(tmp_path)
    project.write({"static/css/app.css": "", "static/img/logo.svg": ""})
    return project


@pytest.fixture(autouse=True)
def no_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the classes that other tests of this process define; test_lading_command has some."""
    monkeypatch.setattr(media_check, "classes", list)


def check(project: SmallProject, *, ignore: tuple[str, ...] = (), **settings: Any) -> Checked:
    with project.settings(**settings):
        return static_check.check(conf.load(), Silent(), ignore=ignore)


def told(checked: Checked) -> list[tuple[str, str, str]]:
    """Kind, severity and file of each finding about the project's own files."""
    return sorted(
        (f.kind, f.severity.name.lower(), os.path.basename(f.where))
        for f in checked.findings
        if f.owner == "project"
    )


def test_nothing_wrong(project: SmallProject) -> None:
    project.write(
        {
            "templates/a.html": "{% load static %}{% static 'css/app.css' %}{% static 'img/' %}{{ x }}",
            "templates/b.html": "no tags",
        }
    )
    checked = check(project)
    assert told(checked) == []
    assert not checked.has_errors
    assert checked.places["templates"] == 2
    assert checked.uses == 2
    assert checked.carriers["style sheets"] == 1


def test_a_typo_in_each_kind_of_file(project: SmallProject) -> None:
    project.write(
        {
            "templates/a.html": "{% load static %}\n{% static 'css/ap.css' %}",
            "jinja2/b.html": "{{ static('css/ap.css') }}",
            "static/css/c.css": "a { background: url(ap.css) }",
            "static/m.webmanifest": '{"icons": [{"src": "img/no.png"}]}',
        }
    )
    engines = [
        {"BACKEND": DJANGO, "DIRS": [project.path("templates")]},
        {"BACKEND": JINJA, "DIRS": [project.path("jinja2")]},
    ]
    checked = check(project, TEMPLATES=engines)
    assert told(checked) == [
        ("missing-reference", "error", "c.css:1:21"),
        ("missing-reference", "error", "m.webmanifest:1:21"),
        ("missing-static", "error", "a.html:2:1"),
        ("missing-static", "error", "b.html:1:11"),
    ]
    assert checked.has_errors


@pytest.mark.parametrize("debug", [True, False])
def test_debug_makes_no_difference(project: SmallProject, debug: bool) -> None:
    project.write({"templates/a.html": "{% load static %}{% static 'no' %}"})
    assert told(check(project, DEBUG=debug)) == [("missing-static", "error", "a.html:1:18")]


def test_nothing_is_written_and_nothing_needs_to_be_collected(project: SmallProject) -> None:
    project.write({"templates/a.html": "{% load static %}{% static 'no' %}"})
    before = read(project.folder, state=True)
    with watched(project.folder) as (_, writes):
        check(project)
        check(project, STATIC_ROOT=None, storage=PLAIN)
    assert writes == []
    assert read(project.folder, state=True) == before


def test_without_a_manifest_a_missing_file_is_a_404(project: SmallProject) -> None:
    project.write({"templates/a.html": "{% load static %}{% static 'no' %}"})
    for storage, consequence in ((PLAIN, "a 404."), (None, "a 500.")):
        checked = check(project, **({"storage": storage} if storage else {}))
        (finding,) = (f for f in checked.findings if f.kind == "missing-static")
        assert finding.message.endswith(consequence)


def test_a_template_that_does_not_compile_is_noted_and_still_read(project: SmallProject) -> None:
    project.write({"templates/a.html": "{% load static nosuch %}{% static 'no' %}"})
    assert told(check(project)) == [
        ("missing-static", "error", "a.html:1:25"),
        ("unreadable-template", "note", "a.html"),
    ]


def test_a_packages_template_that_does_not_compile_is_noted_and_not_read(
    project: SmallProject,
) -> None:
    project.write({"site-packages/t/a.html": "{% load static nosuch %}{% static 'css/no' %}"})
    engine = {"BACKEND": DJANGO, "DIRS": [project.path("site-packages/t")]}
    checked = check(project, TEMPLATES=[engine])
    assert [(f.kind, f.owner) for f in checked.findings] == [("unreadable-template", "vendor")]
    assert checked.uses == 0


def test_modules_that_ask_for_urls_while_they_are_imported(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(
        {
            "sc_icons/__init__.py": "",
            "sc_icons/templatetags/__init__.py": "",
            "sc_icons/templatetags/sc_icons.py": "from django.template import Library\n"
            "from django.templatetags.static import static\n\n"
            "register = Library()\nICONS = static('css/app.css')\n",
            "templates/a.html": "{% load sc_icons static %}{% static 'no' %}",
        }
    )
    monkeypatch.setattr(sys, "path", [project.path(), *sys.path])
    apps = ["lading.django", "django.contrib.staticfiles", "sc_icons"]
    assert told(check(project, INSTALLED_APPS=apps)) == [("missing-static", "error", "a.html:1:27")]


def test_a_template_of_two_languages_is_read_in_the_one_it_is_written_in(
    project: SmallProject,
) -> None:
    project.write({"templates/a.html": "{% load static %}{% static 'no' %}"})
    folder = {"DIRS": [project.path("templates")]}
    for order in ((JINJA, DJANGO), (DJANGO, JINJA)):
        checked = check(project, TEMPLATES=[{"BACKEND": backend, **folder} for backend in order])
        assert told(checked) == [("missing-static", "error", "a.html:1:18")]


def test_a_file_that_is_not_in_the_engines_encoding_is_noted(project: SmallProject) -> None:
    project.write({"templates/a.html": b"\xff {% load static %}{% static 'no' %}"})
    assert told(check(project)) == [("unreadable-template", "note", "a.html")]


def test_the_import_maps_own_names(project: SmallProject) -> None:
    project.write({"static/js/app.js": ""})
    imports = {
        "app": "js/app.js",
        "react": "https://cdn.example/react.js",
        "app/": "js/",
        "lodash": "js/lodash.js",
        "shop/": "shop/",
    }
    backend = "lading.django.storage.StaticStorage"
    storages = {"staticfiles": {"BACKEND": backend, "OPTIONS": {"imports": imports}}}
    checked = check(project, STORAGES=storages)
    where = "STORAGES['staticfiles']['OPTIONS']['imports']"
    assert [(f.kind, f.path, f.where) for f in checked.findings] == [
        ("missing-static", "js/lodash.js", where),
        ("empty-static-folder", "shop/", where),
    ]
    assert "'lodash' names 'js/lodash.js'" in checked.findings[0].message
    assert checked.uses == 4


def test_a_path_is_told_once_for_a_line(project: SmallProject) -> None:
    project.write({"templates/a.html": "{% load static %}" + "{% static 'no' %}" * 3})
    checked = check(project)
    assert told(checked) == [("missing-static", "error", "a.html:1:18")]


def test_what_is_not_literal_is_counted_and_noted(project: SmallProject) -> None:
    before = check(project)
    project.write({"templates/a.html": "{% load static %}{% static x %}{% static y %}"})
    checked = check(project)
    assert checked.unchecked == before.unchecked + 2
    assert told(checked) == [
        ("unchecked-static", "note", "a.html:1:18"),
        ("unchecked-static", "note", "a.html:1:32"),
    ]


def test_severities_strict_and_ignore_apply(project: SmallProject) -> None:
    project.write({"templates/a.html": "{% load static %}{% static 'css/app.css' %}"})
    assert told(check(project, ignore=("app.css",))) == [("missing-static", "error", "a.html:1:18")]
    lading = {"SEVERITIES": {"missing-static@project": "warning"}}
    assert not check(project, ignore=("app.css",), LADING=lading).has_errors
    strict = {**lading, "STRICT": True}
    assert check(project, ignore=("app.css",), LADING=strict).has_errors


def test_static_url_is_the_projects(project: SmallProject) -> None:
    project.write({"static/css/app.css": "a { background: url(/assets/no.png) }"})
    assert kinds(check(project)) == []
    assert kinds(check(project, STATIC_URL="/assets/")) == ["missing-reference"]


def test_messages_are_as_they_are_written_whatever_the_language(project: SmallProject) -> None:
    project.write({"templates/a.html": "{% load static i18n %}{% static _('Yes') %}"})
    checked = check(project, LANGUAGE_CODE="de", USE_I18N=True)
    (finding,) = (f for f in checked.findings if f.kind == "missing-static")
    assert finding.path == "Yes"


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"STATIC_URL": None}, "STATIC_URL"),
        ({"storage": "no.such.Storage"}, 'STORAGES["staticfiles"]'),
        ({"TEMPLATES": [{"BACKEND": "no.such"}]}, "TEMPLATES"),
    ],
)
def test_settings_that_cannot_work(
    project: SmallProject, settings: dict[str, Any], where: str
) -> None:
    with pytest.raises(ConfigError) as error:
        check(project, **settings)
    assert error.value.where == where
