"""Real themes, imported and proved: what Django renders is what the original shows, in a browser.

Two of the packages of ``bench/themes.toml``, fetched with npm; ``bench/run.py themes`` takes them all.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from programs import need

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from bench import trees  # noqa: E402
from lading.themes import importing, verifying, writing  # noqa: E402
from lading.themes.importing import Plan  # noqa: E402

pytestmark = pytest.mark.e2e


def imported(name: str, folder: Path, **options: bool) -> Plan:
    """The theme, imported into an app ``t`` below ``folder``."""
    need("npm")
    need("chromium", "chromium-browser", "google-chrome")
    (tree,) = trees.select(trees.load(trees.THEMES), [name])
    trees.fetch([tree])
    plan = importing.plan(importing.options(str(tree.theme), "t", str(folder), **options))
    writing.write(plan)
    return plan


@pytest.mark.parametrize(
    ("theme", "hashed", "options"),
    [
        ("html5-boilerplate", False, {}),
        ("clean-blog", True, {"extract_base": True, "clean_urls": True}),
    ],
)
def test_the_app_shows_what_the_theme_shows(
    tmp_path: Path, theme: str, hashed: bool, options: dict[str, bool]
):
    plan = imported(theme, tmp_path, **options)
    verified = verifying.verify(plan, str(tmp_path / "report"), hashed=hashed)
    assert [finding.message for finding in verified.findings] == []
    assert [checked.pixels for checked in verified.pages] == [0] * len(plan.pages)
    assert sum(checked.urls for checked in verified.pages) > 0
    assert len(list((tmp_path / "report").glob("*.png"))) == 2 * len(plan.pages)
    assert verified.note == ""


def test_what_differs_is_found(tmp_path: Path):
    plan = imported("html5-boilerplate", tmp_path)
    page = tmp_path / "t/templates/t/index.html"
    text = page.read_text()
    page.write_text(text.replace("Hello world", "<b>Hello</b>").replace("js/app.js", "js/other.js"))
    (tmp_path / "t/static/t/css/style.css").write_text("body { background: red }")
    verified = verifying.verify(plan, str(tmp_path / "report"))
    checked = next(checked for checked in verified.pages if checked.page.name == "index")
    assert "Hello" in checked.differences[0]
    assert "js/other.js" in checked.broken[0]
    assert "js/other.js" in checked.failures[0]
    assert checked.pixels
    assert not checked.unstable
    assert verified.failed
    assert "Hello" in (tmp_path / "report/index.html").read_text()


def test_what_the_import_mends_is_no_difference(tmp_path: Path):
    page = "<!doctype html><title>x</title><link rel=stylesheet href=/css/a.css>"
    picture = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><path d='M0 0h9v9'/></svg>"
    )
    files = {
        "index.html": f"{page}<img src=IMG/Tug.svg><p>x<a href='INDEX.html?a'>y</a>",
        "css/a.css": "p { background: url(/img/tug.svg) } a { background: url(../img/T%75G.svg) }",
        "img/tug.svg": picture,
    }
    for name, text in files.items():
        (tmp_path / "theme" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "theme" / name).write_text(text)
    plan = importing.plan(importing.options(str(tmp_path / "theme"), "t", str(tmp_path)))
    writing.write(plan)
    verified = verifying.verify(plan, str(tmp_path / "report"))
    assert [finding.message for finding in verified.findings] == []
    assert [checked.pixels for checked in verified.pages] == [0]
