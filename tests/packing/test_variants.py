"""Encoded variants in a run: made once, taken over, linked, and never of another content."""

from __future__ import annotations

import gzip
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Any

import brotli
import pytest

from hashed_sites import loaded, settle
from lading import build
from lading.cli import main
from lading.config import Config
from lading.errors import LadingError
from lading.packing import packer, variants
from lading.packing.packer import Packed
from lading.targets.folder import FolderTarget
from sites_of_folders import Site, kinds, read, watched
from tampering import options as common_options

CSS = "body { color: red }\n" * 400
JS = "console.log('something rather long that repeats');\n" * 200
PAGE = {
    "src/css/a.css": CSS,
    "src/js/b.js": JS,
    "src/js/copy-of-b.js": JS,
    "src/tiny.css": "a{}",
    "src/photo.jpg": os.urandom(9000),
    "src/data.json": "[0]" * 3000,
}
PACKABLE = {"css/a.css", "js/b.js", "js/copy-of-b.js", "data.json"}


def options(site: Site, **more: Any) -> dict[str, Any]:
    return common_options(site, **{"keep_releases": 1, "keep_age": 0, **more})


def collect(site: Site, *sources, **more: Any) -> build.Outcome:
    return site.collect(*sources, **options(site, **more))


def data(site: Site, path: str) -> bytes:
    return Path(site.path("out", path)).read_bytes()


def check_variants(site: Site, *, manifest: bool = True) -> set[str]:
    """Every variant there decodes to the file it lies beside; the files that have one."""
    published = read(site.path("out"))
    packed: set[str] = set()
    for path in published:
        root, suffix = os.path.splitext(path)
        if suffix in (".gz", ".br") and root in published:
            decode = gzip.decompress if suffix == ".gz" else brotli.decompress
            assert decode(data(site, path)) == data(site, root), path
            packed.add(root)
    if manifest:
        files = loaded(site).files  # of this release; those of older ones may still be there
        packed &= files.keys()
        assert {path for path, file in files.items() if file.encodings} == packed
    return packed


def test_every_file_worth_it_has_variants_that_decode_to_it(site: Site):
    site.write(PAGE)
    outcome = collect(site)
    paths = loaded(site).paths
    assert check_variants(site) == PACKABLE | {paths[path] for path in PACKABLE}
    # Four different contents, two codings each, whatever number of names they have.
    assert (outcome.packed, outcome.reused) == (8, 0)


def test_plain_names_are_packed_when_asked_for(site: Site):
    site.write(PAGE)
    assert collect(site, names="plain").packed == 8
    assert check_variants(site, manifest=False) == PACKABLE
    assert collect(site, names="plain").packed == 0
    site.collect(names="plain", keep_releases=1, keep_age=0)
    assert set(read(site.path("out"))) == {path.removeprefix("src/") for path in PAGE}


def test_an_unchanged_run_looks_at_no_variant(site: Site):
    site.write(PAGE)
    settle(site)
    collect(site)
    with watched(site.folder) as (reads, writes):
        outcome = collect(site)
    assert (outcome.packed, outcome.reused, outcome.plan.puts) == (0, 0, [])
    assert [path for path in reads if not path.startswith("out/.lading/")] == []
    assert [path for path in writes if "/lock" not in path and "snapshot" not in path] == []


def test_a_changed_file_is_packed_alone(site: Site):
    site.write(PAGE)
    settle(site)
    collect(site)
    site.write({"src/css/a.css": CSS + "p{}"})
    outcome = collect(site)
    assert (outcome.packed, outcome.reused) == (2, 0)
    assert check_variants(site) >= PACKABLE


def test_a_reverted_file_is_not_packed_again(site: Site):
    site.write(PAGE)
    collect(site)
    site.write({"src/css/a.css": CSS + "p{}"})
    collect(site)
    site.write({"src/css/a.css": CSS})
    outcome = collect(site)
    assert (outcome.packed, outcome.reused) == (0, 2)
    check_variants(site)


