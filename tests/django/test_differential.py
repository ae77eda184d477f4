"""Random projects, collected and searched by Django's commands and by Lading's: the same comes of it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from projects_with_apps import Project, collect, find

from lading.findings import Severity

NAMES = ("a.css", "b.js", "a~", ".hidden", "CVS", "x y.css", "ü.css", "[x].css", "UPPER.CSS", "d")
FOLDERS = ("", "d/", "css/", "css/deep/", ".dot/", "CVS/", "é/")
PATTERNS = (
    "*.js",
    "css",
    "css/*",
    "d/*",
    "./css/*",
    "*a*",
    "[[]x]*",
    "*/deep/*",
    "é",
    "UPPER*",
    "*.CSS",
)
TARGETS = ("shared/one.css", "shared/two", "shared")

paths = st.builds(str.__add__, st.sampled_from(FOLDERS), st.sampled_from(NAMES))
contents = st.one_of(
    st.sampled_from(["", "1", "2", "long"]),
    st.sampled_from(TARGETS).map(lambda target: ("link", target)),
)
trees = st.dictionaries(paths, contents, max_size=6).filter(lambda tree: not clashes(tree))
prefixes = st.sampled_from([None, None, "p", "p/q", "css"])


def clashes(tree: dict[str, Any]) -> bool:
    """A path that is a file and a folder."""
    return any(f"{path}/" in f"{other}/" and path != other for path in tree for other in tree)


@dataclass(frozen=True)
class Layout:
    """``folders`` are those of STATICFILES_DIRS with their prefixes, ``apps`` the applications' files."""

    folders: list[tuple[str | None, dict[str, Any]]]
    apps: list[dict[str, Any]]
    ignore: list[str]
    default_ignore: bool
    link: bool
    clear: bool
    present: dict[str, str]

    @property
    def arguments(self) -> list[str]:
        flags = [f"--ignore={pattern}" for pattern in self.ignore]
        flags += ["--link"] * self.link + ["--clear"] * self.clear
        return flags + ["--no-default-ignore"] * (not self.default_ignore)


layouts = st.builds(
    Layout,
    st.lists(st.tuples(prefixes, trees), max_size=3),
    st.lists(trees, max_size=2),
    st.lists(st.sampled_from(PATTERNS), max_size=2),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.dictionaries(
        st.sampled_from(["a.css", "b.js", "theirs.txt"]), st.just("present"), max_size=2
    ),
)


def make(project: Project, layout: Layout) -> dict[str, Any]:
    """Make the files; the settings for them."""
    project.write({"shared/one.css": "one", "shared/two": "two"})
    for number, (_, tree) in enumerate(layout.folders):
        fill(project, f"dir{number}", tree)
    for number, tree in enumerate(layout.apps):
        fill(project, f"apps/harness{number}/static", tree)
    folders = [
        project.path(f"dir{number}") if prefix is None else (prefix, project.path(f"dir{number}"))
        for number, (prefix, _) in enumerate(layout.folders)
    ]
    return {"STATICFILES_DIRS": folders}


def fill(project: Project, folder: str, tree: dict[str, Any]) -> None:
    os.makedirs(project.path(folder))
    for path, content in tree.items():
        if isinstance(content, str):
            project.write({f"{folder}/{path}": content})
        else:
            place = project.path(folder, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            os.symlink(project.path(content[1]), place)


_SINCE_DJANGO_6 = re.compile(r"^\d+ static files? deleted, |, \d+ skipped due to conflict")


def outcome(project: Project, layout: Layout, command: str) -> tuple[Any, ...]:
    """What a command prints and publishes, twice, or that it fails."""
    shutil.rmtree(project.path("out"), ignore_errors=True)
    for path, content in layout.present.items():
        project.write({f"out/{path}": content})
        os.utime(project.path("out", path), (1, 1))  # Django keeps what is newer than the source
    try:
        dry = collect("--dry-run", *layout.arguments, command=command)
        first = collect(*layout.arguments, command=command)
        second = collect(*layout.arguments, command=command)
    except Exception as error:
        return ("failed", error)
    published = project.published()
    pretended = sorted(
        line
        for line in dry.splitlines()
        if line.startswith(("Pretending to copy", "Pretending to link"))
    )
    again = [] if layout.clear else summary(second)  # after --clear, Django copies all anew
    return published, summary(first), again, summary(dry), pretended


def summary(text: str) -> list[str]:
    """The line of numbers and what follows it, without the findings, and without what Django 6 adds:
    files deleted (to be written anew at once), and conflicts (of identical contents too).
    """
    lines = [line for line in text.splitlines() if "static file" in line and "copied" in line]
    return [_SINCE_DJANGO_6.sub("", line) for line in lines]


@given(layouts)
def test_the_same_files_are_published_and_told_of(layout):
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        settings = make(project, layout)
        with project.set_up(*(f"harness{n}" for n in range(len(layout.apps))), **settings):
            ours = outcome(project, layout, "lading")
            theirs = outcome(project, layout, "stock")
    if theirs[0] == "failed":
        assert ours[0] == "failed", theirs[1]
        return
    if ours[0] == "failed":
        # Django skips in silence what must be a folder for another source.
        findings = ours[1].__cause__.findings
        assert {f.kind for f in findings if f.severity is Severity.ERROR} == {"file-or-folder"}
        return
    assert ours[0] == theirs[0]
    assert ours[1:] == theirs[1:]


@given(layouts, st.lists(st.one_of(paths, paths.map("p/{}".format)), min_size=1, max_size=5))
def test_findstatic_finds_the_same(layout, asked):
    assume(not layout.link)
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        settings = make(project, layout)
        with project.set_up(*(f"harness{n}" for n in range(len(layout.apps))), **settings):
            for flags in ([], ["--first"]):
                for path in asked:
                    told = [
                        find(path, *flags, verbosity=0, command=command)
                        for command in ("lading", "stock")
                    ]
                    assert told[0] == told[1]
                    counted = [
                        [
                            f
                            for f in find(path, *flags, command=c).splitlines()
                            if f.startswith("  /")
                        ]
                        for c in ("lading", "stock")
                    ]
                    ours = [
                        line.partition("  (")[0]
                        for line in counted[0]
                        if " is left out" not in line
                    ]
                    assert ours == counted[1]
