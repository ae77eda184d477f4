"""``manage.py lading verify`` and the setting ``READ_ONLY`` in a Django project."""

from __future__ import annotations

import os
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hashed_project import HashedProject
from small_project import PLAIN

FILES = {"static/css/app.css": "body { background: url(../a.svg) }", "static/a.svg": "<svg/>"}


@pytest.fixture
def project(tmp_path: Path) -> HashedProject:
    found = HashedProject(tmp_path)
    found.write(FILES)
    return found


def verify(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("lading", "verify", *arguments, stdout=out, stderr=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.parametrize("backend", ["lading.django.storage.StaticStorage", PLAIN])
def test_damage_is_told_and_repaired(project: HashedProject, backend: str):
    with project.settings(backend=backend):
        call_command("collectstatic", "--noinput", stdout=StringIO())
        before = project.published()
        assert verify()[1].endswith(": all as they were published.\n")
        os.unlink(project.path("out/css/app.css"))
        code, out = verify()
        assert code == 1
        assert "missing   css/app.css      There is no such file." in out
        code, out = verify("--repair")
        assert code == 0
        assert out.endswith(": 1 restored.\n")
    assert project.published() == before


@pytest.mark.parametrize("backend", ["lading.django.storage.StaticStorage", PLAIN])
def test_read_only(project: HashedProject, backend: str):
    for content in ("1", "2"):
        project.write({"static/new.txt": content})
        with project.settings(backend=backend, LADING={"READ_ONLY": True}):
            call_command("collectstatic", "--noinput", stdout=StringIO())
            assert verify()[0] == 0
        modes = {os.stat(project.path("out", path)).st_mode for path in project.published()}
        assert {stat.S_IMODE(mode) for mode in modes} == {0o444}


def test_nothing_is_collected_yet(project: HashedProject):
    with (
        project.settings(),
        pytest.raises(CommandError, match="Nothing is known to be published") as error,
    ):
        verify()
    assert error.value.returncode == 1
    assert not os.path.exists(project.path("out"))
