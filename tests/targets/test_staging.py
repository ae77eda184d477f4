"""Copies under temporary names: whole, of one state of the source, and with the right mode."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import itertools
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from lading.asset import UNKNOWN_SIZE, Asset
from lading.digests import CHUNK, UnreadableError
from lading.errors import TargetError
from lading.targets import staging
from lading.targets.staging import Stage
from sites_of_folders import Site

PATHS = (f"file-{number}" for number in itertools.count())


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def only_asset(site: Site) -> Asset:
    (asset,) = site.source().scan().assets
    return asset


@pytest.fixture
def stage(site: Site) -> Stage:
    os.makedirs(site.path("state"))
    return Stage.create(site.path("state"), 0o644)


def staged_files(stage: Stage) -> list[str]:
    return sorted(
        os.path.relpath(os.path.join(folder, name), stage.folder)
        for folder, _, names in os.walk(stage.folder)
        for name in names
    )


@pytest.mark.parametrize("size", [0, 1, 999, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_a_copy_is_whole_at_any_size(site: Site, stage: Stage, size: int):
    content = os.urandom(size)
    site.write({"src/a.bin": content})
    staged = stage.copy(only_asset(site), "css/a.bin")
    with open(staged.temporary, "rb") as file:
        assert file.read() == content
    assert staged.sha256 == sha256(content)
    assert staged_files(stage) == ["css/a.bin"]


@pytest.mark.parametrize("most", [1, 7, 100])
def test_short_reads_and_writes_lose_nothing(site: Site, stage: Stage, monkeypatch, most: int):
    """Network file systems and full pipes give and take less than was asked for."""
    content = os.urandom(1000)
    site.write({"src/a.bin": content})
    asset = only_asset(site)
    read, write = os.read, os.write
    monkeypatch.setattr(os, "read", lambda file, wanted: read(file, min(wanted, most)))
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:most]))
    staged = stage.copy(asset, next(PATHS))
    monkeypatch.undo()
    with open(staged.temporary, "rb") as file:
        assert file.read() == content
    assert staged.sha256 == sha256(content)


@pytest.mark.parametrize("now", [b"", b"shorter", b"a much longer content than before" * 100])
def test_a_file_that_changed_since_the_scan_is_copied_as_it_is_now(site: Site, stage: Stage, now):
    site.write({"src/a.bin": b"before that"})
    asset = only_asset(site)
    site.write({"src/a.bin": now})
    staged = stage.copy(asset, next(PATHS))
    assert staged.sha256 == sha256(now)
    assert len(staged_files(stage)) == 1


def test_a_file_that_changes_while_it_is_read_is_read_again(site: Site, stage: Stage, monkeypatch):
    site.write({"src/a.bin": b"before"})
    asset = only_asset(site)
    read = os.read
    changes = [b"during", b"while!"]

    def read_and_change(file: int, wanted: int) -> bytes:
        data = read(file, wanted)
        if changes:
            site.target.settle(os.stat(site.path("src/a.bin")).st_ctime_ns)
            site.write({"src/a.bin": changes.pop(0)})
        return data

    monkeypatch.setattr(os, "read", read_and_change)
    assert stage.copy(asset, next(PATHS)).sha256 == sha256(b"while!")
    assert len(staged_files(stage)) == 1


def test_a_file_that_changes_all_the_time_is_given_up(site: Site, stage: Stage, monkeypatch):
    site.write({"src/a.bin": b"0"})
    asset = only_asset(site)
    read = os.read
    count = 0

    def read_and_change(file: int, wanted: int) -> bytes:
        nonlocal count
        count += 1
        site.write({"src/a.bin": b"x" * count})
        return read(file, wanted)

    monkeypatch.setattr(os, "read", read_and_change)
    with pytest.raises(UnreadableError, match="changed during each of 3 readings") as caught:
        stage.copy(asset, next(PATHS))
    assert (caught.value.kind, caught.value.where) == ("changing", site.path("src/a.bin"))
    assert staged_files(stage) == []


def test_a_file_that_grows_all_the_time_is_not_read_for_ever(site: Site, stage: Stage, monkeypatch):
    """A log file: what is there when its end is reached counts, then the attempts end."""
    site.write({"src/a.bin": b""})
    asset = only_asset(site)
    read = os.read
    reads: list[int] = []

    def read_and_grow(file: int, wanted: int) -> bytes:
        reads.append(wanted)
        with open(site.path("src/a.bin"), "ab") as log:
            log.write(b"one more line\n")
        return read(file, wanted)

    monkeypatch.setattr(os, "read", read_and_grow)
    with pytest.raises(UnreadableError):
        stage.copy(asset, next(PATHS))
    assert len(reads) <= 9
    assert sum(wanted < 100 for wanted in reads) <= 3  # not byte by byte


def test_a_young_file_is_not_believed_later(site: Site, stage: Stage):
    site.write({"src/a.bin": b"1"})
    assert stage.copy(only_asset(site), next(PATHS)).settled == ""
    site.target.settle(os.stat(site.path("src/a.bin")).st_ctime_ns)
    asset = only_asset(site)
    assert stage.copy(asset, next(PATHS)).settled == asset.signature


@pytest.mark.parametrize(
    ("make", "kind", "part"),
    [
        (lambda path: os.unlink(path), "vanished", "gone now"),
        (lambda path: (os.unlink(path), os.mkdir(path)), "unreadable", "Is a directory"),
        (lambda path: (os.unlink(path), os.symlink(path, path)), "unreadable", "symbolic links"),
    ],
)
def test_a_source_that_cannot_be_read_is_named(site: Site, stage: Stage, make, kind, part):
    site.write({"src/a.bin": b"1"})
    asset = only_asset(site)
    make(site.path("src/a.bin"))
    with pytest.raises(UnreadableError, match=part) as caught:
        stage.copy(asset, next(PATHS))
    assert (caught.value.kind, caught.value.where) == (kind, site.path("src/a.bin"))


# --- sources that are no folder ---


@dataclass(frozen=True)
class Remote:
    """A source that only opens streams."""

    stream: object
    label: str = "bucket"
    location: str = "bucket"
    prefix: str = ""
    owner: str = "project"

    def open(self, relative: str):
        if isinstance(self.stream, Exception):
            raise self.stream
        return self.stream

    def local_path(self, relative: str) -> None:
        return None


class Dropping(io.BytesIO):
    """A connection that is lost on the way."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        return super().read(3)


