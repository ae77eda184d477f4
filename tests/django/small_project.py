"""A Django project in a folder of the test: templates, static files and settings, in this process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.test import override_settings

from sites_of_folders import write

if not settings.configured:
    settings.configure(
        SECRET_KEY="of tests", INSTALLED_APPS=["lading.django", "django.contrib.staticfiles"]
    )
    django.setup()

DJANGO = "django.template.backends.django.DjangoTemplates"
JINJA = "django.template.backends.jinja2.Jinja2"
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


class SmallProject:
    """``templates/``, ``static/`` and ``jinja2/`` are set up; ``out/`` is STATIC_ROOT and not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        write(folder, {"templates/.keep": "", "static/.keep": "", "jinja2/.keep": ""})

    def path(self, *parts: str) -> str:
        return os.path.realpath(os.path.join(self.folder, *parts))

    def write(self, files: Mapping[str, str | bytes]) -> None:
        write(self.folder, files)

    def settings(self, **changed: Any) -> AbstractContextManager[Any]:
        """The project's settings, with changes; ``storage`` is the class of its static files."""
        storage = changed.pop("storage", MANIFEST)
        values: dict[str, Any] = {
            "BASE_DIR": self.folder,
            "DEBUG": False,
            "INSTALLED_APPS": ["lading.django", "django.contrib.staticfiles"],
            "LADING": {},
            "ROOT_URLCONF": "",
            "STATIC_ROOT": self.path("out"),
            "STATIC_URL": "static/",
            "STATICFILES_DIRS": [self.path("static")],
            "STATICFILES_FINDERS": [
                "django.contrib.staticfiles.finders.FileSystemFinder",
                "django.contrib.staticfiles.finders.AppDirectoriesFinder",
            ],
            "STORAGES": {
                "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
                "staticfiles": {"BACKEND": storage},
            },
            "TEMPLATES": [{"BACKEND": DJANGO, "DIRS": [self.path("templates")], "APP_DIRS": True}],
        }
        return override_settings(**{**values, **changed})
