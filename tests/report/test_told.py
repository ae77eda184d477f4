"""Findings as text: complete, safe to print, and coloured only where that is wanted."""

from __future__ import annotations

import io

import pytest

from lading.findings import Finding, Severity
from lading.report import told


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def finding(kind: str = "secret", severity: Severity = Severity.WARNING, **values) -> Finding:
    return Finding(kind, severity, values.pop("message", "What it is."), **values)


FOUND = [
    finding("z-note", Severity.NOTE, path="n"),
    finding("b-warning", path="b", where="/srv/b:3", hint="Mend it.", owner="vendor"),
    finding("a-error", Severity.ERROR, path="a"),
    finding("a-warning", path="a"),
]


def test_findings_worst_first():
    assert told.findings(io.StringIO(), FOUND, notes=False) == (
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
    text = told.findings(io.StringIO(), FOUND, notes=True)
    assert text.splitlines()[-2:] == ["note [z-note] n", "  What it is."]
    assert told.findings(io.StringIO(), [], notes=True) == ""


def test_a_packages_many_warnings_of_one_kind_are_counted():
    """All are told of the project, and of packages where more is asked for or nothing published."""
    warnings = [finding(owner="vendor", path=f"{n:02}") for n in range(22)]
    lines = told.findings(io.StringIO(), [*warnings, *FOUND], notes=False).splitlines()
    assert [line for line in lines if line.startswith("warning [secret]")] == [
        f"warning [secret] {n:02}" for n in range(20)
    ]
    assert lines[-2:] == [
        "2 warnings [secret] more about packages' files; -v 2 shows all.",
        "1 note more; -v 2 shows them.",
    ]
    for many, notes in (
        (warnings, True),
        (warnings[:20], False),
        ([finding(path=f"{n:02}") for n in range(22)], False),
        ([finding(severity=Severity.ERROR, owner="vendor") for _ in range(22)], False),
    ):
        text = told.findings(io.StringIO(), many, notes=notes)
        assert text.count("[secret]") == len(many)
        assert "more" not in text


def test_a_path_is_never_cut_in_two():
    place = "/srv/" + "deep/" * 60 + "a.css:3"
    text = told.findings(io.StringIO(), [finding(where=place)], notes=False)
    assert f"  at {place} (project)" in text.splitlines()


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
    text = told.findings(stream(), FOUND, notes=True, color=color)
    assert ("\x1b[" in text) is coloured


HOSTILE = "a[red]b[/]\x1b[2J\x07\x9b3m\u202egnp.\r\x00\udce9\u2028.css\\"


def test_nothing_in_a_name_acts_on_the_terminal():
    text = told.findings(
        io.StringIO(),
        [finding(path=HOSTILE, where=HOSTILE, message=HOSTILE, hint=HOSTILE)],
        notes=True,
    )
    shown = "a[red]b[/]\\x1b[2J\\x07\\x9b3m\\u202egnp.\\r\\x00\\udce9\\u2028.css\\"
    assert text.splitlines() == [
        f"warning [secret] {shown}",
        f"  {shown}",
        f"  at {shown} (project)",
        f"  {shown}",
    ]
    assert all(char.isprintable() or char == "\n" for char in text)


def test_a_line_break_in_a_name_breaks_no_line():
    text = told.findings(
        io.StringIO(),
        [finding(path="a\nerror [x] b.css", where="a\nb.css:1:2", message="one\ntwo")],
        notes=True,
    )
    first, *rest = text.splitlines()
    assert first == "warning [secret] a\\nerror [x] b.css"
    assert rest[:3] == ["  one", "two", "  at a\\nb.css:1:2 (project)"]


def test_an_encoding_without_umlauts():
    stream = io.TextIOWrapper(io.BytesIO(), "ascii")
    text = told.findings(stream, [finding(path="größe.css")], notes=False)
    assert text.splitlines()[0] == "warning [secret] gr\\xf6\\xdfe.css"