def test_another_target_takes_variants_out_of_the_cache(site: Site):
    site.write(PAGE)
    collect(site)
    other = FolderTarget(site.path("other"))
    outcome = build.collect([site.source()], other, Config(**options(site)))
    assert (outcome.packed, outcome.reused) == (0, 8)
    assert read(other.root) == read(site.path("out"))


def test_a_cache_that_is_emptied_meanwhile(site: Site, monkeypatch):
    """By ``lading cache clear``, or by whoever tidies temporary folders."""
    site.write(PAGE)
    emptied = empty_after_packing(site, monkeypatch, times=1)
    outcome = collect(site)
    assert emptied == [1]
    assert (outcome.packed, outcome.reused) == (8 + 6, 0)  # not again what is not worth it
    assert check_variants(site) == PACKABLE | {loaded(site).paths[path] for path in PACKABLE}


def test_a_cache_that_keeps_nothing(site: Site, monkeypatch):
    site.write(PAGE)
    emptied = empty_after_packing(site, monkeypatch, times=99)
    with pytest.raises(LadingError, match="vanish") as error:
        collect(site)
    assert error.value.where == site.path("cache")
    assert 1 < len(emptied) < 9
    assert not os.path.exists(site.path("out", "staticfiles.json"))


def empty_after_packing(site: Site, monkeypatch, *, times: int) -> list[int]:
    emptied: list[int] = []

    def pack(*args: Any) -> Packed:
        packed = packer.pack(*args)
        if len(emptied) < times:
            emptied.append(1)
            shutil.rmtree(site.path("cache"))
        return packed

    monkeypatch.setattr(variants, "pack", pack)
    return emptied


# --- storage that is shared ---


def inode(*parts: str) -> int:
    return os.stat(os.path.join(*parts)).st_ino


def test_names_of_one_content_share_one_file_and_no_source_does(site: Site):
    site.write(PAGE)
    collect(site)
    out, paths = site.path("out"), loaded(site).paths
    for path in ("css/a.css", "photo.jpg", "tiny.css"):
        assert inode(out, path) == inode(out, paths[path]) != inode(site.path("src"), path)
    one = {
        inode(out, name) for path in ("js/b.js", "js/copy-of-b.js") for name in (path, paths[path])
    }
    assert len(one) == 1
    cached = {inode(file) for file in map(str, Path(site.path("cache")).rglob("*"))}
    for path in PACKABLE:
        for suffix in (".gz", ".br"):
            assert inode(out, path + suffix) == inode(out, paths[path] + suffix)
            assert inode(out, path + suffix) in cached


def test_sharing_goes_on_in_later_runs(site: Site):
    site.write(PAGE)
    collect(site)
    os.unlink(site.path("out", loaded(site).paths["photo.jpg"]))
    site.write({"src/new.js": JS})
    collect(site)
    out, paths = site.path("out"), loaded(site).paths
    assert inode(out, "photo.jpg") == inode(out, paths["photo.jpg"])
    assert inode(out, "new.js") == inode(out, "js/b.js") == inode(out, paths["new.js"])


@pytest.mark.parametrize("mode", [0o600, 0o664, None])
def test_permissions_belong_to_the_target_not_to_the_cache(site: Site, mode: int | None):
    site.write(PAGE)
    collect(site)
    wanted = 0o644 if mode is None else mode
    other = FolderTarget(site.path("other"), file_mode=mode)
    old = os.umask(0o022)
    try:
        build.collect([site.source()], other, Config(**options(site)))
    finally:
        os.umask(old)
    for file in Path(other.root).rglob("*"):
        if file.is_file() and ".lading" not in file.parts:
            assert stat.S_IMODE(file.stat().st_mode) == wanted, file
    first = {stat.S_IMODE(os.stat(site.path("out", p)).st_mode) for p in read(site.path("out"))}
    assert first == {0o644}


