"""A published site for all tests of the doctor."""

from __future__ import annotations

import pytest

from .live import Live, publish


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Live:
    return publish(tmp_path_factory.mktemp("live"))
