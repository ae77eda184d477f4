"""segments <-> mappings, chained maps, moved maps; Node's own reader is the oracle."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.minify.sourcemaps import Edit, Segment, chain, decode, dump, encode, is_readable, moved

numbers = st.integers(0, 3000)
mapped = st.builds(Segment, numbers, st.integers(0, 3), numbers, numbers, st.integers(-1, 5))
unmapped = numbers.map(Segment)
lines = st.lists(
    st.lists(mapped | unmapped, max_size=6, unique_by=lambda s: s.column).map(sorted), min_size=1
)


@given(lines=lines)
def test_what_is_encoded_is_decoded(lines):
    assert decode(encode(lines)) == lines


@pytest.mark.parametrize(
    ("mappings", "expected"),
    [
        ("", [[]]),
        (";;", [[], [], []]),
        ("AAAA", [[Segment(0, 0, 0, 0)]]),
        ("A", [[Segment(0)]]),
        ("AAgBC,SAAQ;A", [[Segment(0, 0, 16, 1), Segment(9, 0, 16, 9)], [Segment(0)]]),
        ("AAAAA,CAACC", [[Segment(0, 0, 0, 0, 0), Segment(1, 0, 0, 1, 1)]]),
    ],
)
def test_known_mappings(mappings, expected):
    assert decode(mappings) == expected
    assert encode(expected) == mappings


@pytest.mark.parametrize("mappings", ["AA", "AAA", "AAAAAA", "?", "g", "gggggggggA", "D", "AADA"])
def test_malformed_mappings_are_refused(mappings):
    with pytest.raises(ValueError, match=r"."):
        decode(mappings)


def node_lookup(source_map: bytes, places: list[tuple[int, int]]) -> list[dict]:
    """What Node's source map reader finds for (line, column) places, both from 0."""
    assert shutil.which("node"), "install node: its source map reader is this test's oracle"
    script = """
        const {SourceMap} = require("node:module");
        const [text, places] = JSON.parse(require("node:fs").readFileSync(0));
        const map = new SourceMap(JSON.parse(text));
        console.log(JSON.stringify(places.map(([line, column]) => map.findEntry(line, column))));
    """
    run = subprocess.run(
        ["node", "-e", script],
        input=json.dumps([source_map.decode(), places]),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout)


def test_node_reads_the_maps():
    made = dump(
        [[Segment(0, 0, 0, 0), Segment(10, 1, 7, 3)], [], [Segment(4, 0, 2, 9)]],
        ["lading:///a.css", "lading:///b.css"],
        ["a {}", None],
    )
    found = node_lookup(made, [(0, 0), (0, 9), (0, 10), (0, 99), (2, 5)])
    assert [(f["originalSource"], f["originalLine"], f["originalColumn"]) for f in found] == [
        ("lading:///a.css", 0, 0),
        ("lading:///a.css", 0, 0),
        ("lading:///b.css", 7, 3),
        ("lading:///b.css", 7, 3),
        ("lading:///a.css", 2, 9),
    ]


def test_two_maps_become_one_that_leads_all_the_way():
    inner = dump(
        [[Segment(0, 0, 5, 1), Segment(8, 1, 6, 2, 0)], [Segment(2, 1, 9, 0)]],
        ["a.scss", "b.scss"],
        ["$a: 1", "$b: 2"],
        ["mixin"],
    )
    outer = [
        [
            Segment(0, 0, 0, 0),
            Segment(3, 0, 0, 7),
            Segment(5, 0, 0, 8),
            Segment(9, 0, 1, 1),  # before the first mapping of its line: leads nowhere
            Segment(12, 0, 1, 50),
            Segment(20, 0, 7, 0),  # a line that the inner map does not have
        ]
    ]
    document = json.loads(chain(outer, inner))
    assert decode(document["mappings"]) == [
        [Segment(0, 0, 5, 1), Segment(3, 0, 5, 1), Segment(5, 1, 6, 2, 0), Segment(12, 1, 9, 0)]
    ]
    assert document["sources"] == ["a.scss", "b.scss"]
    assert document["sourcesContent"] == ["$a: 1", "$b: 2"]
    assert document["names"] == ["mixin"]


