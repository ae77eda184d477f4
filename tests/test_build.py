"""The whole run on real folders: what is published, kept, refused and reported."""

from __future__ import annotations

import os
import shutil
import socket
import time
from pathlib import Path

import pytest

from lading import build
from lading.errors import FindingsError, TargetError
from lading.findings import Severity
from lading.targets.folder import FolderTarget
from sites_of_folders import Later, Site, kinds, read, watched


def refused(site: Site, *sources, **options) -> list[str]:
    """The kinds of findings that stop a run, which then must leave the target as it was."""
    before = site.published()
    with pytest.raises(FindingsError) as caught:
        site.collect(*sources, **options)
    assert site.published() == before
    return kinds([f for f in caught.value.findings if f.severity is Severity.ERROR])


def test_several_sources_end_in_one_folder(site: Site):
    site.write({"src/css/a.css": "a", "app/js/b.js": "b", "app/empty": ""})
    os.makedirs(site.path("src/no-files"))
    outcome = site.collect("src", site.source("app", prefix="app"))
    assert site.published() == {"css/a.css": "a", "app/js/b.js": "b", "app/empty": ""}
    assert [a.path for a in outcome.plan.puts] == ["app/empty", "app/js/b.js", "css/a.css"]
    assert outcome.plan.new == 3
    assert (outcome.release, outcome.is_new_release, outcome.dry_run) == (1, True, False)
    assert not os.path.exists(site.path("out/no-files"))
    assert site.state() == ["ledger", "lock", "releases/1"]


def test_a_run_without_files_makes_an_empty_target(site: Site):
    os.makedirs(site.path("src"))
    assert site.collect().release == 1
    assert site.published() == {}


def test_large_files_and_many_threads(site: Site):
    big = os.urandom(1 << 20) + b"end"
    site.write({"src/big.bin": big, "src/exact.bin": big[: 1 << 20]})
    site.write({f"src/{n // 40}/{n}.txt": str(n) for n in range(300)})
    site.collect(jobs=4)
    assert (Path(site.target.root) / "big.bin").read_bytes() == big
    assert (Path(site.target.root) / "exact.bin").read_bytes() == big[: 1 << 20]
    assert len(site.published()) == 302
    assert site.state() == ["ledger", "lock", "releases/1"]


# --- incremental by content ---


def test_a_second_run_reads_no_file_and_writes_nothing(site: Site):
    site.write({"src/a.css": "a", "src/b/c.css": "c"})
    site.collect()
    settled(site)
    site.collect()
    with watched(site.folder) as (reads, writes):
        outcome = site.collect()
    assert [path for path in reads if not path.startswith("out/.lading/")] == []
    assert outcome.plan.digests.reads == 0
    assert [w for w in writes if not w.split("/")[-1].startswith("lock")] == []
    assert (outcome.plan.puts, outcome.plan.unchanged) == ([], ["a.css", "b/c.css"])
    assert (outcome.release, outcome.is_new_release) == (1, False)


def settled(site: Site) -> None:
    """Let the clock move on, so that the files' signatures can be believed."""
    files = files_below(site.path("src")) + files_below(site.path("out"))
    site.target.settle(max(os.stat(file).st_ctime_ns for file in files))


def files_below(folder: str) -> list[str]:
    return [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names]


def mtimes(site: Site) -> dict[str, int]:
    return {p: os.stat(site.path("out", p)).st_mtime_ns for p in site.published()}


def test_a_touched_file_is_read_again_and_not_written(site: Site):
    site.write({"src/a.css": "a", "src/b.css": "b"})
    settled(site)
    site.collect()
    before = mtimes(site)
    os.utime(site.path("src/a.css"))
    settled(site)
    with watched(site.path("src")) as (reads, _):
        outcome = site.collect()
    assert reads == ["a.css"]
    assert outcome.plan.digests.reads == 1
    assert outcome.plan.puts == []
    assert mtimes(site) == before
    with watched(site.path("src")) as (reads, _):
        site.collect()
    assert reads == []


