"""``lading.adopt.apps``: lists of applications -> lists with Lading's before Django's, without the old."""

from __future__ import annotations

from pathlib import Path

import pytest

from adopt.switched import settings, switched

STATICFILES = '"django.contrib.staticfiles"'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'INSTALLED_APPS = [\n    "polls",\n    "django.contrib.staticfiles",  # last\n]\n',
            ('INSTALLED_APPS = [\n    "polls",\n    "lading.django",\n'
            '    "django.contrib.staticfiles",  # last\n]\n'),
        ),
        (
            "INSTALLED_APPS = ['django.contrib.staticfiles']\n",
            "INSTALLED_APPS = ['lading.django', 'django.contrib.staticfiles']\n",
        ),
        (
            f'DJANGO_APPS = ("a",\n               {STATICFILES})\nINSTALLED_APPS = DJANGO_APPS\n',
            (f'DJANGO_APPS = ("a",\n               "lading.django",\n               {STATICFILES})\n'
            "INSTALLED_APPS = DJANGO_APPS\n"),
        ),
        (
            f'INSTALLED_APPS: list[str] = ["whitenoise.runserver_nostatic", {STATICFILES}]\n',
            f'INSTALLED_APPS: list[str] = ["lading.django", {STATICFILES}]\n',
        ),
        (
            'INSTALLED_APPS = ["django.contrib.staticfiles.apps.StaticFilesConfig", "servestatic"]\n',
            'INSTALLED_APPS = ["lading.django", "django.contrib.staticfiles.apps.StaticFilesConfig"]\n',
        ),
    ],
)  # fmt: skip
def test_lists_that_are_written_out(tmp_path: Path, before: str, after: str):
    assert settings(tmp_path, before, apps="") == after


@pytest.mark.parametrize(
    "statement",
    [
        'INSTALLED_APPS += ["whitenoise.runserver_nostatic"]',
        'INSTALLED_APPS = ["whitenoise.runserver_nostatic", *INSTALLED_APPS]',
        'INSTALLED_APPS = ["whitenoise.runserver_nostatic"] + INSTALLED_APPS',
        'INSTALLED_APPS.insert(0, "whitenoise.runserver_nostatic")',
        'INSTALLED_APPS.extend(["collectfasta"])',
        'INSTALLED_APPS = INSTALLED_APPS + ["collectfasta"]',
    ],
)
def test_statements_that_only_add_the_old_go(tmp_path: Path, statement: str):
    assert settings(tmp_path, f"A = 1\n{statement}\n") == "A = 1\n"
    assert settings(tmp_path, f"if DEBUG:\n    {statement}\n") == "if DEBUG:\n    pass\n"


def test_statements_that_add_others_stay(tmp_path: Path):
    assert (
        settings(tmp_path, 'INSTALLED_APPS += ["collectfasta", "gunicorn"]\n')
        == 'INSTALLED_APPS += ["gunicorn"]\n'
    )
    assert (
        settings(tmp_path, 'INSTALLED_APPS += ["polls"] if DEBUG else ["collectfasta"]\n')
        == 'INSTALLED_APPS += ["polls"] if DEBUG else []\n'
    )


def test_other_strings_of_the_same_name_stay(tmp_path: Path):
    text = (
        'LOGGING = {"loggers": {"servestatic": {"level": "INFO"}}}\n'
        'if "django.contrib.staticfiles" in INSTALLED_APPS:\n    A = ["django.contrib.staticfiles"]\n'
    )
    done = switched(
        tmp_path,
        {
            "settings.py": f'INSTALLED_APPS = ["lading.django", "django.contrib.staticfiles"]\n{text}'
        },
    )
    assert done.switch.changes == []


def test_an_application_is_added_once_in_a_settings_package(tmp_path: Path):
    done = switched(
        tmp_path,
        {
            "config/settings/base.py": f"INSTALLED_APPS = [{STATICFILES}]\n",
            "config/settings/test.py": f"from .base import *\nINSTALLED_APPS = [{STATICFILES}]\n",
            "config/settings/other.py": f"INSTALLED_APPS = [{STATICFILES}]\n",
        },
    )
    new = f'INSTALLED_APPS = ["lading.django", {STATICFILES}]\n'
    assert done.files == {
        "config/settings/base.py": new,
        "config/settings/test.py": f"from .base import *\n{new}",
        "config/settings/other.py": new,
    }


def test_a_list_that_is_put_together_elsewhere_is_left_to_a_person(tmp_path: Path):
    done = switched(tmp_path, {"settings.py": "import apps\n\nINSTALLED_APPS = apps.ALL\n"})
    assert done.tasks == [
        ("settings.py:3", '"lading.django" before "django.contrib.staticfiles" in INSTALLED_APPS')
    ]


def test_a_way_of_its_own_is_left_to_a_person(tmp_path: Path):
    done = switched(
        tmp_path,
        {
            "settings.py": (
                'INSTALLED_APPS = ["lading.django", "django.contrib.staticfiles"]\n'
                'EXTRA_APPS = pick("whitenoise.runserver_nostatic")\n'
            )
        },
    )
    assert done.switch.changes == []
    assert done.tasks == [("settings.py:2", "remove it")]
