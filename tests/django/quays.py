"""A project with databases, storages and the models of ``quay``, in this process."""

from __future__ import annotations

import contextlib
import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, connections
from small_project import SmallProject

APPS = [
    "lading.django",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "simple_history",
    "quay",
]
ROUTER = "quay.models.ArchiveRouter"
SQLITE = "django.db.backends.sqlite3"
CAREFREE = {"init_command": "PRAGMA synchronous = OFF", "timeout": 30}
"""It need not survive a power cut."""
AGES_AGO = 1_000_000_000
"""A moment in 2001."""


class Quay(SmallProject):
    """Uploads lie in ``media/`` and ``private/``; the databases are SQLite's, in files."""

    models: ModuleType
    database: dict[str, Any] | None = None  # of another kind than SQLite

    @contextlib.contextmanager
    def open(self, **changed: Any) -> Iterator[Quay]:
        """Settings, tables and connections for as long as the block lasts."""
        os.makedirs(self.path("media"), exist_ok=True)
        os.makedirs(self.path("private"), exist_ok=True)
        values = {
            "INSTALLED_APPS": APPS,
            "MEDIA_ROOT": self.path("media"),
            "PRIVATE_ROOT": self.path("private"),
            "DATABASE_ROUTERS": [ROUTER],
            "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
            **changed,
        }
        files = {"default": "default.sqlite3", "archive": "archive.sqlite3"}
        configured = {
            alias: {"ENGINE": SQLITE, "NAME": self.path(name), "OPTIONS": CAREFREE}
            for alias, name in files.items()
        }
        if self.database:
            configured["default"] = self.database
        with self.settings(**values), databases(configured):
            from quay import models

            self.models = models
            self.make_tables()
            yield self

    def make_tables(self) -> None:
        for model in apps.get_app_config("quay").get_models(include_auto_created=True):
            if not model._meta.proxy:
                alias = "archive" if model._meta.model_name == "archive" else "default"
                with connections[alias].schema_editor() as editor:
                    editor.create_model(model)

    def store(self, name: str, content: str = "x", *, old: bool = True) -> Path:
        """A file below the project, long there unless it is said to be new."""
        self.write({name: content})
        file = Path(self.path(name))
        if old:
            self.age(file)
        return file

    def age(self, file: Path, moment: float = AGES_AGO) -> None:
        os.utime(file, (moment, moment))

    def make(self, kind: str, field: str, name: str, **values: Any) -> Any:
        """A row with a real upload."""
        made = getattr(self.models, kind)(**values)
        getattr(made, field).save(name, ContentFile(b"content of " + name.encode()), save=False)
        made.save()
        return made

    def call(self, *arguments: str, fails: bool | None = False) -> str:
        """What ``manage.py lading media …`` prints, and the error that it ends with, if it ``fails``;
        ``None``: it may.
        """
        out = io.StringIO()
        error: CommandError | None = None
        try:
            call_command("lading", "media", *arguments, stdout=out, stderr=out)
        except CommandError as raised:
            error = raised
        told = out.getvalue() + (f"{error}\n" if error else "")
        if fails is not None:
            assert (error is not None) == fails, told
        return told

    def files(self, folder: str = "media") -> list[str]:
        """The names of all files below a folder."""
        root = Path(self.path(folder))
        return sorted(str(f.relative_to(root)) for f in root.rglob("*") if f.is_file())

    def in_use(self) -> list[str]:
        """The names of uploads, without the trash."""
        return [name for name in self.files() if not name.startswith(".")]


@contextlib.contextmanager
def databases(configured: dict[str, Any]) -> Iterator[None]:
    """These connections, instead of those that the process has."""
    before = connections.settings
    connections.settings = connections.configure_settings(configured)
    _forget(before)
    try:
        yield
    finally:
        for alias in configured:
            connections[alias].close()
        _forget(connections.settings)
        connections.settings = before


def _forget(aliases: Any) -> None:
    for alias in list(aliases):
        with contextlib.suppress(AttributeError):
            del connections[alias]


def prune_while_rows_are_committed(quay: Quay) -> None:
    """Another connection commits row after row while files are moved. Whatever was at its name when its row
    was committed must be there in the end.
    """
    names = [f"{number:04}.txt" for number in range(1500)]
    quay.write({f"media/{name}": name for name in names})
    quay.make("Ship", "photo", "ada.jpg")
    there: list[str] = []
    done = threading.Event()

    def adopt() -> None:
        try:
            for name in reversed(names):
                quay.models.Ship.objects.create(photo=name)
                if os.path.exists(quay.path("media", name)):
                    there.append(name)
                if done.is_set():
                    break
        finally:
            connection.close()

    thread = threading.Thread(target=adopt)
    thread.start()
    try:
        quay.call("prune", "--older-than", "0s", "--force")
    finally:
        done.set()
        thread.join()
    left = set(quay.in_use())
    trashed = [name for name in quay.files() if name.startswith(".")]
    assert there
    assert [name for name in there if name not in left] == []
    assert len(left) + len(trashed) == 1501
