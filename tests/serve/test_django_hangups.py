"""Clients that hang up and files that change, where Django answers: the same tests as without it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import test_hangups
from .servers import Running, running
from .test_django import PRODUCTION
from .test_hangups import (
    publish,
    test_a_file_that_shrinks_ends_the_connection,
    test_a_file_that_vanishes_while_it_is_sent_is_sent_to_its_end,
    test_aborted_requests_leave_no_descriptor,
)

REQUESTS = 3000
"""Requests that are given up: each costs Django a while."""

__all__ = [
    "test_a_file_that_shrinks_ends_the_connection",
    "test_a_file_that_vanishes_while_it_is_sent_is_sent_to_its_end",
    "test_aborted_requests_leave_no_descriptor",
]


@pytest.fixture(autouse=True)
def _fewer_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_hangups, "ABORTED", REQUESTS)


@pytest.fixture(scope="module", params=PRODUCTION, ids=lambda server: server.name)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("target")
    publish(root)
    with running(request.param, root) as started:
        yield started
