"""parts of a page -> HTML."""

from __future__ import annotations

import pytest

from lading.report.elements import bytes_told, more, table, text, whole


@pytest.mark.parametrize(
    ("size", "told"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_949, "9.9 kB"), (9_950, "10 kB"),
     (999_499, "999 kB"), (999_500, "1.0 MB"), (2_500_000_000, "2.5 GB"), (10**18, "1000 PB")],
)  # fmt: skip
def test_sizes_for_people(size, told):
    assert bytes_told(size) == told


def test_text_is_no_markup():
    assert text("<b>&\"'\x1b") == "&lt;b&gt;&amp;&quot;&#x27;\N{REPLACEMENT CHARACTER}"


def test_a_table_names_its_columns_and_its_section():
    made = table("ships", [("path", "Ship"), ("number", "Tons")], [[("path", "Ada"), ("", "3")]])
    assert 'aria-labelledby="ships-title"' in made
    assert '<th scope="col" class="number">Tons</th>' in made
    assert '<tr><td class="path">Ada</td><td>3</td></tr>' in made


def test_what_a_table_leaves_out_is_counted():
    assert "And 1,500 more" in more(2000, 500)
    assert more(500, 500) == ""


def test_a_page_without_a_map_has_no_script():
    made = whole("Ships <1>", "Two.", ["<p>Body</p>"], None)
    assert "<title>Ships &lt;1&gt;</title>" in made
    assert "<script" not in made
    assert "script-src" not in made
