"""``lading theme tag``: files in place."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lading import cli
from themes.folders import write

PAGE = "<a href=\"about.html\">\n<img SRC='img/a.png?1'>\n"
TAGGED = '{% load static %}\n<a href="about.html">\n<img SRC=\'{% static "shop/img/a.png" %}?1\'>\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write(tmp_path, {"t/page.html": PAGE, "t/about.html": "<p>"}))
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = cli.main(["theme", "tag", *arguments])
    except SystemExit as stop:
        code = int(str(stop.code))
    told = capsys.readouterr()
    return code, told.out, told.err


def text(name: str = "t/page.html") -> str:
    return Path(name).read_bytes().decode()


def test_in_place(capsys):
    code, out, _ = run(capsys, "t/page.html", "t/about.html", "--prefix", "shop")
    assert (code, text()) == (0, TAGGED)
    assert "Changed 1 URL in 1 file of 2." in out
    assert run(capsys, "t/page.html", "--prefix", "shop", "--check")[0] == 0
    assert text() == TAGGED


def test_check_and_diff_write_nothing(capsys):
    assert run(capsys, "t/page.html", "--check")[0] == 1
    code, out, _ = run(capsys, "t/page.html", "--prefix", "shop", "--diff")
    assert code == 0
    assert "+<img SRC='{% static \"shop/img/a.png\" %}?1'>\n" in out
    assert "-<img SRC='img/a.png?1'>\n" in out
    assert text() == PAGE


def test_links_between_pages(capsys):
    run(capsys, "t/page.html", "--app", "shop")
    assert "<a href=\"{% url 'shop:about' %}\">" in text()


def test_root(capsys):
    write(Path("t"), {"sub/x.html": "<img src=../img/a.png>", "sub/img/a.png": "another"})
    _, _, err = run(capsys, "t/sub/x.html")
    assert "[outside-reference]" in err
    run(capsys, "t/sub/x.html", "--root", "t")
    assert text("t/sub/x.html") == "{% load static %}\n<img src={% static 'img/a.png' %}>"


def test_json(capsys):
    run(capsys, "t/page.html", "--json", "report.json")
    (page,) = json.loads(text("report.json"))["pages"]
    assert [(c["line"], c["before"]) for c in page["changes"]] == [(2, "img/a.png")]
    assert page["left"][0]["url"] == "about.html"


@pytest.mark.parametrize("data", [b"<p>\xff\n<img src=a.png>", "<img src=a.png>".encode("utf-16")])
def test_another_encoding_is_left(capsys, data: bytes):
    Path("t/page.html").write_bytes(data)
    code, _, err = run(capsys, "t/page.html")
    assert code == 1
    assert "[page-encoding]" in err
    assert Path("t/page.html").read_bytes() == data


def test_bytes_stay(capsys):
    data = b"\xef\xbb\xbf<P  CLASS = x>\r\n<IMG\tsrc = a.png ><!--[if IE]><img src=b.png><![endif]-->\r\n"
    Path("t/page.html").write_bytes(data)
    run(capsys, "t/page.html")
    tagged = data.replace(b"= a.png", b"= {% static 'a.png' %}")
    assert Path("t/page.html").read_bytes() == tagged[:3] + b"{% load static %}\r\n" + tagged[3:]


def test_no_such_file(capsys):
    code, _, err = run(capsys, "no.html")
    assert code == 1
    assert "cannot be read" in err


def test_permissions_stay(capsys):
    os.chmod("t/page.html", 0o604)
    run(capsys, "t/page.html")
    assert os.stat("t/page.html").st_mode & 0o777 == 0o604


@pytest.mark.parametrize(("braces", "changed"), [("django", False), ("literal", True)])
def test_braces(capsys, braces: str, changed: bool):
    Path("t/page.html").write_text("{{ name }}")
    run(capsys, "t/page.html", "--braces", braces)
    assert (text() != "{{ name }}") is changed
