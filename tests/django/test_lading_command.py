"""``manage.py lading check`` and ``collectstatic --check`` in a process of their own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, CommandParser, call_command
from small_project import SmallProject

from lading.django import media_check
from lading.django.management.commands.lading import Command
from lading.django.verbs import VERBS
from parsers import faults_of_help, subparsers
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
        stdin=subprocess.DEVNULL,
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


@pytest.mark.parametrize(
    "verb", [("collectstatic", "--noinput"), ("lading", "check"), ("lading", "media", "check")]
)
def test_json_is_alone_on_standard_output(site: Path, verb: tuple[str, ...]) -> None:
    settings = SETTINGS.replace("no.such/folder/db", ":memory:")
    write(site, {"harbour/settings.py": settings.replace("ships", "django.contrib.sites")})
    code, out, err = manage(site, *verb, "--json", "-")
    assert (code, err) == (0, "")
    assert json.loads(out)["version"] == 1


def test_a_warning_is_an_error_if_strict(site: Path) -> None:
    write(site, {"ships/static/ships/a.js": "import('./no.js')"})
    code, _, err = manage(site, "lading", "check", "--strict", "--no-color")
    assert code == 1
    assert "error [missing-reference] ships/a.js" in err


def test_a_storage_without_a_place_is_a_wrong_setting(site: Path) -> None:
    write(site, {"harbour/settings.py": f"{SETTINGS}\nSTATIC_ROOT = None\n"})
    code, _, err = manage(site, "collectstatic", "--check")
    assert code == 2
    assert "without having set the STATIC_ROOT" in err


@pytest.mark.parametrize(
    ("change", "arguments", "told"),
    [
        ("STATIC_ROOT = None", ["--noinput"], "CommandError: STATIC_ROOT is not set, so there is"),
        ("STATIC_URL = None", ["--noinput"], "without having set the required STATIC_URL"),
        ("", [], "CommandError: There is nobody to answer the question"),
    ],
)
def test_collectstatic_that_cannot_begin(
    site: Path, change: str, arguments: list[str], told: str
) -> None:
    write(site, {"harbour/settings.py": f"{SETTINGS}\n{change}\n", "out/mine.txt": ""})
    code, _, err = manage(site, "collectstatic", "--skip-checks", *arguments)
    assert (code, "Traceback" in err) == (2, False)
    assert told in err


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        (("verify",), 2),
        (("explain", "a.css"), 2),
        (("webserver", "nginx"), 2),
        (("doctor", "--url", "http://localhost/"), 1),
    ],
)
def test_a_project_without_static_root(site: Path, verb: tuple[str, ...], expected: int) -> None:
    write(site, {"harbour/settings.py": SETTINGS.replace("STATIC_ROOT", "OTHER")})
    code, out, err = manage(site, "lading", *verb)
    assert code == expected, err
    assert "STATIC_ROOT is not set, so there is" in out + err


def test_a_reader_that_has_seen_enough(site: Path) -> None:
    write(site, {"ships/static/ships/ship.js": f"fetch('{'a/' * 60_000}')"})
    command = f"{sys.executable} manage.py lading explain ships/ship.js --json - | true"
    run = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=site,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "BrokenPipeError" not in run.stderr


# In this process, for the parser alone.


@pytest.fixture
def parser() -> CommandParser:
    command = Command()
    command._called_from_command_line = True  # as BaseCommand.run_from_argv does
    return command.create_parser("manage.py", "lading")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["check"], {"verbosity": 1, "strict": False, "ignore": [], "no_color": False}),
        (["check", "-v", "0"], {"verbosity": 0}),
        (["-v", "0", "check"], {"verbosity": 0}),
        (["-v", "0", "check", "-v", "2"], {"verbosity": 2}),
        (["check", "--settings", "a.b", "--traceback"], {"settings": "a.b", "traceback": True}),
        (["--no-color", "check"], {"no_color": True}),
        (["check", "-i", "a", "-i", "b"], {"ignore": ["a", "b"]}),
        (["check", "--no-default-ignore"], {"default_ignore": False}),
    ],
)
def test_options(parser: CommandParser, arguments: list[str], expected: dict[str, Any]) -> None:
    assert vars(parser.parse_args(arguments)).items() >= expected.items()


@pytest.mark.parametrize("arguments", [[], ["launch"], ["check", "--nosuch"], ["check", "-v", "9"]])
def test_wrong_usage(
    parser: CommandParser, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        parser.parse_args(arguments)
    assert exit_.value.code == 2
    assert "usage: manage.py lading" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [(["--help"], "check"), (["check", "--help"], "manage.py lading check --strict")],
)
def test_help(
    parser: CommandParser,
    arguments: list[str],
    shown: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as exit_:
        parser.parse_args(arguments)
    assert not exit_.value.code
    out = capsys.readouterr().out
    assert shown in out
    assert "exit codes:" in out


def test_each_verb_and_action_says_what_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    parsers = list(subparsers(Command().create_parser("manage.py", "lading")))
    assert {*VERBS, "media sync"} <= {p.prog.removeprefix("manage.py lading ") for p in parsers}
    assert {p.prog: faults for p in parsers if (faults := faults_of_help(p))} == {}


def test_check_cannot_be_combined_with_what_publishes(tmp_path: Path) -> None:
    with SmallProject(tmp_path).settings():
        for other in ("clear", "link", "plan", "explain"):
            with pytest.raises(CommandError, match=f"--{other} cannot stand beside") as error:
                call_command("collectstatic", check=True, **{other: True})
            assert error.value.returncode == 2


def test_calls_from_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_check, "classes", list)  # other tests define some in this process
    project = SmallProject(tmp_path)
    project.write({"static/a.css": ""})
    out, err = io.StringIO(), io.StringIO()
    with project.settings():
        call_command("lading", "check", stdout=out, stderr=err)
        project.write({"static/a.css": "a { background: url(no.png) }"})
        with pytest.raises(CommandError, match="1 error") as error:
            call_command("lading", "check", stdout=out, stderr=err)
        call_command("lading", "check", ignore=["a.css"], verbosity=0, stdout=out, stderr=err)
    assert error.value.returncode == 1
    assert out.getvalue().count("\n") == 1
    assert err.getvalue().startswith("error [missing-reference] a.css")


def test_the_build_cache(tmp_path: Path) -> None:
    out = io.StringIO()
    with SmallProject(tmp_path).settings(LADING={"CACHE": str(tmp_path / "cache")}):
        for action in ("info", "prune", "clear"):
            call_command("lading", "cache", action, stdout=out)
    assert out.getvalue().count(str(tmp_path / "cache")) == 3
