"""rows -> a tree of bounded size whose sums are those of the rows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.report.sizes import Row
from lading.report.tree import Node, build, document

ROWS = [
    Row("css/a.css", "project", "site", (100, 20)),
    Row("css/deep/b.css", "project", "site", (50, 10)),
    Row("js/c.js", "project", "site", (70, 30)),
    Row("admin/img/d.svg", "vendor", "django.contrib.admin", (30, 15)),
    Row("admin/js/e.js", "vendor", "django.contrib.admin", (400, 90)),
    Row("top.txt", "vendor", "", (1, 1)),
]


def shape(node: Node) -> dict[str, Any] | tuple[int, ...]:
    """Names and sizes; the children's by name."""
    if not node.children:
        return tuple(node.sizes)
    return {child.name: shape(child) for child in node.children.values()}


def test_owners_sources_and_folders():
    root = build(ROWS, 2, 100, 0)
    assert shape(root) == {
        "Project": {
            "site": {
                "css": {"a.css": (100, 20), "deep": {"b.css": (50, 10)}},
                "js": {"c.js": (70, 30)},
            }
        },
        "Packages": {
            "django.contrib.admin": {
                "admin": {"img": {"d.svg": (30, 15)}, "js": {"e.js": (400, 90)}}
            },
            "top.txt": (1, 1),
        },
    }
    assert (root.files, root.sizes) == (6, [651, 166])
    assert root.children["Project"].files == 3


def test_only_the_largest_have_nodes_of_their_own():
    root = build(ROWS, 2, 6, 0)
    assert shape(root) == {
        "Packages": {
            "django.contrib.admin": {"admin": {"js": {"e.js": (400, 90)}, "": (30, 15)}},
            "": (1, 1),
        },
        "Project": (220, 60),
    }
    assert root.children["Project"].files == 3


def test_the_other_measure_has_other_largest():
    rows = [Row("a", "project", "s", (9, 1)), Row("b", "project", "s", (1, 9))]
    assert shape(build(rows, 2, 3, 0)) == {"Project": {"s": {"a": (9, 1), "": (1, 9)}}}
    assert shape(build(rows, 2, 3, 1)) == {"Project": {"s": {"b": (1, 9), "": (9, 1)}}}


def test_a_file_called_like_a_source_or_owner():
    rows = [Row("Project", "project", "", (1,)), Row("x", "project", "Project", (2,))]
    (owner,) = build(rows, 1, 9, 0).children.values()
    assert [(n.name, n.kind) for n in owner.children.values()] == [
        ("Project", "folder"),
        ("Project", "other"),
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.JS", "script"),
        ("a.min.css", "style"),
        ("a.css.map", "map"),
        ("a.svg", "image"),
        ("a.woff2", "font"),
        ("LICENSE", "other"),
        (".css", "other"),
    ],
)
def test_kinds(name, kind):
    root = build([Row(name, "project", "", (1,))], 1, 9, 0)
    assert next(iter(root.children["Project"].children.values())).kind == kind


def test_the_document():
    made = document(build(ROWS, 2, 6, 0), 0)
    assert made["f"] == 6
    assert [child["n"] for child in made["c"]] == ["Packages", "Project"]
    admin = made["c"][0]["c"][0]
    assert admin["c"][0]["c"] == [
        {
            "n": "js",
            "k": "folder",
            "s": [400, 90],
            "f": 1,
            "c": [{"n": "e.js", "k": "script", "s": [400, 90]}],
        },
        {"n": "", "k": "rest", "s": [30, 15], "f": 1},
    ]


rows = st.builds(
    Row,
    st.lists(st.sampled_from("abc"), min_size=1, max_size=6).map("/".join),
    st.sampled_from(["project", "vendor"]),
    st.sampled_from(["", "one", "two"]),
    st.tuples(st.integers(0, 99), st.integers(0, 9)),
)


def nodes(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [item, *(node for child in item.get("c", ()) for node in nodes(child))]


@given(
    rows=st.lists(rows, max_size=30, unique_by=lambda r: (r.owner, r.source, r.path)),
    limit=st.integers(0, 40),
)
def test_nothing_is_lost_however_small_the_tree(rows, limit):
    made = document(build(rows, 2, limit, 0), 0)
    assert json.dumps(made) == json.dumps(document(build(reversed(rows), 2, limit, 0), 0))
    assert made["s"] == [sum(row.sizes[i] for row in rows) for i in (0, 1)]
    assert made["f"] == len(rows)
    every = nodes(made)
    assert sum(node["k"] != "rest" for node in every) <= limit + 1
    for node in every:
        if children := node.get("c"):
            assert node["s"] == [sum(child["s"][i] for child in children) for i in (0, 1)]
            assert node["f"] == sum(child.get("f", 1) for child in children)
            sizes = [child["s"][0] for child in children if child["k"] != "rest"]
            assert sizes == sorted(sizes, reverse=True)
