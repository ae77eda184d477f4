"""``manage.py lading check`` and ``collectstatic --check`` in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sites_of_folders import read, write

MANAGE = """\
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "harbour.settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
SETTINGS = """\
from pathlib import Path
BASE_DIR = Path(__file__).parent.parent
SECRET_KEY = "of tests"
INSTALLED_APPS = ["lading.django", "ships", "django.contrib.admin", "django.contrib.auth",
    "django.contrib.contenttypes", "django.contrib.messages", "django.contrib.sessions",
    "django.contrib.staticfiles"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [],
    "APP_DIRS": True, "OPTIONS": {"context_processors": [
    "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages"]}}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "no.such/folder/db"}}
ROOT_URLCONF = "harbour.urls"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "out"
STORAGES = {"staticfiles": {
    "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}
"""
FILES = {
    "manage.py": MANAGE,
    "harbour/__init__.py": "",
    "harbour/settings.py": SETTINGS,
    "harbour/urls.py": "urlpatterns = []",
    "ships/__init__.py": "",
    "ships/models.py": "from django.db import models\n\n\nclass Ship(models.Model):\n"
    "    name = models.CharField(max_length=9)\n\n    class Meta:\n        app_label = 'ships'\n",
    "ships/admin.py": "from django.contrib import admin\n\nfrom ships.models import Ship\n\n\n"
    "@admin.register(Ship)\nclass ShipAdmin(admin.ModelAdmin):\n    class Media:\n"
    '        js = ["ships/admin.js"]\n',
    "ships/forms.py": "from django import forms\n\n\nclass ShipForm(forms.Form):\n"
    '    class Media:\n        css = {"all": ["ships/ship.css"]}\n',
    "ships/views.py": "from django.templatetags.static import static\n\n\ndef logo():\n"
    '    return static("ships/logo.svg")\n',
    "ships/templates/ships/ship.html": "{% load static %}\n"
    '<link href="{% static "ships/ship.css" %}">\n',
    "ships/static/ships/ship.css": "",
    "ships/static/ships/admin.js": "",
    "ships/static/ships/logo.svg": "<svg/>",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write(tmp_path, FILES)
    return tmp_path


def manage(site: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr; a warning of Python is an error."""
    environment = {
        k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "FORCE_COLOR")
    }
    run = subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *arguments],
        cwd=site,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return run.returncode, run.stdout, run.stderr


@pytest.mark.parametrize("verb", [("lading", "check"), ("collectstatic", "--check")])
def test_a_project_with_the_admin_and_nothing_wrong(site: Path, verb: tuple[str, ...]) -> None:
    before = read(site, state=True)
    code, out, err = manage(site, *verb)
    assert (code, err) == (0, "")
    assert out.startswith("Checked ")
    assert out.endswith(": nothing is missing.\n")
    assert read(site, state=True) == before


def test_what_would_fail_in_production(site: Path) -> None:
    for file in ("ship.css", "admin.js", "logo.svg"):
        os.remove(site / "ships/static/ships" / file)
    code, out, err = manage(site, "lading", "check", "--json", "report.json")
    assert code == 1
    assert out == ""
    assert "CommandError: Checked " in err
    assert ": 4 errors." in err.splitlines()[-1]
    report = json.loads((site / "report.json").read_text())
    assert sorted(finding["where"].removeprefix(f"{site}/") for finding in report["findings"]) == [
        "ships/admin.py:9:15",
        "ships/forms.py:6:24",
        "ships/templates/ships/ship.html:2:13",
        "ships/views.py:5:12",
    ]
    assert {finding["kind"] for finding in report["findings"]} == {"missing-static"}


def test_options_before_and_after_the_verb(site: Path) -> None:
    write(site, {"ships/static/ships/a.js": "import('./no.js')"})
    assert manage(site, "lading", "check", "-v", "0") == (0, "", "")
    assert manage(site, "lading", "-v", "0", "check") == (0, "", "")
    code, _, err = manage(site, "lading", "check", "--strict", "--no-color", "--skip-checks")
    assert code == 1
    assert "error [missing-reference] ships/a.js" in err
    code, out, err = manage(site, "lading", "check", "--strict", "-i", "a.js")
    assert (code, err) == (0, "")
    assert "nothing is missing" in out


def test_wrong_settings_and_wrong_usage(site: Path) -> None:
    code, _, err = manage(site, "collectstatic", "--check", "--clear")
    assert code == 2
    assert "--clear cannot stand beside it" in err
    code, _, err = manage(site, "lading", "launch")
    assert code == 2
    assert "invalid choice: 'launch'" in err
    assert manage(site, "lading")[0] == 2
    write(site, {"harbour/settings.py": f"{SETTINGS}\nSTATIC_ROOT = None\n"})
    code, _, err = manage(site, "collectstatic", "--check")
    assert code == 2
    assert "without having set the STATIC_ROOT" in err
    write(site, {"harbour/settings.py": f"{SETTINGS}\nTEMPLATES = [{{'BACKEND': 'no.such'}}]\n"})
    code, _, err = manage(site, "lading", "check", "--skip-checks")
    assert code == 2
    assert "TEMPLATES: The template engines cannot be set up" in err


def test_help(site: Path) -> None:
    code, out, _ = manage(site, "lading", "--help")
    assert code == 0
    assert "check" in out
    assert "exit codes:" in out
    code, out, _ = manage(site, "lading", "check", "--help")
    assert code == 0
    assert "manage.py lading check --strict" in out
