"""Runs that are killed, fail or meet: the target is complete at every moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

RUNNER = os.path.join(os.path.dirname(__file__), "crashing.py")


def disturb(folder, mode: str, settings: dict, count: int = 0) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, RUNNER, str(folder), mode, json.dumps(settings), str(count)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


SETTINGS = [{}, {"keep_releases": 1}, {"names": "hashed"}]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_killed_before_every_change_of_the_target(tmp_path, settings):
    assert disturb(tmp_path, "every", settings)["disturbed"] >= 40


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_killed_at_random_moments(tmp_path, settings):
    assert disturb(tmp_path, "random", settings, 70)["disturbed"] >= 70


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_six_runs_at_once_all_succeed_and_one_does_the_work(tmp_path, settings):
    assert disturb(tmp_path, "together", settings, 7)["points"] == 21


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_reader_sees_whole_files_at_every_moment(tmp_path, settings):
    assert disturb(tmp_path, "read", settings, 6)["points"] > 100


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_the_disk_is_full_at_every_change_of_the_target(tmp_path, settings):
    assert disturb(tmp_path, "fail", settings)["disturbed"] >= 40
