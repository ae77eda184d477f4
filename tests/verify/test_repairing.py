"""A damaged target -> exactly the bytes of its releases, or a word on what cannot be restored."""

from __future__ import annotations

import os
import shutil
import stat

import pytest

from hashed_sites import loaded
from lading.config import Config
from lading.errors import ManifestError
from lading.packing import jobs as packjobs
from lading.progress import Silent
from lading.verify import repairing
from sites_of_folders import Site, read, watched
from tampering import (
    FILES,
    damages,
    options,
    publish,
    published,
    repair,
    replace,
    tamper,
    verify,
)

STYLES = [{"names": "hashed"}, {"names": "plain"}]


@pytest.fixture(params=STYLES, ids=lambda style: style["names"])
def style(request: pytest.FixtureRequest, site: Site) -> dict[str, str]:
    """A published site, with the manifest or by the ledger alone."""
    site.write(FILES)
    publish(site, **request.param)
    return request.param


def inode(site: Site, path: str) -> int:
    return published(site, path).stat().st_ino


def told(found, path: str) -> str:
    return next(damage.message for damage in found.damages if damage.path == path)


def test_a_sound_target_is_left_alone(site: Site, style):
    with watched(site.target.root) as (_, writes):
        found = repair(site, **style)
    assert (found.damages, found.notes) == ([], [])
    assert [path for path in writes if "/lock" not in path] == []


@pytest.mark.parametrize("how", ["changed", "missing", "replaced"])
def test_everything_is_restored_to_the_byte(site: Site, style, how: str):
    """From the sources, with no variant, no manifest and no build cache left to be of help."""
    before = read(site.target.root)
    for path in before:
        if how == "changed":
            tamper(site, path)
        else:
            published(site, path).unlink()
        if how == "replaced":
            published(site, path).symlink_to("/etc/hostname")
    shutil.rmtree(site.path("cache"))
    found = repair(site, **style)
    assert found.is_sound
    assert damages(found) == dict.fromkeys(before, "restored")
    assert read(site.target.root) == before
    assert not any(os.path.islink(published(site, path)) for path in before)
    assert verify(site, **style).damages == []
    outcome = site.collect(**options(site, **style))
    assert (outcome.plan.puts, outcome.is_new_release) == ([], False)


def test_a_change_in_place_reaches_all_names_and_the_build_cache(site: Site, style):
    before = read(site.target.root)
    for path in ("css/a.css.br", "js/b.js.gz", "photo.jpg"):
        tamper(site, path, in_place=True)
    found = repair(site, **style)
    assert found.is_sound
    assert {"css/a.css.br", "js/b.js.gz", "photo.jpg"} <= damages(found).keys()
    assert read(site.target.root) == before


def test_without_sources_what_else_has_the_content_is_used(site: Site):
    site.write(FILES)
    publish(site)
    before = read(site.target.root)
    name = loaded(site).paths["css/a.css"]
    photo, logo = (loaded(site).paths[path] for path in ("photo.jpg", "img/logo.svg"))
    shutil.rmtree(site.path("src"))
    for path in (name, "photo.jpg", "staticfiles.json"):
        published(site, path).unlink()
    for path in ("img/logo.svg", "img/logo.svg.br", "img/logo.svg.gz"):
        tamper(site, path)
    published(site, logo).unlink()
    found = repair(site)
    assert found.is_sound
    assert read(site.target.root) == before
    assert told(found, name).endswith("Restored from its variant .gz.")
    assert told(found, "photo.jpg").endswith("Restored from another file of the same content.")
    assert told(found, "staticfiles.json").endswith("Restored from the copy kept of it.")
    assert inode(site, "photo.jpg") == inode(site, photo)


