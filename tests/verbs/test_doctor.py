"""The verb ``doctor`` of the stand-alone command."""

from __future__ import annotations

import argparse
import json
import os
import re
from pathlib import Path

import pytest

from doctor.live import Live, answers, publish, serving, site_of
from lading.cli import main
from lading.verbs import doctor as doctor_verb

CONFIG = """\
target = "out"
sources = ["src"]
names = "hashed"
pack = { levels = { br = [5, 5, 5] } }
"""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Live:
    folder = tmp_path_factory.mktemp("verb")
    (folder / "lading.toml").write_text(CONFIG)
    return publish(folder)


@pytest.fixture(autouse=True)
def here(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(live.root.parent)


def test_silence_about_a_site_in_order(live: Live, capsys: pytest.CaptureFixture[str]):
    with serving(site_of(live)) as url:
        assert main(["doctor", "--url", url]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert re.fullmatch(
        r"Settings: 2 checks, nothing wrong\. Published files: \d+ files in \S+, nothing wrong\. "
        rf"{url} \(WSGIServer/0\.2\): 12 files, \d+ requests, nothing wrong\. Nothing is wrong\.",
        " ".join(out.split()),
    )


def test_faults(live: Live, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    report = tmp_path / "report.json"
    broken = answers("/static/", set_cookie="id=1"), answers("/static/fonts/", status=403)
    with serving(site_of(live), *broken) as url:
        assert main(["doctor", "--url", url, "--json", str(report)]) == 1
    out = capsys.readouterr().out
    assert "error [live-forbidden]" in out
    assert max(len(line) for line in out.splitlines() if "http" not in line) <= 80
    assert out.endswith("1 error and 1 warning.\n")
    document = json.loads(report.read_text())
    assert document["failed"]
    assert [group["title"] for group in document["groups"]][:2] == ["Settings", "Published files"]
    kinds = {finding["kind"] for finding in document["groups"][2]["findings"]}
    assert kinds == {"live-forbidden", "live-cookie"}


@pytest.mark.parametrize(
    ("settings", "promised"),
    [
        ("", True),
        ('static_url = "/"\nsite_root = "root"\n', False),
        (
            'media_root = "media"\nmedia_sender = "x-sendfile"\nmedia_access = { "*" = "staff" }\n',
            False,
        ),
    ],
)
def test_a_configuration_is_promised_only_where_it_can_be_written(
    settings: str, promised: bool, live: Live, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    config = live.root.parent / f"{tmp_path.name}.toml"
    config.write_text(settings + CONFIG)
    broken = answers("/", server="nginx", set_cookie="id=1")
    with serving(site_of(live), broken) as url:
        main(["doctor", "--config", str(config), "--url", url])
    told = " ".join(capsys.readouterr().out.split())
    assert ("'lading webserver nginx' prints a whole configuration" in told) == promised
    capsys.readouterr()
    assert (main(["webserver", "nginx", "--config", str(config)]) == 0) == promised


def test_warnings_are_errors_if_strict(live: Live):
    with serving(site_of(live), answers("/static/", set_cookie="id=1")) as url:
        assert main(["doctor", "--url", url, "-v", "0"]) == 0
        assert main(["doctor", "--url", url, "--strict", "-v", "0"]) == 1


def test_severities_are_settings(live: Live, tmp_path: Path):
    config = Path("lading.toml").read_text() + '[severities]\n"live-forbidden" = "note"\n'
    own = live.root.parent / "own.toml"
    own.write_text(f"[tool.lading]\n{config}".replace("[severities]", "[tool.lading.severities]"))
    os.rename(own, live.root.parent / "pyproject.toml")
    with serving(site_of(live), answers("/static/fonts/", status=403)) as url:
        assert main(["doctor", "--config", "pyproject.toml", "--url", url]) == 0
        assert main(["doctor", "--url", url]) == 1


def test_json_on_standard_output(live: Live, capsys: pytest.CaptureFixture[str]):
    assert main(["doctor", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["failed"] is False


def test_nothing_to_ask_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "lading.toml").write_text(CONFIG)
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["doctor"]) == 0
    assert main(["doctor", "--url", "http://127.0.0.1:1/"]) == 1
    assert "http://127.0.0.1:1/: not looked at:" in capsys.readouterr().out


def test_a_site_that_does_not_answer(capsys: pytest.CaptureFixture[str]):
    assert main(["doctor", "--url", "http://127.0.0.1:1/"]) == 1
    assert "Nothing listens at '127.0.0.1:1'" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--url", "site.example"],
        ["--header", "Authorization"],
        ["--header", "a b: c"],
        ["--header", "A: b\r\nC: d"],
        ["--timeout", "0"],
        ["--timeout", "soon"],
        ["--timeout", "-1"],
    ],
)
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    try:
        code = main(["doctor", *arguments])
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert capsys.readouterr().err


def test_help(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["doctor", "--help"])
    out = capsys.readouterr().out
    assert "lading doctor --url https://example.com/" in out
    assert "exit codes:" in out


def test_headers_and_times():
    assert doctor_verb.header("Authorization: Basic x: y") == ("Authorization", "Basic x: y")
    assert doctor_verb.seconds("0.5") == 0.5
    with pytest.raises(argparse.ArgumentTypeError):
        doctor_verb.seconds("nan")
