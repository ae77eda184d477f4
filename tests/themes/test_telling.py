"""``lading.themes.telling``: what a person reads of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading import cli
from lading.findings import Finding, Severity
from lading.themes import telling
from themes.folders import plan, write


def test_findings_that_say_the_same_are_one(tmp_path: Path):
    pages = {f"{name}.html": "<p>\n<a href=no.html>x</a><img src=no.png>" for name in "abc"}
    shown, rest = telling.gathered(plan(tmp_path, pages).findings)
    assert [(f.path, f.where.partition("theme/")[2]) for f in shown] == [
        ("a.html", "a.html:2:9"),
        ("a.html", "a.html:2:31"),
    ]
    assert all(f.message.endswith(" So at 2 more places.") for f in shown)
    assert rest == []


def test_many_warnings_are_counted():
    def made(severity: Severity, number: int) -> list[Finding]:
        return [Finding("missing-reference", severity, str(n)) for n in range(number)]

    shown, rest = telling.gathered(made(Severity.WARNING, 25))
    assert len(shown) == 20
    assert rest == ["5 warnings [missing-reference] more; -v 2 shows all."]
    assert telling.gathered(made(Severity.WARNING, 20)) == (made(Severity.WARNING, 20), [])
    assert telling.gathered(made(Severity.ERROR, 25)) == (made(Severity.ERROR, 25), [])


def test_nothing_of_a_theme_acts_on_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    write(tmp_path / "theme", {"a.html": "<img src='n\x1b[2Jo.png'>", "b\n\x1b[31m.html": ""})
    monkeypatch.chdir(tmp_path)
    cli.main(["theme", "import", "theme", "--app", "shop", "-v", "2"])
    told, warned = capsys.readouterr()
    assert "\x1b" not in told + warned
    assert "  b\\n\\x1b[31m.html: its name has" in told
    assert "\\x1b[2Jo.png left: no file" in told
