"""What ``docs/media-accounts.md`` shows is what happens."""

from __future__ import annotations

import ast
import importlib
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from quays import CAREFREE, SQLITE, databases
from small_project import SmallProject

from lading import cli
from lading.config import parse
from lading.media.folder import FolderStore
from sites_of_folders import read

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "media-accounts.md").read_text("utf-8")

MODELS = """\
from django.db import models


class Person(models.Model):
    avatar = models.FileField(upload_to="avatars/")


class Article(models.Model):
    text = models.TextField()
"""


def blocks(language: str, above: str = "") -> list[str]:
    """The blocks of a language; ``above``: the comment in the line before them, ``""`` if there is none."""
    found: list[str] = []
    before = ""
    lines = iter(PAGE.splitlines())
    for line in lines:
        if line.strip() == f"```{language}":
            indent = len(line) - len(line.lstrip())
            block = [text[indent:] for text in iter(lambda: next(lines), line[:indent] + "```")]
            comment = re.fullmatch(r" *<!-- (.*) -->", before)
            if (comment[1] if comment else "") == above:
                found.append("\n".join(block))
        before = line
    return found


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallProject]:
    """An application ``people`` with three uploads, one of which nobody refers to and one is gone."""
    project = SmallProject(tmp_path)
    project.write(
        {
            "people/__init__.py": "",
            "people/models.py": MODELS,
            "people/files.py": blocks("python", "file: people/files.py")[0],
            "media/avatars/ada.jpg": "x" * 500,
            "media/avatars/bob.jpg": "x" * 500,
            "media/avatars/old.jpg": "x" * 512,
        }
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    database = {"ENGINE": SQLITE, "NAME": project.path("db.sqlite3"), "OPTIONS": CAREFREE}
    settings = {
        "INSTALLED_APPS": ["lading.django", "django.contrib.staticfiles", "people"],
        "MEDIA_ROOT": project.path("media"),
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
    }
    with project.settings(**settings), databases({"default": database}):
        models = importlib.import_module("people.models")
        with connection.schema_editor() as editor:
            editor.create_model(models.Person)
            editor.create_model(models.Article)
        for name in ("ada", "ann", "bob"):
            models.Person.objects.create(avatar=f"avatars/{name}.jpg")
        yield project
    for module in [name for name in sys.modules if name.partition(".")[0] == "people"]:
        del sys.modules[module]
    from django.apps import apps

    del apps.all_models["people"]
    apps.clear_cache()


def call(command: str) -> str:
    out = io.StringIO()
    program, *arguments = command.split()
    if program == "lading":
        assert cli.main(arguments) == 0
    else:
        assert program == "manage.py"
        call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


def bare(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_the_example(project: SmallProject, monkeypatch: pytest.MonkeyPatch):
    day = 1_777_900_000  # in May 2026
    real = FolderStore.stat

    def stat(self: FolderStore, names: Any) -> Any:
        return {name: file._replace(modified=day) for name, file in real(self, names).items()}

    monkeypatch.setattr(FolderStore, "stat", stat)
    (command,) = blocks("sh")[0].splitlines()
    (output,) = blocks("text")
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command(*command.split()[1:], stdout=out, stderr=out)
    assert error.value.returncode == 1
    assert bare(f"{out.getvalue()}{error.value}") == bare(output)


def test_the_commands_of_pruning(project: SmallProject):
    before = read(project.path("media"))
    commands = blocks("sh")[1].splitlines()
    assert [command.split()[3] for command in commands] == [
        "prune",
        "prune",
        "trash",
        "restore",
        "empty",
    ]
    for command in commands:
        if command.endswith("prune"):
            command += " --older-than 0s"
        call(command)
    assert read(project.path("media")) == before


def test_the_settings(project: SmallProject):
    for text in blocks("python"):
        names: dict[str, Any] = {}
        exec(text, names)
        if "LADING" in names:
            parse({key.lower(): value for key, value in names["LADING"].items()}, str)
        else:
            with project.settings(STORAGES=names["STORAGES"]):
                from django.core.files.storage import storages

                assert all(storages[alias] for alias in names["STORAGES"])


def test_functions_that_tell_of_files(project: SmallProject):
    models = importlib.import_module("people.models")
    models.Article.objects.create(text='<p><img src="/media/avatars/old.jpg"></p>')
    models.Person.objects.filter(avatar="avatars/ann.jpg").delete()
    with project.settings(
        LADING={"MEDIA_REFERENCES": ["people.files.pasted"]},
        MEDIA_ROOT=project.path("media"),
        INSTALLED_APPS=["lading.django", "django.contrib.staticfiles", "people"],
    ):
        assert "0 missing, 0 orphans" in call("manage.py lading media check")


def test_the_commands_of_copying(project: SmallProject):
    for command in blocks("sh")[2].splitlines():
        call(command)
    assert read(project.path("backup")) == read(project.path("media"))


def test_the_commands_of_moving_are_those_that_the_test_of_moving_runs():
    commands = blocks("sh", "needs the bucket")
    assert {command.strip() for command in commands} == {
        "manage.py lading media sync storage:old storage:new"
    }
    test = (ROOT / "tests/django/test_media_moving.py").read_text("utf-8")
    assert 'quay.call("sync", "storage:old", "storage:new")' in test


def test_every_block_is_one_of_those_above():
    counted = sum(
        len(blocks(language, above))
        for language, above in (
            ("sh", ""),
            ("sh", "needs the bucket"),
            ("text", ""),
            ("python", ""),
            ("python", "file: people/files.py"),
        )
    )
    assert PAGE.count("```") == 2 * counted


def test_the_tests_that_the_table_names_are_there():
    named = re.findall(r"\| `(?:(\w+\.py)::)?(test_\w+)` \|", PAGE)
    assert len(named) >= 13
    for file, test in named:
        path = ROOT / "tests/django" / (file or "test_media_accounts.py")
        tree = ast.parse(path.read_text("utf-8"))
        assert test in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}, (file, test)
