"""``lading.adopt.draft``: values -> source, and the files that one builds on."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.adopt.code import parse
from lading.adopt.document import Document
from lading.adopt.draft import Draft, render
from lading.adopt.notes import Notes

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)  # fmt: skip


@given(VALUES, st.sampled_from("'\""))
def test_what_is_rendered_is_the_value(value: Any, mark: str):
    assert ast.literal_eval(render(value, mark)) == value


def test_texts_are_in_the_quotation_marks_of_the_file():
    assert render({"a": ["b", True]}, '"') == '{"a": ["b", True]}'
    assert render({"a": ["b", True]}, "'") == "{'a': ['b', True]}"


def draft(text: str) -> Draft:
    code = parse(Document("s.py", "/s.py", text.encode(), text, "utf-8"))
    assert code is not None
    return Draft(code, Notes())


@pytest.mark.parametrize(
    ("text", "mark"), [("A = 'a', 'b', \"c\"", "'"), ("A = 'a', \"c\"", '"'), ("A = r'a'", "'")]
)
def test_the_mark_is_that_of_most_strings(text: str, mark: str):
    assert draft(text).mark == mark


def test_a_family_is_told_once_the_nearest_first_also_in_a_circle():
    one, two, three = draft("A = 1"), draft("B = 1"), draft("C = 1")
    one.bases, two.bases, three.bases = [two, three], [three], [one]
    family = list(one.family())
    assert len(family) == 3
    assert all(a is b for a, b in zip(family, (one, two, three), strict=True))


def test_names_that_are_set_in_blocks_but_not_in_functions():
    member = draft("if X:\n    A = B = 1\nA += 2\ndef f():\n    C = 1\nclass D:\n    E: int = 1\n")
    assert sorted(name for name, _ in member.assignments()) == ["A", "A", "B"]
    assert sorted(name for name, _ in member.assignments(everywhere=True)) == [
        "A",
        "A",
        "B",
        "C",
        "E",
    ]
    assert member.sets("B")
    assert not member.sets("E")
