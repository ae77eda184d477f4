"""What ``docs/themes.md`` shows is what happens."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from lading import cli
from themes.folders import THEME, write

PAGE = (Path(__file__).parents[2] / "docs" / "themes.md").read_text("utf-8")


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return [shlex.split(line) for line in "".join(blocks).splitlines()]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "home/Downloads/harbour", THEME)
    write(tmp_path / "project/templates", {"about.html": "<img src=img/a.png>"})
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "project")


def test_the_commands(capsys: pytest.CaptureFixture[str]):
    assert len(commands()) == 7
    for program, *arguments in commands():
        assert program == "lading"
        # Browsers are for the tests in e2e.
        given = [str(Path(word).expanduser()) for word in arguments if word != "--verify"]
        assert cli.main(given) == 0, arguments
    told = capsys.readouterr().out
    assert "3 pages extend harbour/base.html (blocks: title, extra_head, content, scripts)." in told


def test_the_table_of_changes():
    """Each row's right side is what its left side becomes."""
    theme = write(
        Path("theme"),
        {"css/site.css": "", "a.png": "", "b.png": "", "img/a.png": "", "about.html": ""},
    )
    rows = re.findall(r"^\| `(<(?!a|img s).*?>|<a .*?>)` \| `(.*?)` \|$", PAGE, re.MULTILINE)
    assert len(rows) == 3
    for before, after in rows:
        (theme / "index.html").write_text(before)
        cli.main(["theme", "import", "theme", "--app", "harbour", "--force", "-v", "0"])
        written = Path("harbour/templates/harbour/index.html").read_text()
        assert written.removeprefix("{% load static %}\n").replace('"', "'") == after.replace(
            '"', "'"
        )


def test_the_keys_of_the_report():
    cli.main(["theme", "import", "../home/Downloads/harbour", "--app", "x", "--json", "r.json"])
    report = json.loads(Path("r.json").read_text())
    table = PAGE.partition("| key | holds |")[2].partition("\n\n")[0]
    keys = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (.*?) \|", table, re.MULTILINE))))
    assert keys == {*report, *report["pages"][0]} & keys
    assert set(report) - keys == {"version"}


def test_every_flag_is_told():
    (parser,) = [
        action.choices["import"]
        for action in _parser()._actions
        if action.dest == "action"
    ]  # fmt: skip
    flags = {option for action in parser._actions for option in action.option_strings}
    told = set(re.findall(r"`(--[a-z-]+)", PAGE))
    assert flags - told <= {"-h", "--help", "-v", "--verbosity", "--no-color", "-n"}


def _parser():
    import argparse

    from lading.verbs.theme import THEME as VERB

    parser = argparse.ArgumentParser()
    VERB.arguments(parser)
    return parser
