"""The run step by step: what was found and copied in each folder, and how the numbers grew."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.report.steps import Step, steps
from sites_of_folders import Site

FILES = {
    "one/a.css": "1",
    "one/b.css": "1",
    "one/.hidden": "h",
    "one/.env": "secret",
    "two/b.css": "2",
    "two/c.css": "2",
    "two/d.css": "2",
    "three/b.css": "3",
}


def told(site: Site, **options) -> list[Step]:
    sources = (site.source("one"), site.source("two"), site.source("three"), site.source("none"))
    return steps(site.collect(*sources, **options), "/srv/static")


def numbers(found: list[Step]) -> list[tuple[int, ...]]:
    return [
        (s.number, s.found, s.copied, s.unchanged, s.shadowed, s.found_so_far, s.copied_so_far)
        for s in found
    ]


def test_the_first_source_wins(site: Site):
    site.write(FILES)
    found = told(site)
    assert numbers(found) == [
        (1, 2, 2, 0, 0, 2, 2),
        (2, 3, 2, 0, 1, 5, 4),
        (3, 1, 0, 0, 1, 6, 4),
        (4, 0, 0, 0, 0, 6, 4),
    ]
    assert [step.action for step in found] == ["copy", "copy", "compare", "skip"]
    assert [step.notes for step in found] == [
        (".env: ignored by '.*'", ".hidden: ignored by '.*'"),
        ("b.css: skipped, already copied in step 1",),
        ("b.css: skipped, already copied in step 1",),
        ("The source folder does not exist, so nothing is collected from it.",),
    ] or sorted(found[0].notes) == [".env: ignored by '.*'", ".hidden: ignored by '.*'"]


def test_the_last_source_overwrites(site: Site):
    site.write(FILES)
    found = told(site, collisions="last")
    assert numbers(found) == [
        (1, 2, 1, 0, 1, 2, 1),
        (2, 3, 2, 0, 1, 5, 3),
        (3, 1, 1, 0, 0, 6, 4),
        (4, 0, 0, 0, 0, 6, 4),
    ]
    assert "b.css: overwritten by step 3" in found[0].notes
    assert found[1].notes == ("b.css: overwritten by step 3",)
    assert found[2].notes == ("b.css: overwrites step 1, 2",)


def test_a_second_run_copies_what_changed(site: Site):
    site.write(FILES)
    told(site)
    site.write({"two/d.css": "new"})
    found = told(site)
    assert [(s.action, s.copied, s.unchanged) for s in found] == [
        ("compare", 0, 2),
        ("copy", 1, 1),
        ("compare", 0, 0),
        ("skip", 0, 0),
    ]
    assert "2 unchanged" in found[0].notes
    assert [s.action for s in told(site, link=True)] == ["link", "link", "compare", "skip"]


def test_where_things_come_from_and_go_to(site: Site):
    site.write({"one/a.css": "", "two/a.css": ""})
    sources = [site.source("one"), site.source("two", prefix="pre/fix", owner="vendor")]
    one, two = steps(site.plan(*sources), "/srv/static")
    assert (one.source, one.destination, one.label) == (site.path("one"), "/srv/static", "one")
    assert (two.source, two.destination, two.owner) == (
        site.path("two"),
        "/srv/static/pre/fix",
        "vendor",
    )


def test_every_skip_and_finding_is_a_note(site: Site):
    site.write({"one/.env": "s", "one/a\\b": "", "one/x.map": ""})
    os.symlink("gone", site.path("one/link"))
    source = site.source("one", ignore=(), exclude=("*.map",), owner="vendor")
    (step,) = steps(site.collect(source), "out")
    assert sorted(note.partition(":")[0] for note in step.notes) == [
        ".env",
        "a\\b",
        "link",
        "x.map",
    ]
    assert sorted(skip.path for skip in step.skips) == [".env", "x.map"]


@pytest.mark.parametrize("policy", ["first", "last"])
@given(
    trees=st.lists(st.sets(st.sampled_from(["a", "b", "c/d", "c/e"])), min_size=1, max_size=4),
)
def test_the_numbers_add_up(tmp_path_factory, policy, trees):
    site = Site(tmp_path_factory.mktemp("site"))
    for number, tree in enumerate(trees):
        os.makedirs(site.path(str(number)))
        site.write({f"{number}/{path}": str(number) for path in tree})
    sources = [site.source(str(number)) for number in range(len(trees))]
    outcome = site.collect(*sources, collisions=policy)
    found = steps(outcome, "out")
    assert [s.number for s in found] == list(range(1, len(trees) + 1))
    assert [s.found for s in found] == [len(tree) for tree in trees]
    assert all(s.found == s.copied + s.unchanged + s.shadowed for s in found)
    assert found[-1].found_so_far == sum(s.found for s in found)
    assert found[-1].copied_so_far == sum(s.copied for s in found) == len(site.published())
    assert [s.found_so_far for s in found] == sorted(s.found_so_far for s in found)
