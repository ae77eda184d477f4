"""What every test may use: a small site with sources and a target of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from esbuild_package import esbuild, esbuild_folder
from postgres_server import postgres_database
from s3_servers import s3, store
from sites_of_folders import Site

__all__ = ["esbuild", "esbuild_folder", "postgres_database", "s3", "store"]

# A few examples for each property keep the suite quick; a longer search is one variable away.
hypothesis.settings.register_profile("quick", max_examples=60, deadline=None)
hypothesis.settings.register_profile("long", max_examples=2000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A folder that a process without any rights may enter (pytest closes its own to others)."""
    with tempfile.TemporaryDirectory(prefix="lading-test-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty site in a folder of its own."""
    return Site(tmp_path)


_SERVERS = {"s3", "store", "postgres_database", "quay", "esbuild"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts a server is marked ``e2e``, so that quick runs leave it out."""
    for item in items:
        if _SERVERS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.e2e)
