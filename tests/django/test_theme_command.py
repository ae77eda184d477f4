"""``manage.py lading theme``: an imported theme is an app of the project."""

from __future__ import annotations

import ast
import importlib
import io
import re
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from small_project import PLAIN, SmallProject

OURS = "lading.django.storage.StaticStorage"
PAGE = "<link rel=stylesheet href=css/a.css><a href='sub/b.html#x'>b</a> {{ text }}"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    monkeypatch.syspath_prepend(str(tmp_path / "apps"))
    project = SmallProject(tmp_path)
    project.write(
        {
            "theme/index.html": PAGE,
            "theme/sub/b.html": "<a href=../>up</a><script>fetch('../d.json')</script>",
            "theme/css/a.css": "p {}",
            "theme/d.json": "{}",
            "apps/imported_shop_site.py": "from django.urls import include, path\n"
            "urlpatterns = [path('', include('imported_shop.urls'))]\n",
        }
    )
    return project


def test_the_site_is_shown_at_once(project: SmallProject):
    out = io.StringIO()
    arguments = [project.path("theme"), "--app", "imported_shop", "--into", project.path("apps")]
    with project.settings():
        call_command("lading", "theme", "import", *arguments, stdout=out)
    assert "Imported 2 pages and 2 files" in out.getvalue()
    assert 'include("imported_shop.urls")' in out.getvalue()
    installed = ["lading.django", "django.contrib.staticfiles", "imported_shop"]
    templates = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
    importlib.invalidate_caches()
    try:
        with project.settings(
            INSTALLED_APPS=installed,
            TEMPLATES=templates,
            ROOT_URLCONF="imported_shop_site",
            storage=PLAIN,
        ):
            client = Client()
            text = client.get("/").content.decode()
            assert text.strip() == (
                "<link rel=stylesheet href=/static/imported_shop/css/a.css>"
                "<a href='/sub/b.html#x'>b</a> {{ text }}"
            )
            page = client.get("/sub/b.html").content.decode()
            assert re.search("<a href=/>up</a>", page)
            answer = client.get("/d.json")
            assert (answer.status_code, answer["Location"]) == (302, "/static/imported_shop/d.json")
    finally:
        for name in [name for name in sys.modules if name.startswith("imported_shop")]:
            del sys.modules[name]


def test_the_settings_let_collectstatic_pass_what_the_theme_lacks(project: SmallProject):
    out = io.StringIO()
    project.write({"theme/css/a.css": "p { background: url(no.png) }"})
    arguments = [project.path("theme"), "--app", "lacking_shop", "--into", project.path("apps")]
    with project.settings():
        call_command(
            "lading", "theme", "import", *arguments, stdout=out, stderr=io.StringIO()
        )  # fmt: skip
    printed = re.search(r"LADING = (\{.*\})$", out.getvalue())
    assert printed is not None
    installed = ["lading.django", "django.contrib.staticfiles", "lacking_shop"]
    importlib.invalidate_caches()
    with (
        project.settings(INSTALLED_APPS=installed, storage=OURS),
        pytest.raises(CommandError, match="1 error"),
    ):
        call_command("collectstatic", "--noinput", stdout=out, stderr=io.StringIO())
    with project.settings(
        INSTALLED_APPS=installed, storage=OURS, LADING=ast.literal_eval(printed[1])
    ):
        call_command("collectstatic", "--noinput", stdout=out, stderr=io.StringIO())
    assert "static files copied" in out.getvalue()


def test_tag_check_ends_with_1(project: SmallProject):
    with project.settings():
        with pytest.raises(SystemExit) as stop:
            call_command(
                "lading", "theme", "tag", project.path("theme/index.html"), "--check",
                stdout=io.StringIO(), stderr=io.StringIO(),
            )  # fmt: skip
        assert stop.value.code == 1
