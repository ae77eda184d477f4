"""``lading.themes.writing``: importing again, after the theme, a hand, or both changed something."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lading.errors import LadingError, TargetError
from lading.themes import state
from themes.folders import THEME, app, import_

ABOUT = "templates/shop/about.html"


def changed(old: str, new: str, name: str = "about.html") -> dict[str, str]:
    assert old in THEME[name]
    return {**THEME, name: THEME[name].replace(old, new)}


def edit(file: Path, old: str, new: str) -> str:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return file.read_text()


@pytest.fixture(autouse=True)
def imported(tmp_path: Path) -> None:
    assert set(import_(tmp_path).fates.values()) == {"new"}


def test_again(tmp_path: Path):
    before = {p: p.stat().st_mtime_ns for p in app(tmp_path).rglob("*")}
    assert set(import_(tmp_path).fates.values()) == {"unchanged"}
    assert {p: p.stat().st_mtime_ns for p in app(tmp_path).rglob("*")} == before


def test_the_theme_changed(tmp_path: Path):
    outcome = import_(tmp_path, changed("About {{", "All about {{"))
    assert outcome.fates[ABOUT] == "changed"
    assert "All about" in app(tmp_path, ABOUT).read_text()
    assert outcome.findings == []


def test_a_hand_changed(tmp_path: Path):
    text = edit(app(tmp_path, ABOUT), "<p>About", "<p class='x'>About")
    outcome = import_(tmp_path)
    assert outcome.fates[ABOUT] == "kept"
    assert app(tmp_path, ABOUT).read_text() == text


def test_both_changed_different_lines(tmp_path: Path):
    edit(app(tmp_path, ABOUT), "<p>About", "<p class='x'>About")
    outcome = import_(tmp_path, changed("since 1869", "since 1870"))
    assert outcome.fates[ABOUT] == "merged"
    text = app(tmp_path, ABOUT).read_text()
    assert "class='x'" in text
    assert "since 1870" in text
    # and once more: the theme's new version is what later changes are compared with
    assert import_(tmp_path, changed("since 1869", "since 1870")).fates[ABOUT] == "kept"
    assert import_(tmp_path, changed("since 1869", "since 1871")).fates[ABOUT] == "merged"
    assert "since 1871" in app(tmp_path, ABOUT).read_text()


def test_both_changed_the_same_line(tmp_path: Path):
    text = edit(app(tmp_path, ABOUT), "<p>About", "<p class='x'>About")
    outcome = import_(tmp_path, changed("<p>About", "<p id='y'>About"))
    assert outcome.fates[ABOUT] == "conflict"
    assert app(tmp_path, ABOUT).read_text() == text
    assert "<p id='y'>" in app(tmp_path, f"{ABOUT}.theme").read_text()
    (finding,) = outcome.findings
    assert (finding.kind, finding.where) == ("edited-by-hand", str(app(tmp_path, ABOUT)))
    # told once, not with every import
    assert import_(tmp_path, changed("<p>About", "<p id='y'>About")).findings == []


def test_force(tmp_path: Path):
    edit(app(tmp_path, ABOUT), "<p>About", "<p class='x'>About")
    assert import_(tmp_path, force=True).fates[ABOUT] == "changed"
    assert "class='x'" not in app(tmp_path, ABOUT).read_text()


def test_a_hand_deleted(tmp_path: Path):
    app(tmp_path, ABOUT).unlink()
    outcome = import_(tmp_path)
    assert outcome.fates[ABOUT] == "kept"
    assert [f.kind for f in outcome.findings] == ["edited-by-hand"]
    assert not app(tmp_path, ABOUT).exists()
    assert import_(tmp_path, force=True).fates[ABOUT] == "new"


@pytest.mark.parametrize(("by_hand", "fate"), [(False, "removed"), (True, "kept")])
def test_the_theme_dropped_a_page(tmp_path: Path, by_hand: bool, fate: str):
    if by_hand:
        edit(app(tmp_path, ABOUT), "<p>About", "<p class='x'>About")
    (tmp_path / "theme/about.html").unlink()
    outcome = import_(tmp_path, {k: v for k, v in THEME.items() if k != "about.html"})
    assert outcome.fates[ABOUT] == fate
    assert app(tmp_path, ABOUT).exists() is by_hand
    assert b"about" not in app(tmp_path, "urls.py").read_bytes()


def test_views_of_new_pages_join_edited_ones(tmp_path: Path):
    edit(app(tmp_path, "views.py"), '"shop/about.html")', '"shop/about.html", {"us": 1})')
    outcome = import_(tmp_path, {**THEME, "news.html": "<p>"})
    assert outcome.fates["views.py"] == "merged"
    text = app(tmp_path, "views.py").read_text()
    assert '{"us": 1}' in text
    assert "def news(request)" in text


def test_a_file_that_was_there_before_is_never_overwritten(tmp_path: Path):
    app(tmp_path, state.NAME).unlink()
    app(tmp_path, "views.py").write_text("mine = 1\n")
    outcome = import_(tmp_path)
    assert outcome.fates["views.py"] == "conflict"
    assert app(tmp_path, "views.py").read_text() == "mine = 1\n"


def test_a_damaged_record(tmp_path: Path):
    app(tmp_path, state.NAME).write_text("{")
    with pytest.raises(LadingError, match="cannot be read"):
        import_(tmp_path)


def test_a_place_that_cannot_be_written(tmp_path: Path):
    app(tmp_path, "static").rename(app(tmp_path, "was"))
    app(tmp_path, "static").write_text("a file")
    with pytest.raises(TargetError, match="cannot be written"):
        import_(tmp_path, force=True)


def test_permissions_and_links_stay(tmp_path: Path):
    file = app(tmp_path, ABOUT)
    os.chmod(file, 0o640)
    import_(tmp_path, changed("About {{", "All about {{"))
    assert file.stat().st_mode & 0o777 == 0o640
