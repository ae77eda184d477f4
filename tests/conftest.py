"""What every test may use: a small site with sources and a target of its own."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

from sites_of_folders import Site

# A few examples for each property keep the suite quick; a longer search is one variable away.
hypothesis.settings.register_profile("quick", max_examples=60, deadline=None)
hypothesis.settings.register_profile("long", max_examples=2000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture
def open_path(tmp_path: Path) -> Path:
    """A folder that a process without any rights may enter, for tests that root runs."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder.stat().st_mode & 0o055 != 0o055:
            folder.chmod(folder.stat().st_mode | 0o055)
    return tmp_path


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty site in a folder of its own."""
    return Site(tmp_path)
