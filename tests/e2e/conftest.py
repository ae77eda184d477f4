"""A browser and the example site, for tests that see the whole."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Browser, chromium
from sites import ROOT, Site, demo, development

sys.path.append(str(ROOT / "scripts"))

FAILED = pytest.StashKey[bool]()


@pytest.fixture
def browser(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Browser]:
    """A Chromium of its own for each test; it shows on a screenshot what a failed test saw last."""
    with chromium() as started:
        yield started
        if request.node.stash.get(FAILED, False):
            picture = tmp_path / "failure.png"
            started.screenshot(str(picture))
            print(f"The page at the time of the failure: {picture}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example site as ``make demo`` serves it, with a database and collected files of its own."""
    with demo(str(tmp_path_factory.mktemp("harbour"))) as site:
        yield site


@pytest.fixture(scope="session")
def harbour_in_development(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example site under ``runserver`` with ``DEBUG``; nothing is collected."""
    with development(str(tmp_path_factory.mktemp("development"))) as site:
        yield site