@pytest.mark.parametrize(
    "inner",
    [
        b"",
        b"[]",
        b"{}",
        b'{"version": 2, "mappings": ""}',
        b'{"version":3,"sections":[]}',
        b"\xff",
        b'{"version":3,"mappings":"?"}',
    ],
)
def test_what_is_no_map_cannot_be_chained(inner):
    with pytest.raises(ValueError, match=r"."):
        chain([[Segment(0, 0, 0, 0)]], inner)
    assert not is_readable(inner)


def test_a_map_follows_edits_of_its_file():
    before = "a{b:url(x.png)}é😀{c:url(y.png)}\nd{e:url(z.png)}\n".encode()
    after = "a{b:url(x.1f.png)}é😀{c:url(y)}\nd{e:url(z.png)}\n".encode()
    words = ["a", "b:", "é", "c:", "d", "e:"]

    def places(content: bytes) -> list[tuple[int, int]]:
        text = content.decode()
        found: list[tuple[int, int]] = []
        for word in words:
            head = text[: text.index(word)]
            line = head.count("\n")
            column = len(head[head.rfind("\n") + 1 :].encode("utf-16-le")) // 2
            found.append((line, column))
        return found

    lines: list[list[Segment]] = [[], []]
    for number, (line, column) in enumerate(places(before)):
        lines[line].append(Segment(column, 0, number, 0))
    source_map = dump(lines, ["s"], [None])
    edits = [
        Edit(before.index(b"y.png"), before.index(b"y.png") + 5, 1),
        Edit(before.index(b"x.png"), before.index(b"x.png") + 5, 8),
    ]
    found = node_lookup(moved(source_map, before, edits), places(after))
    assert [entry["originalLine"] for entry in found] == list(range(len(words)))


def test_a_map_that_has_fewer_lines_than_its_file_is_moved_as_far_as_it_goes():
    source_map = dump([[Segment(0, 0, 0, 0)]], ["s"], [None])
    again = moved(source_map, b"a\nb url\n", [Edit(4, 7, 30)])
    assert json.loads(again) == json.loads(source_map)


@given(
    lines=lines,
    edits=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 40)), unique_by=lambda e: e[0]),
)
def test_only_the_segments_behind_an_edit_move(lines, edits):
    content = b"u" * 3001 + b"\n" + b"u" * 3001
    made = moved(
        dump(lines, ["s"] * 4, [None] * 4, ["n"] * 6),
        content,
        [Edit(start, start + 1, width) for start, width in edits],
    )
    grown = [
        segment._replace(
            column=segment.column + sum(w - 1 for start, w in edits if start + 1 <= segment.column)
        )
        for segment in lines[0]
    ]
    assert decode(json.loads(made)["mappings"])[1:] == lines[1:]
    assert decode(json.loads(made)["mappings"])[0] == sorted(grown, key=lambda s: s.column)


@pytest.mark.parametrize("mappings", ["?", "A,,A", ",", "g"])
def test_a_damaged_map_cannot_be_moved(mappings):
    source_map = json.dumps({"version": 3, "mappings": mappings}).encode()
    with pytest.raises(ValueError, match=r"."):
        moved(source_map, b"url", [Edit(0, 3, 30), Edit(3, 3, 1)])


def test_many_edits_in_one_long_line_take_linear_work(monkeypatch):
    from lading.minify import sourcemaps

    content = b"u" * 100_000
    counted: list[int] = []
    width = sourcemaps.width
    monkeypatch.setattr(
        sourcemaps, "width", lambda text: (counted.append(len(text)), width(text))[1]
    )
    edits = [Edit(start, start + 1, 2) for start in range(0, 100_000, 10)]
    moved(dump([[Segment(0, 0, 0, 0)]], ["s"], [None]), content, edits)
    assert sum(counted) <= len(content)
