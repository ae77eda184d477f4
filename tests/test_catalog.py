"""All assets by path: who wins, who is shadowed, and which paths cannot stand together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading import catalog as catalogs
from lading.asset import UNKNOWN_SIZE, Asset
from lading.catalog import build, collisions, file_or_folder, lookalikes, origin, parent_folders
from lading.findings import Owner, Severity
from lading.sources import FolderSource, Scan


def scan(name: str, *paths: str, size: int = 1, owner: Owner = "project") -> Scan:
    source = FolderSource(f"/srv/{name}", name, owner=owner)
    return Scan(source, [Asset(path, source, path, size, "s") for path in sorted(paths)])


def winners(*scans: Scan, policy: catalogs.CollisionPolicy = "first") -> dict[str, str]:
    found = build(scans, policy)
    assert list(found.winners) == sorted(found.winners)
    return {path: asset.source.label for path, asset in found.winners.items()}


def shadowed(*scans: Scan, policy: catalogs.CollisionPolicy) -> dict[str, list[str]]:
    found = build(scans, policy).shadowed
    return {path: [asset.source.label for asset in losers] for path, losers in found.items()}


THREE = (scan("one", "a", "b"), scan("two", "b", "c"), scan("three", "b", "a"))


@pytest.mark.parametrize("policy", ["first", "error"])
def test_the_earliest_source_wins(policy):
    assert winners(*THREE, policy=policy) == {"a": "one", "b": "one", "c": "two"}
    assert shadowed(*THREE, policy=policy) == {"b": ["two", "three"], "a": ["three"]}


def test_the_latest_source_wins():
    assert winners(*THREE, policy="last") == {"a": "three", "b": "three", "c": "two"}
    assert shadowed(*THREE, policy="last") == {"b": ["one", "two"], "a": ["one"]}


def test_nothing_in_nothing_out():
    assert winners() == {}
    assert winners(scan("one")) == {}


def told(*scans: Scan, contents: dict[str, str], policy: catalogs.CollisionPolicy = "first"):
    """The collisions, where the content of a file is looked up by its source's label."""
    return collisions(build(scans, policy), lambda asset: contents[asset.source.label])


def test_a_collision_names_the_path_both_owners_and_the_winner():
    (finding,) = told(scan("one", "a"), scan("two", "a"), contents={"one": "1", "two": "2"})
    assert (finding.kind, finding.path, finding.where) == ("collision", "a", "/srv/one/a")
    assert "'one' (/srv/one) is published, not 'two' (/srv/two)" in finding.message
    assert "the first source wins" in finding.message
    assert finding.hint


def test_only_differing_losers_are_named():
    (finding,) = told(*THREE, contents={"one": "x", "two": "x", "three": "y"})[1:]
    assert "'three'" in finding.message
    assert "'two'" not in finding.message


def test_sizes_that_differ_spare_the_reading():
    def never(asset: Asset) -> str:
        raise AssertionError(asset)

    found = collisions(build([scan("one", "a", size=1), scan("two", "a", size=2)]), never)
    assert len(found) == 1


def test_unknown_sizes_are_read():
    same = {"one": "x", "two": "x"}
    assert told(scan("one", "a", size=UNKNOWN_SIZE), scan("two", "a", size=9), contents=same) == []


@pytest.mark.parametrize(
    ("owners", "policy", "severity"),
    [
        (("project", "vendor"), "first", Severity.NOTE),
        (("project", "project"), "first", Severity.WARNING),
        (("vendor", "vendor"), "first", Severity.WARNING),
        (("vendor", "project"), "first", Severity.WARNING),
        (("vendor", "project"), "last", Severity.NOTE),
        (("project", "vendor"), "error", Severity.ERROR),
    ],
)
def test_how_much_a_collision_matters(owners, policy, severity):
    scans = [
        scan(name, "a", owner=owner) for name, owner in zip(("one", "two"), owners, strict=True)
    ]
    (finding,) = told(*scans, contents={"one": "1", "two": "2"}, policy=policy)
    assert finding.severity is severity


@pytest.mark.parametrize("policy", ["first", "last", "error"])
def test_a_collision_that_is_meant_is_a_note(policy):
    found = build([scan("one", "css/a", "b"), scan("two", "css/a", "b")], policy)
    told = collisions(found, lambda asset: asset.source.label, ("css/*",))
    assert [(f.path, f.severity is Severity.NOTE) for f in told] == [("b", False), ("css/a", True)]


@pytest.mark.parametrize(
    ("paths", "groups"),
    [
        (["a", "b"], []),
        (["Logo.svg", "logo.svg"], ["'Logo.svg', 'logo.svg'"]),
        (["CSS/a", "css/A", "css/b"], ["'CSS/a', 'css/A'"]),
        (["caf\u00e9", "cafe\u0301"], ["'caf\u00e9', 'cafe\u0301'"]),
        (["STRASSE", "straße"], ["'STRASSE', 'straße'"]),
        (["Ω", "Ω"], ["'Ω', 'Ω'"]),  # the letter and the unit of resistance
        (["a", "ä"], []),
    ],
)
def test_lookalikes(paths, groups):
    found = lookalikes(paths)
    assert [f.message.split(": ")[1].rstrip(".") for f in found] == groups
    assert {f.severity for f in found} <= {Severity.WARNING}


def test_one_path_as_file_and_folder():
    found = build([scan("one", "a/b/c", "ab"), scan("two", "a", "d"), scan("three", "a/b")])
    findings = file_or_folder(found)
    assert sorted(f.path for f in findings) == ["a", "a/b"]
    assert all(f.severity is Severity.ERROR for f in findings)
    (lower,) = [f.message for f in findings if f.path == "a/b"]
    assert "'three' (/srv/three) ships it as a file, 'one' (/srv/one) ships 'a/b/c'" in lower


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)))
def test_parent_folders_are_all_proper_beginnings(paths):
    expected = {
        "/".join(parts[:end])
        for path in paths
        for parts in [path.split("/")]
        for end in range(1, len(parts))
    }
    folders = parent_folders(paths)
    assert folders.keys() == expected
    assert all(example.startswith(f"{folder}/") for folder, example in folders.items())


def test_the_origin_is_what_a_person_opens():
    assert origin(scan("one", "css/a").assets[0]) == "/srv/one/css/a"


def test_a_deep_tree_takes_linear_time():
    deep = ["/".join(["d"] * 400) + f"/{number}" for number in range(2000)]
    assert len(parent_folders(deep)) == 400
