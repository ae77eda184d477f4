"""Files that appear whole or not at all, and never over another."""

from __future__ import annotations

import errno
import itertools
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lading.media import writing
from lading.media.writing import TEMPORARY, Modes, adopt, make_directory, write_new

PLAIN = Modes()


@pytest.fixture(params=["unnamed", "named", "without links"], autouse=True)
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each test on three kinds of system: Linux, others, and file systems that have no hard links."""
    if request.param == "unnamed":
        assert writing._UNNAMED, "this test wants Linux"
    else:
        monkeypatch.setattr(writing, "_UNNAMED", 0)
    if request.param == "without links":

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)
    if request.param != "unnamed":
        monkeypatch.setattr(writing, "rename_new", lambda *_: errno.ENOSYS)
    return request.param


def paths(folder: Path, *names: str) -> Iterator[str]:
    yield from (str(folder / name) for name in names)


def write(folder: Path, *names: str, content: bytes = b"new", fsync: bool = False) -> str:
    choose = paths(folder, *names).__next__
    return write_new([content], str(folder), choose, fsync=fsync, modes=PLAIN)


@pytest.mark.parametrize("fsync", [False, True])
def test_writing(tmp_path: Path, fsync: bool):
    path = write(tmp_path, "a.txt", fsync=fsync)
    assert path == str(tmp_path / "a.txt")
    assert os.listdir(tmp_path) == ["a.txt"]
    assert Path(path).read_bytes() == b"new"
    assert os.stat(path).st_nlink == 1


def test_the_disk_has_the_file_before_its_name_and_then_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Only what was synced in this order is there after a power failure, and whole."""
    done: list[str] = []
    sync = os.fsync

    def synced(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        done.append("folder" if is_folder else f"file of {os.fstat(descriptor).st_size}")
        sync(descriptor)

    def named(by: Callable[..., None]) -> Callable[..., None]:
        def name(*arguments: Any, **options: Any) -> None:
            by(*arguments, **options)
            done.append("named")

        return name

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "link", named(os.link))
    monkeypatch.setattr(os, "replace", named(os.replace))
    write(tmp_path, "a.txt", fsync=True)
    assert done == ["file of 3", "named", "folder"]
    done.clear()
    write(tmp_path, "b.txt")
    assert done == ["named"]


def test_a_taken_name_is_left_alone(tmp_path: Path):
    (tmp_path / "a").write_text("old")
    os.symlink("nowhere", tmp_path / "b")
    assert write(tmp_path, "a", "b", "c") == str(tmp_path / "c")
    assert (tmp_path / "a").read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["a", "b", "c"]


def test_nobody_sees_a_part(tmp_path: Path):
    seen: list[list[str]] = []

    def chunks() -> Iterator[bytes]:
        for _ in range(3):
            seen.append([name for name in os.listdir(tmp_path) if not name.startswith(TEMPORARY)])
            yield b"x" * 100_000

    write_new(chunks(), str(tmp_path), paths(tmp_path, "a").__next__, fsync=False, modes=PLAIN)
    assert seen == [[], [], []]
    assert (tmp_path / "a").stat().st_size == 300_000


def test_nothing_is_left_of_what_fails(tmp_path: Path):
    def chunks() -> Iterator[bytes]:
        yield b"x" * 100_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        write_new(chunks(), str(tmp_path), paths(tmp_path, "a").__next__, fsync=False, modes=PLAIN)
    with pytest.raises(StopIteration):
        write(tmp_path)
    assert os.listdir(tmp_path) == []


def test_descriptors_are_closed(tmp_path: Path):
    before = len(os.listdir("/proc/self/fd"))
    for number in range(20):
        write(tmp_path, f"{number}", fsync=True)
        with pytest.raises(StopIteration):
            write(tmp_path, "0")
    assert len(os.listdir("/proc/self/fd")) == before


def test_many_at_once(tmp_path: Path):
    taken: list[str] = []

    def work() -> None:
        for _ in range(50):
            names = itertools.chain(["a"], (os.urandom(8).hex() for _ in itertools.count()))
            choose = (str(tmp_path / name) for name in names).__next__
            taken.append(write_new([b"x"], str(tmp_path), choose, fsync=False, modes=PLAIN))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(taken)) == len(os.listdir(tmp_path)) == 400
    assert all(os.stat(path).st_size == 1 for path in taken)


def test_permissions(tmp_path: Path):
    modes = Modes(0o640, 0o2750)
    folder = tmp_path / "a/b/c"
    make_directory(str(folder), modes)
    path = write_new([b"x"], str(folder), paths(folder, "f").__next__, fsync=False, modes=modes)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o640
    assert [stat.S_IMODE(os.stat(tmp_path / part).st_mode) for part in ("a", "a/b", "a/b/c")] == [
        0o2750
    ] * 3


def test_a_file_in_the_way_of_a_directory(tmp_path: Path):
    (tmp_path / "a").write_text("file")
    with pytest.raises((FileExistsError, NotADirectoryError)):
        make_directory(str(tmp_path / "a/b"), PLAIN)


def test_a_finished_file_is_adopted(tmp_path: Path, system: str):
    source = tmp_path / "upload.tmp"
    source.write_bytes(b"whole")
    (tmp_path / "taken").write_text("old")
    choose = paths(tmp_path, "taken", "final").__next__
    adopted = adopt(str(source), choose, fsync=True, modes=Modes(0o644))
    if system == "without links":
        assert adopted is None
        return
    assert adopted == str(tmp_path / "final")
    assert not source.exists()
    assert (tmp_path / "taken").read_text() == "old"
    assert (tmp_path / "final").read_bytes() == b"whole"
    assert stat.S_IMODE(os.stat(tmp_path / "final").st_mode) == 0o644


def test_a_file_of_another_file_system_is_not(tmp_path: Path):
    other = Path("/dev/shm") / f"lading-{os.getpid()}-{os.urandom(4).hex()}"
    assert os.stat("/dev/shm").st_dev != os.stat(tmp_path).st_dev
    other.write_bytes(b"x")
    try:
        choose = paths(tmp_path, "a").__next__
        assert adopt(str(other), choose, fsync=False, modes=PLAIN) is None
    finally:
        other.unlink()


def test_a_process_that_is_killed_leaves_no_name(tmp_path: Path):
    """Between the first byte and the last."""
    code = """if True:
        import os, signal, sys
        from lading.media import writing
        def chunks():
            yield b"x" * 1000
            os.kill(os.getpid(), signal.SIGKILL)
        writing.write_new(chunks(), sys.argv[1], lambda: sys.argv[1] + "/final", fsync=False,
                          modes=writing.Modes())
    """
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == -9
    assert os.listdir(tmp_path) == []