def test_the_build_cache_has_it(site: Site):
    """Original and variants of an older release are gone, and so are the sources of then."""
    site.write(FILES)
    publish(site)
    before = read(site.target.root)
    old = loaded(site).paths["css/a.css"]
    site.write({"src/css/a.css": "p {}\n" * 300})
    publish(site)
    for path in (old, f"{old}.br", f"{old}.gz"):
        published(site, path).unlink()
    found = repair(site)
    assert found.is_sound
    assert told(found, old).endswith("Restored from the build cache.")
    assert {path: read(site.target.root)[path] for path in (old, f"{old}.br")} == {
        path: before[path] for path in (old, f"{old}.br")
    }


def test_contents_kept_to_go_back_are_verified_and_of_use(site: Site):
    """Of plain names, an earlier release's contents are kept apart."""
    style = {"names": "plain", "encodings": ()}
    site.write(FILES)
    publish(site, **style)
    old = published(site, "photo.jpg").read_bytes()
    site.write({"src/photo.jpg": "new", "src/copy.jpg": "copy"})
    publish(site, **style)
    (sha256,) = site.target.contents()
    kept = f".lading/contents/{sha256}"
    assert verify(site, **style).damages == []
    tamper(site, kept)
    assert damages(verify(site, **style)) == {kept: "changed"}
    found = repair(site, **style)
    assert "Not restored: its bytes are nowhere to be found" in told(found, kept)
    site.write({"src/elsewhere.jpg": old})
    assert damages(repair(site, **style)) == {kept: "restored"}
    assert published(site, kept).read_bytes() == old
    assert verify(site, **style).damages == []
    assert kept not in site.target.ledger().written


def test_a_manifest_changed_in_place_is_made_anew(site: Site):
    """Its kept copy is the same file on disk."""
    site.write(FILES)
    publish(site)
    before = published(site, "staticfiles.json").read_bytes()
    tamper(site, "staticfiles.json", in_place=True)
    assert published(site, ".lading/releases/1.json").read_bytes() != before
    found = repair(site)
    assert damages(found) == {"staticfiles.json": "restored"}
    assert told(found, "staticfiles.json").endswith("Restored from its sources.")
    assert published(site, "staticfiles.json").read_bytes() == before
    assert published(site, ".lading/releases/1.json").read_bytes() == before
    assert found.notes[0].startswith(".lading/releases/1.json: The manifest is not JSON")
    assert found.notes[1:] == ["The kept copy of the manifest was made anew."]


def test_the_copies_of_manifests_are_lost_with_their_folder(site: Site):
    site.write(FILES)
    publish(site)
    shutil.rmtree(published(site, ".lading/releases"))
    published(site, "css/a.css").unlink()
    found = repair(site)
    assert damages(found) == {"css/a.css": "restored"}
    assert "The kept copy of the manifest was made anew." in found.notes
    kept = published(site, ".lading/releases/1.json")
    assert kept.read_bytes() == published(site, "staticfiles.json").read_bytes()


def test_what_is_nowhere_to_be_found_is_told(site: Site, style):
    new = os.urandom(2000)
    site.write({"src/photo.jpg": new})
    tamper(site, "photo.jpg", in_place=True)
    broken = read(site.target.root)
    found = repair(site, **style)
    assert not found.is_sound
    assert "Not restored: its bytes are nowhere to be found any more" in told(found, "photo.jpg")
    assert read(site.target.root) == broken
    publish(site, **style)
    assert published(site, "photo.jpg").read_bytes() == new


def test_sources_that_are_of_no_use_are_told(site: Site):
    """As where the settings of the sources overlap with the target since."""
    site.write(FILES)
    publish(site, names="plain", encodings=())
    published(site, "photo.jpg").unlink()
    config = Config(**options(site, names="plain", encodings=()))
    found = repairing.repair([site.source(".")], site.target, config, Silent())
    assert not found.is_sound
    assert found.notes[0].startswith("The sources were of no use: The target lies inside")


