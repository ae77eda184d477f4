"""What a run would do, decided by what lies in the target and what the ledger knows of it."""

from __future__ import annotations

import os

import pytest

from lading.errors import TargetError
from lading.findings import Severity
from sites_of_folders import Site, kinds, watched


def decided(site: Site, **options) -> tuple[list[str], list[str], int]:
    """The paths to put and those that are there already, and the number of new ones."""
    plan = site.plan(**options).plan
    return [artifact.path for artifact in plan.puts], sorted(plan.unchanged), plan.new


def test_an_empty_target(site: Site):
    site.write({"src/b": "b", "src/a": "a"})
    assert decided(site) == (["a", "b"], [], 2)


def test_foreign_files_with_the_same_content_are_taken_over(site: Site):
    site.write({"src/a": "same", "src/b": "size", "src/c": "other size"})
    site.write({"out/a": "same", "out/b": "SIZE", "out/c": "c"})
    assert decided(site) == (["b", "c"], ["a"], 0)


@pytest.mark.parametrize(
    ("there", "state"),
    [
        ("file", (["a"], [], 0)),
        ("link", (["a"], [], 0)),
        ("pipe", (["a"], [], 0)),
        ("nothing", (["a"], [], 1)),
        ("same", ([], ["a"], 0)),
    ],
)
def test_what_lies_at_the_place(site: Site, there: str, state):
    site.write({"src/a": "a"})
    os.makedirs(site.path("out"))
    match there:
        case "file":
            site.write({"out/a": "b"})
        case "link":
            os.symlink(site.path("src/a"), site.path("out/a"))
        case "pipe":
            os.mkfifo(site.path("out/a"))
        case "same":
            site.write({"out/a": "a"})
        case _:
            pass
    assert decided(site) == state
    site.collect()
    assert site.published() == {"a": "a"}
    assert decided(site) == ([], ["a"], 0)


def test_only_what_is_in_doubt_is_read(site: Site):
    """Sizes and signatures decide most; of the rest, each side is read once."""
    site.write(
        {"src/size": "1", "out/size": "22", "src/new": "n", "src/doubt": "d", "out/doubt": "d"}
    )
    with watched(site.folder) as (reads, _):
        site.plan()
    assert sorted(path for path in reads if ".lading" not in path) == ["out/doubt", "src/doubt"]


def test_many_doubtful_files_in_threads(site: Site):
    site.write({f"src/{n}": str(n) for n in range(200)})
    site.write({f"out/{n}": str(n) if n % 2 else "x" * len(str(n)) for n in range(200)})
    puts, unchanged, new = decided(site, jobs=4)
    assert puts == sorted(str(n) for n in range(0, 200, 2))
    assert unchanged == sorted(str(n) for n in range(1, 200, 2))
    assert new == 0


def test_a_source_that_cannot_be_read_is_an_error_whatever_the_settings(site: Site, monkeypatch):
    site.write({"src/a": "1", "out/a": "2", "src/b": "1", "two/b": "2"})
    real = open

    def failing_open(file, *arguments, **options):
        if str(file).startswith((site.path("src"), site.path("two"))):
            raise PermissionError(13, "Permission denied", file)
        return real(file, *arguments, **options)

    monkeypatch.setattr("builtins.open", failing_open)
    outcome = site.plan("src", "two", severities={"unreadable": Severity.NOTE})
    assert kinds(outcome) == ["collision", "unreadable", "unreadable", "unreadable"]
    errors = [f for f in outcome.findings if f.kind == "unreadable"]
    assert {f.severity for f in errors} == {Severity.ERROR}
    assert {f.path for f in errors} == {"a", "b"}


def test_obstacles_are_named_with_their_place(site: Site):
    site.write({"src/a/b": "", "src/c": "", "out/a": "theirs", "out/c/d": "theirs"})
    os.symlink("else", site.path("out/e"))
    site.write({"src/e/f": ""})
    found = {f.path: f for f in site.plan().findings}
    assert sorted(found) == ["a", "c", "e"]
    assert found["a"].message.startswith("A file lies where a folder must go")
    assert found["c"].message.startswith("A folder with files lies where a file must go")
    assert found["e"].message.startswith("A symbolic link lies where a folder must go")
    assert found["a"].where == site.path("out/a")


def test_many_folders_in_the_way_take_linear_time(site: Site):
    """Every one of many files becomes a folder and the reverse; a quadratic walk would not end."""
    site.write({f"src/{n}/x": "" for n in range(700)} | {f"src/f{n}": "" for n in range(700)})
    site.collect()
    os.rename(site.path("src"), site.path("old"))
    site.write({f"src/{n}": "" for n in range(700)} | {f"src/f{n}/x": "" for n in range(700)})
    outcome = site.collect()
    assert len(outcome.removed) == 1400
    assert len(site.published()) == 1400


def test_a_folder_that_cannot_be_listed_is_not_cleared(site: Site, monkeypatch):
    site.write({"src/a": "a", "out/lost+found/x": ""})
    scandir = os.scandir

    def closed_scandir(path="."):
        if str(path).endswith("lost+found/"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed_scandir)
    assert kinds(site.plan()) == []
    (finding,) = site.plan(clear=True).findings
    assert (finding.kind, finding.path) == ("not-cleared", "lost+found")
    site.collect(clear=True)
    monkeypatch.undo()
    assert site.published() == {"a": "a", "lost+found/x": ""}


@pytest.mark.parametrize("leads_to", ["out", "out/css", ".", "out/../out"])
def test_a_link_in_a_source_that_leads_to_the_target(site: Site, leads_to: str):
    """Each run would publish the output of the one before, one folder deeper."""
    site.write({"src/a.css": "a", "out/css/x.css": "x", "elsewhere/b.css": "b"})
    os.symlink(site.path(leads_to), site.path("src/link"))
    os.symlink(site.path("elsewhere"), site.path("src/fine"))
    (finding,) = [f for f in site.plan().findings if f.severity is Severity.ERROR]
    assert (finding.kind, finding.where) == ("inside-target", site.path("src/link"))
    assert "Delete the link" in finding.hint
    site.collect(site.source(exclude=("link",)))
    assert sorted(site.published()) == ["a.css", "css/x.css", "fine/b.css"]


def test_a_published_file_that_cannot_be_read_is_replaced(site: Site, monkeypatch):
    """Which needs permission of its folder alone."""
    site.write({"src/a": "a", "out/a": "b"})

    def refuse(path: str) -> str:
        raise TargetError("A published file cannot be read: Permission denied.", where=path)

    monkeypatch.setattr(type(site.target), "digest", lambda _, path: refuse(path))
    assert decided(site) == (["a"], [], 0)
    site.collect()
    assert site.published() == {"a": "a"}
