"""The releases of a folder target: sources and runs -> what lies in the target."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

from lading import manifest as manifests
from lading.config import Config
from lading.errors import ConfigError, TargetError
from lading.folder_releases import FolderReleases
from lading.progress import Silent
from lading.releases import previous
from lading.retention import Retention
from sites_of_folders import Site

STYLES: list[dict[str, str]] = [
    {"a.css": "a{background:url(x.png)} /* 1 */" + " " * 600, "x.png": "1", "only1.txt": "1"},
    {"a.css": "a{background:url(x.png)} /* 2 */", "x.png": "1", "y.png": "y"},
    {"a.css": "a{background:url(x.png)} /* 3 */" + "b" * 900, "x.png": "3"},
]
PACKED: dict[str, Any] = {"names": "hashed", "encodings": ("gzip",)}


def publish(site: Site, files: dict[str, str], **config: Any) -> dict[str, str]:
    """Publish exactly these files; what lies in the target then."""
    shutil.rmtree(site.path("src"), ignore_errors=True)
    site.write({f"src/{path}": text for path, text in files.items()})
    site.collect(**config)
    return site.published()


def releases(site: Site, **config: Any) -> FolderReleases:
    return FolderReleases(site.target, Config(**config))


def served(site: Site, published: dict[str, str]) -> dict[str, str]:
    """What of it the manifest and plain names give: those of earlier releases may lie beside it."""
    now = site.published()
    return {path: now.get(path, "missing") for path in published}


@pytest.mark.parametrize(
    "config", [{}, {"names": "hashed"}, PACKED], ids=["plain", "hashed", "packed"]
)
def test_every_kept_release_can_come_back(site: Site, config: dict[str, Any]):
    seen = [publish(site, files, **config) for files in STYLES]
    own = releases(site, **config)
    for number, (files, published) in enumerate(zip(STYLES, seen, strict=True), 1):
        back = own.roll_back(number, Silent())
        wanted = {
            path: text for path, text in published.items() if path in own.manifest(number).files
        }
        assert served(site, wanted) == wanted
        if config:
            with open(site.path("out/staticfiles.json"), "rb") as file:
                assert manifests.loads(file.read()).paths.keys() == files.keys()
        assert back.number == (3 if number == 3 and back.number == 3 else 3 + number)


def test_going_back_writes_only_what_differs(site: Site):
    publish(site, STYLES[0], names="hashed")
    publish(site, STYLES[1], names="hashed")
    back = releases(site, names="hashed").roll_back(1, Silent())
    assert list(back.changed) == ["a.css"]
    assert list(releases(site, names="hashed").roll_back(2, Silent()).changed) == ["a.css"]


@pytest.mark.parametrize("config", [{}, PACKED], ids=["plain", "packed"])
def test_names_with_the_same_content_are_not_told_as_changed(site: Site, config: dict[str, Any]):
    """Though their times and inodes are others, as a copy of the folder makes them."""
    publish(site, STYLES[0], **config)
    publish(site, STYLES[1], **config)
    for path in site.published():
        if not path.startswith(".lading/"):
            shutil.copy(site.path("out", path), site.path("out", f"{path}~"))
            os.replace(site.path("out", f"{path}~"), site.path("out", path))
    site.write({"out/only1.txt": "damaged"})
    own = releases(site, **config)
    assert list(own.roll_back(1, Silent()).changed) == ["a.css", "only1.txt"]
    assert {path: site.published()[path] for path in STYLES[0]} == STYLES[0]
    if not config:
        assert site.collect(**config).plan.puts[0].path == "a.css"


def test_a_name_that_was_pruned_is_told_when_it_comes_back(site: Site):
    publish(site, STYLES[0], **PACKED)
    publish(site, STYLES[1], **PACKED)
    hashed = releases(site).manifest(1).paths["only1.txt"]
    os.unlink(site.path("out/only1.txt"))
    site.write({f"out/{hashed}": "1"})
    assert list(releases(site).roll_back(1, Silent()).changed) == ["a.css", "only1.txt"]


def test_variants_of_another_content_do_not_stay(site: Site):
    """A web server would send them in the place of the content that came back."""
    publish(site, STYLES[1], encodings=("gzip",))
    publish(site, STYLES[0], encodings=("gzip",))
    assert "a.css.gz" in site.published()
    releases(site).roll_back(1, Silent())
    assert "a.css.gz" not in site.published()
    releases(site).roll_back(2, Silent())
    assert "a.css.gz" in site.published()


@pytest.mark.parametrize("config", [{}, PACKED], ids=["plain", "packed"])
def test_the_next_run_publishes_the_sources_again(site: Site, config: dict[str, Any]):
    publish(site, STYLES[0], **config)
    published = publish(site, STYLES[1], **config)
    releases(site, **config).roll_back(1, Silent())
    outcome = site.collect(**config, brief=True)
    assert outcome.release == 4
    assert served(site, published) == published
    assert site.collect(**config).plan.puts == []


def test_releases_are_listed(site: Site):
    publish(site, STYLES[0])
    publish(site, STYLES[1])
    releases(site).roll_back(1, Silent())
    listed = releases(site).listed()
    assert [(r.number, r.of, r.is_current) for r in listed] == [
        (1, 0, False),
        (2, 0, False),
        (3, 1, True),
    ]
    assert all(r.published > 1e9 for r in listed)
    assert previous(listed[:2]) == 1
    with pytest.raises(ConfigError, match="no earlier release"):
        previous(listed)
    with pytest.raises(ConfigError, match=r"Release 9 is not kept \(kept: 1, 2, 3\)"):
        releases(site).roll_back(9, Silent())


def test_going_back_to_the_current_release_does_nothing(site: Site):
    publish(site, STYLES[0])
    assert releases(site).roll_back(1, Silent()).number == 1
    assert len(releases(site).listed()) == 1


def test_a_pinned_release_stays(site: Site):
    publish(site, STYLES[0])
    releases(site).pin(1, pinned=True, progress=Silent())
    for files in STYLES[1:]:
        publish(site, files, keep_releases=1, keep_age=0)
    assert [r.number for r in releases(site).listed()] == [1, 3]
    assert "only1.txt" in site.published()
    releases(site).roll_back(1, Silent())
    assert site.published()["a.css"] == STYLES[0]["a.css"]
    releases(site).pin(1, pinned=False, progress=Silent())
    removed = releases(site).prune(Retention(1, 0), Silent())
    assert "only1.txt" not in removed  # it is of the current release, too
    assert [r.number for r in releases(site).listed()] == [4]


def test_pruning_removes_what_only_dropped_releases_use(site: Site):
    publish(site, STYLES[0], names="hashed")
    old = {*site.published()}
    publish(site, STYLES[1], names="hashed")
    os.unlink(site.path("out/only1.txt"))
    site.write({"out/robots.txt": "theirs", "out/only1.txt": "theirs now"})
    own = releases(site, names="hashed")
    assert own.prune(Retention(2, 0), Silent()) == ()
    removed = own.prune(Retention(1, 0), Silent())
    there = site.published()
    assert there["robots.txt"] == "theirs"
    assert there["only1.txt"] == "theirs now"
    assert {*removed} < old
    assert not {*removed} & {*there}
    assert site.collect(names="hashed").plan.puts == []


def test_contents_leave_with_the_releases_that_need_them(site: Site):
    publish(site, {"a.css": "1"})
    publish(site, {"a.css": "2"})
    assert len(os.listdir(site.path("out/.lading/contents"))) == 1
    releases(site).prune(Retention(1, 0), Silent())
    assert os.listdir(site.path("out/.lading/contents")) == []


def test_runs_keep_no_more_contents_than_kept_releases_need(site: Site):
    for number in range(6):
        publish(site, {"a.css": f"{number}"}, keep_releases=2, keep_age=0)
    assert len(os.listdir(site.path("out/.lading/contents"))) == 1


def test_a_content_that_is_lost_is_said_and_nothing_changes(site: Site):
    publish(site, {"a.css": "1", "b.css": "1b"})
    published = publish(site, {"a.css": "2", "b.css": "2b"})
    for name in os.listdir(site.path("out/.lading/contents"))[:1]:
        site.write({f"out/.lading/contents/{name}": "damaged"})
    with pytest.raises(TargetError, match="not in the target any more"):
        releases(site).roll_back(1, Silent())
    assert site.published() == published