def test_foreign_files_are_never_touched(site: Site, style):
    replace(site, "js/b.js", "x")
    published(site, "js/b.js").unlink()
    site.write(
        {"out/js/b.js/theirs.txt": "theirs", "out/mine.txt": "mine", "out/photo.jpg.gz": "y"}
    )
    shutil.rmtree(published(site, "img"))
    site.write({"out/img": "a file of theirs"})
    found = repair(site, **style)
    assert not found.is_sound
    assert "Not restored: move away what lies there" in told(found, "js/b.js")
    assert "Not restored: move away what lies there" in told(found, "img/logo.svg")
    assert "Not restored: it is not Lading's to touch" in told(found, "photo.jpg.gz")
    after = read(site.target.root)
    assert (after["js/b.js/theirs.txt"], after["img"], after["mine.txt"]) == (
        "theirs",
        "a file of theirs",
        "mine",
    )
    assert after["photo.jpg.gz"] == "y"


def test_an_empty_folder_makes_way(site: Site, style):
    published(site, "photo.jpg").unlink()
    published(site, "photo.jpg").mkdir()
    assert repair(site, **style).is_sound
    assert published(site, "photo.jpg").is_file()


def test_what_may_not_be_read_is_replaced(site: Site, monkeypatch: pytest.MonkeyPatch):
    style = {"names": "plain"}
    site.write(FILES)
    publish(site, **style)
    before = read(site.target.root)
    real = os.open

    def refuse(path, *arguments, **more):
        if str(path).endswith("out/photo.jpg"):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        assert damages(verify(site, **style)) == {"photo.jpg": "unreadable"}
        number = inode(site, "photo.jpg")
        assert damages(repair(site, **style)) == {"photo.jpg": "restored"}
    assert inode(site, "photo.jpg") != number
    assert read(site.target.root) == before


def test_links_are_left_to_the_run_that_makes_them(site: Site):
    site.write({"src/a.css": "a"})
    site.collect(link=True)
    published(site, "a.css").unlink()
    found = repair(site, names="plain")
    assert "Not restored: run collectstatic --link again" in told(found, "a.css")


def test_without_the_ledger_files_are_restored_by_the_manifest(site: Site):
    site.write(FILES)
    publish(site)
    before = read(site.target.root)
    published(site, ".lading/ledger").unlink()
    for path in ("css/a.css", "js/b.js.br", "photo.jpg"):
        published(site, path).unlink()
    assert repair(site).is_sound
    assert read(site.target.root) == before
    assert verify(site).damages == []


def test_nothing_is_left_where_nothing_is_published(site: Site):
    with pytest.raises(ManifestError, match="Nothing is known to be published"):
        repair(site)
    assert not os.path.exists(site.path("out"))


def test_a_variant_of_another_name_is_used(site: Site):
    """Also where nothing is packed any more."""
    site.write(FILES)
    publish(site)
    before = read(site.target.root)
    for path in ("photo.jpg", "js/b.js.br"):
        published(site, path).unlink()
    assert repair(site, encodings=()).is_sound
    assert read(site.target.root) == before
    assert inode(site, "js/b.js.br") == inode(site, "js/copy.js.br")


def test_variants_are_packed_again_in_one_go(site: Site, monkeypatch: pytest.MonkeyPatch):
    site.write(FILES)
    publish(site)
    before = read(site.target.root)
    shutil.rmtree(site.path("cache"))
    for path in before:
        if path.endswith(".br"):
            published(site, path).unlink()
    batches = []
    run = packjobs.run_batch
    monkeypatch.setattr(packjobs, "run_batch", lambda jobs: batches.append(jobs) or run(jobs))
    assert repair(site).is_sound
    assert read(site.target.root) == before
    contents = [job.sha256 for jobs in batches for job in jobs]
    assert len(contents) == len(set(contents)) == 4  # each content once


def test_read_only_files_are_restored_as_read_only(site: Site, style):
    site.target.read_only = True
    publish(site, **style)
    for path in ("photo.jpg", "css/a.css.br"):
        published(site, path).unlink()
    assert repair(site, **style).is_sound
    modes = {stat.S_IMODE(published(site, path).stat().st_mode) for path in site.published()}
    assert modes == {0o444}
