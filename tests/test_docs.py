"""Every code block of the README and of ``docs/`` does what it says.

A block is run by its language:

- ``python``: executed. Upper-case names are settings: a project with them passes its checks and collects.
- ``toml``: a settings file of ``lading``; one that is whole becomes the project's ``lading.toml``.
- ``console`` and ``sh``: each command (in ``console`` the lines that begin with ``$``) is run in a project
  and must end with 0; the lines below it are its output, in which ``…`` stands for anything.
- ``json``: must be JSON. ``html`` and ``jinja``: templates that can be rendered.

Pages with tests of their own are named below. A block that no test can run has a comment above it,
``<!-- not run: the reason -->``.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core import checks
from django.core.management import call_command
from django.template import engines

from lading import config, project
from sites_of_folders import write

sys.path.append(str(Path(__file__).parent / "django"))

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("docs/*.md")), ROOT / "README.md"]

TESTED_ELSEWHERE = {
    "adopt.md": "adopt/test_page.py",
    "bucket.md": "test_release_pages.py",
    "check.md": "django/test_check_page.py",
    "deploying.md": "test_deploying_page.py",
    "development.md": "django/test_serving_pages.py",
    "fingerprints.md": "django/test_fingerprints_page.py",
    "media-accounts.md": "django/test_media_accounts_page.py",
    "media.md": "django/test_media_page.py",
    "packing.md": "test_packing_page.py",
    "releases.md": "test_release_pages.py",
    "serving.md": "serve/test_documentation.py",
    "themes.md": "themes/test_themes_page.py",
}
NOT_RUN = {"README.md": 2, "collect.md": 1, "doctor.md": 1}
"""How many blocks of each page no test can run."""


class Block(NamedTuple):
    page: str
    line: int
    language: str
    text: str
    comment: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(path: Path) -> Iterator[Block]:
    """The fenced blocks of a page, with the comment that stands right above each."""
    lines = path.read_text("utf-8").splitlines()
    number = 0
    while number < len(lines):
        if not (fence := re.match(r"( *)```(\w*)", lines[number])):
            number += 1
            continue
        indent, start = fence[1], number
        number += 1
        while not re.match(rf"{indent}```\s*$", lines[number]):
            number += 1
        above = lines[start - 1].strip() if start else ""
        comment = above if above.startswith("<!--") else ""
        text = "\n".join(line.removeprefix(indent) for line in lines[start + 1 : number])
        yield Block(path.name, start + 1, fence[2], text + "\n", comment)
        number += 1


ALL = [block for page in PAGES for block in blocks(page)]
RUN = [b for b in ALL if b.page not in TESTED_ELSEWHERE and "not run:" not in b.comment]


def test_pages_are_found():
    assert {"README.md", "collect.md", "settings.md"} <= {page.name for page in PAGES}
    assert len(ALL) > 30


def test_blocks_that_are_not_run_say_why():
    reasons = [b for b in ALL if "not run" in b.comment]
    for block in reasons:
        assert re.fullmatch(r"<!-- not run: .{10,} -->", block.comment), block
    counts = {page: sum(b.page == page for b in reasons) for page in {b.page for b in reasons}}
    assert counts == NOT_RUN


@pytest.mark.parametrize("page", sorted(TESTED_ELSEWHERE))
def test_pages_with_tests_of_their_own_have_them(page: str):
    test = (ROOT / "tests" / TESTED_ELSEWHERE[page]).read_text("utf-8")
    assert page in test
    assert any(block.page == page for block in ALL)


@pytest.mark.parametrize(
    "block", [b for b in ALL if b.language in ("toml", "json", "python")], ids=str
)
def test_every_block_is_well_formed(block: Block):
    if block.language == "toml":
        tomllib.loads(block.text)
    elif block.language == "json":
        json.loads(block.text)
    else:
        compile(block.text, str(block), "exec")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Django project, and a project without Django, in one folder."""
    folder = tmp_path_factory.mktemp("documented")
    write(folder, FILES)
    for name in os.listdir(folder / "bin"):
        os.chmod(folder / "bin" / name, 0o755)
    return folder