def test_a_file_reverted_to_an_older_state_is_published(site: Site):
    site.write({"src/a.css": "old!"})
    os.utime(site.path("src/a.css"), (1_000_000_000, 1_000_000_000))
    site.collect()
    site.write({"src/a.css": "new!"})
    site.collect()
    assert site.published() == {"a.css": "new!"}
    site.write({"src/a.css": "old!"})
    os.utime(site.path("src/a.css"), (1_000_000_000, 1_000_000_000))
    site.collect()
    assert site.published() == {"a.css": "old!"}


def test_an_older_file_moved_into_place_is_published(site: Site):
    site.write({"src/a.css": "new!", "kept.css": "old!"})
    status = os.stat(site.path("src/a.css"))
    os.utime(site.path("kept.css"), ns=(status.st_mtime_ns, status.st_mtime_ns))
    site.collect()
    os.replace(site.path("kept.css"), site.path("src/a.css"))
    site.collect()
    assert site.published() == {"a.css": "old!"}


def test_an_edit_within_one_clock_tick_is_noticed(site: Site):
    """Same size, same time stamps: only a signature that is not believed too early sees it."""
    for round_ in range(30):
        site.write({"src/a.css": f"{round_:02}"})
        site.collect()
        assert site.published() == {"a.css": f"{round_:02}"}


def test_what_happened_to_published_files_is_mended(site: Site):
    site.write({"src/a.css": "aaaa", "src/b.css": "b", "src/c/d.css": "d", "src/e": "e"})
    site.collect()
    site.write({"out/a.css": "AAAA", "out/b.css": "longer"})
    os.unlink(site.path("out/c/d.css"))
    os.unlink(site.path("out/e"))
    os.symlink(site.path("src/e"), site.path("out/e"))
    outcome = site.collect()
    assert site.published() == {"a.css": "aaaa", "b.css": "b", "c/d.css": "d", "e": "e"}
    assert [a.path for a in outcome.plan.puts] == ["a.css", "b.css", "c/d.css", "e"]
    assert outcome.is_new_release is False


def test_a_copied_target_is_read_once_and_not_written(site: Site):
    """As after a restore from a backup: other inodes and times, the same bytes."""
    site.write({"src/a.css": "a", "src/b.css": "b"})
    settled(site)
    site.collect()
    os.rename(site.path("out"), site.path("old"))
    shutil.copytree(site.path("old"), site.path("out"), copy_function=shutil.copyfile)
    before = mtimes(site)
    assert site.collect().plan.puts == []
    assert mtimes(site) == before
    with watched(site.path("out")) as (reads, _):
        site.collect()
    assert [path for path in reads if not path.startswith(".lading")] == []


@pytest.mark.parametrize("loss", ["ledger", "releases/1", ""])
@pytest.mark.parametrize("damage", [None, b"\xff\x00garbage\n\t\n"])
def test_lost_or_damaged_state_costs_time_and_nothing_else(site: Site, loss: str, damage):
    site.write({"src/a.css": "a", "src/b.css": "b"})
    site.collect()
    before = mtimes(site)
    for name in [loss] if loss else site.state():
        os.unlink(site.path("out/.lading", name))
        if damage is not None:
            site.write({f"out/.lading/{name}": damage})
    outcome = site.collect()
    assert (outcome.plan.puts, outcome.removed) == ([], [])
    assert mtimes(site) == before
    site.write({"src/a.css": "A"})
    site.collect()
    assert site.published() == {"a.css": "A", "b.css": "b"}


def test_a_dry_run_writes_nothing_at_all(site: Site):
    site.write({"src/a.css": "a"})
    with watched(site.folder) as (_, writes):
        outcome = site.plan()
    assert writes == []
    assert not os.path.exists(site.path("out"))
    assert (outcome.dry_run, outcome.release, [a.path for a in outcome.plan.puts]) == (
        True,
        0,
        ["a.css"],
    )


# --- brief runs, which look at signatures only ---


def brief(site: Site, *sources, **options):
    """A brief run, and whether it had to look at more than signatures."""
    with watched(site.folder) as (_, writes):
        outcome = site.collect(*sources, brief=True, **options)
    return outcome, any(w.endswith((".css", "snapshot.new", "ledger.new")) for w in writes)


def brief_again(site: Site, *sources, **options) -> None:
    """Run until a run finds that nothing changed since the one before it."""
    for _ in range(3):
        site.target.settle(time.time_ns())
        site.collect(*sources, **options)
    assert brief(site, *sources, **options)[1] is False


