"""Python source -> the static paths that it names; a project -> its own Python files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from small_project import SmallProject

from lading.django.python_check import project_files, uses


def paths(source: str) -> list[str | None]:
    return [use.path for use in uses(source.encode(), "views.py")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from django.templatetags.static import static\nstatic('a.css')", ["a.css"]),
        ("from django.templatetags.static import static as s\ns('a.css'); static('no')", ["a.css"]),
        ("from django.templatetags import static\nstatic.static('a.css')", ["a.css"]),
        ("from django.templatetags import static as t\nt.static('a.css')", ["a.css"]),
        ("import django.templatetags.static\ndjango.templatetags.static.static('a')", ["a"]),
        ("import django.templatetags.static as t\nt.static('a')", ["a"]),
        (
            "from django.contrib.staticfiles.storage import staticfiles_storage as s\ns.url('a')",
            ["a"],
        ),
        ("def f():\n from django.templatetags.static import static\n return [static('a')]", ["a"]),
        ("from django.templatetags.static import static\nstatic('a' 'b')", ["ab"]),
        ("from django.templatetags.static import static\nstatic(f'{x}')\nstatic(x)", [None, None]),
        ("from django.templatetags.static import static\nstatic(b'a')", [None]),
        ("from django.templatetags.static import static\n# static('no')\n'static(\"no\")'", []),
        ("from django.conf.urls.static import static\nstatic('/media/', document_root='m')", []),
        ("from .static import static\nstatic('no')", []),
        (
            "from django.contrib.staticfiles.storage import staticfiles_storage as s\ns.path('a')",
            [],
        ),
        ("static('no')", []),
    ],
)
def test_what_is_found(source: str, expected: list[str | None]) -> None:
    assert paths(source) == expected


def test_places() -> None:
    source = "from django.templatetags.static import static\n\nx = [static('a'), static(y)]"
    found = uses(source.encode(), "views.py")
    assert [(use.where, use.form) for use in found] == [
        ("views.py:3:6", "static('a')"),
        ("views.py:3:19", "static(…)"),
    ]


def test_a_long_chain_of_calls_is_read() -> None:
    source = "from django.templatetags.static import static\nx" + ".a()" * 300 + "\nstatic('a')"
    assert paths(source) == ["a"]


@pytest.mark.parametrize("source", [b"static(", b"\0static", b"\xff static", b"(" * 5000])
def test_what_is_not_python_raises(source: bytes) -> None:
    with pytest.raises((SyntaxError, ValueError, RecursionError, MemoryError)):
        uses(source, "views.py")


def test_files_of_the_project_without_tests_and_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = SmallProject(tmp_path)
    project.write(
        dict.fromkeys(
            [
                "pc_app/__init__.py",
                "pc_app/views.py",
                "pc_app/below/forms.py",
                "pc_app/tests.py",
                "pc_app/test_views.py",
                "pc_app/tests/test_a.py",
                "pc_app/conftest.py",
                "pc_app/.hidden/a.py",
                "pc_app/node_modules/a.py",
                "pc_app/notes.txt",
                "pc_site/__init__.py",
                "pc_site/urls.py",
                "other/a.py",
                "site-packages/pc_vendor/__init__.py",
                "site-packages/pc_vendor/views.py",
            ],
            "",
        )
    )
    monkeypatch.setattr(sys, "path", [project.path(), project.path("site-packages"), *sys.path])
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "pc_nosuch.settings")
    apps = ["lading.django", "django.contrib.staticfiles", "pc_app", "pc_vendor"]
    with project.settings(INSTALLED_APPS=apps, ROOT_URLCONF="pc_site.urls"):
        found = project_files()
    assert found == [
        project.path(name)
        for name in (
            "pc_app/__init__.py",
            "pc_app/below/forms.py",
            "pc_app/views.py",
            "pc_site/__init__.py",
            "pc_site/urls.py",
        )
    ]
    assert "pc_site" not in sys.modules
