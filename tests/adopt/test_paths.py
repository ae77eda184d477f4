"""``lading.adopt.paths``: expressions of settings -> the folders they give."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.adopt.code import parse
from lading.adopt.document import Document
from lading.adopt.draft import Draft
from lading.adopt.notes import Notes
from lading.adopt.paths import named


def draft(text: str, file: str = "/srv/site/config/settings.py") -> Draft:
    code = parse(Document("config/settings.py", file, text.encode(), text, "utf-8"))
    assert code is not None
    return Draft(code, Notes())


@pytest.mark.parametrize(
    "text",
    [
        "BASE = Path(__file__).resolve().parent.parent\nR = BASE / 'out'",
        "BASE = Path(__file__).absolute().parent.parent\nR = str(BASE.joinpath('out'))",
        "from os.path import dirname, join, abspath\nR = join(dirname(dirname(abspath(__file__))), 'out')",
        "HERE = os.path.dirname(__file__)\nR = os.path.join(HERE, '..', 'out')",
        "R = '/srv/site/out/'",
        "BASE: Path = pathlib.Path('/srv') / 'site'\nR = BASE / 'out'",
    ],
)
def test_folders_that_are_plain(text: str):
    assert named(draft(text), "R") == "/srv/site/out"


@pytest.mark.parametrize(
    "text",
    [
        "R = env('R')",
        "R = R / 'a'",
        "A = B\nB = A\nR = A / 'out'",
        "R = '/a'\nR = '/b'",
        "R = f'{BASE}/out'",
        "R = BASE / 'out'",
        "R += 'x'",
        "R: str",
        "",
        "R = base().parent / 'out'",
    ],
)
def test_folders_that_are_not(text: str):
    assert named(draft(text), "R") is None


def test_names_of_the_files_that_one_builds_on(tmp_path: Path):
    base, top = draft("BASE = '/srv'\n"), draft("from .base import *\nR = BASE + 'x'\nS = BASE\n")
    top.bases = [base]
    assert named(top, "S") == "/srv"
    assert named(top, "R") is None
