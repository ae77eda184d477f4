"""a folder -> its files, copied and removed."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from lading.errors import MediaError
from lading.media.folder import FolderStore
from lading.media.stores import CHANGED, TAKEN
from sites_of_folders import read, write


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(str(tmp_path))


def names(store: FolderStore, prefix: str = "") -> list[str]:
    return sorted(file.name for file in store.files(prefix))


def test_files_with_sizes_and_the_moment_of_their_last_change(store: FolderStore, tmp_path: Path):
    write(tmp_path, {"a.txt": "abc", "b/c/d.txt": "", ".hidden/e": "x"})
    os.utime(tmp_path / "a.txt", (1, 1))
    found = {file.name: file for file in store.files()}
    assert sorted(found) == [".hidden/e", "a.txt", "b/c/d.txt"]
    assert found["a.txt"].size == 3
    # Who copies files with their times, as rsync does, has not made old ones.
    assert found["a.txt"].modified == os.stat(tmp_path / "a.txt").st_ctime
    assert names(store, "b/") == ["b/c/d.txt"]


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path):
    assert names(FolderStore(str(tmp_path / "media"))) == []


def test_what_is_no_file_is_left_out(store: FolderStore, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    os.symlink("nowhere", tmp_path / "broken")
    assert names(store) == []


def test_a_folder_that_cannot_be_listed(store: FolderStore, tmp_path: Path):
    write(tmp_path, {"file": ""})
    with pytest.raises(MediaError) as caught:
        list(FolderStore(str(tmp_path / "file")).files())
    assert caught.value.where == str(tmp_path / "file")
    assert "Nothing was decided." in str(caught.value)


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("a/b.txt", "a/b.txt"),
        ("./a//b.txt", "a/b.txt"),
        ("a/x/../b.txt", "a/b.txt"),
        ("../b.txt", None),
        ("/etc/passwd", None),
        (".hidden", ".hidden"),
        ("a...b", "a...b"),
    ],
)
def test_canonical_names(store: FolderStore, name: str, canonical: str | None):
    assert store.canonical(name) == canonical


def test_absolute_names_inside(tmp_path: Path):
    os.symlink(tmp_path / "real", tmp_path / "media")
    write(tmp_path, {"real/a.txt": ""})
    store = FolderStore(str(tmp_path / "media"))
    assert store.canonical(f"{tmp_path}/media/a.txt") == "a.txt"
    assert store.canonical(f"{tmp_path}/real/a.txt") == "a.txt"


def test_two_links_to_one_folder_are_one_name(store: FolderStore, tmp_path: Path):
    root = tmp_path / "media"
    write(tmp_path, {"disk/a.txt": "", "media/b.txt": ""})
    os.symlink(tmp_path / "disk", root / "one")
    os.symlink(tmp_path / "disk", root / "two")
    store = FolderStore(str(root))
    (walked,) = (name for name in names(store) if name != "b.txt")
    assert store.canonical("one/a.txt") == store.canonical("two/a.txt") == walked


def test_a_link_to_a_file_holds_it(store: FolderStore, tmp_path: Path):
    write(tmp_path, {"a.txt": "", "b/c.txt": ""})
    os.symlink("../a.txt", tmp_path / "b" / "link.txt")
    assert names(store) == ["a.txt", "b/c.txt", "b/link.txt"]
    assert list(store.held()) == ["a.txt"]


def test_a_copy_takes_no_space_and_overwrites_nothing(store: FolderStore, tmp_path: Path):
    write(tmp_path, {"a.txt": "a", "b.txt": "b"})
    failed = store.copy([("a.txt", ".t/1/a.txt"), ("a.txt", "b.txt"), ("none", ".t/none")])
    assert failed == {"b.txt": TAKEN, ".t/none": os.strerror(errno.ENOENT)}
    assert os.path.samefile(tmp_path / "a.txt", tmp_path / ".t/1/a.txt")
    assert (tmp_path / "b.txt").read_text() == "b"


def test_a_copy_where_no_links_can_be_made(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def link(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", link)
    write(tmp_path, {"a.txt": "a", "b.txt": "b"})
    os.utime(tmp_path / "a.txt", (5, 5))
    assert store.copy([("a.txt", "t/a.txt"), ("a.txt", "b.txt")]) == {"b.txt": TAKEN}
    assert os.stat(tmp_path / "t/a.txt").st_mtime == 5
    assert read(tmp_path) == {"a.txt": "a", "b.txt": "b", "t/a.txt": "a"}


def test_a_hidden_folder_is_made_for_this_user_alone(store: FolderStore, tmp_path: Path):
    write(tmp_path, {"a.txt": "a"})
    store.copy([("a.txt", ".trash/1/b/a.txt"), ("a.txt", "open/a.txt")])
    assert os.stat(tmp_path / ".trash").st_mode & 0o777 == 0o700
    assert os.stat(tmp_path / "open").st_mode & 0o777 != 0o700


def test_only_the_version_that_was_seen_is_removed(store: FolderStore, tmp_path: Path):
    write(tmp_path, {"same": "1", "touched": "1", "new": "1", "gone": "1", "any": "1"})
    seen = {name: file.version for name, file in store.stat([*read(tmp_path)]).items()}
    os.utime(tmp_path / "touched")
    os.unlink(tmp_path / "new")
    write(tmp_path, {"new": "1"})
    os.utime(tmp_path / "new", (1, 1))
    os.unlink(tmp_path / "gone")
    assert store.remove({**seen, "any": ""}) == {"touched": CHANGED, "new": CHANGED}
    assert sorted(read(tmp_path)) == ["new", "touched"]


def test_a_link_in_place_of_a_name_in_use(store: FolderStore, tmp_path: Path):
    """The second name that a copy makes leaves the version as it was."""
    write(tmp_path, {"a": "1"})
    before = store.stat(["a"])["a"].version
    store.copy([("a", "b")])
    assert store.stat(["a"])["a"].version == before


def test_names_outside_are_not_files_of_the_folder(tmp_path: Path):
    write(tmp_path, {"secret": "", "media/a": ""})
    store = FolderStore(str(tmp_path / "media"))
    assert store.stat(["../secret", str(tmp_path / "secret")]) == {}


def test_tidying_removes_empty_folders_alone(store: FolderStore, tmp_path: Path):
    write(tmp_path, {"t/1/keep": ""})
    (tmp_path / "t/2/deep").mkdir(parents=True)
    store.tidy("t/")
    assert not (tmp_path / "t/2").exists()
    assert read(tmp_path) == {"t/1/keep": ""}


def test_what_lies_behind_a_link_that_leads_outside_is_said_to(tmp_path: Path):
    write(tmp_path, {"elsewhere/a.txt": "somebody's", "media/b.txt": "ours"})
    os.symlink(tmp_path / "elsewhere", tmp_path / "media" / "link")
    store = FolderStore(str(tmp_path / "media"))
    assert names(store) == ["b.txt", "link/a.txt"]
    there = store.stat(["b.txt", "link/a.txt"])
    assert {name: file.is_outside for name, file in there.items()} == {
        "b.txt": False,
        "link/a.txt": True,
    }
