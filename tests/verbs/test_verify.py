"""The verb ``verify``: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lading import build
from lading import project as project_of
from lading.cli import main
from sites_of_folders import Site
from tampering import FILES, published, tamper

TOML = (
    'target = "out"\nsources = ["src"]\nnames = "hashed"\nencodings = ["gzip"]\ncache = "cache"\n'
)


@pytest.fixture
def project(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    site.write({**FILES, "lading.toml": TOML})
    monkeypatch.chdir(site.folder)
    assert main(["collect", "-v", "0"]) == 0
    return site


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["verify", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_sound_target(project: Site, capsys):
    place = project.path("out")
    assert run(capsys) == (
        0,
        f"Verified 19 files (8 encoded) of release 1 in '{place}': all as they were published.\n",
        "",
    )
    assert run(capsys, "-v", "0") == (0, "", "")


def test_damage_is_a_table_and_repair_mends_it(project: Site, capsys):
    tamper(project, "photo.jpg")
    published(project, "js/b.js").unlink()
    code, out, err = run(capsys)
    assert (code, err) == (1, "")
    assert "changed   photo.jpg        Its content is another, of the same size." in out
    assert "missing   js/b.js          There is no such file." in out
    assert out.endswith(": 1 missing, 1 changed.\n")
    assert max(map(len, out.splitlines()[:-1])) <= 80
    assert run(capsys, "-v", "0")[1] == out  # what is wrong is told in any case
    code, out, _ = run(capsys, "--repair")
    assert code == 0
    assert out.endswith(": 2 restored.\n")
    assert run(capsys)[0] == 0


def test_foreign_files_are_errors_if_strict(project: Site, capsys):
    project.write({f"out/mine/{number}.txt": "" for number in range(12)})
    code, out, _ = run(capsys)
    assert code == 0
    assert out.startswith("Foreign files, which are left alone:\n  mine/0.txt\n")
    assert "  … and 2 more (-v 2 or --json shows all)\n" in out
    assert run(capsys, "-v", "2")[1].count("  mine/") == 12
    assert run(capsys, "--strict")[0] == 1


def test_json(project: Site, capsys):
    published(project, "photo.jpg").unlink()
    project.write({"out/mine.txt": ""})
    code, out, _ = run(capsys, "--json", "-")
    document = json.loads(out)
    assert code == 1
    assert document["failed"] is True
    assert document["damages"] == [
        {
            "kind": "missing",
            "path": "photo.jpg",
            "message": "There is no such file.",
            "repaired": False,
        }
    ]
    assert document["foreign"] == ["mine.txt"]
    assert (document["files"], document["variants"], document["releases"]) == (19, 8, [1])
    code, out, _ = run(capsys, "--repair", "--json", "report.json", "-v", "0")
    assert (code, out) == (0, "")
    assert json.loads(Path("report.json").read_text())["damages"][0]["repaired"] is True


def test_names_that_act_on_terminals_are_told_harmlessly(project: Site, capsys):
    project.write({"out/\x1b[31m.txt": ""})
    assert "  \\x1b[31m.txt\n" in run(capsys)[1]


def test_nothing_is_published_yet(site: Site, capsys, monkeypatch: pytest.MonkeyPatch):
    site.write({"lading.toml": TOML, "src/a.css": ""})
    monkeypatch.chdir(site.folder)
    code, out, err = run(capsys)
    assert (code, out) == (1, "")
    assert err.startswith(f"lading: {site.path('out')}: Nothing is known to be published")
    assert "Run collectstatic (or lading collect)" in err


def test_the_progress_of_a_long_verification_is_told(project: Site, monkeypatch):
    steps: list[tuple[str, int]] = []
    done: list[int] = []
    monkeypatch.setattr("lading.report.bar.Bar.begin", lambda _, *step: steps.append(step))
    monkeypatch.setattr("lading.report.bar.Bar.advance", lambda _, files: done.append(files))
    main(["verify"])
    assert steps == [("Verifying", 19)]
    assert sum(done) == 19


@pytest.mark.parametrize("verb", [("verify",), ("explain", "photo.jpg")])
def test_it_is_not_the_bucket_that_is_looked_at(
    site: Site,
    verb: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    text = TOML.replace('"out"', '"s3://bucket/place"')
    site.write({**FILES, "lading.toml": text})
    monkeypatch.chdir(site.folder)
    work = project_of.load("lading.toml")
    build.collect(work.sources, work.target, work.config)
    assert main([*verb]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Whether the bucket holds it is not looked at here" in told
