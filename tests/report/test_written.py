"""The files of a run's report: those that were asked for -> written, and no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lading.errors import ConfigError
from lading.findings import Finding, Severity
from lading.report import written

FOUND = [Finding("collision", Severity.ERROR, "Two files.", "css/app.css")]


def test_what_stopped_a_run_is_in_both_files(tmp_path: Path) -> None:
    written.failure(FOUND, json_file=f"{tmp_path}/r.json", html_file=f"{tmp_path}/r.html")
    assert json.loads((tmp_path / "r.json").read_text())["findings"][0]["path"] == "css/app.css"
    assert "css/app.css" in (tmp_path / "r.html").read_text()


def test_nothing_is_written_that_nobody_asked_for(tmp_path: Path) -> None:
    written.failure(FOUND, json_file=None, html_file=None)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        written.failure(FOUND, json_file=f"{tmp_path}/none/r.json", html_file=None)
