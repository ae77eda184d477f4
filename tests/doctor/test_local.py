"""What can be seen on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lading import build, project
from lading.doctor import local
from lading.project import Project
from sites_of_folders import kinds, write

CONFIG = 'target = "out"\nsources = ["src"]\nnames = "{names}"\n'


@pytest.fixture(params=["plain", "hashed"])
def work(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    write(tmp_path, {"lading.toml": CONFIG.format(names=request.param), "src/a.css": "a {}"})
    return project.load(str(tmp_path / "lading.toml"))


def collect(work: Project) -> None:
    build.collect(work.sources, work.target, work.config)


def test_silence_about_a_project_in_order(work: Project):
    collect(work)
    assert local.examine_folders(work).findings == []
    group = local.examine_published(work)
    assert group.findings == []
    assert group.looked.startswith(("1 files in ", "2 files in "))


def test_nothing_is_published(work: Project):
    group = local.examine_published(work)
    (finding,) = group.findings
    assert (finding.kind, group.looked) == ("unpublished", "nothing to look at")
    assert "lading collect" in finding.hint


def test_sources_have_changed(work: Project, tmp_path: Path):
    collect(work)
    write(tmp_path, {f"src/{name}.css": name for name in "abcde"})
    before = sorted(os.listdir(tmp_path / "out"))
    (finding,) = local.examine_published(work).findings
    assert finding.kind == "stale-release"
    assert "a" in finding.message
    assert " more)" in finding.message
    assert sorted(os.listdir(tmp_path / "out")) == before


def test_a_source_has_gone(work: Project, tmp_path: Path):
    write(tmp_path, {"src/b.css": "b {}"})
    collect(work)
    os.remove(tmp_path / "src/a.css")
    assert kinds(local.examine_published(work).findings) == ["stale-release"]


def test_sources_that_cannot_be_published(work: Project, tmp_path: Path):
    collect(work)
    os.rename(tmp_path / "src", tmp_path / "out/src")
    os.symlink(tmp_path / "out/src", tmp_path / "src")
    assert kinds(local.examine_folders(work).findings) == ["target-overlap"]
    (finding,) = local.examine_published(work).findings
    assert finding.message.startswith("Whether this is the newest release cannot be said")


def test_everybody_may_write(work: Project):
    collect(work)
    os.chmod(work.target.root, 0o777)
    (finding,) = local.examine_folders(work).findings
    assert finding.kind == "writable-by-all"
    assert finding.hint == f"chmod o-w {work.target.root}"