def test_a_brief_run_tells_what_the_last_one_found(site: Site):
    site.write({"src/a.css": "a", "two/a.css": "other", "src/b.css": "b"})
    brief_again(site, "src", "two")
    outcome, looked = brief(site, "src", "two")
    assert not looked
    assert (outcome.plan.unchanged, outcome.release) == (["a.css", "b.css"], 1)
    assert kinds(outcome) == ["collision"]
    assert (outcome.plan.puts, outcome.removed, outcome.dry_run) == ([], [], False)


@pytest.mark.parametrize(
    "change",
    [
        lambda site: site.write({"src/a.css": "A"}),
        lambda site: site.write({"src/new.css": "n"}),
        lambda site: os.unlink(site.path("src/b.css")),
        lambda site: os.rename(site.path("src/b.css"), site.path("src/c.css")),
        lambda site: site.write({"out/a.css": "A"}),
        lambda site: tamper(site.path("src/a.css"), b"A"),
        lambda site: os.unlink(site.path("out/a.css")),
        lambda site: os.symlink("a.css", site.path("src/link.css")),
        lambda site: site.write({"src/.env": "secret"}),
    ],
)
def test_whatever_happens_a_brief_run_publishes_it(site: Site, change):
    site.write({"src/a.css": "a", "src/b.css": "b"})
    brief_again(site)
    change(site)
    brief(site)
    sources = {p: c for p, c in read(site.path("src")).items() if not p.startswith(".")}
    expected = {p: sources["a.css"] if c.startswith("->") else c for p, c in sources.items()}
    assert {p: site.published().get(p) for p in expected} == expected
    brief_again(site) if "link.css" not in sources else None


def tamper(file: str, content: bytes) -> None:
    """Change the content and nothing that can be set by hand."""
    status = os.stat(file)
    with open(file, "r+b") as stream:
        stream.write(content)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize(
    "options",
    [
        {"strict": True},
        {"collisions": "last"},
        {"keep_releases": 1},
        {"severities": {"collision": Severity.ERROR}},
    ],
)
def test_other_settings_are_another_run(site: Site, options):
    site.write({"src/a.css": "a", "two/a.css": "other"})
    brief_again(site, "src", "two")
    try:
        assert brief(site, "src", "two", **options)[1]
    except FindingsError:
        assert options.get("strict") or options.get("severities")


def test_a_brief_run_ends_when_a_release_grows_too_old(site: Site, monkeypatch):
    site.write({"src/a.css": "a", "src/old.css": "o"})
    site.collect(keep_releases=1)
    os.unlink(site.path("src/old.css"))
    brief_again(site, keep_releases=1)
    for module in ("lading.release", "lading.snapshot"):
        monkeypatch.setattr(f"{module}.time", Later(86_402))
    outcome, looked = brief(site, keep_releases=1)
    assert looked
    assert outcome.removed == ["old.css"]


# --- collisions ---


@pytest.mark.parametrize(
    ("policy", "published", "rule"),
    [("first", "one", "the first source wins"), ("last", "three", "the last source wins")],
)
def test_the_policy_says_which_file_wins(site: Site, policy, published, rule):
    site.write({"one/a.css": "one", "two/a.css": "two", "three/a.css": "three", "two/b.css": "b"})
    outcome = site.collect("one", "two", "three", collisions=policy)
    assert site.published() == {"a.css": published, "b.css": "b"}
    (finding,) = outcome.findings
    assert (finding.kind, finding.path, finding.severity) == (
        "collision",
        "a.css",
        Severity.WARNING,
    )
    assert rule in finding.message
    for name in ("one", "two", "three"):
        assert site.path(name) in finding.message
    assert finding.where == site.path(published, "a.css")


def test_the_policy_error_publishes_nothing(site: Site):
    site.write({"one/a.css": "one", "two/a.css": "two"})
    assert refused(site, "one", "two", collisions="error") == ["collision"]


@pytest.mark.parametrize("policy", ["first", "last", "error"])
def test_identical_files_collide_in_silence(site: Site, policy):
    site.write({"one/a.css": "same", "two/a.css": "same"})
    assert site.collect("one", "two", collisions=policy).findings == []
    assert site.published() == {"a.css": "same"}


