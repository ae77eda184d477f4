"""Examining files: paths -> digests and references, alike in threads and in child processes."""

from __future__ import annotations

import hashlib

import pytest

from hashed_sites import HASHED, loaded, publish
from lading import inspection
from lading.examination import examine, examiner
from sites_of_folders import Site


def test_one_file(tmp_path):
    (tmp_path / "a.css").write_text("a{b:url(c.png)}d{e:url(f.png)}")
    found = examine("x/a.css", str(tmp_path / "a.css"), {"x/c.png"}.__contains__, "/static/")
    assert found is not None
    assert found.digests[:64] == hashlib.sha256(b"a{b:url(c.png)}d{e:url(f.png)}").hexdigest()
    assert [target.path for _, target in found.analysis.links] == ["x/c.png"]
    assert [broken.target for broken in found.analysis.broken] == ["x/f.png"]


def test_a_file_that_carries_no_references(tmp_path):
    (tmp_path / "a.png").write_bytes(b"url(c.png)")
    found = examine("a.png", str(tmp_path / "a.png"), {"c.png"}.__contains__, "/static/")
    assert found is not None
    assert found.analysis is None


def test_a_batch_with_a_file_that_is_gone(tmp_path):
    (tmp_path / "a.css").write_text("")
    work = examiner(["a.css", "b.css"], "/static/")
    here, gone = work([("a.css", str(tmp_path / "a.css")), ("b.css", str(tmp_path / "b.css"))])
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


def test_what_children_cannot_read_is_told_as_ever(site: Site, asked, monkeypatch):
    site.write(TREE)
    monkeypatch.setattr(inspection.Children, "ask", lambda self, asked: [None] * len(asked))
    assert len(publish(site, site.source(owner="vendor"), jobs=2)) == len(TREE)


def test_a_lost_child_costs_only_time(site: Site, asked, monkeypatch):
    site.write(TREE)

    def lost(self, questions):
        asked.append(len(questions))
        raise inspection.ChildLostError("gone")

    monkeypatch.setattr(inspection.Children, "ask", lost)
    assert len(publish(site, site.source(owner="vendor"), jobs=2)) == len(TREE)
    assert sum(asked) == len(TREE)
