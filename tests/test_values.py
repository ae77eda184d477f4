"""A table that is one setting -> its checked values, or what it must be instead."""

from __future__ import annotations

import pytest

from lading.values import InvalidValueError, choice, count, table

PARSERS = {"colour": choice("red", "green"), "size": count(1)}


def test_keys_may_be_in_any_case():
    assert table({"COLOUR": "red", "size": 2}, PARSERS, "a table") == {"colour": "red", "size": 2}
    assert table({}, PARSERS, "a table") == {}


@pytest.mark.parametrize(
    ("value", "wanted", "detail", "remedy"),
    [
        ([], "a table of things", "", ""),
        (None, "a table of things", "", ""),
        ({"Color": "red"}, "a table of things", " (unknown key 'Color')", "Did you mean 'colour'?"),
        ({"COLOR": "red"}, "a table of things", " (unknown key 'COLOR')", "Did you mean 'COLOUR'?"),
        ({3: 1}, "a table of things", " (unknown key 3)", "Valid settings: colour, size."),
        ({"SIZE": 0}, "a table whose 'size' is a whole number of at least 1", "", ""),
        ({"colour": "gren"}, "a table whose 'colour' is one of", "", "Did you mean 'green'?"),
    ],
)
def test_what_is_wrong_with_a_table(value: object, wanted: str, detail: str, remedy: str):
    with pytest.raises(InvalidValueError) as caught:
        table(value, PARSERS, "a table of things")
    error = caught.value
    assert error.wanted.startswith(wanted)
    assert (error.detail, error.remedy) == (detail, remedy)
