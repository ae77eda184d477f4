"""Spans of tags and attributes against a full HTML parser, on generated pages and those of real themes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from references.oracle_html import disagreements, normalized

THEMES = Path(
    os.environ.get("LADING_TREES") or Path(__file__).parents[2] / "bench/.cache/trees"
).parent

NAMES = st.sampled_from(["p", "DIV", "img", "a", "span", "x-y", "link", "section"])
SPACE = st.sampled_from([" ", "\n", "\t", " / ", "  "])
VALUES = st.sampled_from(
    ["a.png", "'a b'", '"c>d"', "''", "it's", "a=b", "é", "{x}", "'<p>'", '"it\'s"', "&amp;"]
)
ATTRIBUTES = st.builds(
    lambda name, before, after, value: f"{name}{before}={after}{value}",
    st.sampled_from(["src", "HREF", "data-x", ":v", "@c", "x:y", "é"]),
    st.sampled_from(["", " "]),
    st.sampled_from(["", " ", "\n"]),
    VALUES,
) | st.sampled_from(["hidden", "a", "b c"])
TAGS = st.builds(
    lambda name, parts, end: f"<{name}{''.join(parts)}{end}",
    NAMES,
    st.lists(st.builds(lambda space, one: space + one, SPACE, ATTRIBUTES), max_size=4),
    st.sampled_from([">", " >", "\n>"]),
)
TEXTS = st.sampled_from(
    [
        "text",
        " < ",
        "<!-- <b> -->",
        "<!--[if IE]> <b> <![endif]-->",
        "<script>'<b>' < 1 </script>",
        "<script><!-- <script> </script> --></script>",
        "<style>a>b{c:'<b>'}</style>",
        "<textarea><b></textarea>",
        "<title><b></title>",
        "<svg viewBox='0'><path d='M0'/><style>a{}</style><a href='b'></a></svg>",
        "<svg><title>x</title><foreignObject><p class=a></p></foreignObject></svg>",
        "<math><mi>x</mi></math>",
        "<? a ><!a>",
        "</b a='>'>",
        "</ x>",
        "é",
        "\n",
    ]
)


@given(st.lists(TAGS | TEXTS, max_size=12).map("".join))
def test_generated_pages(text: str):
    data = normalized(f"<!doctype html><body>{text}".encode())
    assert disagreements(data) == []


def test_pages_of_real_themes():
    """Those that have been fetched: ``python bench/run.py themes`` and the tests of themes fetch them."""
    pages = sorted(THEMES.glob("themes/*/**/*.html"))[:60]
    if not pages and not os.environ.get("CI"):
        pytest.skip(f"no themes in {THEMES}")
    wrong = {
        str(page): found
        for page in pages
        if (found := disagreements(normalized(page.read_bytes())))
    }
    assert wrong == {}
