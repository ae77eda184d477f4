"""``lading.adopt.applying``: all files or none, and never over work that is not committed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from lading.adopt import applying
from lading.adopt.applying import AdoptError
from lading.adopt.document import Change, read
from sites_of_folders import read as contents
from sites_of_folders import write


def change(folder: Path, path: str, text: str) -> Change:
    document = read(str(folder), path)
    assert document is not None
    return Change(document, text)


@pytest.fixture
def changes(tmp_path: Path) -> list[Change]:
    write(tmp_path, {"a.py": "A = 1\n", "b/b.py": "B = 1\n"})
    return [change(tmp_path, "a.py", "A = 2\n"), change(tmp_path, "b/b.py", "B = 2\n")]


def test_files_are_replaced_with_their_permissions(tmp_path: Path, changes: list[Change]):
    os.chmod(tmp_path / "a.py", 0o640)
    applying.write(changes)
    assert contents(tmp_path) == {"a.py": "A = 2\n", "b/b.py": "B = 2\n"}
    assert (tmp_path / "a.py").stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path, changes: list[Change]):
    os.symlink("a.py", tmp_path / "link.py")
    applying.write([change(tmp_path, "link.py", "A = 3\n")])
    assert contents(tmp_path)["link.py"] == "-> a.py"
    assert contents(tmp_path)["a.py"] == "A = 3\n"


def test_nothing_is_written_if_one_file_was_changed_meanwhile(
    tmp_path: Path, changes: list[Change]
):
    (tmp_path / "b/b.py").write_text("B = 7\n")
    with pytest.raises(AdoptError, match="was changed while"):
        applying.write(changes)
    assert contents(tmp_path) == {"a.py": "A = 1\n", "b/b.py": "B = 7\n"}


def test_all_are_put_back_if_one_cannot_be_replaced(
    tmp_path: Path, changes: list[Change], monkeypatch: pytest.MonkeyPatch
):
    replace = os.replace

    def failing(source: str, target: str) -> None:
        if target.endswith("b.py"):
            raise PermissionError(13, "denied", target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(AdoptError, match="Every file is as it was") as caught:
        applying.write(changes)
    assert caught.value.where == changes[1].document.file
    assert contents(tmp_path) == {"a.py": "A = 1\n", "b/b.py": "B = 1\n"}


# Git


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path: Path, changes: list[Change]) -> Path:
    git(tmp_path, "init")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-m", "start")
    return tmp_path


def test_a_clean_tree(tree: Path, changes: list[Change]):
    (tree / "db.sqlite3").touch()  # what git does not know of is no work on these files
    applying.refuse_unsaved(str(tree), changes)


def test_a_changed_file_is_refused(tree: Path, changes: list[Change]):
    (tree / "a.py").write_text("A = 7\n")
    with pytest.raises(AdoptError, match=r" M a\.py") as caught:
        applying.refuse_unsaved(str(tree), changes)
    assert "--force" in caught.value.remedy


def test_a_file_that_git_does_not_know_is_refused(tree: Path):
    write(tree, {"new.py": "N = 1\n"})
    with pytest.raises(AdoptError, match=r"\?\? new\.py"):
        applying.refuse_unsaved(str(tree), [change(tree, "new.py", "N = 2\n")])


def test_many_changes_are_counted(tree: Path, changes: list[Change]):
    write(tree, {f"m{n}.py": "" for n in range(15)})
    git(tree, "add", "-A")
    with pytest.raises(AdoptError, match="and 5 more"):
        applying.refuse_unsaved(str(tree), changes)


def test_outside_of_git_nothing_is_refused(tmp_path: Path, changes: list[Change]):
    applying.refuse_unsaved(str(tmp_path), changes)
