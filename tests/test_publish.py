"""Staging: every content is read and written once, and only what was named is published."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

from hashed_sites import HASHED, content, loaded, md5, publish, settle
from lading import build
from lading.errors import FindingsError, TargetError
from lading.mediatypes import media_type
from lading.targets.staging import Stage
from sites_of_folders import Site, kinds, watched


def writes_of(site: Site, *sources, **options) -> list[str]:
    """The staged files that a run writes by content (not by link), without their folder."""
    with watched(site.path("out")) as (_, writes):
        site.collect(*sources, **{**HASHED, **options})
    staged = [w.split("/", 2)[2] for w in writes if w.startswith("open .lading/stage-")]
    return sorted({path for path in staged if path != "staticfiles.json"})


def test_each_content_lies_there_once(site: Site):
    site.write({"src/a.txt": "same", "src/b/c.txt": "same", "src/d.txt": "other"})
    assert writes_of(site) == ["a.txt", "b/c.txt", "d.txt"]  # as they are read, one of them in vain
    assert len(loaded(site).files) == 6
    site.write({"src/new.txt": "same"})
    assert writes_of(site) == ["new.txt"]
    inodes = {os.stat(site.path("out", p)).st_ino for p in ("a.txt", "b/c.txt", "new.txt")}
    assert len(inodes) == 1


def test_each_source_is_read_once(site: Site):
    site.write({"src/a.css": "b{c:url(d.png)}", "src/d.png": "d", "src/e.js": "", "src/f.txt": ""})
    with watched(site.path("src")) as (reads, _):
        site.collect(**HASHED)
    assert sorted(reads) == ["a.css", "d.png", "e.js", "f.txt"]


def test_a_dry_run_stages_nothing(site: Site):
    site.write({"src/a.css": "b{c:url(d.png)}", "src/d.png": "d"})
    site.plan(**HASHED)
    assert not os.path.exists(site.path("out"))


@pytest.fixture
def refused(monkeypatch) -> list[str]:
    """Lets nothing be staged as it is read; the paths that were to be."""
    real, paths = Stage.put, ["staticfiles.json"]

    def put(self: Stage, pieces: Iterable[bytes], path: str) -> str:
        if path in paths:
            return real(self, pieces, path)
        paths.append(path)
        raise TargetError("The target is full.", where=path, remedy="")

    monkeypatch.setattr(Stage, "put", put)
    return paths


def test_what_cannot_be_staged_while_it_is_read_is_staged_later(site: Site, refused: list[str]):
    site.write({"src/a.css": "b{c:url(d.png)}", "src/d.png": "d"})
    paths = publish(site)
    assert sorted(refused) == sorted(["a.css", "d.png", paths["a.css"], "staticfiles.json"])
    assert content(site, "a.css") == f'b{{c:url("{paths["d.png"]}")}}'
    assert site.published().keys() == {*paths, *paths.values(), "staticfiles.json"}


def test_what_was_read_is_published_whatever_becomes_of_it_meanwhile(site: Site, monkeypatch):
    site.write({"src/a.css": "b{c:url(d.png)}", "src/d.png": "d"})
    plan = build.plan

    def plan_then_edit(*arguments, **options):
        outcome = plan(*arguments, **options)
        site.write({"src/a.css": "!", "src/d.png": "!"})
        return outcome

    monkeypatch.setattr(build, "plan", plan_then_edit)
    paths = publish(site)
    assert site.published()["d.png"] == site.published()[paths["d.png"]] == "d"
    assert paths["d.png"] == f"d.{md5('d')}.png"
    assert content(site, "a.css") == f'b{{c:url("{paths["d.png"]}")}}'
    monkeypatch.undo()
    paths = publish(site)
    assert (content(site, "a.css"), content(site, "d.png")) == ("!", "!")


def test_a_rewritten_file_is_written_twice_and_its_original_read_once_more(site: Site):
    site.write({"src/a.css": "b{c:url(d.png)}", "src/d.png": "d"})
    names = writes_of(site)
    assert [name.count(".") for name in names if name.startswith("a.")] == [2, 1]


@pytest.mark.parametrize("originals", [True, False])
def test_a_file_that_is_edited_before_it_is_staged(
    site: Site, refused: list[str], monkeypatch, originals: bool
):
    site.write({"src/a.css": "b{c:url(d.png)}", "src/d.png": "d", "src/e.txt": "e"})
    publish(site, originals=originals)
    before = site.published()
    site.write({"src/a.css": "b{c:url(d.png)}/**/"})
    settle(site)
    plan = build.plan

    def plan_then_edit(*arguments, **options):
        outcome = plan(*arguments, **options)
        site.write({"src/a.css": "b{c:url(d.png)}/*!*/"})
        return outcome

    monkeypatch.setattr(build, "plan", plan_then_edit)
    with pytest.raises(FindingsError) as caught:
        site.collect(**HASHED, originals=originals)
    assert kinds(caught.value.findings) == ["changing"]  # once for all its names
    assert caught.value.findings[0].where == site.path("src/a.css")
    assert site.published() == before
    monkeypatch.undo()
    publish(site, originals=originals)
    assert loaded(site).paths["a.css"] in site.published()


def test_a_media_type_is_that_of_the_files_own_name(site: Site):
    site.write(
        {"src/apple-app-site-association": "{}", "src/crossdomain.xml": "<x/>", "src/a.css": ""}
    )
    paths = publish(site)
    files = loaded(site).files
    for path, name in paths.items():
        assert files[name].media_type == files[path].media_type == media_type(path)
    assert files["apple-app-site-association"].media_type == "application/json"


def test_links_to_originals_beside_hashed_copies(site: Site):
    site.write({"src/a.css": "b{c:url(d.png)}", "src/d.png": "d"})
    site.collect(**HASHED, link=True)
    paths = loaded(site).paths
    assert site.published()["d.png"] == f"-> {site.path('src/d.png')}"
    assert not os.path.islink(site.path("out", paths["d.png"]))
    site.write({"src/d.png": "D"})
    site.collect(**HASHED, link=True)
    assert loaded(site).paths["d.png"] != paths["d.png"]
    publish(site)
    assert not os.path.islink(site.path("out/d.png"))
    assert os.path.samefile(site.path("out/d.png"), site.path("out", loaded(site).paths["d.png"]))
