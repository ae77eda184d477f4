"""Which releases are kept, what leaves, and that a plan foretells it."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading import manifest
from lading.config import Config
from lading.ledger import Release
from lading.release import kept
from sites_of_folders import Later, Site

NOW = 1_700_000_000.0
DAY = 86_400


def release(number: int, replaced_ago: float | None) -> Release:
    return Release(number, "k", replaced=0 if replaced_ago is None else int(NOW - replaced_ago))


@pytest.mark.parametrize(
    ("replaced_ago", "settings", "numbers"),
    [
        ([], {}, []),
        ([None], {}, [1]),
        # Three by number, however old.
        ([9 * DAY, 8 * DAY, 7 * DAY, None], {}, [2, 3, 4]),
        # More of them by age: a release counts as long as it was current within the last day.
        ([50, 40, 30, 20, 10, None], {}, [1, 2, 3, 4, 5, 6]),
        ([DAY + 1, DAY, DAY - 1, 5, 4, None], {}, [3, 4, 5, 6]),
        ([50, 40, None], {"keep_releases": 1, "keep_age": 0}, [3]),
        ([50, 40, None], {"keep_releases": 2, "keep_age": 0}, [2, 3]),
        ([50, 40, None], {"keep_releases": 1, "keep_age": 45}, [2, 3]),
    ],
)
def test_retention(replaced_ago, settings, numbers):
    releases = [release(number, ago) for number, ago in enumerate(replaced_ago, 1)]
    assert [r.number for r in kept(releases, Config(**settings), NOW)] == numbers


def test_a_file_stays_as_long_as_a_kept_release_has_it(site: Site):
    site.write({"src/a.css": "1", "src/old.css": "o"})
    site.collect(keep_age=0)
    os.unlink(site.path("src/old.css"))
    for number in ("2", "3"):
        site.write({"src/a.css": number})
        assert site.collect(keep_age=0).removed == []
        assert site.published() == {"a.css": number, "old.css": "o"}
    site.write({"src/a.css": "4"})
    assert site.collect(keep_age=0).removed == ["old.css"]
    assert site.published() == {"a.css": "4"}
    contents = [f"contents/{hashlib.sha256(text).hexdigest()}" for text in (b"2", b"3")]
    records = ["releases/2", "releases/3", "releases/4"]
    assert site.state() == [*sorted(contents), "ledger", "lock", *records]


def test_a_run_that_changes_nothing_is_no_release(site: Site):
    site.write({"src/a.css": "1", "src/old.css": "o"})
    site.collect(keep_age=0)
    os.unlink(site.path("src/old.css"))
    assert [site.collect(keep_age=0).release for _ in range(4)] == [2, 2, 2, 2]
    assert "old.css" in site.published()


def test_going_back_is_a_release_of_its_own(site: Site):
    numbers = []
    for content in "1", "2", "1":
        site.write({"src/a.css": content})
        numbers.append(site.collect().release)
    assert numbers == [1, 2, 3]


def test_age_alone_lets_old_files_go(site: Site, monkeypatch):
    site.write({"src/a.css": "1", "src/old.css": "o"})
    site.collect(keep_releases=1)
    os.unlink(site.path("src/old.css"))
    assert site.collect(keep_releases=1).removed == []
    later = Config(keep_releases=1)
    monkeypatch.setattr("lading.release.time", Later(later.keep_age + 2))
    assert site.plan(keep_releases=1).removed == ["old.css"]
    assert site.collect(keep_releases=1).removed == ["old.css"]
    assert site.published() == {"a.css": "1"}


def test_a_file_that_somebody_else_put_in_place_of_ours_is_theirs(site: Site):
    site.write({"src/a.css": "1", "src/robots.txt": "ours"})
    site.collect()
    os.unlink(site.path("src/robots.txt"))
    site.write({"out/robots.txt": "theirs"})
    for content in "2", "3":
        site.write({"src/a.css": content})
        assert site.collect(keep_releases=1, keep_age=0).removed == []
    assert site.published() == {"a.css": "3", "robots.txt": "theirs"}


def test_our_own_file_leaves_though_a_restore_gave_it_another_time(site: Site):
    site.write({"src/a.css": "1", "src/old.css": "o"})
    site.collect()
    os.unlink(site.path("src/old.css"))
    os.utime(site.path("out/old.css"), (1, 1))
    assert site.collect(keep_releases=1, keep_age=0).removed == ["old.css"]


def test_paths_that_are_gone_are_forgotten(site: Site):
    """Else a file that somebody puts there years later would be taken for ours."""
    site.write({"src/a.css": "1", "src/old.css": "o"})
    site.collect()
    os.unlink(site.path("src/old.css"))
    os.unlink(site.path("out/old.css"))
    site.collect(keep_releases=1, keep_age=0)
    assert list(site.target.ledger().written) == ["a.css"]


def test_clear_keeps_one_release(site: Site):
    for content in "1", "2", "3":
        site.write({"src/a.css": content, f"src/{content}": ""})
        site.collect()
    os.unlink(site.path("src/1"))
    outcome = site.collect(clear=True)
    assert (outcome.removed, outcome.release) == (["1"], 4)
    assert site.state() == ["ledger", "lock", "releases/4"]


def test_records_of_a_lost_ledger_do_not_stay_for_ever(site: Site):
    for content in "1", "2", "3", "4":
        site.write({"src/a.css": content})
        site.collect()
    os.unlink(site.path("out/.lading/ledger"))
    site.collect()
    assert [name for name in site.state() if name != "snapshot"] == ["ledger", "lock", "releases/1"]


# --- a model: what a run must do, worked out with sets and dictionaries ---

NAMES = ("a.css", "b.css", "c/d.css", "c/e.css", "f/g/h.css")
CONTENTS = ("", "1", "2", "longer")

trees = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(CONTENTS), max_size=4)


@dataclass(frozen=True)
class Step:
    """New sources, then what a stranger does to the target (``None``: deletes), then a run."""

    one: dict[str, str]
    two: dict[str, str]
    strangers: dict[str, str | None]
    keep: int
    clear: bool
    last_wins: bool
    waits: bool  # until the clock has moved on, so that what lies there can be believed
    brief: bool


steps = st.lists(
    st.builds(
        Step,
        trees,
        trees,
        st.dictionaries(
            st.sampled_from((*NAMES, "theirs.txt")),
            st.one_of(st.none(), st.sampled_from(CONTENTS)),
            max_size=2,
        ),
        st.integers(1, 3),
        st.sampled_from([False, False, False, True]),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@dataclass
class Model:
    """What the target holds, what Lading wrote there, and the releases it keeps."""

    target: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    releases: list[dict[str, str]] = field(default_factory=list)

    def strangers(self, changes: dict[str, str | None]) -> None:
        for path, content in changes.items():
            if content is None:
                self.target.pop(path, None)
            else:
                self.target[path] = content

    def run(self, step: Step) -> tuple[list[str], list[str]]:
        """The paths put and removed."""
        winners = {**step.one, **step.two} if step.last_wins else {**step.two, **step.one}
        puts = [path for path in sorted(winners) if self.target.get(path) != winners[path]]
        if not self.releases or self.releases[-1] != winners:
            self.releases.append(winners)
        self.releases = self.releases[-1 if step.clear else -step.keep :]
        self.written |= winners
        if step.clear:
            removed = self.target.keys() - winners.keys()
        else:
            kept_paths = {path for release in self.releases for path in release}
            leaving = self.written.keys() - kept_paths
            removed = {p for p in leaving if self.target.get(p) == self.written[p]}
            for path in leaving:
                del self.written[path]
        self.target = {p: c for p, c in self.target.items() if p not in removed} | winners
        if step.clear:
            self.written = dict(winners)
        return puts, sorted(removed)


@given(steps)
@hypothesis.settings(max_examples=hypothesis.settings.default.max_examples // 2)
def test_runs_do_what_the_model_says_and_plans_foretell_it(sequence):
    with tempfile.TemporaryDirectory() as folder:
        site, model = Site(Path(folder)), Model()
        for step in sequence:
            for name, tree in (("one", step.one), ("two", step.two)):
                os.makedirs(site.path(name), exist_ok=True)
                for path in NAMES:
                    if path not in tree and os.path.exists(site.path(name, path)):
                        os.unlink(site.path(name, path))
                site.write({f"{name}/{path}": content for path, content in tree.items()})
            model.strangers(step.strangers)
            for path, content in step.strangers.items():
                if content is not None:
                    site.write({f"out/{path}": content})
                elif os.path.exists(site.path("out", path)):
                    os.unlink(site.path("out", path))
            options = {
                "keep_releases": step.keep,
                "keep_age": 0,
                "clear": step.clear,
                "collisions": "last" if step.last_wins else "first",
            }
            planned = site.plan("one", "two", **options)
            if step.waits:
                site.target.settle(time.time_ns())
            outcome = site.collect("one", "two", **options, brief=step.brief)
            puts, removed = model.run(step)
            assert site.published() == model.target
            assert [a.path for a in outcome.plan.puts] == puts
            assert outcome.removed == removed
            assert [a.path for a in planned.plan.puts] == puts
            if outcome.is_new_release or not puts:
                assert planned.removed == removed
            assert set(removed) <= set(planned.removed)
            assert outcome.plan.new == planned.plan.new
            assert site.target.ledger().written.keys() == model.written.keys()
            assert [name for name in site.state() if name.startswith("releases/")] == sorted(
                f"releases/{r.number}" for r in site.target.ledger().releases
            )
            assert len(site.target.ledger().releases) == len(model.releases)


def test_the_model_itself_prunes():
    """A word on the model: it is not so lenient that it allows everything."""
    step = Step({"a.css": "1"}, {"b.css": "2"}, {}, 1, False, False, False, False)
    model = Model()
    assert model.run(step) == (["a.css", "b.css"], [])
    assert model.run(replace(step, two={})) == ([], ["b.css"])
    assert model.target == {"a.css": "1"}


def test_the_manifest_of_each_kept_release_is_kept(site: Site):
    for text in ("one", "two", "three"):
        site.write({"src/a.css": text})
        site.collect(names="hashed", encodings=(), keep_releases=2, keep_age=0)
    records = site.folder / "out" / ".lading" / "releases"
    assert sorted(path.name for path in records.iterdir()) == ["2", "2.json", "3", "3.json"]
    last = [manifest.loads((records / f"{n}.json").read_bytes()).paths["a.css"] for n in (2, 3)]
    assert all((site.folder / "out" / path).exists() for path in last)
    assert (
        last[1]
        == manifest.loads((site.folder / "out" / "staticfiles.json").read_bytes()).paths["a.css"]
    )
