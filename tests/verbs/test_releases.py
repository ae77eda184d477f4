"""``lading releases``: words typed -> what is said, and what is published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lading import cli
from s3_servers import KEYS, S3Server, new_place
from sites_of_folders import write


def project(folder: Path, target: str, s3: S3Server) -> None:
    write(
        folder,
        {
            "lading.toml": (
                f'sources = ["src"]\ntarget = "{target}"\nnames = "hashed"\nencodings = []\n'
                f'cache = "cache"\nstatic_url = "https://cdn.example/"\n'
                f'[bucket]\nendpoint = "{s3.endpoint}"\nregion = "us-east-1"\n'
                f'purge_file = "purge.txt"\nextra = {json.dumps(KEYS).replace(":", " =")}\n'
            ),
            "src/a.css": "a{}",
            "src/b.css": "b{}",
        },
    )


@pytest.fixture(params=["folder", "bucket"])
def site(
    request: pytest.FixtureRequest, tmp_path: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A project with two releases, published into a folder or a bucket."""
    project(tmp_path, "out" if request.param == "folder" else f"s3://static/{new_place()}", s3)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.main(["collect", "-v0"]) == 0
    write(tmp_path, {"src/a.css": "a{color:red}"})
    assert cli.main(["collect", "-v0"]) == 0
    return tmp_path


def say(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command that succeeds prints."""
    capsys.readouterr()
    assert cli.main(["releases", *words]) == 0
    return capsys.readouterr().out


def fail(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command that is wrong is told."""
    capsys.readouterr()
    assert cli.main(["releases", *words]) == 2
    return capsys.readouterr().err


def numbers(capsys: pytest.CaptureFixture[str]) -> list[int]:
    return [r["number"] for r in json.loads(say(capsys, "list", "--json", "-"))["releases"]]


def test_list_and_show(site: Path, capsys: pytest.CaptureFixture[str]):
    table = say(capsys, "list")
    assert "current" in table.splitlines()[3]
    assert max(map(len, table.splitlines())) <= 80
    assert "Release 2: 4 files" in say(capsys, "show")
    assert "Release 1: 4 files" in say(capsys, "show", "1")
    shown = json.loads(say(capsys, "show", "1", "--json", "-"))
    assert {row["logical"] for row in shown["files"].values()} == {"a.css", "b.css"}


def test_rollback_goes_to_the_release_before(site: Path, capsys: pytest.CaptureFixture[str]):
    told = say(capsys, "rollback")
    assert "Release 1 is published again, as release 3; 1 plain name changed." in told
    assert "brought back release 1" in " ".join(say(capsys, "list").split())
    assert "current one already" in say(capsys, "rollback", "3")
    assert "no earlier release" in fail(capsys, "rollback")
    if (site / "purge.txt").exists():
        assert (site / "purge.txt").read_text() == "https://cdn.example/a.css\n"


def test_prune_and_pin(site: Path, capsys: pytest.CaptureFixture[str]):
    assert "0 files removed; 2 releases kept." in say(capsys, "prune")
    assert "Release 1 is kept" in say(capsys, "pin", "1")
    assert "0 files removed; 2 releases kept." in say(capsys, "prune", "--keep", "1")
    say(capsys, "unpin", "1")
    assert "1 release kept." in say(capsys, "prune", "--keep", "1")
    assert numbers(capsys) == [2]


def test_wrong_usage_is_said(site: Path, capsys: pytest.CaptureFixture[str]):
    assert "Release 9 is not kept (kept: 1, 2)" in fail(capsys, "rollback", "9")
    assert "needs the number" in fail(capsys, "pin")
    assert "would keep nothing" in fail(capsys, "prune", "--keep", "0")


def test_before_anything_is_published(
    tmp_path: Path,
    s3: S3Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    project(tmp_path, f"s3://static/{new_place()}", s3)
    monkeypatch.chdir(tmp_path)
    assert "Nothing is published yet." in say(capsys, "list")
    for words in (["rollback"], ["show"], ["pin", "1"]):
        assert "Nothing is published yet" in fail(capsys, *words)


def test_the_report_of_a_run_says_what_the_bucket_got(
    tmp_path: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch
):
    project(tmp_path, f"s3://static/{new_place()}", s3)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["collect", "-v0", "--json", "report.json"]) == 0
    told = json.loads((tmp_path / "report.json").read_text())
    assert told["release"] == 1
    assert "a.css" in told["bucket"]["sent"]
