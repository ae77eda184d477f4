"""Suggestions for paths that do not exist."""

from __future__ import annotations

import difflib
import hashlib

import pytest

from lading.nearest import Nearest

PATHS = [
    "admin/css/base.css",
    "admin/img/icon-add.svg",
    "admin/img/icon-edit.svg",
    "blog/css/base.css",
    "blog/css/print.css",
    "blog/img/Logo.PNG",
    "blog/img/header.webp",
    "blog/js/main.js",
    "blog/js/main.min.js",
    "shop/css/base.css",
    "shop/img/header.webp",
    "\u00fcber/stra\u00dfe.css",
]


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("blog/img/logo.png", ["blog/img/Logo.PNG"]),  # case
        ("logo.png", ["blog/img/Logo.PNG"]),  # another folder
        ("img/header.webp", ["blog/img/header.webp", "shop/img/header.webp"]),
        ("shop/images/header.webp", ["shop/img/header.webp"]),
        ("blog/base.css", ["blog/css/base.css"]),
        ("base.css", ["admin/css/base.css", "blog/css/base.css", "shop/css/base.css"]),
        ("blog/js/mian.js", ["blog/js/main.js", "blog/js/main.min.js"]),  # letters
        ("blog/css/print.min.css", ["blog/css/print.css"]),
        (" blog/css/base.css ", ["blog/css/base.css"]),
        ("admin/img/icon_add.svg", ["admin/img/icon-add.svg"]),
        ("blog/img/header.jpg", ["blog/img/header.webp", "shop/img/header.webp"]),  # extension
        ("uber/strasse.css", ["\u00fcber/stra\u00dfe.css"]),
        ("blog/css/typography.css", []),
        ("x", []),
        ("", []),
        ("/", []),
        ("a" * 100_000 + ".css", []),
    ],
)
def test_what_was_probably_meant(path: str, near: list[str]):
    assert Nearest(PATHS).to(path) == near


def test_no_more_than_three_and_the_same_ones_in_any_order():
    paths = [f"app{n}/css/base.css" for n in range(50)]
    assert Nearest(paths).to("css/base.css") == Nearest(paths[::-1]).to("css/base.css")
    assert len(Nearest(paths).to("css/base.css")) == 3


def test_paths_are_members():
    assert "blog/js/main.js" in Nearest(PATHS)
    assert "blog/js/mian.js" not in Nearest(PATHS)


def test_a_look_up_among_many_compares_few_names(monkeypatch):
    """However many paths there are and however alike."""
    names = [f"icon-{hashlib.md5(bytes([n % 256, n // 256])).hexdigest()}" for n in range(14_000)]
    paths = [f"icons/{n % 7}/{name}.svg" for n, name in enumerate(names)]
    compared = 0
    ratio = difflib.SequenceMatcher.ratio

    def count(self):
        nonlocal compared
        compared += 1
        return ratio(self)

    monkeypatch.setattr(difflib.SequenceMatcher, "ratio", count)
    nearest = Nearest(paths)
    for name in names[:100]:
        assert nearest.to(f"icons/{name[:-1]}x.svg")[0].endswith(f"/{name}.svg")
    assert compared <= 100 * 40
    for n in range(2000):
        nearest.to(f"{n}.svg")
    assert nearest.to(f"icons/{names[0][:-1]}x.svg") == []
    assert nearest.to(f"icons/0/{names[0].upper()}.svg") == [f"icons/0/{names[0]}.svg"]
