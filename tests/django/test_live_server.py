"""Test classes of users: ``StaticLiveServerTestCase`` as it is, and Lading's handler in its place."""

from __future__ import annotations

import unittest
from pathlib import Path
from typing import Any, ClassVar
from urllib.request import Request, urlopen

import pytest
from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.core.management import call_command
from django.db import connections
from django.templatetags.static import static
from hashed_project import HashedProject, under_test
from test_middleware import MIDDLEWARE

from lading.django.handlers import SourcesHandler


def fetch(url: str, **headers: str) -> tuple[int, bytes]:
    with urlopen(Request(url, headers=headers), timeout=10) as response:
        return response.status, response.read()


class Untouched(StaticLiveServerTestCase):
    """As a user has it."""

    databases: ClassVar[Any] = set()

    def test_page_and_files(self) -> None:
        assert fetch(f"{self.live_server_url}/static/css/app.css") == (200, b"body {}")
        assert fetch(f"{self.live_server_url}/") == (200, b"the application")


class WithRanges(StaticLiveServerTestCase):
    """With Lading's handler, films can be sought."""

    databases: ClassVar[Any] = set()
    static_handler = SourcesHandler

    def test_page_and_files(self) -> None:
        url = f"{self.live_server_url}/static/css/app.css"
        assert fetch(url, Range="bytes=0-3") == (206, b"body")
        assert fetch(f"{self.live_server_url}/") == (200, b"the application")


class HashedNames(StaticLiveServerTestCase):
    """In a project that was collected once, and changed since."""

    databases: ClassVar[Any] = set()
    static_handler = SourcesHandler

    def test_page_and_files(self) -> None:
        url = static("css/app.css")
        assert url != "/static/css/app.css"
        assert fetch(f"{self.live_server_url}{url}") == (200, b"body {}")
        assert fetch(f"{self.live_server_url}{static('css/new.css')}") == (200, b"new {}")


def run(folder: Path, kind: Any, middleware: list[str]) -> unittest.TestResult:
    """Run a user's test class in a project that has not collected anything, or ``HashedNames``."""
    project = HashedProject(folder)
    project.write({"static/css/app.css": "body {}"})
    settings = {"MIDDLEWARE": middleware, "ROOT_URLCONF": "urls_of_tests"}
    with project.settings(**settings), under_test():
        if kind is HashedNames:
            call_command("collectstatic", interactive=False, verbosity=0)
            project.write({"static/css/new.css": "new {}"})
        result = unittest.TestResult()
        unittest.defaultTestLoader.loadTestsFromTestCase(kind).run(result)
    connections.close_all()
    assert [text for _, text in [*result.errors, *result.failures]] == []
    return result


@pytest.mark.parametrize("kind", [Untouched, WithRanges])
@pytest.mark.parametrize("middleware", [[], [MIDDLEWARE]], ids=["alone", "middleware"])
def test_live_server(tmp_path: Path, kind: Any, middleware: list[str]) -> None:
    result = run(tmp_path, kind, middleware)
    assert (result.testsRun, result.skipped) == (1, [])


def test_live_server_of_a_project_that_was_collected(tmp_path: Path) -> None:
    result = run(tmp_path, HashedNames, [MIDDLEWARE])
    assert (result.testsRun, result.skipped) == (1, [])


# pytest would collect them as tests of its own.
Untouched.__test__ = WithRanges.__test__ = HashedNames.__test__ = False