MANAGE = f"""\
#!{sys.executable}
import os, sys
sys.path.insert(0, os.getcwd())
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
SETTINGS = """\
from pathlib import Path
BASE_DIR = Path(__file__).parent
SECRET_KEY = "of tests"
INSTALLED_APPS = ["lading.django", "django.contrib.staticfiles"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "assets"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "lading.django.storage.StaticStorage"},
}
"""
FILES = {
    "bin/manage.py": MANAGE,
    "bin/python": f'#!/bin/sh\nexec {sys.executable} "$@"\n',
    "manage.py": MANAGE,
    "settings.py": SETTINGS,
    "lading.toml": 'target = "public"\nsources = ["assets"]\n',
    "assets/css/app.css": "body { background: url(../img/logo.svg) }",
    "assets/img/logo.svg": "<svg/>",
    "assets/js/app.js": "export {};",
    "node_modules/bootstrap/dist/css/bootstrap.min.css": "a { color: red }",
    # What an earlier run has published, for the pages that serve it.
    "public/staticfiles.json": '{"version": "1.1", "paths": {}, "lading": {"version": 1, "files": {}}}',
}


@pytest.mark.parametrize("block", RUN, ids=str)
def test_the_block_does_what_it_says(block: Block, site: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(site)
    match block.language:
        case "python":
            run_python(block, site)
        case "toml":
            run_toml(block, site)
        case "console" | "sh":
            for command, expected in commands(block):
                run_command(command, expected, site)
        case "html" | "jinja":
            engine = "django" if block.language == "html" else "jinja2"
            assert engines[engine].from_string(block.text).render()
        case "json":
            pass  # well-formed, as was tested
        case _:
            pytest.fail(f"{block}: nothing is known of the language {block.language!r}")


def run_python(block: Block, site: Path) -> None:
    """Execute the block; upper-case names that it sets are settings."""
    given: dict[str, Any] = {"__name__": block.page, "BASE_DIR": site}
    names = dict(given)
    exec(compile(block.text, str(block), "exec"), names)
    if settings := {name: names[name] for name in names.keys() - given if name.isupper()}:
        collect_with(site, settings)


def collect_with(site: Path, settings: dict[str, Any]) -> None:
    """A project with these settings, and an application for each that they name, collects."""
    from projects_with_apps import Project

    options = settings.pop("OPTIONS", {})
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "lading.django.storage.StaticStorage", "OPTIONS": options},
    }
    base = {
        "STATICFILES_DIRS": [str(site / "assets")],
        "STATIC_ROOT": str(site / "collected"),
        "BASE_DIR": site,
        "STORAGES": storages,
        "INSTALLED_APPS": [
            "lading.django",
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "django.contrib.sessions",
            "django.contrib.staticfiles",
        ],
    }
    try:
        with Project(site).settings(**{**base, **settings}):
            found = checks.run_checks(tags=["staticfiles"])
            assert [message for message in found if message.is_serious()] == []
            call_command("collectstatic", "--noinput", stdout=io.StringIO(), stderr=io.StringIO())
    finally:
        for value in settings.get("LADING", {}).values():
            if isinstance(value, Executor):
                value.shutdown()


def run_toml(block: Block, site: Path) -> None:
    """Settings of ``lading``; whole ones are those of the commands that follow."""
    table = tomllib.loads(block.text)
    config.parse(table, lambda key: f"{block} {key}")
    if {"target", "sources"} <= table.keys():
        (site / "lading.toml").write_text(block.text, "utf-8")
        project.load(str(site / "lading.toml"))


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Each command and the output that the page shows for it."""
    if block.language == "sh":
        for line in block.text.splitlines():
            yield line.partition("  #")[0], ""
        return
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        yield command, expected.strip()


def run_command(command: str, expected: str, site: Path) -> None:
    path = os.pathsep.join([str(site / "bin"), os.path.dirname(sys.executable), os.environ["PATH"]])
    done = subprocess.run(
        command,
        shell=True,
        cwd=site,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
    )
    told = (done.stdout + done.stderr).strip()
    assert done.returncode == 0, told
    if expected:
        pattern = ".*".join(map(re.escape, re.split("…", expected)))
        assert re.fullmatch(pattern, told, re.DOTALL), told
