"""Tables as text: complete, and safe to print."""

from __future__ import annotations

import io
import re

from lading.report import console
from lading.report.console import Screen
from lading.report.steps import Step, steps
from sites_of_folders import Site


class Encoded(io.StringIO):
    """A stream with an encoding of its own."""

    encoding = "ascii"


def test_an_encoding_without_arrows_and_umlauts():
    screen = Screen(Encoded())
    step = Step(1, "copy", "", "project", "/srv/größe", "/out", 1, 1, 0, 0, 1, 1, ("→",), ())
    told = console.explain(screen, [step, step], verbose=True)
    assert told.isascii()
    assert "gr\\xf6\\xdfe" in told.replace("\n", "").replace(" ", "")


def test_explain_tells_every_step_and_how_the_numbers_grew(site: Site):
    site.write({"one/a.css": "1", "two/a.css": "2", "two/b.css": "2"})
    outcome = site.collect("one", "two")
    told = console.explain(Screen(io.StringIO()), steps(outcome, "/srv/static"), verbose=False)
    lines = told.splitlines()
    assert lines[-2:] == [
        "Files found after each step:  1 → 3",
        "Files copied after each step: 1 → 2",
    ]
    for part in ("Step", "Action", "Source folder", "Notes"):
        assert part in told
    assert max(map(len, lines)) <= 80


def test_many_notes_are_shortened_unless_asked_for():
    notes = tuple(f"file{n}: ignored" for n in range(100))
    step = Step(1, "copy", "", "project", "/a", "/out", 1, 1, 0, 0, 1, 1, notes, ())
    short = console.explain(Screen(io.StringIO()), [step], verbose=False)
    assert "94 more" in " ".join(short.split())
    assert "file99" in console.explain(Screen(io.StringIO()), [step], verbose=True)


def test_files_that_one_rule_leaves_out_are_told_together(site: Site):
    site.write({"one/a.css": "1", "one/.env": "", **{f"one/{n}~": "" for n in range(30)}})
    told = steps(site.collect("one"), "/srv/static")
    short = " ".join(console.explain(Screen(io.StringIO()), told, verbose=False).split())
    assert re.search(r"'\*~': 0~ and .*29 more", short)
    assert ".env: " in short
    assert "29~: " in " ".join(console.explain(Screen(io.StringIO()), told, verbose=True).split())


def test_no_steps():
    told = console.explain(Screen(io.StringIO()), [], verbose=False)
    assert told.splitlines()[-1] == "Files copied after each step: 0"


def test_plan(site: Site):
    site.write(
        {"src/[bold]a[/].css": "a", "src/b.css": "new", "out/b.css": "old", "out/c": "theirs"}
    )
    told = console.plan(Screen(io.StringIO()), site.plan(clear=True))
    rows = [line.split() for line in told.splitlines()]
    assert ["add", "[bold]a[/].css", "src"] in rows
    assert ["replace", "b.css", "src"] in rows
    assert ["remove", "c"] in rows
    assert told.splitlines()[-1] == (
        "1 to add, 1 to replace, 1 to remove, 0 unchanged; nothing was written."
    )
    site.collect(clear=True)
    assert console.plan(Screen(io.StringIO()), site.plan()) == (
        "0 to add, 0 to replace, 0 to remove, 2 unchanged; nothing was written."
    )