def test_a_project_that_overrides_a_package_is_only_noted(site: Site):
    site.write({"mine/a.css": "mine", "theirs/a.css": "theirs!"})
    theirs = site.source("theirs", owner="vendor")
    (finding,) = site.collect("mine", theirs).findings
    assert finding.severity is Severity.NOTE
    (finding,) = site.collect(theirs, "mine").findings
    assert finding.severity is Severity.WARNING


def test_collisions_of_different_size_are_told_without_reading(site: Site):
    site.write({"one/a.css": "1", "two/a.css": "22"})
    with watched(site.folder) as (reads, _):
        assert kinds(site.plan("one", "two")) == ["collision"]
    assert [path for path in reads if not path.startswith("out/.lading/")] == []


def test_names_that_look_alike_are_reported(site: Site):
    site.write(
        {
            "one/Logo.svg": "1",
            "two/logo.svg": "2",
            "two/caf\u00e9.css": "3",
            "two/cafe\u0301.css": "4",
        }
    )
    outcome = site.collect("one", "two")
    assert kinds(outcome) == ["lookalike", "lookalike"]
    assert len(site.published()) == 4
    assert refused(site, "one", "two", strict=True) == ["lookalike", "lookalike"]


def test_a_path_cannot_be_a_file_and_a_folder(site: Site):
    site.write({"one/a": "file", "two/a/b": "below", "two/c": "c"})
    for order in (("one", "two"), ("two", "one")):
        assert refused(site, *order) == ["file-or-folder"]
    lowered = {"file-or-folder": Severity.NOTE}
    assert refused(site, "one", "two", severities=lowered) == ["file-or-folder"]


# --- ownership and what is in the way ---


def test_foreign_files_stay(site: Site):
    site.write({"src/a.css": "a", "out/theirs.txt": "t", "out/css/theirs.css": "t"})
    os.symlink("theirs.txt", site.path("out/link"))
    site.collect()
    site.write({"src/a.css": "b"})
    site.collect(keep_releases=1, keep_age=0)
    assert site.published() == {
        "a.css": "b",
        "theirs.txt": "t",
        "css/theirs.css": "t",
        "link": "-> theirs.txt",
    }


def test_clear_removes_all_else(site: Site):
    site.write(
        {"src/a.css": "a", "src/old/b.css": "b", "out/theirs/x.txt": "t", "out/a.css": "foreign"}
    )
    os.symlink("nowhere", site.path("out/link"))
    site.collect()
    os.unlink(site.path("src/old/b.css"))
    outcome = site.collect(clear=True)
    assert site.published() == {"a.css": "a"}
    assert outcome.removed == ["link", "old/b.css", "theirs/x.txt"]
    assert sorted(os.listdir(site.path("out"))) == [".lading", "a.css"]
    assert site.collect(clear=True).removed == []


def test_clear_never_removes_a_file_of_the_release_even_for_a_moment(site: Site):
    site.write({f"src/{n}.css": str(n) for n in range(20)})
    site.write({"out/theirs.txt": "t"})
    site.collect()
    site.write({"src/3.css": "changed"})
    with watched(site.path("out")) as (_, writes):
        site.collect(clear=True)
    touched = [
        w for w in writes if not w.startswith(("open .lading", "mkdir .lading", "rename .lading"))
    ]
    removed = [w for w in touched if w.startswith("remove ") and "/.lading/" not in w]
    assert [w for w in removed if ".lading" not in w] == ["remove theirs.txt"]
    assert [w for w in touched if w.startswith("rename ")] == ["rename 3.css"]
    assert len(site.published()) == 20


def test_files_change_places_with_folders(site: Site):
    site.write({"src/a": "file", "src/b/c": "below", "src/b/d/e": "deeper"})
    site.collect()
    os.unlink(site.path("src/a"))
    shutil.rmtree(site.path("src/b"))
    site.write({"src/a/x/y": "now below", "src/b": "now a file"})
    expected = site.plan().removed
    outcome = site.collect()
    assert outcome.removed == expected == ["a", "b/c", "b/d/e"]
    assert site.published() == {"a/x/y": "now below", "b": "now a file"}


