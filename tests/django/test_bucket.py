"""A Django project whose static files are published to a bucket: settings and sources -> objects and URLs."""

from __future__ import annotations

import json
import os
import time
from contextlib import AbstractContextManager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.templatetags.static import static
from hashed_project import HashedProject, collect, outside_of_tests, storage

from faulty_proxy import proxy
from lading.django.checks import check_published
from lading.django.folder_checks import check_static_root
from lading.django.options import OptionsError
from lading.django.storage import StaticStorage
from lading.django.storage_checks import check_manifest
from lading.objectstore.client import ObjectStore
from s3_servers import KEYS, S3Server, new_place

CDN = "https://cdn.example/static/"
FILES = {
    "static/css/app.css": "a{background:url(../img/logo.png)}" + "a{color:red}" * 40,
    "static/img/logo.png": "logo",
}
LOGO = "img/logo.96d6f2e7e1f7.png"


class Project(HashedProject):
    """``place`` is the prefix in the bucket; ``port`` that of the server, or of a proxy."""

    def __init__(self, folder: Path, s3: S3Server) -> None:
        super().__init__(folder)
        self.place, self.port, self.s3 = new_place(), s3.port, s3
        self.write(FILES)

    def settings(
        self, *, options: Any = None, bucket: Any = None, **changed: Any
    ) -> AbstractContextManager[Any]:
        reached = {"endpoint": f"http://127.0.0.1:{self.port}", "region": "us-east-1"}
        given = {
            "target": f"s3://static/{self.place}",
            "bucket": {**reached, "extra": KEYS, **(bucket or {})},
            **(options or {}),
        }
        lading = {"CACHE": self.path("cache"), **changed.pop("LADING", {})}
        return super().settings(
            options=given, **{"STATIC_URL": CDN, "STATIC_ROOT": None, "LADING": lading, **changed}
        )

    @property
    def store(self) -> ObjectStore:
        return self.s3.store("static", self.place)


@pytest.fixture
def project(tmp_path: Path, s3: S3Server) -> Project:
    return Project(tmp_path, s3)


def headers(store: ObjectStore, path: str) -> dict[str, str]:
    fetched = store.get(path)
    assert fetched is not None
    return dict(fetched.headers)


def test_files_are_published_and_urls_are_those_of_the_cdn(project: Project) -> None:
    with project.settings():
        told = collect()
        assert "sent to 's3://static/" in told
        assert "release 1 of 4 files is published now" in told
        assert static("img/logo.png") == CDN + LOGO
        style = storage().stored_name("css/app.css")
    assert not os.path.exists(project.path("out"))
    store = project.store
    fetched = store.get(style)
    assert fetched is not None
    assert b"url(../img/logo.96d6f2e7e1f7.png)" in fetched.data.replace(b'"', b"")
    assert fetched.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in fetched.headers["Cache-Control"]
    assert "immutable" not in headers(store, "css/app.css")["Cache-Control"]


def test_variants_beside_the_originals_or_in_their_place(project: Project) -> None:
    packed = {"encodings": ["br", "gzip"]}
    with project.settings(options=packed):
        collect()
        style = storage().stored_name("css/app.css")
    store = project.store
    assert "Content-Encoding" not in headers(store, style)
    assert headers(store, f"{style}.br")["Content-Encoding"] == "br"
    assert headers(store, f"{style}.br")["Content-Type"] == "text/css; charset=utf-8"
    assert store.head(f"{LOGO}.br") is None
    with project.settings(options=packed, bucket={"encoding": "gzip"}):
        assert "release 2" in collect()
    fetched = store.get(style)
    assert fetched is not None
    assert fetched.headers["Content-Encoding"] == "gzip"
    assert fetched.data[:2] == b"\x1f\x8b"
    with project.settings(options=packed, bucket={"encoding": "none"}):
        assert "release 3" in collect()
    assert "Content-Encoding" not in headers(store, style)


def test_the_json_report_says_what_was_sent(project: Project) -> None:
    report = project.path("report.json")
    with project.settings(options={"encodings": []}):
        collect()
    another_machine = {"CACHE": project.path("another machine's")}
    with project.settings(options={"encodings": []}, LADING=another_machine):
        project.write({"static/img/logo.png": "another"})
        collect("--json", report)
    with open(report) as file:
        told = json.load(file)
    assert told["target"] == f"s3://static/{project.place}"
    assert (told["release"], told["new_release"]) == (2, True)
    assert len(told["bucket"]["sent"]) == 3
    assert told["bucket"]["purge"] == ["img/logo.png"]
    assert told["bucket"]["bytes"] > 0


def test_nothing_changed_is_three_requests(project: Project) -> None:
    with proxy(project.port) as between:
        project.port = between.port
        with project.settings():
            collect()
            between.clear()
            assert "was published already" in collect()
            assert between.count() <= 3
    project.port = project.s3.port
    with project.settings(LADING={"CACHE": project.path("another machine's")}):
        assert "0 objects (0.0 kB) sent" in collect()


