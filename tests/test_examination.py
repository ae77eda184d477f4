"""Examining files: paths -> digests and references, alike in threads and in child processes."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from hashed_sites import HASHED, loaded, publish
from lading import inspection
from lading.analysis import Analysis
from lading.digests import CHUNK, hash_bytes
from lading.examination import Examination, Question, examine, examiner
from lading.targets.staging import Stage
from lading.targets.survey import signature
from sites_of_folders import Site

CONTENT = b"content " * CHUNK  # in several pieces


@pytest.fixture
def stage(tmp_path) -> Stage:
    return Stage.create(str(tmp_path), 0o644)


def asked_alone(
    path: str,
    file: Path,
    exists: Sequence[str] = (),
    stage: Stage | None = None,
    *,
    names: bool = False,
) -> Examination:
    question = Question(path, str(file), stage is not None, names)
    found = examiner(exists, "/static/", stage)([question])[0]
    assert found is not None
    return found


def test_one_file(tmp_path):
    (tmp_path / "a.css").write_text("a{b:url(c.png)}d{e:url(f.png)}")
    found = asked_alone("x/a.css", tmp_path / "a.css", ["x/c.png"])
    assert found.digests[:64] == hashlib.sha256(b"a{b:url(c.png)}d{e:url(f.png)}").hexdigest()
    assert [target.path for _, target in found.analysis.links] == ["x/c.png"]
    assert [broken.target for broken in found.analysis.broken] == ["x/f.png"]


def test_a_file_that_carries_no_references(tmp_path):
    (tmp_path / "a.png").write_bytes(b"url(c.png)")
    found = asked_alone("a.png", tmp_path / "a.png", ["c.png"])
    assert found.analysis is None


@pytest.mark.parametrize("path", ["x/a.png", "x/a.css"])
def test_a_copy_on_the_way(tmp_path, stage: Stage, path: str):
    (tmp_path / "a").write_bytes(CONTENT)
    found = asked_alone(path, tmp_path / "a", stage=stage)
    assert found.digests == hash_bytes(CONTENT)
    copy = Path(stage.folder, path)
    assert copy.read_bytes() == CONTENT
    assert found.staged == signature(copy.stat())
    assert asked_alone(path, tmp_path / "a").staged == ""


@pytest.mark.parametrize("path", ["x/a.png", "x/a.css"])
def test_what_refers_to_nothing_is_staged_under_its_hashed_name_too(
    tmp_path, stage: Stage, path: str
):
    (tmp_path / "a").write_bytes(b"p{}")
    found = asked_alone(path, tmp_path / "a", stage=stage, names=True)
    copy = Path(stage.folder, path)
    named = copy.with_stem(f"a.{hashlib.md5(b'p{}').hexdigest()[:12]}")
    assert named.samefile(copy)
    assert found.named == found.staged == signature(copy.stat())


def test_what_refers_to_others_has_no_name_yet(tmp_path, stage: Stage):
    (tmp_path / "a").write_bytes(b"p{background:url(b.png)}")
    found = asked_alone("a.css", tmp_path / "a", ["b.png"], stage, names=True)
    assert (found.named, os.listdir(stage.folder)) == ("", ["a.css"])


def test_a_hashed_name_that_is_taken(tmp_path, stage: Stage):
    (tmp_path / "a").write_bytes(b"p{}")
    taken = Path(stage.folder, f"a.{hashlib.md5(b'p{}').hexdigest()[:12]}.css")
    taken.write_bytes(b"another")
    found = asked_alone("a.css", tmp_path / "a", stage=stage, names=True)
    assert (found.named, taken.read_bytes()) == ("", b"another")


@pytest.mark.parametrize("path", ["x/a.png", "x/a.css"])
def test_a_copy_that_cannot_be_written(tmp_path, stage: Stage, path: str):
    (tmp_path / "a").write_bytes(CONTENT)
    Path(stage.folder, "x").write_bytes(b"in the way")
    found = asked_alone(path, tmp_path / "a", stage=stage)
    assert (found.digests, found.staged) == (hash_bytes(CONTENT), "")


def test_a_disk_that_gets_full_leaves_no_part(tmp_path, stage: Stage, monkeypatch):
    (tmp_path / "a").write_bytes(CONTENT)
    write, written = os.write, []

    def full(file: int, data: bytes) -> int:
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(write(file, data))
        return len(data)

    monkeypatch.setattr(os, "write", full)
    found = asked_alone("a.png", tmp_path / "a", stage=stage)
    assert (found.digests, found.staged) == (hash_bytes(CONTENT), "")
    assert os.listdir(stage.folder) == []


@pytest.mark.parametrize("path", ["a.png", "a.css"])
def test_a_copy_of_a_file_that_is_written_to_meanwhile(tmp_path, stage: Stage, path: str):
    def read(consume: Callable[[BinaryIO], Any]) -> tuple[Any, str]:
        consume(io.BytesIO(b"before"))
        return consume(io.BytesIO(b"after")), "signature"

    found = examine(path, read, lambda *_: Analysis((), ()), stage)
    assert (found.digests, found.settled) == (hash_bytes(b"after"), "signature")
    assert Path(stage.folder, path).read_bytes() == b"after"


def test_a_batch_with_a_file_that_is_gone(tmp_path):
    (tmp_path / "a.css").write_text("")
    work = examiner(["a.css", "b.css"], "/static/", None)
    here, gone = work([Question(p, str(tmp_path / p), stages=False) for p in ("a.css", "b.css")])
    assert here is not None
    assert gone is None


TREE = {
    **{f"src/css/{n}.css": f'@import "{n + 1}.css";a{{b:url(../no{n}.png)}}' for n in range(150)},
    **{f"src/js/{n}.js": f'import "./{(n + 1) % 150}.js";' for n in range(150)},
    "src/css/150.css": "p{}",
    "src/img/dot.png": b"\x89PNG",
}


@pytest.fixture
def asked(monkeypatch) -> list[int]:
    """Has child processes asked however little there is to do; the sizes of the batches they get."""
    sizes: list[int] = []
    ask = inspection.Children.ask

    def counted(self, questions):
        sizes.append(len(questions))
        return ask(self, questions)

    monkeypatch.setattr(inspection, "_WORTH_CHILDREN", 1)
    monkeypatch.setattr(inspection.Children, "ask", counted)
    return sizes


def test_children_publish_what_threads_publish(site: Site, asked, tmp_path):
    site.write(TREE)
    told = site.collect(site.source(owner="vendor"), **HASHED, jobs=1).findings
    alone = loaded(site)
    assert asked == []
    assert len(told) == 150
    other = Site(tmp_path)
    other.write(TREE)
    again = other.collect(other.source(owner="vendor"), **HASHED, jobs=2).findings
    assert sum(asked) == len(TREE)
    assert [(f.kind, f.path, f.message) for f in again] == [
        (f.kind, f.path, f.message) for f in told
    ]
    assert loaded(other).paths == alone.paths
    assert dict(loaded(other).files) == dict(alone.files)
    assert loaded(other).modules == alone.modules


def test_children_leave_nothing_to_link(site: Site, asked, monkeypatch):
    site.write(TREE)
    again: list[str] = []
    monkeypatch.setattr(Stage, "again", lambda self, item, path: again.append(path))
    paths = publish(site, site.source(owner="vendor"), jobs=2)
    assert again == []
    for leaf in ("css/150.css", "img/dot.png"):
        assert os.path.samefile(site.path("out", leaf), site.path("out", paths[leaf]))


def test_what_children_cannot_read_is_told_as_ever(site: Site, asked, monkeypatch):
    site.write(TREE)
    monkeypatch.setattr(inspection.Children, "ask", lambda self, asked: [None] * len(asked))
    assert len(publish(site, site.source(owner="vendor"), jobs=2)) == len(TREE)


def stage_of(site: Site) -> str:
    (name,) = (n for n in os.listdir(site.path("out/.lading")) if n.startswith("stage-"))
    return name


def test_a_lost_child_costs_only_time(site: Site, asked, monkeypatch):
    site.write(TREE)

    def lost(self, questions):
        asked.append(len(questions))
        for question in questions:  # it had begun to copy
            assert question.stages
            site.write({f"out/.lading/{stage_of(site)}/{question.path}": "half"})
        raise inspection.ChildLostError("gone")

    monkeypatch.setattr(inspection.Children, "ask", lost)
    assert len(publish(site, site.source(owner="vendor"), jobs=2)) == len(TREE)
    assert sum(asked) == len(TREE)
    assert "half" not in site.published().values()
