"""``lading.themes.extracting``: pages -> a base and pages that extend it, which render the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.themes.alignment import common, pairs
from lading.themes.extracting import extract
from themes.folders import PAGE, THEME, plan
from themes.rendering import render

TITLES = ("Home", "About", "Contact")


def pages(*contents: str, page: str = PAGE) -> dict[str, bytes]:
    head = "{% load static %}\n"
    page = page.replace("css/site.css", "{{% static 'css/site.css' %}}")
    return {
        f"p{number}.html": (head + page.format(title=f"Page {number}", main=content)).encode()
        for number, content in enumerate(contents)
    }


def assert_renders_the_same(templates: dict[str, bytes], **rest: str) -> list[str]:
    made = extract(templates, "base.html", "t/base.html")
    assert made.reason == ""
    base = {"t/base.html": made.templates["base.html"]}
    for name, data in templates.items():
        assert render(made.templates.get(name, data), base) == render(data), name
    return list(made.blocks)


def test_blocks():
    templates = pages("<h1>One</h1>", "<h1>Two</h1>\n<p>more</p>", "")
    assert assert_renders_the_same(templates) == ["title", "extra_head", "content", "scripts"]
    made = extract(templates, "base.html", "t/base.html")
    assert made.templates["p1.html"].decode() == (
        '{% extends "t/base.html" %}\n'
        "{% block title %}Page 1{% endblock %}\n"
        "{% block content %}<h1>Two</h1>\n<p>more</p>\n{% endblock %}\n"
    )
    base = made.templates["base.html"].decode()
    assert "<title>{% block title %}Page 0{% endblock %}</title>" in base
    assert base.count("{% block ") == 4


def test_what_is_only_on_some_pages():
    more_head = PAGE.replace("</head>", "<link rel='stylesheet' href='only.css'>\n</head>")
    more_end = PAGE.replace("</body>", "<script src='only.js'></script>\n</body>")
    templates = {
        **pages("<p>1", "<p>2"),
        "head.html": pages("<p>3", page=more_head)["p0.html"],
        "end.html": pages("<p>4", page=more_end)["p0.html"],
    }
    assert assert_renders_the_same(templates) == ["title", "extra_head", "content", "scripts"]
    made = extract(templates, "base.html", "t/base.html")
    assert b"only.css" in made.templates["head.html"]
    assert b"only" not in made.templates["base.html"]


def test_a_page_of_another_layout_stays_whole():
    templates = {**pages("<p>1", "<p>2", "<p>3"), "login.html": b"<!doctype html><form>\n</form>"}
    assert_renders_the_same(templates)
    assert "login.html" not in extract(templates, "base.html", "b").templates


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_line_ends_and_a_byte_order_mark(end: str):
    templates = {
        name: b"\xef\xbb\xbf" + data.replace(b"\n", end.encode())
        for name, data in pages("<p>1", "<p>2").items()
    }
    assert_renders_the_same(templates)


def test_verbatim_blocks_are_not_torn():
    text = "{% verbatim %}{{ a }}\n{{ #same# }}\n{{ b }}{% endverbatim %}"
    assert_renders_the_same(
        pages(
            text,
            text.replace("{{ a }}", "{{ c }}"),
            "{% verbatim %}{{ #same# }}\n{% endverbatim %}",
        )
    )


@pytest.mark.parametrize(
    ("templates", "reason"),
    [
        ({}, "no two pages"),
        ({"a.html": b"<p>\n"}, "no two pages"),
        ({"a.html": b"<p>1\n<p>2\n", "b.html": b"<b>3\n<b>4\n"}, "no two pages"),
        ({"a.html": b"<p>1\n<p>2\n<p>3", "b.html": b"<p>1\n<p>2\n<p>4"}, "heads"),
        ({n: b"{% extends 'x' %}" + d for n, d in pages("1", "2").items()}, "no two pages"),
    ],
)  # fmt: skip
def test_too_little_in_common(templates: dict[str, bytes], reason: str):
    made = extract(templates, "base.html", "t/base.html")
    assert reason in made.reason
    assert made.templates == {}


def test_in_an_import(tmp_path: Path):
    made = plan(tmp_path, THEME, extract_base=True)
    assert made.extraction is not None
    assert sorted(made.extraction.pages) == ["about.html", "contact.html", "index.html"]
    about = made.outputs["templates/shop/about.html"].read().decode()
    assert about.startswith('{% extends "shop/base.html" %}\n{% block title %}About{% endblock %}')
    again = plan(tmp_path, {**THEME, "base.html": "<p>"}, extract_base=True)
    assert again.extraction is not None
    assert again.extraction.name == "shop/base_theme.html"


def test_alignment():
    def of(*texts: str) -> list[str]:
        rows = common([[bytes([c]) for c in text.encode()] for text in texts])
        return ["".join(text[row[i]] for row in rows) for i, text in enumerate(texts)]

    assert of("abcd", "abxd") == ["abd", "abd"]
    assert of("abcd", "bcda", "bxcd") == ["bcd", "bcd", "bcd"]
    assert of("a/b/c/", "a/x/c/") == ["a//c/", "a//c/"]
    assert of("abc", "xyz") == ["", ""]
    assert pairs([b"a"], []) == []
