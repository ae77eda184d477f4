"""``lading check`` in a folder -> exit code, what it prints, what it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lading.cli import main
from sites_of_folders import read, write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, {"lading.toml": 'target = "out"\nsources = ["src"]\n', "src/a.css": ""})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = read(folder, state=True)
    assert main(["check"]) == 0
    assert capsys.readouterr() == (
        "Checked 0 references in 1 style sheet: nothing is missing.\n",
        "",
    )
    assert read(folder, state=True) == before


def test_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"src/a.css": "a { background: url(no.png) }"})
    assert main(["check", "--json", "report.json"]) == 1
    out, err = capsys.readouterr()
    assert out == "Checked 1 reference in 1 style sheet: 1 error.\n"
    assert "error [missing-reference] a.css" in err
    report = json.loads((folder / "report.json").read_text())
    assert report["failed"]
    assert report["references"] == 1
    assert [f["kind"] for f in report["findings"]] == ["missing-reference"]
    assert not (folder / "out").exists()


def test_a_warning_is_an_error_if_strict(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"src/a.js": 'import("./no.js")'})
    assert main(["check"]) == 0
    assert main(["check", "--strict"]) == 1
    assert "1 warning." in capsys.readouterr().out


def test_verbosity(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"src/lib.min.js": "//# sourceMappingURL=no.map"})
    assert main(["check"]) == 0
    assert capsys.readouterr().err == ""
    assert main(["check", "-v", "2"]) == 0
    assert "note [missing-source-map]" in capsys.readouterr().err
    assert main(["check", "-v", "0"]) == 0
    assert capsys.readouterr() == ("", "")


def test_quiet_runs_still_tell_errors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"src/a.css": "a { background: url(no.png) }"})
    assert main(["check", "-v", "0"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "no.png" in err


def test_ignored_files_are_not_checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"src/old/a.css": "a { background: url(no.png) }"})
    assert main(["check"]) == 1
    assert main(["check", "-i", "old"]) == 0
    assert "1 style sheet:" in capsys.readouterr().out


def test_wrong_settings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"lading.toml": 'target = "out"\n'})
    assert main(["check"]) == 2
    assert "sources" in capsys.readouterr().err


def test_help_shows_an_example_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["check", "--help"])
    assert exit_.value.code == 0
    out = capsys.readouterr().out
    assert "lading check --strict" in out
    assert "exit codes:" in out
