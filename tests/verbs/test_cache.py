"""The verb ``cache``: what it says and does."""

from __future__ import annotations

import argparse
import hashlib

import pytest

from lading.cache import Cache
from lading.cli import main
from lading.config import Config
from lading.verbs import cache as cache_verb


@pytest.fixture
def filled(tmp_path):
    root = str(tmp_path / "cache")
    with Cache(root) as cache:
        for name in ("a", "b"):
            key = hashlib.sha256(name.encode()).hexdigest()
            cache.put(key, lambda file: file.write(b"x" * 5000))
    return root


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("1048576", 1 << 20), ("500M", 500 << 20), ("2GiB", 2 << 30), ("3 kb", 3072)],
)
def test_sizes(text, size):
    assert cache_verb.parse_size(text) == size


@pytest.mark.parametrize("text", ["", "-1", "2T", "many", "1.5G"])
def test_no_sizes(text):
    with pytest.raises(argparse.ArgumentTypeError, match="not a size"):
        cache_verb.parse_size(text)


def test_info_says_what_is_there(filled):
    said = cache_verb.run(Config(cache=filled, cache_limit=1 << 30), "info")
    assert said == f"{filled} holds 2 entries, 16.0 KiB; the limit is 1.0 GiB."


def test_clear_removes_everything(filled):
    config = Config(cache=filled)
    assert cache_verb.run(config, "clear") == f"Removed 2 entries, 16.0 KiB from {filled}."
    assert " holds 0 entries, 0 B;" in cache_verb.run(config, "info")


def test_prune_keeps_what_was_used_just_now(filled):
    assert (
        cache_verb.run(Config(cache=filled), "prune", 0) == f"Removed 0 entries, 0 B from {filled}."
    )


def test_the_command_works_where_there_is_no_project(filled, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LADING_CACHE", filled)
    assert main(["cache", "info"]) == 0
    assert f"{filled} holds 2 entries" in capsys.readouterr().out
