"""The progress bar: on a terminal, when it takes long, and nowhere else."""

from __future__ import annotations

import io

import pytest

from lading.report import bar as bars
from lading.report.bar import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def impatient(monkeypatch):
    """Draw at once."""
    monkeypatch.setattr(bars, "_PATIENCE_SECONDS", -1.0)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def work(stream: io.StringIO, *, quiet: bool = False) -> str:
    with Bar(stream, quiet=quiet) as bar:
        bar.begin("Copying", 100)
        for _ in range(10):
            bar.advance(10)
        bar.begin("Comparing", 2)
        bar.advance(1)
        bar.advance(1)
        bar.begin("Nothing", 0)
    return stream.getvalue()


def test_long_work_on_a_terminal_is_drawn_and_wiped(impatient):
    told = work(Terminal())
    assert "Copying" in told
    assert "/100" in told
    assert "Comparing" in told
    # The bar is taken away at the end: the cursor is shown again, its line cleared.
    assert told.count("\x1b[?25l") == told.count("\x1b[?25h") == 2
    assert told.endswith("\x1b[2K")


def test_work_of_unknown_length_is_counted(impatient):
    stream = Terminal()
    with Bar(stream) as bar:
        bar.begin("Listing", 0)
        bar.advance(10)
        bar.advance(7)
    assert "Listing" in stream.getvalue()
    assert "17/?" in stream.getvalue()


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_short_work_draws_nothing(stream):
    assert work(stream()) == ""


def test_a_log_gets_no_bar(impatient):
    assert work(io.StringIO()) == ""


def test_quiet_is_quiet(impatient):
    stream = Terminal()
    with Bar(stream, quiet=True) as bar:
        bar.say("Another run is publishing.")
        assert work(stream, quiet=True) == ""


def test_what_is_said_is_written_at_once():
    stream = io.StringIO()
    with Bar(stream) as bar:
        bar.say("Another run is publishing.")
        assert stream.getvalue() == "Another run is publishing.\n"


def test_an_error_ends_the_bar(impatient):
    stream = Terminal()

    def fail() -> None:
        with Bar(stream) as bar:
            bar.begin("Copying", 10)
            bar.advance(5)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert stream.getvalue().count("\x1b[?25h") == 1
