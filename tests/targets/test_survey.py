"""What a walk of the target finds."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import textwrap

import pytest

from lading.targets.survey import Survey, signature, size_of, survey
from sites_of_folders import write


def test_everything_is_found_and_no_link_followed(tmp_path):
    write(tmp_path, {"a.css": "aa", "b/c/d.css": "d", ".lading/ledger": "x", "b/.lading/x": "x"})
    write(tmp_path, {".hidden": "h"})
    os.makedirs(tmp_path / "empty")
    os.symlink("b", tmp_path / "folder")
    os.symlink("nowhere", tmp_path / "b/dangling")
    os.mkfifo(tmp_path / "pipe")
    found = survey(str(tmp_path))
    assert sorted(found.files) == [".hidden", "a.css", "b/.lading/x", "b/c/d.css"]
    assert found.links == {"folder": "b", "b/dangling": "nowhere"}
    assert found.others == {"pipe"}
    assert found.folders == {"b", "b/c", "b/.lading", "empty"}
    assert found.closed == set()
    assert size_of(found.files["a.css"]) == 2
    occupied = [p for p in ("a.css", "folder", "pipe", "b", "empty", "none") if found.occupied(p)]
    assert occupied == ["a.css", "folder", "pipe"]


def test_a_missing_folder_is_an_empty_one(tmp_path):
    assert survey(str(tmp_path / "none")) == Survey()


def test_what_vanishes_meanwhile_was_never_there(tmp_path, monkeypatch):
    write(tmp_path, {"a": "", "b": "", "gone/x": "", "sub/y": ""})
    os.symlink("a", tmp_path / "link")
    scandir = os.scandir

    @contextlib.contextmanager
    def slow_scandir(path: str):
        with scandir(path) as entries:
            listed = list(entries)
        for name in ("b", "link", "gone/x"):
            if (tmp_path / name).is_symlink() or (tmp_path / name).exists():
                os.unlink(tmp_path / name)
        if (tmp_path / "gone").exists():
            os.rmdir(tmp_path / "gone")
        yield iter(listed)

    monkeypatch.setattr(os, "scandir", slow_scandir)
    found = survey(str(tmp_path))
    assert (sorted(found.files), found.links) == (["a", "sub/y"], {})


AS_NOBODY = """
    import os, sys
    from lading.targets.survey import survey
    if os.geteuid() == 0:
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
    try:
        found = survey(sys.argv[1])
        print(sorted(found.files), sorted(found.closed))
    except PermissionError as error:
        print("PermissionError", error.filename)
"""


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        ("out/lost+found", "['a.css'] ['lost+found']"),
        ("out", "PermissionError {}/"),
    ],
)
def test_a_folder_that_may_not_be_listed_hides_only_itself(open_path, closed, expected):
    """``lost+found`` of a volume; the target itself has to be readable."""
    write(open_path, {"out/a.css": "a", "out/lost+found/x": "x"})
    os.chmod(open_path / closed, 0)
    try:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(AS_NOBODY), str(open_path / "out")],
            capture_output=True,
            text=True,
        )
    finally:
        os.chmod(open_path / closed, 0o755)
    assert done.stderr == ""
    assert done.stdout.strip() == expected.format(open_path / "out")


def test_signatures_of_whole_seconds_equal_no_other(tmp_path):
    write(tmp_path, {"a": "12345"})
    os.utime(tmp_path / "a", (1_000_000_000, 1_000_000_000))
    status = os.stat(tmp_path / "a")
    assert signature(status) != signature(status)
    assert size_of(signature(status)) == 5
    os.utime(tmp_path / "a", ns=(1, 1_000_000_000_000_000_001))
    status = os.stat(tmp_path / "a")
    assert signature(status) == signature(status)


def test_who_may_write_is_told_where_that_is_asked_for(tmp_path):
    write(tmp_path, {"a": "", "b": "", "in/c": ""})
    os.chmod(tmp_path / "b", 0o444)
    os.chmod(tmp_path / "in/c", 0o464)
    assert survey(str(tmp_path)).writable == set()
    assert survey(str(tmp_path), permissions=True).writable == {"a", "in/c"}
