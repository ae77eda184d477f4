"""A run's build cache: where it stands, and that a broken one costs time and never the run."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import textwrap
import time

import pytest

from lading.blobs import Dropped, Usage
from lading.cache import Cache, default_root
from lading.errors import LadingError
from lading.findings import Severity


def key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def put(cache: Cache, name: str, content: bytes):
    return cache.put(key(name), lambda file: file.write(content))


def content_of(blob) -> bytes:
    with open(blob.path, "rb") as file:
        return file.read()


@pytest.mark.skipif(os.name == "nt", reason="the paths here are Unix paths")
@pytest.mark.parametrize(
    ("setting", "environment", "platform", "expected"),
    [
        (None, {}, "linux", "~/.cache/lading"),
        (None, {"XDG_CACHE_HOME": "/xdg"}, "linux", "/xdg/lading"),
        (None, {"XDG_CACHE_HOME": "relative"}, "linux", "~/.cache/lading"),
        (None, {}, "darwin", "~/Library/Caches/lading"),
        (None, {"XDG_CACHE_HOME": "/xdg"}, "darwin", "~/Library/Caches/lading"),
        (None, {"LOCALAPPDATA": "/C/Local"}, "win32", "/C/Local/lading"),
        (None, {"LADING_CACHE": "/ci"}, "linux", "/ci"),
        (None, {"LADING_CACHE": "~/ci"}, "linux", "~/ci"),
        (None, {"LADING_CACHE": ""}, "linux", "~/.cache/lading"),
        ("/setting", {"LADING_CACHE": "/ci"}, "linux", "/setting"),
    ],
)
def test_where_the_cache_stands(setting, environment, platform, expected):
    assert default_root(setting, environment, platform) == os.path.expanduser(expected)


def test_without_a_home_folder_there_is_no_place(monkeypatch):
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert default_root(None, {}, "linux") is None


def test_a_cache_keeps_between_runs(tmp_path):
    with Cache(str(tmp_path)) as cache:
        blob = put(cache, "a", b"encoded")
        cache.drop(key("b"), 5)
        assert cache.findings() == []
    with Cache(str(tmp_path)) as cache:
        assert cache.get(key("a")) == blob
        assert cache.get(key("b")) == Dropped(5)
        assert cache.info() == Usage(2, 8192)


def spoilt_by_a_file(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    return str(tmp_path / "file" / "cache")


def spoilt_inside(tmp_path):
    folder = tmp_path / "cache" / "blobs-1"
    folder.mkdir(parents=True)
    for name in ("a", "b"):
        (folder / key(name)[:2]).write_text("where a folder should be")
    return str(tmp_path / "cache")


@pytest.mark.parametrize("spoil", [spoilt_by_a_file, spoilt_inside])
def test_an_unwritable_cache_costs_time_and_says_so_once(spoil, tmp_path):
    root = spoil(tmp_path)
    with Cache(root) as cache:
        assert cache.get(key("a")) is None
        first, second = put(cache, "a", b"first"), put(cache, "b", b"second")
        cache.drop(key("c"), 9)
        assert (content_of(first), content_of(second)) == (b"first", b"second")
        (finding,) = cache.findings()
    assert (finding.kind, finding.severity) == ("build-cache-unwritable", Severity.WARNING)
    assert finding.where == root
    assert "LADING_CACHE" in finding.hint
    assert not os.path.exists(first.path)
    assert not os.path.exists(os.path.dirname(first.path))


def test_without_a_folder_nothing_outlives_the_run():
    with Cache(None) as cache:
        blob = put(cache, "a", b"encoded")
        assert content_of(blob) == b"encoded"
        assert cache.get(key("a")) == blob
        assert not cache.holds(key("a"))
        assert [finding.kind for finding in cache.findings()] == ["build-cache-unwritable"]
        assert cache.info() == cache.prune() == cache.clear() == Usage(0, 0)
    assert not os.path.exists(blob.path)


def test_a_disk_that_fills_up_half_way_is_no_loss(tmp_path):
    full: list[str] = []

    def write(file):
        file.write(b"half of ")
        if not full:
            full.append(file.name)
            raise OSError(errno.ENOSPC, "No space left on device")
        file.write(b"it")

    with Cache(str(tmp_path)) as cache:
        before = put(cache, "before", b"fits")
        blob = cache.put(key("a"), write)
        assert content_of(blob) == b"half of it"
        assert not blob.path.startswith(str(tmp_path))
        assert not os.path.exists(full[0])
        assert cache.get(key("before")) == before  # reading still works
        (finding,) = cache.findings()
        assert "No space left on device" in finding.message


def test_when_no_disk_takes_it_the_run_ends_with_a_clear_error(tmp_path):
    """A process that may write no file larger than 64 KiB (RLIMIT_FSIZE)."""
    code = """
        import resource, sys
        from lading.cache import Cache
        from lading.errors import LadingError
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
        with Cache(sys.argv[1]) as cache:
            cache.put("aa" * 32, lambda file: file.write(bytes(65536)))
            try:
                cache.put("bb" * 32, lambda file: file.write(bytes(65537)))
            except LadingError as error:
                print(error)
        """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "neither in the build cache (File too large)" in run.stdout
    assert "nothing was published" in run.stdout
    assert "LADING_CACHE" in run.stdout
    with Cache(str(tmp_path)) as cache:
        assert cache.info().entries == 1


def test_damaged_entries_are_told_in_one_finding(tmp_path):
    with Cache(str(tmp_path)) as cache:
        for name in "abc":
            with open(put(cache, name, b"encoded").path, "wb") as file:
                file.write(b"damaged")
    with Cache(str(tmp_path)) as cache:
        assert [cache.get(key(name)) for name in "abc"] == [None] * 3
        (finding,) = cache.findings()
    assert (finding.kind, finding.severity) == ("build-cache-damaged", Severity.NOTE)
    assert "3 entries" in finding.message


def age_all(root, hours: float) -> None:
    then = time.time() - hours * 3600
    for folder, _, names in os.walk(root):
        for name in names:
            os.utime(os.path.join(folder, name), (then, then))


def test_a_run_that_adds_to_the_cache_keeps_it_to_its_limit(tmp_path):
    with Cache(str(tmp_path)) as cache:
        for name in "abcd":
            put(cache, name, b"x" * 4096)
    age_all(tmp_path, 5)
    with Cache(str(tmp_path), limit=3 * 4096) as cache:
        assert cache.get(key("a")) is not None
        put(cache, "e", b"x" * 4096)
    with Cache(str(tmp_path)) as cache:
        assert cache.info() == Usage(3, 3 * 4096)
        assert cache.get(key("a")) is not None
        assert cache.get(key("e")) is not None


def test_a_run_that_adds_nothing_does_not_even_look(tmp_path, monkeypatch):
    with Cache(str(tmp_path)) as cache:
        put(cache, "a", b"x" * 4096)
        put(cache, "b", b"x" * 4096)
    age_all(tmp_path, 5)
    listed: list[str] = []
    monkeypatch.setattr("lading.blobs.os.scandir", listed.append)
    with Cache(str(tmp_path), limit=0) as cache:
        assert cache.get(key("a")) is not None
    assert listed == []


def test_managing_the_cache(tmp_path):
    cache = Cache(str(tmp_path), limit=4096)
    put(cache, "a", b"x" * 4096)
    put(cache, "b", b"x" * 4096)
    assert cache.prune() == Usage(0, 0)  # in use
    age_all(tmp_path, 5)
    assert cache.info() == Usage(2, 8192)
    assert cache.prune() == Usage(1, 4096)
    assert cache.clear() == Usage(1, 4096)
    assert cache.info() == Usage(0, 0)


def test_managing_a_cache_that_is_no_folder_says_why(tmp_path):
    cache = Cache(spoilt_by_a_file(tmp_path))
    with pytest.raises(LadingError) as caught:
        cache.info()
    assert caught.value.where == cache.root
    assert "Not a directory" in str(caught.value)
