"""accounts of media files -> text, JSON, HTML."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lading.errors import ConfigError
from lading.media.accounts import Books, Claim
from lading.media.statement import Statement
from lading.media.stores import Stored
from lading.report import media
from lading.report.console import Screen

ESCAPE = "\x1b[31mred\n.txt"


@pytest.fixture
def statement() -> Iterator[Statement]:
    with Books() as books:
        orphans = [Stored(f"{number:04}.txt", 1000, 0.0) for number in range(600)]
        books.enter(0, [*orphans, Stored(ESCAPE, 7, 1e9)], lambda _: False, lambda _: None)
        books.enter(1, [Stored("unknown.bin")], lambda _: False, lambda _: None)
        claims = [Claim(0, f"gone/<{number}>.jpg", 0, str(number)) for number in range(30)]
        books.claim([*claims, Claim(1, "hook.jpg", 1, "")], lambda _: None)
        books.settle()
        labels = ["s3://uploads/media/", "s3://uploads/private/"]
        yield Statement(books, labels, ["app.Ship.photo", "app.names"], ["app.Old.file"], 1e9)


def told(statement: Statement, *, verbose: bool = False) -> str:
    return media.text(Screen(io.StringIO()), statement, verbose=verbose)


def test_the_first_of_each_kind_are_shown(statement: Statement):
    text = told(statement)
    assert "  gone/<0>.jpg  (app.Ship.photo, row 0)" in text
    assert "… and 11 more (-v 2 or --json shows all)" in text
    assert "… and 582 more (-v 2 or --json shows all)" in text
    assert "No database has the table of app.Old.file." in text
    assert max(map(len, text.splitlines())) <= 80


def test_all_are_shown_if_asked_for(statement: Statement):
    text = told(statement, verbose=True)
    assert "  0599.txt  (1.0 kB, 1970-01-01)" in text
    assert "  hook.jpg  (app.names)" in text
    assert "  unknown.bin" in text.splitlines()
    assert "more (-v 2" not in text


def test_names_do_nothing_to_a_terminal(statement: Statement):
    text = told(statement, verbose=True)
    assert "\x1b" not in text
    assert "\\x1b[31mred\\n.txt  (7 B, 2001-09-09)" in text


def test_the_summary(statement: Statement):
    expected = "602 files, 31 references to them: 31 missing, 602 orphans (600 kB)."
    assert media.summary(statement) == expected


def test_json_has_all(statement: Statement, tmp_path: Path):
    file = tmp_path / "media.json"
    media.write_json(str(file), statement)
    document = json.loads(file.read_text("utf-8"))
    assert document["version"] == media.VERSION
    assert document["without_table"] == ["app.Old.file"]
    assert document["prunable_before"] == "2001-09-09T01:46:40+00:00"
    assert [place["orphans"] for place in document["storages"]] == [601, 1]
    assert len(document["orphans"]) == 602
    assert document["missing"][-1] == {
        "storage": "s3://uploads/private/",
        "name": "hook.jpg",
        "field": "app.names",
        "row": "",
    }
    assert document["orphans"][-1]["modified"] is None


def test_the_page_has_the_first_of_each_kind(statement: Statement, tmp_path: Path):
    file = tmp_path / "media.html"
    media.write_page(str(file), statement)
    page = file.read_text("utf-8")
    assert page.count("gone/&lt;") == 30
    assert "0498.txt" in page
    assert "0500.txt" not in page
    assert "And 102 more, which --json tells." in page
    assert "<script" not in page
    assert "\x1b" not in page


def test_a_report_that_cannot_be_written(statement: Statement, tmp_path: Path):
    with pytest.raises(ConfigError, match="The JSON report cannot be written"):
        media.write_json(str(tmp_path / "no" / "media.json"), statement)


def test_nothing_to_tell(tmp_path: Path):
    with Books() as books:
        books.settle()
        empty = Statement(books, ["media"], [], [], 0.0)
        assert media.summary(empty) == "0 files, 0 references to them: 0 missing, 0 orphans (0 B)."
        media.write_page(str(tmp_path / "m.html"), empty)
        media.write_json(str(tmp_path / "m.json"), empty)
    assert "Every file is referred to." in (tmp_path / "m.html").read_text("utf-8")
    assert json.loads((tmp_path / "m.json").read_text("utf-8"))["orphans"] == []
