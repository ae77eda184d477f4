"""A folder target: its lock, its memory, and how staged files get into place."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time

import pytest

from lading.errors import TargetError
from lading.ledger import Release
from lading.targets.folder import FolderTarget
from sites_of_folders import Site, read, write


def silent(message: str) -> None:
    raise AssertionError(message)


def stage_all(target: FolderTarget, files: dict[str, bytes]):
    os.makedirs(os.path.join(target.root, ".lading"), exist_ok=True)
    stage = target.stage()
    return {path: stage.write(content, path) for path, content in files.items()}


def test_files_get_into_place_with_their_folders(site: Site):
    target = site.target
    target.commit(stage_all(target, {"a.css": b"a", "b/c/d.css": b"d", "b/e.css": b"e"}))
    assert site.published() == {"a.css": "a", "b/c/d.css": "d", "b/e.css": "e"}


def test_what_was_about_to_be_written_is_known_after_a_crash(site: Site):
    target = site.target
    first = stage_all(target, {"a.css": b"a", "b.css": b"b"})
    target.commit(first)
    target.commit(stage_all(target, {"c.css": b"c"}))
    ledger = target.ledger()
    assert ledger.interrupted
    assert sorted(ledger.written) == ["a.css", "b.css", "c.css"]
    assert ledger.written["a.css"] == first["a.css"].state


def test_what_a_crash_tore_names_no_file(site: Site):
    target = site.target
    target.commit(stage_all(target, {"a.css": b"a"}))
    more = stage_all(target, {"b.css": b"b", "c.css": b"c"})
    target.commit(more)
    pending = site.path("out/.lading/pending")
    os.truncate(pending, os.path.getsize(pending) - len("\tc.css\n"))
    assert sorted(target.ledger().written) == ["a.css", "b.css"]
    other = FolderTarget(target.root)  # the next run
    other.commit(stage_all(other, {"d.css": b"d"}))
    assert sorted(other.ledger().written) == ["a.css", "b.css", "d.css"]


def test_no_file_is_seen_in_the_clock_tick_it_was_staged_in(site: Site, monkeypatch):
    target, seen = site.target, []
    rename, replace = os.rename, os.replace
    monkeypatch.setattr(os, "rename", lambda a, b: (seen.append(time.time_ns()), rename(a, b)))
    monkeypatch.setattr(os, "replace", lambda a, b: (seen.append(time.time_ns()), replace(a, b)))
    staged = stage_all(target, {"a/b.css": b"b", "c.css": b"c"})
    written = max(os.stat(item.temporary).st_mtime_ns for item in staged.values())
    target.commit(staged)
    _, *published = seen  # the first is that of the list of what is to come
    assert len(published) == 2
    assert min(published) - written >= 20_000_000


def test_after_a_crash_a_file_is_known_by_the_state_it_has(site: Site):
    """``a`` was renamed into place before the crash, ``b`` was not."""
    target = site.target
    old = stage_all(target, {"a": b"old", "b": b"old"})
    target.commit(old)
    target.write_record(1, ["a\n", "b\n"])
    target.remember([Release(1, "k")], {p: s.state for p, s in old.items()}, {})
    assert not target.ledger().interrupted
    new = stage_all(target, {"a": b"new", "b": b"new"})
    target.commit(new)
    write(target.root, {"b": "old"})
    assert target.ledger().written == {"a": new["a"].state, "b": old["b"].state}


def test_removing_takes_folders_that_became_empty_and_no_others(site: Site):
    site.write({"out/a/b/c.css": "c", "out/a/d.css": "d", "out/e/f.css": "f"})
    os.makedirs(site.path("out/a/empty"))
    site.target.remove(["a/b/c.css", "e/f.css", "not/there", "a/d.css/below"])
    assert site.published() == {"a/d.css": "d"}
    assert sorted(os.listdir(site.path("out"))) == ["a"]
    assert sorted(os.listdir(site.path("out/a"))) == ["d.css", "empty"]


def test_records_of_releases(site: Site):
    with site.target.locked(0, silent):
        for number in (9, 10, 11):
            site.target.write_record(number, ["a b.css\n", "ü/c\u2028d.css\n"])
        site.target.remember([Release(10, "k"), Release(11, "k")], {}, {})
    assert site.target.read_record(10) == {"a b.css", "ü/c\u2028d.css"}
    assert site.target.read_record(9) == set()
    assert site.state() == ["ledger", "lock", "releases/10", "releases/11"]


def test_a_source_below_a_folder_that_is_no_utf8_is_remembered(site: Site):
    sources = {"/srv/gr\udcf6\udcdfe": {"a.css": "state"}}
    with site.target.locked(0, silent):
        site.target.write_record(1, [])
        site.target.remember([], {}, sources)
    assert site.target.ledger().sources == sources


def test_what_a_killed_run_left_is_discarded_and_own_stages_too(site: Site):
    stage_all(site.target, {"a": b"killed"})
    with site.target.locked(0, silent):
        assert site.state() == ["lock", "lock.holder"]
        stage_all(site.target, {"a": b"abandoned"})
    assert site.state() == ["lock"]
    assert [name for name in os.listdir(site.path("out/.lading")) if "stage" in name] == []


def test_an_error_of_the_work_inside_is_not_taken_for_the_targets(site: Site):
    with pytest.raises(FileNotFoundError, match="no file"), site.target.locked(0, silent):
        raise FileNotFoundError("no file")
    assert site.state() == ["lock"]


@pytest.mark.parametrize(
    ("root", "part"),
    [
        ("file", "A file lies where a folder must go"),
        ("file/below/it", "Not a directory"),
        ("loop", "A file lies where a folder must go"),
        ("x" * 300, "File name too long"),
    ],
)
def test_a_target_that_cannot_be_a_folder(site: Site, root: str, part: str):
    site.write({"file": "x", "src/a": "a"})
    os.symlink("loop", site.path("loop"))
    target = FolderTarget(site.path(root))
    with pytest.raises(TargetError, match=part) as caught, target.locked(0, silent):
        raise AssertionError
    assert caught.value.where.startswith(site.path(root.split("/", maxsplit=1)[0]))
    assert caught.value.remedy
    assert read(site.folder) == {"file": "x", "src/a": "a", "loop": "-> loop"}


def test_a_target_behind_a_dangling_link_is_made_where_the_link_leads(site: Site):
    os.symlink("current", site.path("link"))
    target = FolderTarget(site.path("link"))
    with target.locked(0, silent):
        target.commit(stage_all(target, {"a": b"a"}))
    assert read(site.path("current")) == {"a": "a"}


def test_a_link_that_appears_after_the_survey_is_not_followed(site: Site):
    site.write({"else/x": "theirs"})
    staged = stage_all(site.target, {"css/x": b"ours"})
    os.symlink(site.path("else"), site.path("out/css"))
    with pytest.raises(TargetError, match="symbolic link lies where a folder must go"):
        site.target.commit(staged)
    assert read(site.path("else")) == {"x": "theirs"}


AS_NOBODY = """
    import os, sys
    from lading.cli import main
    main(["collect", "--config", sys.argv[1], "--plan", "--explain", "-v", "0"])  # imports all
    if os.geteuid() == 0:
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
    sys.exit(main(["collect", "--config", sys.argv[1]]))
