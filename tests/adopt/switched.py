"""A project as a dictionary of files, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from lading.adopt import applying
from lading.adopt.switching import Switch, plan
from sites_of_folders import write

APPS = 'INSTALLED_APPS = ["lading.django", "django.contrib.staticfiles"]\n'
"""The settings of a project that needs nothing more for its applications."""


class Switched(NamedTuple):
    files: dict[str, str]
    switch: Switch

    @property
    def changed(self) -> list[str]:
        return [change.document.path for change in self.switch.changes]

    @property
    def tasks(self) -> list[tuple[str, str]]:
        """Where something is left to a person, and what is to be written."""
        return [(task.where, task.write) for task in self.switch.notes.tasks]

    @property
    def rows(self) -> dict[str, str]:
        return {row.old: row.new for row in self.switch.notes.rows}


def switched(folder: Path, files: Mapping[str, str | bytes]) -> Switched:
    """Write the files, switch the project, and see that a second run changes nothing and asks no more."""
    write(folder, files)
    done = plan(str(folder))
    applying.write(done.changes)
    again = plan(str(folder))
    assert again.changes == []
    assert {task.what for task in again.notes.tasks} <= {task.what for task in done.notes.tasks}
    after = {path: (folder / path).read_bytes().decode() for path in files}
    return Switched(after, done)


def settings(folder: Path, text: str, apps: str = APPS) -> str:
    """What becomes of a settings file that says this beside its applications; nothing is left to do."""
    done = switched(folder, {"settings.py": apps + text})
    assert done.tasks == []
    after = done.files["settings.py"]
    assert after.startswith(apps) or apps != APPS
    return after.removeprefix(APPS)
