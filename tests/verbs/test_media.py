"""``lading media sync``."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading import cli
from s3_servers import KEYS, S3Server, new_place
from sites_of_folders import read, write


@pytest.fixture
def reach(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The options that lead to the server; its keys stand in the environment, as a user has them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS["access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS["secret_access_key"])
    return ["--endpoint", s3.endpoint, "--region", "us-east-1"]


def test_there_and_back(tmp_path: Path, reach: list[str], capsys: pytest.CaptureFixture[str]):
    write(tmp_path / "media", {"a.txt": "a", "b/c.txt": "cc"})
    place = f"s3://static/{new_place()}"
    assert cli.main(["media", "sync", str(tmp_path / "media"), place, *reach, "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "copied   b/c.txt" in told
    assert "2 files: 2 to copy, 0 the same; nothing was written." in told
    assert cli.main(["media", "sync", str(tmp_path / "media"), place, *reach]) == 0
    assert "2 files: 2 copied, 0 the same; 3 B, verified by checksum." in capsys.readouterr().out
    assert cli.main(["media", "sync", place, str(tmp_path / "back"), *reach]) == 0
    assert read(tmp_path / "back") == {"a.txt": "a", "b/c.txt": "cc"}


def test_what_differs_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write(tmp_path, {"a/x.txt": "one", "b/x.txt": "other"})
    assert cli.main(["media", "sync", str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    told = capsys.readouterr()
    assert "x.txt: the destination has another file of this name, which stays." in told.err
    assert "With --update" in told.err
    assert "1 file: 0 copied, 0 the same, 1 different" in told.out


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("a", "a/b", "One of the two places lies in the other"),
        ("a", "a", "One of the two places lies in the other"),
        ("none", "b", "There is no such folder."),
        ("a", "s3://", "names no bucket"),
    ],
)
def test_places_that_cannot_be(
    source: str, target: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    write(tmp_path, {"a/x.txt": ""})
    place = target if ":" in target else str(tmp_path / target)
    assert cli.main(["media", "sync", str(tmp_path / source), place]) == 2
    assert expected in capsys.readouterr().err


def test_a_limit_needs_to_be_a_size(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        cli.main(["media", "sync", "a", "b", "--limit", "fast"])
    assert "not a size such as 500M or 2G: 'fast'" in capsys.readouterr().err


def test_a_bucket_that_is_not_there(
    tmp_path: Path, reach: list[str], capsys: pytest.CaptureFixture[str]
):
    write(tmp_path, {"a/x.txt": ""})
    assert cli.main(["media", "sync", str(tmp_path / "a"), "s3://nowhere", *reach]) == 1
    assert "There is no such bucket" in capsys.readouterr().err
