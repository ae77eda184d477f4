"""HTTP dates."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.serve.dates import format_date, parse_date

seconds = st.integers(-62_135_596_800, 253_402_300_799)  # the years 1 to 9999
EXAMPLE = 784_111_777


@given(seconds)
def test_what_is_formatted_is_parsed(moment: int) -> None:
    assert parse_date(format_date(moment)) == moment


@given(seconds)
def test_dates_are_formatted_as_the_standard_library_does(moment: int) -> None:
    # its formatdate() knows fewer years
    expected = format_datetime(datetime.fromtimestamp(moment, UTC), usegmt=True)
    assert format_date(moment) == expected


@pytest.mark.parametrize(
    "value",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun Nov 06 08:49:37 1994",
        " Sun, 06 Nov 1994 08:49:37 GMT\t",
    ],
)
def test_the_three_forms(value: str) -> None:
    assert parse_date(value) == EXAMPLE


def test_two_digits_of_a_year_are_at_most_fifty_years_ahead() -> None:
    this_year = datetime.now(UTC).year
    for ahead, expected in ((50, this_year + 50), (51, this_year - 49), (0, this_year)):
        parsed = parse_date(f"Monday, 01-Jun-{(this_year + ahead) % 100:02} 00:00:00 GMT")
        assert parsed is not None
        assert datetime.fromtimestamp(parsed, UTC).year == expected


def test_a_leap_second_is_the_one_before() -> None:
    assert parse_date("Sat, 31 Dec 2016 23:59:60 GMT") == parse_date(
        "Sat, 31 Dec 2016 23:59:59 GMT"
    )


@given(st.text(max_size=40))
def test_anything_is_parsed_or_none(value: str) -> None:
    parsed = parse_date(value)
    assert parsed is None or isinstance(parsed, int)


@given(seconds, st.integers(0, 28), st.characters(min_codepoint=33, max_codepoint=126))
def test_one_wrong_character_makes_it_another_date_or_none(
    moment: int, position: int, character: str
) -> None:
    text = format_date(moment)
    changed = text[:position] + character + text[position + 1 :]
    parsed = parse_date(changed)
    # Day names are not compared with the date, so another one of them is the same date.
    if changed != text and position > 4:
        assert parsed is None or parsed != moment


def test_dates_do_not_depend_on_the_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    for zone in ("Asia/Kolkata", "America/St_Johns", "UTC"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert format_date(EXAMPLE) == formatdate(EXAMPLE, usegmt=True)
        assert parse_date("Sun Nov  6 08:49:37 1994") == EXAMPLE
    monkeypatch.undo()
    time.tzset()
