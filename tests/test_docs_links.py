"""Links between the pages lead to a page and a heading; names are those of the code."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*/*.md")]


def prose(page: Path) -> str:
    return re.sub(r"^ *```.*?^ *```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def anchor(heading: str) -> str:
    """A heading's fragment as GitHub makes it."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading.replace("`", "").replace("*", ""))
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {anchor(found) for found in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)}


def dead(page: Path) -> list[str]:
    """The links of a page that lead nowhere; those to other sites are not followed."""
    found = re.findall(r"\]\(\s*([^)\s]+)\s*\)", prose(page))
    links = [link.partition("#") for link in found if "://" not in link]
    lost: list[str] = []
    for file, _, fragment in links:
        target = page.parent / file if file else page
        if not target.is_file() or (fragment and fragment not in anchors(target)):
            lost.append(f"{file}#{fragment}")
    return lost


def test_dead_links_are_seen(tmp_path: Path):
    (tmp_path / "a.md").write_text(
        "# A `b`, c\n[x](a.md#a-b-c) [y](b.md) [z](#d) [w](https://e/)\n"
    )
    assert dead(tmp_path / "a.md") == ["b.md#", "#d"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page: Path):
    assert dead(page) == []


def test_every_page_is_reached_from_the_readme():
    readme = prose(ROOT / "README.md")
    assert [p.name for p in ROOT.glob("docs/*.md") if f"docs/{p.name}" not in readme] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_names_in_the_code(page: Path):
    """``lading.serve.cache.Cache`` and the like; not ``lading.toml``, loggers, and checks such as
    ``lading.E001``.
    """
    for name in set(re.findall(r"(?<!logger )`(lading(?:\.\w+)+)", prose(page))):
        if not re.search(r"\.toml$|\.[EWI]\d{3}$", name):
            resolve(name)


def resolve(name: str) -> object:
    """The module, or what it holds by that name."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        return getattr(resolve(module), attribute)
