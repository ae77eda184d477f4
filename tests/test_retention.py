"""Releases and a rule -> those that are kept."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from lading.retention import Retention


@dataclass(frozen=True)
class Release:
    replaced: int
    pinned: bool = False


NOW = 1000.0
OLD, PINNED, RECENT, BEFORE = Release(100), Release(200, True), Release(950), Release(500)
CURRENT = Release(0)


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (Retention(newest=1, age=0), [PINNED, CURRENT]),
        (Retention(newest=2, age=0), [PINNED, BEFORE, CURRENT]),
        (Retention(newest=1, age=100), [PINNED, RECENT, CURRENT]),
        (Retention(newest=0, age=0), [PINNED, CURRENT]),
        (Retention(newest=9, age=0), [OLD, PINNED, RECENT, BEFORE, CURRENT]),
    ],
)
def test_what_is_kept(rule: Retention, kept: list[Release]):
    releases = [OLD, PINNED, RECENT, BEFORE, CURRENT]
    dropped = [release for release in releases if release not in kept]
    assert rule.split(releases, NOW) == (kept, dropped)


def test_of_no_releases_none_is_kept():
    assert Retention().split([], NOW) == ([], [])
