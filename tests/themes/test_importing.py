"""``lading.themes.importing``: a folder -> the app, and what is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lading.errors import ConfigError, SourceError
from lading.themes import importing
from themes.folders import THEME, app, import_, plan

_SVG = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'


def outputs(tmp_path: Path, files: dict[str, str | bytes], **options) -> dict[str, bytes]:
    return {path: out.read() for path, out in plan(tmp_path, files, **options).outputs.items()}


def findings(tmp_path: Path, files: dict[str, str | bytes]) -> list[tuple[str, str]]:
    """Each finding's kind and place, below the theme's folder."""
    made = plan(tmp_path, files)
    return [(f.kind, os.path.relpath(f.where, tmp_path / "theme")) for f in made.findings]


def test_where_everything_goes(tmp_path: Path):
    import_(tmp_path)
    below = {str(p.relative_to(app(tmp_path))) for p in app(tmp_path).rglob("*") if p.is_file()}
    assert below == {
        "__init__.py",
        ".lading-theme.json",
        "urls.py",
        "views.py",
        "templates/shop/index.html",
        "templates/shop/about.html",
        "templates/shop/contact.html",
        "static/shop/css/site.css",
        "static/shop/js/site.js",
        "static/shop/img/tug.svg",
        "static/shop/favicon.ico",
    }
    assert app(tmp_path, "static/shop/css/site.css").read_text() == THEME["css/site.css"]


def test_modules(tmp_path: Path):
    made = outputs(
        tmp_path, {"index.html": "", "a b/class.html": "", "404.html": "", "robots.txt": ""}
    )
    assert (
        made["urls.py"].decode().partition("urlpatterns = [")[2]
        == """
    path("", views.index, name="index"),
    path("index.html", views.index),
    path("404.html", views.page_404, name="404"),
    path("a b/class.html", views.a_b_class, name="a-b-class"),
    path("robots.txt", views.theme_file, {"name": "robots.txt"}),
]
"""
    )
    assert 'render(request, "shop/a b/class.html")' in made["views.py"].decode()
    compile(made["views.py"], "views.py", "exec")
    compile(made["urls.py"], "urls.py", "exec")


def test_prefix_exclude_and_clean_urls(tmp_path: Path):
    made = outputs(tmp_path, THEME, prefix="x/y", exclude=("js", "contact*"), clean_urls=True)
    assert "templates/x/y/about.html" in made
    assert "static/x/y/css/site.css" in made
    assert not [name for name in made if "js" in name or "contact" in name]
    assert 'path("about/", views.about, name="about")' in made["urls.py"].decode()
    assert b"{% static 'x/y/css/site.css' %}" in made["templates/x/y/index.html"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.html": b"<p>\n\x93x\x94"}, [("page-encoding", "a.html:2")]),
        ({"a.html": "<p>é".encode("utf-16")}, [("page-encoding", "a.html:1")]),
        ({"a.html": "<p>é".encode("utf-16-le")}, [("page-encoding", "a.html:1")]),
        ({"a.html": "{% load i18n %}<p {% if a < b %}id='c'{% endif %}>"}, []),
        ({"a.html": "<p>\n<img src='"}, [("broken-markup", "a.html:2:1")]),
        ({"a.html": "<a href=file:///x><img src='C:\\x.png'>"},
         [("local-link", "a.html:1:9"), ("local-link", "a.html:1:29")]),
        ({"a.html": "<img src=B.png>", "b.png": ""}, [("misspelt-reference", "a.html:1:10")]),
        ({"a.html": "<img src=B.png>", "b.png": "", "b.PNG": ""}, [("missing-reference", "a.html:1:10")]),
        ({"a.html": "<img src=b.png><script src=../c.js></script>"},
         [("missing-reference", "a.html:1:10"), ("outside-reference", "a.html:1:28")]),
        ({"a-b.html": "", "a/b.html": ""}, [("url-name-clash", "a/b.html:1")]),
        ({"a.html": "", "b.css": "a{b:url(C.png)}\nc{d:url(e.png)}", "c.png": ""},
         [("misspelt-reference", "b.css:1:9"), ("missing-reference", "b.css:2:9")]),
        ({"a.html": "", "b.css": "a{b:url(../c.png);d:url(/e.png);f:url(file:///g.png)}", "e.png": ""},
         [("outside-reference", "b.css:1:9"), ("rooted-reference", "b.css:1:25"),
          ("local-link", "b.css:1:39")]),
        ({"a.html": "<img src='b%CC%81.png'>", "b\u0301.png": ""}, []),
        ({"a.html": "<img src='e%CC%81.png'>", "\xe9.png": ""}, [("misspelt-reference", "a.html:1:11")]),
        ({"ü b.html": "<a href='%C3%BC%20b.html'>"}, []),
        ({"a.html": "<img src=../b.png><img src=../../c.png>", "b.png": ""},
         [("misspelt-reference", "a.html:1:10"), ("outside-reference", "a.html:1:28")]),
    ],
)  # fmt: skip
def test_bad_input_is_told(
    tmp_path: Path, files: dict[str, str | bytes], expected: list[tuple[str, str]]
):
    assert findings(tmp_path, files) == expected


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"<p>\x93x\x94", "<p>“x”"),
        (b"<meta charset=iso-8859-2><p>\xb1", "<meta charset=iso-8859-2><p>ą"),
        (b"<meta charset=utf-8><p>\xe9", "<meta charset=utf-8><p>\ufffd"),
        ("<p>é".encode("utf-16"), "<p>é"),
        ("<p>é".encode("utf-16-be"), None),
        (b"\xef\xbb\xbf<p>\xc3\xa9", "\ufeff<p>é"),
    ],
)
def test_templates_are_utf_8(tmp_path: Path, data: bytes, text: str | None):
    made = outputs(tmp_path, {"a.html": data})["templates/shop/a.html"]
    if text is not None:
        assert made.decode() == text
    made.decode()


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("css/a.css", "url( '../IMG/A.png?x' )", "url( '../img/a.png?x' )"),
        ("css/a.css", 'url("../IMG/my%20ship.PNG")', 'url("../img/my%20ship.png")'),
        ("css/a.css", "url(../IMG/My\\ ship.png)", "url(../img/my%20ship.png)"),
        ("css/a.css", "url(../img/ÜBER.png)", "url(../img/%C3%BCber.png)"),
        ("css/a.css", "url(/img/a.png#b)", "url(../img/a.png#b)"),
        ("css/a.css", "url(../../img/a.png?b)", "url(../img/a.png?b)"),
        ("css/a.css", '@import "/css/b.css";', '@import "b.css";'),
        ("js/a.js", 'import "/js/b.js"', 'import "./b.js"'),
        ("js/a.js", "import('../css/b.css')", "import('../css/b.css')"),
        ("a.svg", '<use href="/B.svg?c&amp;d"/>', '<use href="b.svg?c&amp;d"/>'),
        ("a.svg", '<use href="/a.html"/>', '<use href="/a.html"/>'),
    ],
)
def test_references_of_assets_are_mended(tmp_path: Path, name: str, before: str, after: str):
    others = ["img/a.png", "img/my ship.png", "img/über.png", "css/b.css", "js/b.js", "b.svg"]
    files = {"a.html": "", **dict.fromkeys(others, "")}
    made = outputs(tmp_path, {**files, name: _SVG.format(before) if name == "a.svg" else before})
    assert made[f"static/shop/{name}"].decode() == (
        _SVG.format(after) if name == "a.svg" else after
    )


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/a.txt").write_text("secret")
    theme = tmp_path / "theme"
    (theme / "real").mkdir(parents=True)
    (theme / "real/a.css").write_text("")
    (theme / "out").symlink_to(tmp_path / "secret")
    (theme / "out.txt").symlink_to(tmp_path / "secret/a.txt")
    (theme / "in").symlink_to(theme / "real")
    (theme / "loop").symlink_to(theme)
    made = plan(tmp_path, {"index.html": ""})
    assert sorted((f.kind, f.path) for f in made.findings) == [
        ("link-outside", "out"),
        ("link-outside", "out.txt"),
    ]
    assert {"static/shop/in/a.css", "static/shop/real/a.css"} <= set(made.outputs)
    assert "loop/" in made.folder.left_out


def test_what_is_left_out_is_told(tmp_path: Path):
    left = plan(
        tmp_path, {**THEME, ".git/x": "", "node_modules/a.js": "", "a<b.html": ""}
    ).folder.left_out
    assert sorted(left) == [".git/", "a<b.html", "node_modules/", "package.json", "send.php"]


def test_packages_that_pages_name_are_taken(tmp_path: Path):
    page = (
        "<script src=bower_components/a/a.js></script><script>go('bower_components/@b/c/')</script>"
    )
    packages = ["a/a.js", "a/demo.html", "a/package.json", "a/node_modules/d/d.js", "@b/c/c.js"]
    others = ["bower_components/@b/d/d.js", "bower_components/e/e.js", "docs/node_modules/e/e.js"]
    names = [*(f"bower_components/{name}" for name in packages), *others]
    made = plan(tmp_path, {"index.html": page, **dict.fromkeys(names, "")})
    assert [page.path for page in made.pages] == ["index.html"]
    assert made.folder.assets == [f"bower_components/{packages[n]}" for n in (4, 0, 1)]
    assert b"{% static 'shop/bower_components/a/a.js' %}" in made.tagged["index.html"].data
    assert made.findings == []
    assert {"docs/node_modules/e/", "bower_components/e/"} <= set(made.folder.left_out)
    kept = plan(tmp_path, {"index.html": page}, exclude=("bower_components",))
    assert kept.folder.assets == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("send.php", "a program of a server"),
        (".cache/a.js", "belongs to tools"),
        ("old/a/b.html", "excluded"),
    ],
)
def test_what_was_left_out_is_not_told_to_be_missing(tmp_path: Path, url: str, reason: str):
    files = {"index.html": f"<a href='{url}'>x</a>", url: ""}
    (found,) = plan(tmp_path, files, exclude=("old",)).findings
    assert f"{url!r}, which was left out ({reason}" in found.message
    assert found.kind == "missing-reference"


@pytest.mark.parametrize(
    ("module", "options", "match"),
    [
        ("my-shop", {}, "cannot be the name"),
        ("", {}, "cannot be the name"),
        ("shop", {"prefix": "../x"}, "leads out"),
    ],
)
def test_bad_options(tmp_path: Path, module: str, options: dict[str, str], match: str):
    with pytest.raises(ConfigError, match=match):
        importing.options(str(tmp_path), module, str(tmp_path / "p"), **options)


def test_the_app_may_not_lie_in_the_theme(tmp_path: Path):
    with pytest.raises(ConfigError, match="lies in the theme's own"):
        importing.options(str(tmp_path), "shop", str(tmp_path))


def test_no_theme(tmp_path: Path):
    with pytest.raises(SourceError, match="no such folder"):
        importing.plan(importing.options(str(tmp_path / "no"), "shop", str(tmp_path)))
    with pytest.raises(SourceError, match="no HTML page"):
        plan(tmp_path, {"a.css": ""})