def test_foreign_files_in_the_way_are_an_error_unless_cleared(site: Site):
    site.write({"src/a": "file", "src/b/c": "below", "out/a/theirs": "t", "out/b": "t"})
    assert refused(site) == ["obstacle", "obstacle"]
    assert refused(site, severities={"obstacle": Severity.NOTE}) == ["obstacle", "obstacle"]
    os.makedirs(site.path("out/a/empty/deep"))
    outcome = site.collect(clear=True)
    assert outcome.removed == ["a/theirs", "b"]
    assert site.published() == {"a": "file", "b/c": "below"}


def test_empty_folders_in_the_way_leave(site: Site):
    site.write({"src/a": "file"})
    os.makedirs(site.path("out/a/empty/deep"))
    os.makedirs(site.path("out/stays/empty"))
    site.collect()
    assert site.published() == {"a": "file"}
    assert os.path.isdir(site.path("out/stays/empty"))


def test_a_link_in_the_target_is_never_followed(site: Site):
    """A folder of the target that leads elsewhere, and a file that does."""
    site.write(
        {"src/css/a.css": "new", "src/logo.svg": "new", "else/a.css": "theirs", "logo": "theirs"}
    )
    os.makedirs(site.path("out"))
    os.symlink(site.path("else"), site.path("out/css"))
    os.symlink(site.path("logo"), site.path("out/logo.svg"))
    assert refused(site) == ["obstacle"]
    site.collect(clear=True)
    assert site.published() == {"css/a.css": "new", "logo.svg": "new"}
    with open(site.path("else/a.css")) as one, open(site.path("logo")) as two:
        assert (one.read(), two.read()) == ("theirs", "theirs")


def test_the_target_itself_may_be_a_link(site: Site):
    site.write({"src/a.css": "a"})
    os.makedirs(site.path("real"))
    os.symlink("real", site.path("out"))
    target = FolderTarget(site.path("out"))
    assert target.root == site.path("real")
    build.collect([site.source()], target, build.Config())
    assert os.path.islink(site.path("out"))
    assert os.path.isfile(site.path("real/a.css"))


@pytest.mark.parametrize("state", ["file", "link"])
def test_a_state_folder_that_is_none_is_refused(site: Site, state: str):
    site.write({"src/a.css": "a", "else/x": ""})
    os.makedirs(site.path("out"))
    if state == "link":
        os.symlink(site.path("else"), site.path("out/.lading"))
    else:
        site.write({"out/.lading": ""})
    with pytest.raises(TargetError, match=r"out/\.lading: A (file|symbolic link) lies where"):
        site.collect()
    assert os.listdir(site.path("else")) == ["x"]
    assert not os.path.exists(site.path("out/a.css"))


def test_a_socket_in_the_target_stays_and_is_cleared(site: Site, monkeypatch):
    site.write({"src/a.css": "a", "out/x": ""})
    monkeypatch.chdir(site.path("out"))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
    site.collect()
    assert os.path.exists(site.path("out/socket"))
    assert site.collect(clear=True).removed == ["socket", "x"]


# --- target and sources overlap ---


@pytest.mark.parametrize(
    ("source", "target", "relation"),
    [
        ("site", "site", "is the source folder itself"),
        ("site", "site/out", "lies inside the source folder"),
        ("site/static", "site", "contains the source folder"),
        ("site", "link", "is the source folder itself"),
        ("site", "link/out", "lies inside the source folder"),
        ("site", "site/../site", "is the source folder itself"),
        ("link", "site/x/..", "is the source folder itself"),
    ],
)
@pytest.mark.parametrize("act", [build.collect, build.plan])
def test_a_target_that_overlaps_a_source_is_refused(site: Site, act, source, target, relation):
    site.write({"site/static/a.css": "a", "other/b.css": "b"})
    os.makedirs(site.path("site/x"))
    os.symlink("site", site.path("link"))
    with watched(site.folder) as (_, writes), pytest.raises(TargetError, match=relation) as caught:
        act(
            [site.source("other"), site.source(source)],
            FolderTarget(site.path(target)),
            build.Config(),
            clear=True,
        )
    assert writes == []
    assert "STATIC_ROOT" in caught.value.remedy


def test_the_root_of_the_file_system_is_no_target(site: Site):
    with pytest.raises(TargetError, match="contains the source folder"):
        build.plan([site.source()], FolderTarget("/"), build.Config())