def remote_asset(stream: object) -> Asset:
    return Asset("a.bin", Remote(stream), "a.bin", UNKNOWN_SIZE, "")  # type: ignore[arg-type]


def test_a_stream_is_copied(stage: Stage):
    content = os.urandom(CHUNK + 10)
    staged = stage.copy(remote_asset(io.BytesIO(content)), next(PATHS))
    assert (staged.sha256, staged.settled) == (sha256(content), "")
    assert os.path.getsize(staged.temporary) == CHUNK + 10


@pytest.mark.parametrize(
    ("stream", "part"),
    [
        (Dropping(b"123456"), "Connection reset by peer"),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied"),
        (TimeoutError("timed out"), "timed out"),
    ],
)
def test_a_stream_that_breaks_is_the_sources_fault(stage: Stage, stream, part):
    with pytest.raises(UnreadableError, match=part) as caught:
        stage.copy(remote_asset(stream), next(PATHS))
    assert caught.value.where == "bucket:a.bin"


# --- the target's side ---


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o664, 0o440, None])
@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_every_way_to_stage_gives_the_mode(site: Site, mode, umask):
    site.write({"src/a.bin": b"1", "state/x": ""})
    os.chmod(site.path("src/a.bin"), 0o777)
    stage = Stage.create(site.path("state"), mode)
    old = os.umask(umask)
    try:
        made = [
            stage.copy(only_asset(site), next(PATHS)),
            stage.write(b"2", next(PATHS)),
            stage.copy(remote_asset(io.BytesIO()), next(PATHS)),
        ]
    finally:
        os.umask(old)
    expected = 0o666 & ~umask if mode is None else mode
    assert {os.stat(staged.temporary).st_mode & 0o7777 for staged in made} == {expected}


def test_a_link_is_staged_as_a_link(stage: Stage):
    staged = stage.link("/srv/a b.css", next(PATHS))
    assert os.readlink(staged.temporary) == "/srv/a b.css"
    assert staged.state == "link"


@pytest.mark.parametrize(
    ("number", "part"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.EDQUOT, "Raise the quota"),
        (errno.EIO, "Mend the cause"),
    ],
)
def test_a_disk_that_takes_no_more_is_told_with_a_remedy(site, stage, monkeypatch, number, part):
    site.write({"src/a.bin": b"12345"})
    asset = only_asset(site)
    left = 3

    def write(file: int, data: bytes) -> int:
        nonlocal left
        if not left:
            raise OSError(number, os.strerror(number))
        left -= 1
        return 1

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(TargetError, match=os.strerror(number)) as caught:
        stage.copy(asset, next(PATHS))
    assert part in caught.value.remedy
    assert caught.value.where == stage.folder


