"""docs/media.md: its project works as it says, and its table names tests that exist."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from media import samples
from sites_of_folders import write
from test_docs import ROOT, blocks

PAGE = ROOT / "docs" / "media.md"
BLOCKS = list(blocks(PAGE))

SETTINGS = """
from pathlib import Path
BASE_DIR = Path(__file__).parent
SECRET_KEY = "of tests"
ROOT_URLCONF = "urls"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["lading.django", "crew", "django.contrib.auth", "django.contrib.contenttypes",
                  "django.contrib.sessions", "django.contrib.staticfiles"]
MIDDLEWARE = ["lading.django.middleware.LadingMiddleware",
              "django.contrib.sessions.middleware.SessionMiddleware",
              "django.contrib.auth.middleware.AuthenticationMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR]}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db"}}
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static"
"""

FLOW = """
import os, sys, warnings
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
import django
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.forms import modelform_factory
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
call_command("makemigrations", "crew", verbosity=0)
call_command("migrate", verbosity=0)
call_command("check")

from crew.forms import ReportForm
from crew.models import Profile

def content(name):
    with open(name, "rb") as file:
        return file.read()

def uploaded(name, data):
    return SimpleUploadedFile(name, data)

ann, ben = (get_user_model().objects.create_user(name) for name in ("ann", "ben"))
Form = modelform_factory(Profile, fields=["user", "avatar", "papers"])
files = {"avatar": uploaded("Me.jpg", content("me.jpg")), "papers": uploaded("p.pdf", content("p.pdf"))}
form = Form({"user": ann.pk}, files)
assert form.is_valid(), form.errors
profile = form.save()
assert profile.avatar.name == "avatars/Me.jpg"
assert content("mediafiles/avatars/Me.jpg") == content("me.jpg")
assert '<img src="/media/avatars/Me.jpg"' in render_to_string("page.html", {"user": ann})

def get(url, user=None):
    client = Client()
    if user:
        client.force_login(user)
    response = client.get(url)
    data = b"".join(response) if response.streaming else response.content
    response.close()
    return response.status_code, data

assert get("/media/avatars/Me.jpg") == (200, content("me.jpg"))
assert get(profile.papers.url, ann) == (200, content("p.pdf"))
assert get(profile.papers.url, ben)[0] == 403
assert get(profile.papers.url)[0] == 403

from lading.django.links import signed_url
assert get(signed_url(profile.papers.url)) == (200, content("p.pdf"))
exec(content("links.py"))
assert url.startswith("/media/papers/7.pdf?expires=")

report = ReportForm({}, {"report": uploaded("x.txt", b"text")})
assert report.errors["report"] == ["Files of type .txt are not taken here, only pdf, docx."]

Avatar = modelform_factory(Profile, fields=["papers"])
Avatar.base_fields["papers"].required = True
for line in open("said.txt", encoding="utf-8").read().split("\\0"):
    name, number, said = line.split("\\1")
    from django.db.models import FileField
    found = Profile._meta.get_field("papers").storage
    try:
        found.validate(uploaded(name, content("bad" + number)), name)
    except Exception as error:
        assert error.messages == [said], (error.messages, said)
    else:
        raise AssertionError(name)
print("all as the page says")
"""

# What the rows of the table of refusals are about; the first is Django's own message.
BAD = [
    ("cut.png", samples.image("PNG")[:3000]),
    ("bomb.png", samples.png_bomb()),
    ("script.gif", samples.gif_script()),
    ("photo.jpg", samples.HTML),
    ("photo.jpg", samples.image("WEBP")),
    ("a.docx", samples.archive_of(1 << 30, 40, length=40 << 10)),
    ("a.svg", samples.SVG_SCRIPT),
    ("x.php.jpg", samples.image("JPEG")),
    ("con.txt", b"text"),
]


def refusals() -> list[str]:
    table = PAGE.read_text("utf-8").partition("| a user sends |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (?!-)[^|]+ \| ([^|]+) \|$", table, re.MULTILINE)
    return rows[1:]


def test_the_project_of_the_page(tmp_path: Path):
    files: dict[str, str | bytes] = {"crew/__init__.py": "", "settings.py": SETTINGS}
    for block in BLOCKS:
        if block.language == "html":
            files["page.html"] = block.text
            continue
        named = re.match(r"# (\S+\.py)\n", block.text)
        name = named[1] if named else "links.py"
        files[name] = str(files.get(name, "")) + block.text
    bad = {f"bad{number}": content for number, (_, content) in enumerate(BAD)}
    said = "\0".join(
        f"{name}\1{number}\1{said}"
        for number, ((name, _), said) in enumerate(zip(BAD, refusals(), strict=True))
    )
    write(tmp_path, {**files, **bad, "flow.py": FLOW, "said.txt": said})
    write(
        tmp_path,
        {"me.jpg": samples.photo(), "p.pdf": samples.PDF, "crew/migrations/__init__.py": ""},
    )
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "flow.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.endswith("all as the page says\n"), done.stderr[-3000:]


def rows_with_tests() -> list[str]:
    return re.findall(r"\| `(tests/[^`]+)` \|$", PAGE.read_text("utf-8"), re.MULTILINE)


def test_the_table_names_tests():
    assert len(rows_with_tests()) > 15


@pytest.mark.parametrize("test", rows_with_tests())
def test_each_line_names_a_test_that_exists(test: str):
    file, *names = test.split("::")
    node: ast.AST = ast.parse((ROOT / file).read_text("utf-8"))
    for name in names:
        children = [
            child for child in ast.iter_child_nodes(node) if getattr(child, "name", "") == name
        ]
        assert len(children) == 1, f"{test}: there is no {name}"
        (node,) = children


def test_all_options_are_told():
    from lading.django.media_options import PARSERS

    text = PAGE.read_text("utf-8")
    assert [option for option in PARSERS if f"\n| `{option}` |" not in text] == []