def test_neighbours_whose_names_begin_alike_do_not_overlap(site: Site):
    site.write({"static/a.css": "a"})
    target = FolderTarget(site.path("static-root"))
    build.collect([site.source("static")], target, build.Config())
    assert os.path.isfile(site.path("static-root/a.css"))


# --- sources that change or fail while they are read ---


def test_a_file_that_vanishes_before_it_is_read(site: Site, monkeypatch):
    site.write({"src/a.css": "a", "src/b.css": "b"})
    site.collect()
    site.write({"src/a.css": "new", "src/b.css": "new"})
    real = build.plan

    def plan_then_unlink(*args, **options):
        outcome = real(*args, **options)
        os.unlink(site.path("src/b.css"))
        return outcome

    monkeypatch.setattr(build, "plan", plan_then_unlink)
    assert refused(site) == ["vanished"]
    monkeypatch.undo()
    assert site.state() == ["ledger", "lock", "releases/1"]
    site.collect()
    assert site.published()["a.css"] == "new"


def test_a_source_folder_that_is_missing_is_a_warning(site: Site):
    site.write({"src/a.css": "a"})
    outcome = site.collect("src", "absent")
    assert kinds(outcome) == ["missing-source"]
    assert site.published() == {"a.css": "a"}
    assert refused(site, "src", "absent", strict=True) == ["missing-source"]


def test_errors_are_told_together(site: Site):
    site.write({"src/a\nb": "", "src/c\\d": "", "src/e": "", "two/e/f": "", "src/ok": ""})
    assert refused(site, "src", "two") == ["file-or-folder", "invalid-name", "invalid-name"]
    assert not os.path.exists(site.path("out/ok"))


def test_severities_are_configurable(site: Site):
    site.write({"src/a\nb": "", "src/ok": "ok"})
    outcome = site.collect(severities={"invalid-name": Severity.NOTE})
    assert [f.severity for f in outcome.findings] == [Severity.NOTE]
    assert site.published() == {"ok": "ok"}


# --- links instead of copies ---


def test_link_publishes_symbolic_links(site: Site):
    site.write({"src/a.css": "a", "src/b/c.css": "c"})
    outcome = site.collect(link=True)
    links = {"a.css": f"-> {site.path('src/a.css')}", "b/c.css": f"-> {site.path('src/b/c.css')}"}
    assert site.published() == links
    assert len(outcome.plan.puts) == 2
    again = site.collect(link=True)
    assert (again.plan.puts, again.plan.unchanged, again.is_new_release) == (
        [],
        ["a.css", "b/c.css"],
        False,
    )

    site.collect()
    assert site.published() == {"a.css": "a", "b/c.css": "c"}
    with open(site.path("src/a.css")) as file:
        assert file.read() == "a"
    site.collect(link=True)
    assert site.published() == links


def test_links_that_left_are_pruned_and_foreign_links_stay(site: Site):
    site.write({"src/a.css": "a", "src/b.css": "b"})
    site.collect(link=True)
    os.symlink("theirs", site.path("out/theirs"))
    os.unlink(site.path("src/b.css"))
    site.collect(link=True, keep_releases=1, keep_age=0)
    assert sorted(site.published()) == ["a.css", "theirs"]


# --- permissions ---


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o027, 0])
def test_published_files_have_the_mode_asked_for(site: Site, umask: int):
    site.write({"src/a/b.css": "b"})
    os.chmod(site.path("src/a/b.css"), 0o600)
    old = os.umask(umask)
    try:
        for mode, expected in (
            (0o644, 0o644),
            (0o640, 0o640),
            (0o600, 0o600),
            (None, 0o666 & ~umask),
        ):
            target = FolderTarget(site.path(f"out-{mode}"), file_mode=mode, folder_mode=0o751)
            build.collect([site.source()], target, build.Config())
            assert os.stat(f"{target.root}/a/b.css").st_mode & 0o7777 == expected
            assert os.stat(f"{target.root}/a").st_mode & 0o7777 == 0o751
        plain = FolderTarget(site.path("plain"))
        build.collect([site.source()], plain, build.Config())
        assert os.stat(f"{plain.root}/a").st_mode & 0o777 == 0o777 & ~umask
    finally:
        os.umask(old)