LIMITED = """
    import resource, signal, sys
    from lading.cli import main
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    sys.exit(main(["collect", "--config", sys.argv[1]]))
"""


def test_a_real_limit_of_the_system_is_met_without_damage(site: Site):
    """A file larger than the process may write: as a full disk, but everywhere the same."""
    site.write({"lading.toml": "target = 'out'\nsources = ['src']\n", "src/a": "old"})
    site.collect()
    site.write({"src/a": "new", "src/large": "x" * 100_000})
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(LIMITED), site.path("lading.toml")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "The target cannot be written: File too large." in done.stderr
    assert "Traceback" not in done.stderr
    assert site.published() == {"a": "old"}
    assert site.state() == ["ledger", "lock", "releases/1"]
    site.collect()
    assert site.published()["a"] == "new"


def test_a_published_name_too_long_for_the_file_system_is_named(site: Site):
    error = OSError(errno.ENAMETOOLONG, "File name too long", "stage/1", None, "out/" + "x" * 300)
    told = staging.cannot_write("out", error)
    assert told.where == "out/" + "x" * 300
    assert "Shorten" in told.remedy


def test_staging_again_shares_the_file_or_copies_it(site: Site, stage: Stage, monkeypatch):
    first = stage.write(b"content", next(PATHS))
    linked = stage.again(first, next(PATHS))
    assert os.path.samefile(linked.temporary, first.temporary)
    assert linked == first._replace(path=linked.path)

    def no_links(*args: object, **options: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    copied = stage.again(first, next(PATHS))
    assert not os.path.samefile(copied.temporary, first.temporary)
    assert copied.sha256 == first.sha256
    with contextlib.closing(open(copied.temporary, "rb")) as file:
        assert file.read() == b"content"


def test_a_second_name_in_a_folder_of_the_stage_is_a_single_call(stage: Stage, monkeypatch):
    first = stage.write(b"content", "css/a.css")

    def stat(*arguments: object, **options: object) -> None:
        raise AssertionError("one call too many")

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", stat)
        again = stage.again(first, "css/b.css")
    assert os.path.samefile(first.temporary, again.temporary)


def test_files_lie_as_they_will_in_the_target(site: Site):
    os.makedirs(site.path("state"))
    stage = Stage.create(site.path("state"), 0o644, folder_mode=0o750)
    stage.write(b"1", "css/a.css")
    stage.write(b"2", "css/deep/b.css")
    assert staged_files(stage) == ["css/a.css", "css/deep/b.css"]
    for folder in ("css", "css/deep"):
        assert os.stat(f"{stage.folder}/{folder}").st_mode & 0o777 == 0o750


def test_threads_make_one_folder_between_them(site: Site):
    os.makedirs(site.path("state"))
    stage = Stage.create(site.path("state"), None)
    paths = [f"{n % 3}/{n % 5}/{n}.css" for n in range(200)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda path: stage.write(b"", path), paths))
    assert staged_files(stage) == sorted(paths)


def test_pieces_are_one_file_and_can_be_discarded(stage: Stage):
    staged = stage.write_pieces((b"one ", b"", b"two"), "css/a.css")
    with open(staged.temporary, "rb") as file:
        assert file.read() == b"one two"
    assert staged.sha256 == sha256(b"one two")
    stage.discard("css/a.css")
    stage.discard("css/a.css")
    assert staged_files(stage) == []
    assert stage.write_pieces((), "css/a.css").sha256 == sha256(b"")


@pytest.mark.parametrize(("mode", "expected"), [(0o644, 0o444), (0o664, 0o444), (0o600, 0o400)])
def test_read_only_takes_the_write_bits_away(site: Site, mode: int, expected: int):
    os.makedirs(site.path("state"))
    stage = Stage.create(site.path("state"), mode, read_only=True)
    written = stage.write(b"a", "a")
    linked = stage.again(written, "b")
    site.write({"loose": "c"})
    copied = stage.again(written._replace(folder=site.path(), path="loose"), "c")
    modes = [os.stat(item.temporary).st_mode & 0o777 for item in (written, linked, copied)]
    assert modes == [expected] * 3
    assert os.path.samefile(written.temporary, linked.temporary)
    assert os.stat(site.path("loose")).st_mode & 0o200
