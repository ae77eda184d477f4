"""``scripts/matrix.py``: interpreters -> the pairs that are run."""

from __future__ import annotations

import sys

import matrix


def test_this_interpreter_is_found() -> None:
    found = matrix.newest(filter(None, map(matrix.identify, matrix.candidates())))
    assert sys.version_info[:2] in found


def test_what_is_no_python_is_no_interpreter(tmp_path: object) -> None:
    assert matrix.identify("/bin/sh") is None
    assert matrix.identify(f"{tmp_path}/python3.12") is None


def test_newest_patch_of_each_supported_python() -> None:
    found = [
        ((3, 12, 9), "/a"), ((3, 12, 10), "/b"), ((3, 12, 10), "/c"), ((3, 9, 2), "/d"), ((3, 11, 0), "/e"),
    ]  # fmt: skip
    assert matrix.newest(found) == {(3, 11): ((3, 11, 0), "/e"), (3, 12): ((3, 12, 10), "/b")}


def test_pairs_follow_what_django_supports() -> None:
    found = {minor: ((*minor, 1), f"/python{minor[1]}") for minor in matrix.PYTHONS}
    pairs = [(p.python_version[1], p.django, p.everything) for p in matrix.pairs(found)]
    assert pairs == [
        (11, (5, 2), True),
        *[
            (minor, django, (minor, django) == (14, (6, 1)))
            for minor in (12, 13, 14)
            for django in ((5, 2), (6, 0), (6, 1))
        ],
    ]
    assert all(pair.everything for pair in matrix.pairs(found, full=True))


def test_no_interpreter_gives_no_pairs() -> None:
    assert matrix.pairs({}) == []
