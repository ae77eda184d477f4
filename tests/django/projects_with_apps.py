"""Django projects with applications of their own, and both ``collectstatic`` commands on them."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from io import StringIO
from types import ModuleType
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.management.commands import collectstatic as stock_collect
from django.contrib.staticfiles.management.commands import findstatic as stock_find
from django.core.management import call_command
from small_project import PLAIN, SmallProject

from lading.django.management.commands import collectstatic, findstatic
from sites_of_folders import read

COLLECT = {"lading": collectstatic.Command, "stock": stock_collect.Command}
FIND = {"lading": findstatic.Command, "stock": stock_find.Command}


class Project(SmallProject):
    """Applications are the folders below ``apps/`` that ``apps`` names."""

    @contextlib.contextmanager
    def set_up(self, *apps: str, **changed: Any) -> Iterator[None]:
        """The settings and the applications, for as long as the block lasts."""
        added = [name for name in apps if name not in sys.modules]
        for name in added:
            folder = self.path("apps", name)
            os.makedirs(folder, exist_ok=True)
            module = sys.modules[name] = ModuleType(name)
            module.__path__ = [folder]
            module.__file__ = os.path.join(folder, "__init__.py")
        installed = ["lading.django", "django.contrib.staticfiles", *apps]
        try:
            with self.settings(**{"storage": PLAIN, "INSTALLED_APPS": installed, **changed}):
                finders.get_finder.cache_clear()
                yield
        finally:
            finders.get_finder.cache_clear()
            for name in added:
                del sys.modules[name]

    def published(self) -> dict[str, str]:
        return read(self.path("out"))


def collect(*arguments: str, command: str = "lading", **options: Any) -> str:
    """What ``collectstatic`` prints, standard error after standard output."""
    return _call(COLLECT[command](), "--noinput", *arguments, **options)


def find(*arguments: str, command: str = "lading", **options: Any) -> str:
    """What ``findstatic`` prints."""
    return _call(FIND[command](), *arguments, **options)


def _call(command: Any, *arguments: str, **options: Any) -> str:
    out, err = StringIO(), StringIO()
    call_command(command, *arguments, stdout=out, stderr=err, **options)
    return out.getvalue() + err.getvalue()
