"""System checks: each with its id, its cause and a hint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from django.core.management.base import SystemCheckError
from projects_with_apps import Project, collect

from lading.django import checks as own

LADING = "lading.django"
STATICFILES = "django.contrib.staticfiles"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def found(project: Project, **settings: Any) -> list[tuple[str, str, str]]:
    """The id, message and hint of every check of Lading's."""
    with project.settings(**settings):
        return [
            (str(message.id), message.msg, message.hint or "")
            for message in checks.run_checks(tags=["staticfiles"])
            if str(message.id).startswith("lading.")
        ]


def test_a_project_in_order(project: Project):
    assert found(project) == []
    assert found(project, LADING={"COLLISIONS": "last", "keep_releases": 5}) == []


@pytest.mark.parametrize(
    ("lading", "message", "hint"),
    [
        ({"COLISIONS": "last"}, "LADING['COLISIONS']: There is no setting", "'COLLISIONS'"),
        ({"JOBS": -1}, "LADING['JOBS']: The setting 'JOBS' must be a whole number", ""),
        (["JOBS"], "LADING: The setting LADING must be a dictionary", "LADING = {…}"),
        ({"TARGET": "x"}, "LADING['TARGET']: In a Django project", "STATIC_ROOT"),
        (
            {"MISSING": "plain"},
            "LADING['MISSING']: In a Django project",
            "['OPTIONS'], as 'missing'",
        ),
    ],
)
def test_settings_that_are_wrong(project: Project, lading, message, hint):
    ((identifier, told, remedy),) = found(project, LADING=lading)
    assert identifier == "lading.E001"
    assert told.startswith(message)
    assert hint in remedy


def test_staticfiles_is_missing(project: Project):
    with project.settings(INSTALLED_APPS=[LADING]):
        (message,) = own.check_app_order(None)
    assert (message.id, message.is_serious()) == ("lading.E002", True)
    assert "after 'lading.django'" in str(message.hint)


def test_staticfiles_stands_first(project: Project):
    ((identifier, told, hint),) = found(project, INSTALLED_APPS=[STATICFILES, LADING])
    assert identifier == "lading.W001"
    assert "Django's own collectstatic runs" in told
    assert hint == "Put 'lading.django' first."
    assert found(project, INSTALLED_APPS=[STATICFILES]) == []


def test_collectstatic_runs_the_checks_first(project: Project):
    project.write({"static/a.css": "a"})
    with (
        project.set_up(LADING={"COLISIONS": "last"}),
        pytest.raises(SystemCheckError, match=r"lading\.E001"),
    ):
        collect(skip_checks=False)
    assert project.published() == {}


def test_registering_twice_adds_nothing(project: Project):
    own.register()
    own.register()
    assert len(found(project, LADING={"COLISIONS": 1})) == 1
