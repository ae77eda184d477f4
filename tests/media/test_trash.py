"""orphans -> trash -> their names again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lading.errors import ConfigError
from lading.media import trash
from lading.media.accounts import Totals
from lading.media.folder import FolderStore
from lading.media.stores import TAKEN, Stored
from lading.progress import Silent
from sites_of_folders import read, write

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
LATER = time.time() + 3600
TRASH = ".lading-trash"


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    write(tmp_path, {"a.txt": "a", "deep/b.txt": "bb", "c.txt": "ccc"})
    return FolderStore(str(tmp_path))


class Rows:
    """The names that rows refer to, which may change with each look."""

    def __init__(self, *looks: Iterable[str], act: Callable[[int], None] = lambda _: None) -> None:
        self.looks = [set(look) for look in looks]
        self.seen = 0
        self.act = act

    def __call__(self, names: Sequence[str]) -> set[str]:
        self.seen += 1
        self.act(self.seen)
        look = self.looks[min(self.seen, len(self.looks)) - 1] if self.looks else set[str]()
        return look.intersection(names)


def prune(
    store: FolderStore, names: Sequence[str], rows: Rows, before: float = LATER
) -> trash.Moved:
    files = [Stored(name) for name in names]
    return trash.prune(store, files, TRASH, rows, before, Silent(), now=NOW)


def test_orphans_are_moved_and_restored(store: FolderStore, tmp_path: Path):
    before = read(tmp_path)
    moved = prune(store, ["a.txt", "deep/b.txt"], Rows())
    assert (moved.files, moved.size) == (2, 3)
    assert moved.run.startswith("20260504T030201Z-")
    assert read(tmp_path) == {
        "c.txt": "ccc",
        f"{TRASH}/{moved.run}/a.txt": "a",
        f"{TRASH}/{moved.run}/deep/b.txt": "bb",
    }
    assert [(r.name, r.files, r.size) for r in trash.runs(store, TRASH)] == [(moved.run, 2, 3)]
    back = trash.restore(store, TRASH, [moved.run], [], Silent())
    assert (back.files, back.size, back.failed) == (2, 3, {})
    assert read(tmp_path) == before
    assert not (tmp_path / TRASH / moved.run).exists()


def test_a_row_from_before_the_first_look_keeps_its_file(store: FolderStore, tmp_path: Path):
    moved = prune(store, ["a.txt", "c.txt"], Rows({"a.txt"}))
    assert (moved.files, moved.claimed) == (1, ["a.txt"])
    assert (tmp_path / "a.txt").read_text() == "a"
    assert not (tmp_path / TRASH / moved.run / "a.txt").exists()


def test_a_row_from_between_the_looks_gets_its_file_back(store: FolderStore, tmp_path: Path):
    inode = os.stat(tmp_path / "a.txt").st_ino
    moved = prune(store, ["a.txt", "c.txt"], Rows((), {"a.txt"}))
    assert (moved.files, moved.claimed) == (1, ["a.txt"])
    assert os.stat(tmp_path / "a.txt").st_ino == inode
    assert not (tmp_path / TRASH / moved.run / "a.txt").exists()


@pytest.mark.parametrize("change", ["touched", "rewritten", "replaced"])
def test_a_file_that_is_written_or_used_meanwhile_stays(
    store: FolderStore, tmp_path: Path, change: str
):
    def act(look: int) -> None:
        if look == 1:
            if change == "touched":
                os.utime(tmp_path / "a.txt")
            elif change == "rewritten":
                (tmp_path / "a.txt").write_text("new!")
            else:
                (tmp_path / "new").write_text("other")
                os.replace(tmp_path / "new", tmp_path / "a.txt")

    moved = prune(store, ["a.txt"], Rows(act=act))
    assert (moved.files, moved.changed) == (0, ["a.txt"])
    expected = {"touched": "a", "rewritten": "new!", "replaced": "other"}[change]
    assert (tmp_path / "a.txt").read_text() == expected
    assert list((tmp_path / TRASH).rglob("*.txt")) == []


def test_a_file_that_was_written_since_it_was_listed_stays(store: FolderStore, tmp_path: Path):
    moved = prune(store, ["a.txt"], Rows(), before=time.time() - 3600)
    assert (moved.files, moved.changed) == (0, ["a.txt"])
    assert (tmp_path / "a.txt").exists()


def test_a_name_that_is_uploaded_anew_before_its_file_is_put_back(
    store: FolderStore, tmp_path: Path
):
    """The new upload stays, and the old file too: in the trash."""

    def act(look: int) -> None:
        if look == 2:
            (tmp_path / "a.txt").write_text("uploaded anew")

    moved = prune(store, ["a.txt"], Rows((), {"a.txt"}, act=act))
    assert (tmp_path / "a.txt").read_text() == "uploaded anew"
    assert (tmp_path / TRASH / moved.run / "a.txt").read_text() == "a"
    assert moved.files == 1


def test_what_has_gone_meanwhile_is_no_failure(store: FolderStore):
    moved = prune(store, ["none.txt"], Rows())
    assert (moved.files, moved.failed) == (0, {})


def test_what_cannot_be_moved_is_told_and_stays(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    real = os.unlink

    def unlink(path: str) -> None:
        if path == str(tmp_path / "a.txt"):
            raise PermissionError(1, "Operation not permitted")
        real(path)

    monkeypatch.setattr(os, "unlink", unlink)
    moved = prune(store, ["a.txt", "c.txt"], Rows())
    assert moved.failed == {"a.txt": "Operation not permitted"}
    assert moved.files == 1
    assert sorted(read(tmp_path)) == [f"{TRASH}/{moved.run}/c.txt", "a.txt", "deep/b.txt"]


def test_what_lies_behind_a_link_that_leads_outside_is_not_moved(tmp_path: Path):
    write(tmp_path, {"elsewhere/a.txt": "somebody's", "media/b.txt": "ours"})
    os.symlink(tmp_path / "elsewhere", tmp_path / "media" / "link")
    store = FolderStore(str(tmp_path / "media"))
    assert {file.name for file in store.files()} == {"b.txt", "link/a.txt"}
    moved = prune(store, ["link/a.txt"], Rows())
    assert moved.failed == {"link/a.txt": "it lies outside, behind a link"}
    assert (moved.files, moved.changed) == (0, [])
    assert not (tmp_path / "media" / TRASH).exists()


def test_a_trash_on_another_disk_gives_back_what_it_took(tmp_path: Path):
    write(tmp_path, {"media/a.txt": "a"})
    (tmp_path / "disk").mkdir()
    os.symlink(tmp_path / "disk", tmp_path / "media" / TRASH)
    store = FolderStore(str(tmp_path / "media"))
    moved = prune(store, ["a.txt"], Rows())
    assert (moved.files, moved.failed) == (1, {})
    back = trash.restore(store, TRASH, [moved.run], (), Silent())
    assert (back.files, back.failed) == (1, {})
    assert (tmp_path / "media" / "a.txt").read_text() == "a"


def test_a_large_number_is_moved_in_batches(tmp_path: Path):
    write(tmp_path, {f"{number:04}": "" for number in range(2500)})
    rows = Rows()
    moved = prune(FolderStore(str(tmp_path)), sorted(read(tmp_path)), rows)
    assert moved.files == 2500
    assert rows.seen == 2 * 3


def test_restoring_overwrites_nothing(store: FolderStore, tmp_path: Path):
    moved = prune(store, ["a.txt", "c.txt"], Rows())
    (tmp_path / "a.txt").write_text("uploaded anew")
    back = trash.restore(store, TRASH, [moved.run], [], Silent())
    assert back.failed == {"a.txt": TAKEN}
    assert (tmp_path / "a.txt").read_text() == "uploaded anew"
    assert (tmp_path / TRASH / moved.run / "a.txt").read_text() == "a"
    assert (tmp_path / "c.txt").exists()


def test_what_a_run_that_was_killed_has_left_at_both_names_is_one_file(
    store: FolderStore, tmp_path: Path
):
    run = trash.new_run(NOW)
    store.copy([("a.txt", f"{TRASH}/{run}/a.txt")])
    back = trash.restore(store, TRASH, [run], [], Silent())
    assert (back.files, back.failed) == (1, {})
    assert (tmp_path / "a.txt").read_text() == "a"
    assert trash.runs(store, TRASH) == []


def test_restoring_some_files(store: FolderStore, tmp_path: Path):
    moved = prune(store, ["a.txt", "deep/b.txt", "c.txt"], Rows())
    trash.restore(store, TRASH, [moved.run], ["deep/*"], Silent())
    assert sorted(name for name in read(tmp_path) if not name.startswith(".")) == ["deep/b.txt"]


def test_the_latest_of_two_runs_wins(store: FolderStore, tmp_path: Path):
    first = prune(store, ["a.txt"], Rows())
    (tmp_path / "a.txt").write_text("second")
    second = trash.prune(
        store, [Stored("a.txt")], TRASH, Rows(), LATER, Silent(), now=NOW.replace(day=5)
    )
    runs = [run.name for run in trash.runs(store, TRASH)]
    assert runs == [first.run, second.run]
    trash.restore(store, TRASH, runs, [], Silent())
    assert (tmp_path / "a.txt").read_text() == "second"


def test_emptying_deletes_old_runs_for_good(store: FolderStore, tmp_path: Path):
    old = prune(store, ["a.txt"], Rows())
    new = trash.prune(
        store, [Stored("c.txt")], TRASH, Rows(), LATER, Silent(), now=NOW.replace(day=5)
    )
    done = trash.empty(store, TRASH, NOW.timestamp(), Silent())
    assert (done.files, done.size) == (1, 1)
    assert sorted(read(tmp_path)) == [f"{TRASH}/{new.run}/c.txt", "deep/b.txt"]
    assert old.run not in os.listdir(tmp_path / TRASH)


def test_what_others_put_into_the_trash_is_left_alone(store: FolderStore, tmp_path: Path):
    write(tmp_path, {f"{TRASH}/notes.txt": "", f"{TRASH}/2026/x.txt": ""})
    assert trash.runs(store, TRASH) == []
    trash.empty(store, TRASH, LATER, Silent())
    assert f"{TRASH}/notes.txt" in read(tmp_path)


def test_choosing_runs():
    known = [trash.Run("20260101T000000Z-00000000"), trash.Run("20260102T000000Z-00000000")]
    assert trash.chosen(known, "all") == [run.name for run in known]
    assert trash.chosen(known, "last") == [known[1].name]
    assert trash.chosen(known, known[0].name) == [known[0].name]
    assert trash.chosen([], "last") == []
    with pytest.raises(ConfigError, match="There is no run 'x'"):
        trash.chosen(known, "x")


def test_names_of_runs_tell_when_and_cannot_be_guessed():
    names = {trash.new_run(NOW) for _ in range(100)}
    assert len(names) == 100
    assert {trash.time_of(name) for name in names} == {NOW.timestamp()}


@pytest.mark.parametrize(
    ("files", "kept", "references", "orphans", "unlikely"),
    [
        (100, 0, 95, 5, False),
        (100, 0, 40, 60, True),
        (100, 90, 5, 5, False),
        (10, 0, 1, 9, False),  # too few to tell
        (3, 0, 0, 3, True),  # no row at all
        (0, 0, 0, 0, False),
    ],
)
def test_signs_of_a_wrong_database(
    files: int, kept: int, references: int, orphans: int, unlikely: bool
):
    assert trash.is_unlikely(Totals(files, kept, references, orphans, 0, 0)) is unlikely
