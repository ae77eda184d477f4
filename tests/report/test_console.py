"""Reports as text: complete, safe to print, and coloured only where that is wanted."""

from __future__ import annotations

import io

import pytest

from lading.findings import Finding, Severity
from lading.report import console
from lading.report.console import Screen
from lading.report.steps import Step, steps
from sites_of_folders import Site


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Encoded(io.StringIO):
    """A stream with an encoding of its own."""

    encoding = "ascii"


def finding(kind: str = "secret", severity: Severity = Severity.WARNING, **values) -> Finding:
    return Finding(kind, severity, values.pop("message", "What it is."), **values)


FOUND = [
    finding("z-note", Severity.NOTE, path="n"),
    finding("b-warning", path="b", where="/srv/b:3", hint="Mend it.", owner="vendor"),
    finding("a-error", Severity.ERROR, path="a"),
    finding("a-warning", path="a"),
]


def test_findings_worst_first():
    assert console.findings(Screen(io.StringIO()), FOUND, notes=False) == (
        "error [a-error] a\n"
        "  What it is.\n"
        "warning [a-warning] a\n"
        "  What it is.\n"
        "warning [b-warning] b\n"
        "  What it is.\n"
        "  at /srv/b:3 (vendor)\n"
        "  Mend it.\n"
        "1 note more; -v 2 shows them."
    )


def test_notes_where_they_are_asked_for():
    told = console.findings(Screen(io.StringIO()), FOUND, notes=True)
    assert told.splitlines()[-2:] == ["note [z-note] n", "  What it is."]
    assert console.findings(Screen(io.StringIO()), [], notes=True) == ""


def test_a_path_is_never_cut_in_two():
    place = "/srv/" + "deep/" * 60 + "a.css:3"
    told = console.findings(Screen(io.StringIO()), [finding(where=place)], notes=False)
    assert f"  at {place} (project)" in told.splitlines()


@pytest.mark.parametrize(
    ("stream", "no_color", "color", "coloured"),
    [
        (io.StringIO, "", None, False),
        (Terminal, "", None, True),
        (Terminal, "1", None, False),
        (Terminal, "", False, False),
        (io.StringIO, "1", True, True),
    ],
)
def test_colours(monkeypatch, stream, no_color, color, coloured):
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm-256color")
    told = console.findings(Screen(stream(), color=color), FOUND, notes=True)
    assert ("\x1b[" in told) is coloured


HOSTILE = "a[red]b[/]\x1b[2J\x07\x9b3m\u202egnp.\r\x00\udce9\u2028.css\\"


def test_nothing_in_a_name_acts_on_the_terminal():
    told = console.findings(
        Screen(io.StringIO()),
        [finding(path=HOSTILE, where=HOSTILE, message=HOSTILE, hint=HOSTILE)],
        notes=True,
    )
    shown = "a[red]b[/]\\x1b[2J\\x07\\x9b3m\\u202egnp.\\r\\x00\\udce9\\u2028.css\\"
    assert told.splitlines() == [
        f"warning [secret] {shown}",
        f"  {shown}",
        f"  at {shown} (project)",
        f"  {shown}",
    ]
    assert all(char.isprintable() or char == "\n" for char in told)


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
