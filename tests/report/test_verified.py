"""What verifying found -> a table, a sentence, JSON."""

from __future__ import annotations

import io

import pytest

from lading.report import verified
from lading.report.console import Screen
from lading.verify.inventory import Inventory
from lading.verify.verifying import Damage, Verified


def found(*damages: Damage, releases: tuple[int, ...] = (), **more) -> Verified:
    inventory = Inventory(releases={n: set() for n in releases}, current=max(releases, default=0))
    return Verified(inventory, list(damages), **more)


MISSING = Damage("missing", "a.css", "There is no such file.")
RESTORED = Damage("changed", "b.css", "It has 1 bytes. Restored from its source.", repaired=True)


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (found(files=1), "Verified 1 file (0 encoded) in 'out': all as they were published."),
        (
            found(MISSING, RESTORED, files=1200, variants=800, releases=(7,)),
            "Verified 1,200 files (800 encoded) of release 7 in 'out': 1 missing, 1 restored.",
        ),
        (
            found(files=2, releases=(4, 2, 3)),
            "Verified 2 files (0 encoded) of releases 2, 3 and 4 in 'out': all as they were published.",
        ),
    ],
)
def test_one_sentence(result: Verified, sentence: str):
    assert verified.summary(result, "out") == sentence


def test_sound_is_what_is_restored():
    assert found(RESTORED).is_sound
    assert not found(RESTORED, MISSING).is_sound


def test_the_table_and_what_follows_it():
    screen = Screen(io.StringIO(), color=False)
    result = found(MISSING, RESTORED, foreign=["x"], notes=["A note."])
    assert verified.text(screen, result, verbose=False).splitlines() == [
        "",
        " Found      Published path   What",
        " ─────────────────────────────────────────────────────────────────────",
        " missing    a.css            There is no such file.",
        " restored   b.css            It has 1 bytes. Restored from its source.",
        "",
        "Foreign files, which are left alone:",
        "  x",
        "Note: A note.",
    ]
    assert verified.text(screen, found(), verbose=False) == ""


def test_of_many_damages_the_unrestored_are_named_first():
    screen = Screen(io.StringIO(), color=False)
    restored = [Damage("missing", f"{n:03}.css", "Gone.", repaired=True) for n in range(200)]
    result = found(*restored, MISSING)
    brief = verified.text(screen, result, verbose=False).splitlines()
    assert brief[3] == " missing    a.css            There is no such file."
    assert brief[-1] == "  … and 151 more (-v 2 or --json shows all)"
    assert len(brief) == 3 + 50 + 2
    whole = verified.text(screen, result, verbose=True).splitlines()
    assert len(whole) == 3 + 201


def test_long_names_stay_within_80_columns():
    screen = Screen(io.StringIO(), color=False)
    long = Damage("changed", "folder/" * 20 + "a.css", "A sentence of some length. " * 5)
    lines = verified.text(screen, found(long), verbose=False).splitlines()
    assert max(map(len, lines)) <= 80
