"""Changes are noticed, with ``watchfiles`` and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from lading.serve.watching import Watching, is_watched


class Told:
    """What was told, collected until it is asked for."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[set[str]] = SimpleQueue()

    def __call__(self, paths: set[str]) -> None:
        self._queue.put(paths)

    def until(self, wanted: Path) -> set[str]:
        """All that is told until this file is. Raises ``Empty`` when that takes too long."""
        found: set[str] = set()
        while str(wanted) not in found:
            found |= self._queue.get(timeout=20)
        return found

    @property
    def is_empty(self) -> bool:
        return self._queue.empty()


@pytest.fixture(params=[False, True], ids=["watchfiles", "by looking"])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Told]:
    made = Told()
    (tmp_path / "here/deep").mkdir(parents=True)
    (tmp_path / "here/old.css").write_text("old")
    folders = [str(tmp_path / "here"), str(tmp_path / "not there")]
    watching = Watching(folders, made, interval=0.02, by_looking=request.param)
    assert watching.ready.wait(20)
    yield made
    watching.stop()
    assert not watching._thread.is_alive()


def test_added_changed_and_removed_files(told: Told, tmp_path: Path) -> None:
    new, old = tmp_path / "here/deep/new.css", tmp_path / "here/old.css"
    new.write_text("new")
    told.until(new)
    old.write_text("changed")
    told.until(old)
    new.unlink()
    told.until(new)


def test_what_is_not_told(told: Told, tmp_path: Path) -> None:
    for name in (".hidden.css", "app.css~", "4913", ".app.css.swp", "x.tmp", "x.py"):
        (tmp_path / "here" / name).write_text("x")
    (tmp_path / "outside.css").write_text("x")
    last = tmp_path / "here/last.css"
    last.write_text("x")
    assert told.until(last) == {str(last)}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/app.css", True),
        ("/a/.git/index.html", True),  # the folder is left out where it is listed
        ("/a/node_modules/x.css", False),
        ("/a/__pycache__/x.css", False),
        ("/a/#app.css#", False),
    ],
)
def test_is_watched(path: str, expected: bool) -> None:
    assert is_watched(path) is expected


def test_no_folder_at_all(tmp_path: Path) -> None:
    told = Told()
    watching = Watching([str(tmp_path / "none")], told, interval=0.01)
    assert watching.ready.wait(20)
    watching.stop()
    assert told.is_empty
