"""``manage.py lading explain``: uses in templates and code, who serves, uploads."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hashed_project import HashedProject, outside_of_tests
from small_project import PLAIN

from lading.django import media_check
from lading.django.checks import MIDDLEWARE

SECURITY = "django.middleware.security.SecurityMiddleware"
FILES = {
    "static/css/app.css": "body { background: url(../img/logo.svg) }",
    "static/img/logo.svg": "<svg/>",
    "templates/base.html": '{% load static %}\n<link href="{% static "css/app.css" %}">\n'
    '<img src="{% static "img/" %}logo.svg"><img src="{% static "img/none.svg" %}">',
    "harbour_urls.py": 'from django.templatetags.static import static\n\nURL = static("css/app.css")\n',
    "media/ships/tug.jpg": "12345",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HashedProject:
    monkeypatch.setattr(media_check, "classes", list)  # other tests define some in this process
    monkeypatch.syspath_prepend(tmp_path)
    found = HashedProject(tmp_path)
    found.write(FILES)
    return found


def explain(project: HashedProject, text: str, *arguments: str, **changed: Any) -> tuple[int, str]:
    """The exit code, and what is printed."""
    out = StringIO()
    values = {
        "MIDDLEWARE": [SECURITY, MIDDLEWARE],
        "ALLOWED_HOSTS": ["localhost"],
        "MEDIA_URL": "/media/",
        "MEDIA_ROOT": project.path("media"),
        **changed,
    }
    with project.settings(**values):
        try:
            call_command("lading", "explain", text, *arguments, stdout=out, stderr=out)
        except SystemExit as stop:
            return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


def asked(project: HashedProject, text: str, **changed: Any) -> dict[str, Any]:
    return json.loads(explain(project, text, "--json", "-", **changed)[1])


def test_a_collected_file(project: HashedProject):
    project.collect()
    name = project.manifest()["paths"]["css/app.css"]
    code, out = explain(project, f"/static/{name}")
    assert code == 0
    assert out.startswith(f"css/app.css: found\n  URL          /static/{name}\n")
    assert f"Served by    LadingMiddleware, from {project.path('out')}" in out
    assert "Cache-Control: max-age=31536000, immutable, public" in out


def test_uses_in_templates_and_code(project: HashedProject):
    project.collect()
    places = asked(project, "css/app.css", ROOT_URLCONF="harbour_urls")["referrers"]
    assert places == [
        {
            "where": f"{project.path('templates/base.html')}:2:13",
            "form": '{% static "css/app.css" %}',
        },
        {"where": f"{project.path('harbour_urls.py')}:3:7", "form": "static('css/app.css')"},
    ]
    # With the text after the tag, and in a style sheet.
    where = [place["where"] for place in asked(project, "img/logo.svg")["referrers"]]
    assert where == [
        f"{project.path('templates/base.html')}:3:11",
        f"{project.path('static/css/app.css')}:1:24",
    ]


def test_who_asks_for_what_is_missing(project: HashedProject):
    project.collect()
    found = asked(project, "img/none.svg")
    assert found["found"] is False
    assert [place["where"] for place in found["referrers"]] == [
        f"{project.path('templates/base.html')}:3:50"
    ]


def test_nothing_is_collected(project: HashedProject):
    code, out = explain(project, "css/app.css")
    assert code == 1
    assert "It is not collected yet." in out


def test_in_development_nothing_has_to_be_collected(project: HashedProject):
    found = asked(project, "css/app.css", DEBUG=True)
    assert found["found"] is True
    assert found["facts"]["Served by"].endswith("from the sources: DEBUG is on")
    assert found["notes"][0].startswith("It is not collected yet.")


@pytest.mark.parametrize(
    ("middleware", "served_by", "note"),
    [
        ([SECURITY, MIDDLEWARE], "LadingMiddleware, from {}", ""),
        (
            ["django.middleware.common.CommonMiddleware", MIDDLEWARE],
            "LadingMiddleware, from {}",
            "stands after 'django.middleware.common.CommonMiddleware'",
        ),
        (
            [SECURITY, "whitenoise.middleware.WhiteNoiseMiddleware"],
            "WhiteNoiseMiddleware, from {}",
            "",
        ),
        (
            [SECURITY],
            "a web server, if one has {} at /static/",
            "No middleware serves static files",
        ),
    ],
)
def test_who_serves_it(project: HashedProject, middleware: list[str], served_by: str, note: str):
    project.collect()
    found = asked(project, "css/app.css", MIDDLEWARE=middleware)
    assert found["facts"]["Served by"] == served_by.format(project.path("out"))
    assert any(note in told for told in found["notes"]) if note else found["notes"] == []


def test_another_host_serves_it(project: HashedProject):
    changed = {"STATIC_URL": "https://cdn.example/s/", "MIDDLEWARE": []}
    project.collect(**changed)
    found = asked(project, "https://cdn.example/s/css/app.css", **changed)
    assert found["facts"]["Served by"].startswith("cdn.example, which has to have what is in")
    assert found["url"].startswith("https://cdn.example/s/css/app.")
    assert found["notes"] == []
    found = asked(project, "https://harbour.example/s/css/app.css", **changed)
    assert found["problems"] == [
        "The URL is of another site: static files are at https://cdn.example/s/."
    ]


@pytest.mark.parametrize(
    ("hosts", "url", "is_own"),
    [
        (["harbour.example"], "https://harbour.example/static/css/app.css", True),
        ([".harbour.example"], "https://www.harbour.example/static/css/app.css", True),
        (["*"], "https://any.example/static/css/app.css", True),
        ([], "https://any.example/static/css/app.css", True),
        (["harbour.example"], "https://other.example/static/css/app.css", False),
        (["[::1]"], "http://[::1]:8000/static/css/app.css", True),
    ],
)
def test_the_sites_own_hosts(project: HashedProject, hosts: list[str], url: str, is_own: bool):
    project.collect()
    found = asked(project, url, ALLOWED_HOSTS=hosts)
    assert found["found"] is is_own
    assert is_own or found["problems"] == ["The URL is of another site: other.example."]


def test_hosts_in_development(project: HashedProject):
    url = "http://{}:8000/static/css/app.css"
    with outside_of_tests():
        assert asked(project, url.format("localhost"), DEBUG=True, ALLOWED_HOSTS=[])["found"]
        assert not asked(project, url.format("other"), DEBUG=True, ALLOWED_HOSTS=[])["found"]


def test_plain_names(project: HashedProject):
    with project.settings(backend=PLAIN):
        call_command("collectstatic", "--noinput", stdout=StringIO())
    found = asked(project, "/static/css/app.css", backend=PLAIN)
    assert found["found"] is True
    assert [one["path"] for one in found["published"]] == ["css/app.css"]


# --- uploads ---


@pytest.mark.parametrize(
    "text",
    ["/media/ships/tug.jpg", "http://localhost/media/ships/tug.jpg", "{}/media/ships/tug.jpg"],
)
def test_an_upload(project: HashedProject, text: str):
    found = asked(project, text.format(project.folder))
    assert found["found"] is True
    assert (found["path"], found["url"]) == ("ships/tug.jpg", "/media/ships/tug.jpg")
    assert found["facts"] == {
        "Media": "an upload: collectstatic does not publish it",
        "Storage": "FileSystemStorage",
        "File": project.path("media/ships/tug.jpg"),
        "Size": "5 bytes",
    }
    assert "Lading does not serve uploads here" in found["notes"][0]


@pytest.mark.parametrize("media_url", ["https://media.example/", "https://media.example/media/"])
def test_an_upload_on_a_domain_of_its_own(project: HashedProject, media_url: str):
    found = asked(project, f"{media_url}ships/tug.jpg?v=1", MEDIA_URL=media_url)
    assert (found["found"], found["path"]) == (True, "ships/tug.jpg")
    assert found["url"] == f"{media_url}ships/tug.jpg"
    assert not asked(project, "https://localhost/ships/tug.jpg", MEDIA_URL=media_url)["found"]


def test_an_upload_that_lading_serves(project: HashedProject):
    found = asked(project, "/media/ships/tug.jpg", LADING={"MEDIA_SERVE": True})
    assert found["notes"] == []
    assert found["headers"]["Content-Type"] == "image/jpeg"
    assert "sandbox" in found["headers"]["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("/media/ships/none.jpg", "There is no such upload at "),
        ("/media/../../etc/passwd", "It cannot be an upload: "),
        ("/media/ships/", "It is a folder; name one file"),
        ("/media/ships", "It is a folder; name one file"),
        ("/media/", "It is a folder; name one file"),
    ],
)
def test_no_upload(project: HashedProject, text: str, problem: str):
    code, out = explain(project, text)
    assert code == 1
    assert problem in " ".join(out.split())


def test_without_media_every_path_is_a_static_one(project: HashedProject):
    project.collect()
    assert asked(project, "/static/css/app.css", MEDIA_URL="", MEDIA_ROOT="")["found"]
    assert asked(project, "https://[", MEDIA_URL="")["problems"][0].startswith("It is no URL")


def test_static_files_below_the_media_url(project: HashedProject):
    changed = {"STATIC_URL": "/media/static/"}
    project.collect(**changed)
    assert asked(project, "/media/static/css/app.css", **changed)["path"] == "css/app.css"
