"""Staging: every content is read and written once, and only what was named is published."""

from __future__ import annotations

import os

import pytest

from hashed_sites import HASHED, loaded, publish, settle
from lading import build
from lading.errors import FindingsError
from lading.mediatypes import media_type
from sites_of_folders import Site, kinds, watched


def writes_of(site: Site, *sources, **options) -> list[str]:
    """The staged files that a run writes by content (not by link), without their folder."""
    with watched(site.path("out")) as (_, writes):
        site.collect(*sources, **{**HASHED, **options})
    staged = [w.split("/", 2)[2] for w in writes if w.startswith("open .lading/stage-")]
    return sorted(path for path in staged if path != "staticfiles.json")


def test_each_content_is_written_once(site: Site):
    site.write({"src/a.txt": "same", "src/b/c.txt": "same", "src/d.txt": "other"})
    assert len(writes_of(site)) == 2
    assert len(loaded(site).files) == 6
    site.write({"src/new.txt": "same"})
    assert writes_of(site) == []
    inodes = {os.stat(site.path("out", p)).st_ino for p in ("a.txt", "b/c.txt", "new.txt")}
    assert len(inodes) == 1


def test_a_rewritten_file_is_written_twice_and_its_original_read_once_more(site: Site):
    site.write({"src/a.css": "b{c:url(d.png)}", "src/d.png": "d"})
    names = writes_of(site)
    assert [name.count(".") for name in names if name.startswith("a.")] == [2, 1]


@pytest.mark.parametrize("originals", [True, False])
def test_a_file_that_is_edited_after_it_was_named(site: Site, monkeypatch, originals: bool):
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
