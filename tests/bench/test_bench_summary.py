"""The figures of the README."""

import pytest

from bench import run, summary


def test_the_readme_shows_the_figures_of_the_benchmarks():
    readme = run.README.read_text("utf-8")
    table = summary.table(run.DOCUMENT.read_text("utf-8"))
    assert table in readme, "bring it up to date with bench.run.summarize()"


def test_a_figure_that_is_lacking_is_an_error():
    document = run.DOCUMENT.read_text("utf-8")
    with pytest.raises(ValueError, match=r"no figure of 'Django, again' under 'seconds'"):
        summary.table(document.replace("| Django, again |", "| Django, once |"))
    with pytest.raises(ValueError, match="nothing in the document is like"):
        summary.table("# Benchmarks\n")
