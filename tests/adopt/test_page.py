"""The page adopt.md: its example is what happens, and its tables name every setting that is known."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from lading.adopt.equivalents import TABLE
from lading.adopt.switching import plan
from lading.adopt.telling import diff, document

PAGE = (Path(__file__).parents[2] / "docs/adopt.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"^```(python|diff)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
COMMANDS = re.findall(r"^\$ lading (.*)$", PAGE, re.MULTILINE)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mysite").mkdir()
    (tmp_path / "mysite/settings.py").write_text(BLOCKS["python"])
    return tmp_path


def test_the_diff_is_what_the_page_says(project: Path):
    assert diff(plan(str(project))) == BLOCKS["diff"]


def test_the_commands_do_what_the_page_says(project: Path):
    assert COMMANDS == ["adopt", "adopt --write"]
    for command in COMMANDS:
        subprocess.run([sys.executable, "-m", "lading", *command.split()], cwd=project, check=True)
    assert "whitenoise" not in (project / "mysite/settings.py").read_text()
    assert plan(str(project)).changes == []


@pytest.mark.parametrize("name", sorted({name.partition("_")[2] for name in TABLE}))
def test_every_setting_that_is_known_is_in_a_table(name: str):
    assert f"`{name}`" in PAGE


def test_every_option_that_is_known_is_in_a_table():
    source = Path(__file__).parents[2] / "src/lading/adopt/equivalents.py"
    _, _, cases = source.read_text("utf-8").partition("    match key:\n")
    options = set(
        re.findall(r'"(\w+)"', " ".join(re.findall(r"^        case (.*):$", cases, re.MULTILINE)))
    )
    assert len(options) >= 8
    assert {option for option in options if f"`{option}`" not in PAGE} == set()


def test_the_keys_of_the_report_are_in_the_last_table(project: Path):
    _, _, table = PAGE.partition("## The report as JSON")
    named = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert named == document(plan(str(project)), written=False).keys()