"""


@pytest.mark.parametrize("closed", ["", "out", "out/css", "out/.lading"])
def test_a_target_that_may_not_be_written(open_path, closed: str):
    """By a process without the rights of root: the parent, the target, a folder in it, the state."""
    site = Site(open_path)
    site.write(
        {"lading.toml": "target = 'out'\nsources = ['src']\n", "src/css/a.css": "1", "src/z": "1"}
    )
    if closed:
        site.collect()
        os.chmod(site.path("out"), 0o777)
        os.chmod(site.path("out/css"), 0o777)
        for place, _, names in os.walk(site.path("out/.lading")):
            for path in (place, *(os.path.join(place, name) for name in names)):
                os.chmod(path, 0o777)
        os.chmod(site.path(closed), 0o555)
    site.write({"src/css/a.css": "2", "src/z": "2"})
    before = site.published()
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(AS_NOBODY), site.path("lading.toml")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "The target cannot be written: Permission denied." in done.stderr
    assert "Give the user that runs collectstatic write permission" in done.stderr
    assert "Traceback" not in done.stderr
    assert site.published() == before


def test_folders_get_the_mode_asked_for_also_above_the_target(site: Site):
    target = FolderTarget(site.path("deep/er/out"), folder_mode=0o750)
    with target.locked(0, silent):
        target.commit(stage_all(target, {"a/b/c": b""}))
    for folder in ("deep", "deep/er", "deep/er/out", "deep/er/out/a/b"):
        assert os.stat(site.path(folder)).st_mode & 0o777 == 0o750


def test_reading_what_is_published(site: Site):
    site.write({"out/a.css": "abc"})
    assert site.target.digest("a.css").startswith("ba7816bf8f01cfea")
    with pytest.raises(TargetError, match="A published file cannot be read: Is a directory"):
        site.target.digest("")


def test_a_folder_that_is_new_is_renamed_whole(site: Site, monkeypatch):
    target = site.target
    renamed: list[str] = []
    rename = os.rename
    monkeypatch.setattr(os, "rename", lambda a, b: (renamed.append(b), rename(a, b)))
    with target.locked(0, print):
        target.commit(stage_all(target, {f"new/{n % 7}/{n}.css": b"" for n in range(100)}))
        target.commit(stage_all(target, {"new/0/more.css": b"", "new/later/a.css": b""}))
    assert [os.path.relpath(path, target.root) for path in renamed] == ["new", "new/later"]
    assert len(site.published()) == 102
