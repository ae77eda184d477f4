"""What ``docs/check.md`` shows is what happens."""

from __future__ import annotations

import inspect
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from small_project import SmallProject

from lading.config import parse
from lading.django import media_check, static_check, static_paths, templates
from lading.findings import Severity

PAGE = (Path(__file__).parents[2] / "docs" / "check.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def bare(text: str) -> str:
    """Without white space: lines are broken by their length, and that of the folder varies."""
    return re.sub(r"\s+", "", text)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    monkeypatch.setattr(media_check, "classes", list)  # other tests define some in this process
    monkeypatch.chdir(tmp_path)
    project = SmallProject(tmp_path)
    project.write({"static/css/ship.css": "", "static/img/tug.svg": "<svg/>"})
    return project


def test_the_example(project: SmallProject) -> None:
    (template,), (output,) = blocks("html"), blocks("text")
    project.write({"templates/ship.html": template})
    err = io.StringIO()
    with project.settings(), pytest.raises(CommandError, match="2 errors") as error:
        call_command("lading", "check", stderr=err)
    assert error.value.returncode == 1
    assert bare(err.getvalue()) == bare(output.replace("/srv/harbour", project.path()))


def test_the_commands(project: SmallProject) -> None:
    for command in "".join(blocks("sh")).splitlines():
        program, *arguments = command.split()
        assert program == "manage.py"
        with project.settings():
            call_command(*arguments, stdout=io.StringIO())
    report = json.loads((project.folder / "static-report.json").read_text())
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| ", PAGE.split("The report:")[1], re.MULTILINE)
    assert re.findall(r"\w+", " ".join(rows)) == list(report)


def test_the_settings() -> None:
    (settings,) = blocks("python")
    names: dict[str, Any] = {}
    exec(settings, names)
    table = {key.lower(): value for key, value in names["LADING"].items()}
    assert parse(table, str).severities == {
        "empty-static-folder": Severity.ERROR,
        "missing-static@vendor": Severity.NOTE,
    }


def test_every_kind_of_finding_is_listed() -> None:
    made: set[str] = set()
    for module in (media_check, static_check, static_paths, templates):
        made.update(re.findall(r'Finding\(\s*"([\w-]+)"', inspect.getsource(module)))
    listed = re.findall(r"^\| `([\w-]+)` \| [^|]+ \| \w+ \| \w+ \|$", PAGE, re.MULTILINE)
    assert set(listed) == made


def test_there_is_no_other_block() -> None:
    languages = ("sh", "html", "text", "python")
    assert PAGE.count("```") == 2 * sum(len(blocks(language)) for language in languages)
