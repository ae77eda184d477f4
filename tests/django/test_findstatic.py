"""``findstatic``: which files there are, which one is published, and why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from projects_with_apps import Project, find

FILES = {
    "static/css/app.css": "project",
    "static/.hidden.css": "h",
    "static/id_rsa": "secret",
    "apps/shop/static/css/app.css": "shop",
    "apps/shop/static/css/same.css": "same",
    "apps/blog/static/css/app.css": "project",
    "apps/blog/static/css/same.css": "same",
    "apps/blog/static/logo.svg": "l",
}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path)
    project.write(FILES)
    with project.set_up("shop", "blog"):
        yield project


def test_the_winner_and_those_it_shadows(project: Project):
    assert find("css/app.css").splitlines() == [
        "Found 'css/app.css' here:",
        f"  {project.path('static/css/app.css')}  (published)",
        f"  {project.path('apps/shop/static/css/app.css')}  (shadowed, different content)",
        f"  {project.path('apps/blog/static/css/app.css')}  (shadowed, same content)",
    ]


def test_one_file_needs_no_remark(project: Project):
    assert find("logo.svg") == (
        f"Found 'logo.svg' here:\n  {project.path('apps/blog/static/logo.svg')}\n"
    )


def test_first_shows_what_is_published(project: Project):
    assert find("css/app.css", "--first").splitlines() == [
        "Found 'css/app.css' here:",
        f"  {project.path('static/css/app.css')}  (published)",
    ]


def test_the_policy_last_publishes_another(project: Project):
    with project.set_up("shop", "blog", LADING={"COLLISIONS": "last"}):
        assert f"{project.path('apps/blog/static/css/app.css')}  (published)" in find("css/app.css")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("css/ap.css", "Near: 'css/app.css'"),
        ("LOGO.SVG", "Near: 'logo.svg'."),
        ("/css/app.css", "Leave out '/': the path is 'css/app.css'."),
        ("/static/css/app.css", "Leave out '/static/': the path is 'css/app.css'."),
        ("nothing/like/it.txt", "No matching file found for 'nothing/like/it.txt'."),
        ("../settings.py", "because it contains '..', a step out of its folder."),
        ("a\0b", "because it contains a NUL byte."),
    ],
)
def test_why_there_is_none(project: Project, path: str, reason: str):
    told = find(path)
    assert told.startswith(f"No matching file found for '{path}'.")
    assert reason in told
    assert find(path, verbosity=0) == ""


@pytest.mark.parametrize(
    ("path", "reason"),
    [(".hidden.css", "ignored by '.*'"), ("id_rsa", "looks like a secret: 'id_rsa'")],
)
def test_a_file_that_is_there_and_not_collected(project: Project, path: str, reason: str):
    told = find(path)
    assert f"  {project.path('static', path)}\n" in told
    assert f"Not collected: {project.path('static', path)} is left out: {reason}." in told


def test_a_folder_is_not_published(project: Project):
    assert "Not collected: It is a folder (2 files below it)" in find("css")


def test_with_verbosity_the_places_searched_are_listed(project: Project):
    for path in "css/app.css", "absent.css":
        told = find(path, verbosity=2)
        places = told.partition("Looking in the following locations:")[2].split()
        assert project.path("static") in places
        assert project.path("apps/blog/static") in places


def test_wrong_settings_are_named(project: Project):
    with project.set_up(LADING={"COLISIONS": "last"}), pytest.raises(CommandError) as caught:
        find("css/app.css")
    assert "LADING['COLISIONS']: There is no setting 'COLISIONS'." in str(caught.value)
    assert "Did you mean 'COLLISIONS'?" in str(caught.value)
    assert caught.value.returncode == 2