def test_a_target_on_another_file_system(site: Site):
    """Nothing can be linked from the sources' and the cache's file system into it."""
    shared = "/dev/shm"
    if not os.path.isdir(shared) or os.stat(shared).st_dev == os.stat(site.folder).st_dev:
        pytest.skip("there is no second file system to write to")
    site.write(PAGE)
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        other = FolderTarget(os.path.join(folder, "out"))
        build.collect([site.source()], other, Config(**options(site)))
        collect(site)
        assert read(other.root) == read(site.path("out"))
        again = build.collect([site.source()], other, Config(**options(site)))
        assert (again.plan.puts, again.packed, again.reused) == ([], 0, 0)


def test_files_that_cannot_be_linked_are_copied(site: Site, monkeypatch):
    site.write(PAGE)

    def refuse(*_, **__):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    collect(site)
    monkeypatch.undo()
    out, paths = site.path("out"), loaded(site).paths
    assert inode(out, "css/a.css") != inode(out, paths["css/a.css"])
    assert check_variants(site) >= PACKABLE


# --- variants that sources ship ---


def test_a_sources_own_variant_is_published_and_none_of_ours(site: Site):
    """Even if it is stale: it is told to be what it is, a file of its own."""
    site.write(
        PAGE | {"src/css/a.css.gz": gzip.compress(b"theirs"), "src/css/a.css.br": "no brotli"}
    )
    for _ in range(2):
        collect(site)
        files = loaded(site).files
        assert files["css/a.css"].encodings == {}
        assert gzip.decompress(data(site, "css/a.css.gz")) == b"theirs"
        assert data(site, "css/a.css.br") == b"no brotli"
        assert set(files[loaded(site).paths["css/a.css"]].encodings) == {"br", "gzip"}


def test_a_sources_own_variant_comes_and_goes(site: Site):
    site.write(PAGE)
    settle(site)
    collect(site)
    site.write({"src/css/a.css.gz": gzip.compress(b"theirs")})
    settle(site)
    collect(site)
    assert set(loaded(site).files["css/a.css"].encodings) == {"br"}
    assert gzip.decompress(data(site, "css/a.css.gz")) == b"theirs"
    os.unlink(site.path("src/css/a.css.gz"))
    collect(site)
    assert set(loaded(site).files["css/a.css"].encodings) == {"br", "gzip"}
    check_variants(site)


# --- variants of an older content ---


@pytest.mark.parametrize("keep", [{}, {"keep_releases": 9, "keep_age": 9999}])
def test_no_variant_outlives_the_content_of_its_file(site: Site, keep):
    """A web server with ``gzip_static`` would send it."""
    site.write(PAGE)
    collect(site, **keep)
    for change in ("a{}", CSS + "p{}", ""):
        site.write({"src/css/a.css": change})
        collect(site, **keep)
        assert ("css/a.css" in check_variants(site)) == (len(change) > 100)


@pytest.mark.parametrize("names", ["plain", "hashed"])
def test_variants_switched_off_and_on_again(site: Site, names: str):
    site.write(PAGE)
    collect(site, names=names)
    site.write({"src/css/a.css": "p { margin: 0 }\n" * 400})
    collect(site, names=names, encodings=())
    assert check_variants(site, manifest=names == "hashed") == set()
    collect(site, names=names)
    assert check_variants(site, manifest=names == "hashed") >= PACKABLE


def test_fewer_codings_and_other_settings(site: Site):
    site.write(PAGE)
    collect(site)
    collect(site, encodings=("br",))
    assert not [path for path in read(site.path("out")) if path.endswith(".gz")]
    outcome = collect(
        site, pack={"exclude": ("*.css",), "levels": {"br": (4, 4, 4), "gzip": (6, 6, 6)}}
    )
    assert check_variants(site) & {"css/a.css", "js/b.js"} == {"js/b.js"}
    assert outcome.packed == 0
    outcome = collect(site, pack={"levels": {"br": (5, 5, 5), "gzip": (6, 6, 6)}})
    assert (outcome.packed, outcome.reused) == (4, 4)
    check_variants(site)