def test_an_application_reads_the_manifest_from_the_bucket(project: Project) -> None:
    with project.settings():
        collect()
    with project.settings(LADING={"CACHE": project.path("elsewhere")}), outside_of_tests():
        assert static("img/logo.png") == CDN + LOGO
        with pytest.raises(ValueError, match="nowhere"):
            static("nowhere.png")


def test_an_application_reads_the_manifest_from_its_image(project: Project) -> None:
    bucket = {"manifest_file": "manifest.json"}
    with project.settings(bucket=bucket):
        collect()
    with proxy(project.port) as between:
        project.port = between.port
        with project.settings(bucket=bucket), outside_of_tests():
            assert static("img/logo.png") == CDN + LOGO
        assert between.count() == 0


def test_an_application_follows_new_releases(project: Project) -> None:
    follow = {"follow": 0.05}
    with project.settings(bucket=follow):
        collect()
    with project.settings(bucket=follow), outside_of_tests():
        assert static("img/logo.png") == CDN + LOGO
        running = storage()
        project.write({"static/img/logo.png": "another"})
        with project.settings():
            collect()
        deadline = time.monotonic() + 20
        while running.url("img/logo.png") == CDN + LOGO and time.monotonic() < deadline:
            time.sleep(0.02)
        assert running.url("img/logo.png") != CDN + LOGO


def test_an_application_without_its_bucket_says_why(project: Project) -> None:
    project.port = 1
    told = pytest.raises(ValueError, match="store cannot read")
    with project.settings(bucket={"retries": 0}), outside_of_tests(), told:
        static("img/logo.png")


def test_what_a_cdn_must_forget_is_handed_on(project: Project) -> None:
    told: list[list[str]] = []
    bucket = {"purge_file": "purge.txt", "purge_hook": lambda urls: told.append(list(urls))}
    with project.settings(bucket=bucket):
        collect()
        assert (project.folder / "purge.txt").read_text() == ""
        project.write({"static/img/logo.png": "another"})
        collect()
    assert told == [[f"{CDN}img/logo.png"]]
    assert (project.folder / "purge.txt").read_text() == f"{CDN}img/logo.png\n"


def test_static_root_is_built_into_if_it_is_set(project: Project) -> None:
    with project.settings(STATIC_ROOT=project.path("out")):
        collect()
    assert LOGO in project.published()


def test_a_dry_run_sends_nothing(project: Project) -> None:
    with project.settings():
        assert "Pretending to copy" in collect("--dry-run")
    assert list(project.store.listing()) == []


def test_a_failed_run_leaves_the_bucket_as_it_was(project: Project) -> None:
    with project.settings():
        collect()
        before = {item.path: item.etag for item in project.store.listing()}
        project.write({"static/css/app.css": "a{background:url(missing.png)}"})
        with pytest.raises(CommandError):
            collect()
    assert {item.path: item.etag for item in project.store.listing()} == before


def test_wrong_keys_are_one_clear_message(project: Project) -> None:
    keys = {"access_key_id": "nobody", "secret_access_key": "x"}
    told = pytest.raises(CommandError, match="does not accept the credentials")
    with project.settings(bucket={"extra": keys}), told:
        collect()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "/srv/static"}, "URL of a bucket"),
        ({"bucket": {"endpont": "x"}}, "Did you mean 'endpoint'?"),
    ],
)
def test_wrong_options_are_named(project: Project, options: Any, message: str) -> None:
    with project.settings(options=options), pytest.raises(OptionsError) as caught:
        storage().url("x")
    assert message in str(caught.value)


def test_a_storage_that_names_files_itself_is_refused(project: Project) -> None:
    backend = "test_bucket.OwnNames"
    with (
        project.settings(backend=backend),
        pytest.raises(CommandError, match="names its files itself"),
    ):
        collect()


class OwnNames(StaticStorage):
    """Names files in a way of its own."""

    def hashed_name(self, name: Any, content: Any = None, filename: Any = None) -> str:
        return f"own-{name}"


def test_explain_says_that_the_bucket_serves(project: Project) -> None:
    out = StringIO()
    with project.settings(MIDDLEWARE=["lading.django.middleware.LadingMiddleware"]):
        collect()
        call_command("lading", "explain", "img/logo.png", "--json", "-", stdout=out)
    served_by = json.loads(out.getvalue())["facts"]["Served by"]
    assert served_by == f"cdn.example, from the bucket 's3://static/{project.place}'"


def test_a_project_with_a_bucket_needs_no_static_root(project: Project) -> None:
    with project.settings():
        found = check_static_root(None)
    assert found == []


def test_an_application_on_another_machine_misses_no_folder(project: Project) -> None:
    with project.settings():
        assert check_manifest(None) == []
    with project.settings(MIDDLEWARE=["lading.django.middleware.LadingMiddleware"]):
        assert check_published(None) == []


def test_before_the_first_release_the_bucket_is_named(project: Project) -> None:
    told = pytest.raises(
        ValueError, match=f"no manifest at s3://static/{project.place}[.] Run coll"
    )
    with project.settings(), outside_of_tests(), told:
        static("img/logo.png")
