"""Measurements -> Markdown."""

import pytest
from bench.report import NONE, Target
from hypothesis import given
from hypothesis import strategies as st

from bench import report


@pytest.mark.parametrize(
    ("values", "median"), [([3.0, 1.0, 2.0], 2.0), ([4.0, 1.0], 2.5), ([7.0], 7.0), ([], None)]
)
def test_median(values, median):
    assert report.median(values) == median


def test_ratio_is_taken_within_each_round():
    # The machine was twice as slow in round 2, for both: the ratio does not notice.
    slow, fast = {1: 3.0, 2: 6.0}, {1: 1.0, 2: 2.0}
    assert report.ratio(slow, fast) == 3.0


def test_ratio_uses_only_rounds_that_both_have():
    assert report.ratio({1: 4.0, 2: 100.0}, {1: 2.0, 3: 1.0}) == 2.0


def test_ratio_of_nothing_in_common_is_none():
    assert report.ratio({1: 1.0}, {2: 1.0}) is None


def test_ratio_takes_tiny_and_negative_differences_for_the_least():
    assert report.ratio({1: 1.0}, {1: -0.002}, least=0.01) == pytest.approx(100)


def test_quotient_of_medians_when_rounds_differ():
    assert report.quotient({1: 300.0}, {1: 2.0, 2: 3.0, 3: 4.0}) == 100.0


@pytest.mark.parametrize(("top", "bottom"), [({}, {1: 1.0}), ({1: 1.0}, {}), ({1: 1.0}, {1: 0.0})])
def test_quotient_without_a_value(top, bottom):
    assert report.quotient(top, bottom) is None


def test_add_and_subtract_by_round():
    assert report.add({1: 1.0, 2: 2.0}, {1: 10.0, 2: 20.0, 3: 30.0}) == {1: 11.0, 2: 22.0}
    assert report.subtract({1: 5.0, 2: 7.0}, {2: 3.0}) == {2: 4.0}


def test_table():
    assert report.table(("", "seconds"), [("a|b", "1 s"), ("c", "2 s")]) == (
        "|  | seconds |\n|:--|--:|\n| a\\|b | 1 s |\n| c | 2 s |"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, NONE), (0.0123, "12 ms"), (0.5, "0.50 s"), (9.99, "9.99 s"), (123.45, "123.5 s")],
)
def test_seconds(value, text):
    assert report.seconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, NONE), (1.234, "1.23x"), (12.34, "12.3x"), (123.4, "123x")]
)
def test_times(value, text):
    assert report.times(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, NONE), (0, NONE), (1_250_000, "1.2 MB"), (270_000_000, "270 MB")]
)
def test_megabytes(value, text):
    assert report.megabytes(value) == text


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        (Target("", 1.3, 1.3), "reached"),
        (Target("", 1.3, 1.31), "**missed**"),
        (Target("", 8, 8.0, at_least=True), "reached"),
        (Target("", 8, 7.9, at_least=True), "**missed**"),
        (Target("", 8, None), "not measured"),
    ],
)
def test_target(target, verdict):
    assert target.verdict == verdict


def test_failures_share_a_line_and_hide_folders_of_the_machine():
    text = report.failures(
        {
            "A, cold": "No such file: '/home/me/project/static/a.css'",
            "B": "boom",
            "A, again": "No such file: '/home/me/project/static/a.css'",
        }
    )
    assert text == (
        "- A, cold; A, again: failed: `No such file: '…/a.css'`\n"  #
        "- B: failed: `boom`"
    )


DOCUMENT = "# Benchmarks\n\nText.\n\n<!-- bench:a -->\nold\n<!-- /bench:a -->\n\nMore.\n"


def test_replace_section_changes_only_what_is_between_its_markers():
    assert report.replace_section(DOCUMENT, "a", "\nnew\n\n") == DOCUMENT.replace("old", "new")


def test_replace_section_appends_a_new_one():
    document = report.replace_section(DOCUMENT, "b", "table")
    assert document == DOCUMENT + "\n<!-- bench:b -->\ntable\n<!-- /bench:b -->\n"
    assert (
        report.replace_section("", "b", "table") == "<!-- bench:b -->\ntable\n<!-- /bench:b -->\n"
    )


@given(st.text(alphabet="abc \n|<>!-", max_size=80), st.text(alphabet="abc \n|", max_size=80))
def test_replace_section_twice_is_the_last_alone(first, second):
    once = report.replace_section(DOCUMENT, "b", second)
    twice = report.replace_section(report.replace_section(DOCUMENT, "b", first), "b", second)
    assert twice == once


@pytest.mark.parametrize(
    "document",
    [
        "<!-- bench:a -->",
        "<!-- /bench:a -->",
        "<!-- /bench:a --><!-- bench:a -->",
        DOCUMENT + DOCUMENT,
    ],
)
def test_damaged_markers_are_refused(document):
    with pytest.raises(ValueError, match="markers of the section 'a' are damaged"):
        report.replace_section(document, "a", "new")