@pytest.mark.parametrize("damage", ["delete", "change", "truncate"])
@pytest.mark.parametrize("suffix", [".gz", ".br"])
def test_variants_that_were_lost_or_changed_are_put_back(site: Site, damage: str, suffix: str):
    site.write(PAGE)
    settle(site)
    collect(site)
    path = Path(site.path("out/css/a.css" + suffix))
    before = path.read_bytes()
    path.unlink()
    if damage == "change":
        path.write_bytes(before[::-1])
    elif damage == "truncate":
        path.write_bytes(before[:5])
    outcome = collect(site)
    assert path.read_bytes() == before
    assert outcome.packed == 0
    check_variants(site)


def test_a_published_variant_that_is_changed_in_place_damages_the_cache_and_is_noticed(site: Site):
    """They share storage; the cache proves its entries by their digests."""
    site.write(PAGE)
    collect(site)
    good = read(site.path("out"))
    with open(site.path("out/css/a.css.br"), "r+b") as file:
        file.write(b"XX")
    outcome = collect(site)
    assert kinds(outcome) == ["build-cache-damaged"]
    assert read(site.path("out")) == good


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"key": 1}', b"\xff", b"[" * 9999])
def test_the_state_of_the_variants_may_be_damaged(site: Site, damage: bytes):
    site.write(PAGE)
    collect(site)
    good = read(site.path("out"))
    site.write({"out/.lading/variants": damage, "src/new.css": CSS + "x{}"})
    outcome = collect(site)
    assert outcome.packed == 2
    assert {path: read(site.path("out")).get(path) for path in good if "static" not in path} == {
        path: content for path, content in good.items() if "static" not in path
    }
    check_variants(site)


def test_names_without_room_for_a_suffix(site: Site):
    """254 bytes of name: as long as a name may be, but for what ``.br`` would add."""
    long = "n" * 250 + ".css"
    site.write({f"src/{long}": CSS, "src/a.css": CSS})
    outcome = collect(site)
    assert kinds(outcome) == ["name-too-long"]
    assert loaded(site).files[long].encodings == {}
    assert "a.css" in check_variants(site)


def test_a_dry_run_foretells_no_loss_of_variants(site: Site):
    site.write(PAGE)
    collect(site)
    site.write({"src/css/a.css": CSS + "p{}", "src/new.css": "n"})
    foretold = site.plan(**options(site)).removed
    assert not [
        path for path in foretold if path in {p + s for p in PACKABLE for s in (".gz", ".br")}
    ]
    assert site.plan(**options(site), clear=True).removed == foretold
    assert collect(site).removed == foretold


def test_a_cache_in_the_projects_own_folder(site: Site, monkeypatch, capsys):
    """Not in whatever folder the command is run from."""
    site.write(PAGE | {"elsewhere/x": ""})
    site.write(
        {"lading.toml": "target='out'\nsources=['src']\nnames='hashed'\ncache='.cache/lading'"}
    )
    monkeypatch.chdir(site.path("elsewhere"))
    assert main(["collect", "--config", "../lading.toml", "-v0"]) == 0
    assert os.listdir(".") == ["x"]
    assert os.listdir(site.path(".cache/lading"))
    assert main(["cache", "clear", "--config", "../lading.toml"]) == 0
    assert "Removed 8 entries" in capsys.readouterr().out


def test_the_plain_name_of_a_rewritten_file_gets_the_fast_level_whatever_came_before(site: Site):
    levels = {"pack": {"levels": {"br": (11, 11, 1), "gzip": (12, 12, 1)}}}
    site.write({"src/a.css": "@import 'b.css';\n" + CSS, "src/b.css": JS, "src/c.css": CSS})
    collect(site, **levels)
    paths = loaded(site).paths

    def packed_by(path: str, level: int) -> bool:
        return data(site, path + ".br") == brotli.compress(data(site, path), quality=level)

    assert packed_by("a.css", 1)
    assert packed_by(paths["a.css"], 11)
    assert packed_by("c.css", 11)

    # No longer superseded: packed as a first run would.
    site.write({"src/a.css": CSS})
    collect(site, **levels)
    assert packed_by("a.css", 11)
    site.write({"src/a.css": "@import 'b.css';\n" + CSS})
    collect(site, **levels)
    assert packed_by("a.css", 1)
