"""``lading.themes.scripts``: scripts -> the files of the theme that they ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.themes import scripts
from themes.folders import app, import_

ASSETS = {"data/a.json", "sub/b.png", "c.mp3"}


@pytest.mark.parametrize(
    ("script", "folders", "expected"),
    [
        ("fetch('data/a.json?v=1')", [""], {"data/a.json"}),
        ('img.src = "./b.png"', ["sub"], {"sub/b.png"}),
        ("new Audio(`../c.mp3`)", ["sub"], {"c.mp3"}),
        ("x = '/c.mp3'", ["sub"], {"c.mp3"}),
        ("x = 'data/' + 'a.json'", [""], set()),
        ("x = 'other.json', y = 'a.b.c'", ["", "sub"], set()),
    ],
)
def test_named(script: str, folders: list[str], expected: set[str]):
    assert scripts.named([script.encode()], folders, ASSETS) == expected


def test_inline():
    page = b"<script>a</script><script src=b>c</script><script type=module>d</script>"
    assert list(scripts.inline(page)) == [b"a", b"d"]


def test_in_an_import(tmp_path: Path):
    import_(
        tmp_path,
        {"index.html": "<script>fetch('d/a.json')</script>", "d/a.json": "{}", "d/b.json": ""},
    )
    text = app(tmp_path, "urls.py").read_text()
    assert 'path("d/a.json", views.theme_file, {"name": "d/a.json"})' in text
    assert "b.json" not in text


def test_a_service_worker_is_no_redirect(tmp_path: Path):
    page = "<script>navigator.serviceWorker.register('/js/sw.js')</script>"
    import_(tmp_path, {"index.html": page, "js/sw.js": ""})
    assert 'path("js/sw.js", views.service_worker' in app(tmp_path, "urls.py").read_text()
    views = app(tmp_path, "views.py").read_text()
    compile(views, "views.py", "exec")
    assert "def service_worker(request, name):" in views
    assert "theme_file" not in views
