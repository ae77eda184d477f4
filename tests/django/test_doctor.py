"""``manage.py lading doctor``."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import ManifestFilesMixin
from django.core.files.storage import InMemoryStorage
from django.core.management import call_command
from projects_with_apps import Project, collect
from small_project import MANIFEST, PLAIN

from doctor.live import Application, Reply, Request, answers, serving

OURS = "lading.django.storage.StaticStorage"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "lading.django.middleware.LadingMiddleware",
]


class Elsewhere(ManifestFilesMixin, InMemoryStorage):
    """A storage that is no folder and has a manifest."""

    def read_manifest(self) -> str:
        return '{"paths": {"a.css": "a.0123456789ab.css"}, "version": "1.1", "hash": ""}'


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = Project(tmp_path)
    found.write(
        {
            "static/css/app.css": "body {}\n" * 400,
            "static/js/app.js": "export {};\n" * 300,
            "media/photo.png": b"a picture",
        }
    )
    os.chmod(found.path("media"), 0o755)
    return found


def settings(project: Project, **changed: Any) -> dict[str, Any]:
    return {
        "ALLOWED_HOSTS": ["*"],
        "MEDIA_ROOT": project.path("media"),
        "MEDIA_URL": "media/",
        "MIDDLEWARE": MIDDLEWARE,
        "ROOT_URLCONF": "urls_of_tests",
        "storage": OURS,
        **changed,
    }


def doctor(*arguments: str, **options: Any) -> tuple[int, str]:
    """The exit code and what is printed."""
    out = io.StringIO()
    try:
        call_command("lading", "doctor", *arguments, stdout=out, stderr=out, **options)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def serving_of(project: Project) -> Application:
    """The project's static files as the middleware serves them, and its uploads without any care."""
    from django.test import Client

    client = Client()

    def application(request: Request) -> Reply:
        if request.path == "/media/photo.png":
            return Reply(200, {"content-type": "image/png"}, b"a picture")
        headers = {
            key: value
            for key, value in request.environ.items()
            if key.startswith("HTTP_") and key not in ("HTTP_HOST", "HTTP_CONNECTION")
        }
        response = client.generic(request.method, request.target, **headers)
        body = b"".join(response) if response.streaming else response.content
        return Reply(response.status_code, {k.lower(): v for k, v in response.items()}, body)

    return application


def test_silence_about_a_project_in_order(project: Project):
    with project.set_up(**settings(project)):
        collect()
        os.chmod(project.path("out"), 0o755)
        code, text = doctor()
    assert code == 0
    assert re.fullmatch(
        r"Settings: \d+ checks, nothing wrong\. Published files: 4 files in "
        rf"{re.escape(project.path('out'))}, nothing wrong\. Nothing is wrong\.",
        " ".join(text.split()),
    )


def test_wrong_settings_are_told_with_all_else(project: Project):
    wrong = {"LADING": {"COLISIONS": "last"}, "STATICFILES_STORAGE": "whitenoise.Storage"}
    with project.set_up(**settings(project, **wrong)):
        code, text = doctor("--json", "-")
    assert code == 1
    first, second = json.loads(text)["groups"]
    severities = {finding["kind"]: finding["severity"] for finding in first["findings"]}
    assert severities["lading.E001"] == "error"
    assert severities["lading.W015"] == "warning"
    assert second["looked"].startswith("not looked at. LADING['COLISIONS']")


def test_checks_of_django_are_told_too(project: Project):
    with project.set_up(**settings(project, STATICFILES_DIRS=[project.path("gone")])):
        code, text = doctor()
    assert code == 0
    assert "warning [staticfiles.W004]" in text


def test_silenced_checks_are_not_told(project: Project):
    silent = {"STATICFILES_STORAGE": "x", "SILENCED_SYSTEM_CHECKS": ["lading.W015"]}
    with project.set_up(**settings(project, **silent)):
        collect()
        assert "W015" not in doctor()[1]


def test_nothing_is_published(project: Project):
    with project.set_up(**settings(project)):
        code, text = doctor()
        assert code == 0
        assert "warning [lading.W003]" in text
        assert "warning [unpublished]" in text
        code, text = doctor("--url", "http://127.0.0.1:1/")
    assert code == 1
    assert "http://127.0.0.1:1/: not looked at:" in text


def test_the_live_site(project: Project):
    with project.set_up(**settings(project)):
        collect()
        with serving(serving_of(project)) as url:
            code, text = doctor("--url", url, "-v", "2")
            assert code == 1
            assert text.count("error [live-") == 1
            assert f"error [live-media-sniffed] {url}media/photo.png" in text
            assert "note [live-media-unseen]" in text
            lading = {"SEVERITIES": {"live-media-sniffed": "note"}}
        with (
            project.settings(**settings(project, LADING=lading)),
            serving(serving_of(project)) as url,
        ):
            assert doctor("--url", url)[0] == 0


@pytest.mark.parametrize("storage", [PLAIN, MANIFEST])
def test_the_live_site_of_a_project_with_another_storage(storage: str, project: Project):
    """Named by Django and served by another server, whose faults are found all the same."""
    with project.set_up(**settings(project, storage=storage, MIDDLEWARE=[], MEDIA_ROOT="")):
        collect()

        def application(request: Request) -> Reply:
            file = Path(project.path("out")) / request.path.removeprefix("/static/")
            if not request.path.startswith("/static/") or not file.is_file():
                return Reply(404, {"cache-control": "no-store"})
            kinds = {".css": "text/css", ".js": "text/javascript"}
            headers = {
                "content-type": kinds[file.suffix],
                "cache-control": "max-age=60",
                "etag": '"a"',
            }
            if request.environ.get("HTTP_IF_NONE_MATCH") == '"a"':
                return Reply(304, headers)
            return Reply(200, headers, file.read_bytes())

        with serving(application) as url:
            code, text = doctor("--url", url, "--json", "-")
    assert code == 0
    findings = json.loads(text)["groups"][2]["findings"]
    found = {finding["kind"] for finding in findings}
    hashed = {"live-short-cache"} if storage == MANIFEST else set()
    assert found == {"live-no-nosniff", "live-not-compressed", *hashed}
    (hint,) = (one["hint"] for one in findings if one["kind"] == "live-not-compressed")
    assert "'ENCODINGS'" in hint, "no variants are published that the server could send"


def test_uploads_have_advice_of_their_own_folder(project: Project):
    with project.set_up(**settings(project)):
        collect()
        gone = answers("/media/", status=404, server="nginx")
        with serving(serving_of(project), gone) as url:
            code, text = doctor("--url", url)
    assert code == 0
    assert f"alias {project.path('media')}/;" in " ".join(text.split())


def test_a_storage_in_a_bucket(project: Project):
    """Its manifest is read through the storage."""
    elsewhere = settings(project, storage=f"{__name__}.Elsewhere", MIDDLEWARE=[])
    with project.set_up(**elsewhere), serving(lambda _: Reply(404)) as url:
        code, text = doctor("--url", url)
    assert "Published files: not looked at." in text
    assert "error [live-not-served]" in text
    assert code == 1
