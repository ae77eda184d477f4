"""``lading.adopt.code``: source and nodes -> spans and edits that leave valid source."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.adopt.code import Code, parse
from lading.adopt.document import Document
from lading.adopt.edits import apply


def code(text: str) -> Code:
    parsed = parse(Document("s.py", "/s.py", text.encode(), text, "utf-8"))
    assert parsed is not None
    return parsed


def without(text: str, *names: str) -> str:
    """The text once the elements of these values are removed from its first list or tuple."""
    parsed = code(text)
    display = next(n for n in ast.walk(parsed.tree) if isinstance(n, ast.List | ast.Tuple))
    gone = [e for e in display.elts if isinstance(e, ast.Constant) and e.value in names]
    return apply(text, parsed.remove_elements(display, gone))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('A = ["x", "b"]', 'A = ["b"]'),
        ('A = ["b", "x"]', 'A = ["b"]'),
        ('A = ["b", "x",]', 'A = ["b",]'),
        ('A = ["x"]', "A = []"),
        ('A = ["x",]', "A = []"),
        ('A = ["b", "x", "y", "c"]', 'A = ["b", "c"]'),
        ('A = ["x", "b", "y"]', 'A = ["b"]'),
        ('A = ["b", "x", "y"]', 'A = ["b"]'),
        ('A = ("x", "b")', 'A = ("b",)'),
        ('A = ("b", "x")', 'A = ("b",)'),
        ('A = ("b", "x",)', 'A = ("b",)'),
        ('A = (\n    "x",\n    "b"\n)', 'A = (\n    "b",\n)'),
        ('A = [\n    "b",\n    "x",  # why\n    # c\n    "c",\n]', 'A = [\n    "b",\n    # c\n    "c",\n]'),
        ('A = [\n    "b",\n    "x"\n]', 'A = [\n    "b",\n]'),
        ('A = [\r\n    "b",\r\n    "x",\r\n]\r\n', 'A = [\r\n    "b",\r\n]\r\n'),
        ('É = ["é", "x", "b"]', 'É = ["é", "b"]'),
    ],
)  # fmt: skip
def test_elements_are_removed_with_their_line(before: str, after: str):
    assert without(before, "x", "y") == after


ELEMENTS = st.lists(st.sampled_from(["a", "b", "x", "y"]), max_size=6)
LAYOUTS = st.sampled_from([(", ", ""), (",\n    ", "\n"), (",", ","), (",\n    ", ",\n")])


@given(ELEMENTS, LAYOUTS, st.sampled_from(["[]", "()"]))
def test_what_is_left_is_a_list_or_a_tuple_of_the_others(
    names: list[str], layout: tuple[str, str], brackets: str
):
    gap, end = layout
    inner = gap.join(f'"{name}"' for name in names) + (end if names else "")
    if brackets == "()" and len(names) == 1 and "," not in end:
        inner += ","
    text = f"A = {brackets[0]}{inner}{brackets[1]}\n"
    left = ast.literal_eval(without(text, "x", "y").removeprefix("A = "))
    assert list(left) == [name for name in names if name not in "xy"]
    assert isinstance(left, list if brackets == "[]" else tuple)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A = 1\nB = 2  # why\nC = 3\n", "A = 1\nC = 3\n"),
        ("B = [\n  2,\n]", ""),
        ("if True:\n    B = 2\n", "if True:\n    pass\n"),
        ("if True:\n    A = 1\n    B = 2\n", "if True:\n    A = 1\n"),
        ("try:\n    A = 1\nexcept E:\n    B = 2  # why\n", "try:\n    A = 1\nexcept E:\n    pass  # why\n"),
    ],
)  # fmt: skip
def test_a_statement_is_removed_by_lines(before: str, after: str):
    parsed = code(before)
    statement = next(
        node
        for node in ast.walk(parsed.tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "B"
    )
    edit = parsed.remove_statement(statement)
    assert edit is not None
    assert apply(before, [edit]) == after


def test_a_statement_that_shares_its_line_is_not_removed():
    parsed = code("A = 1; B = 2\n")
    assert [parsed.remove_statement(statement) for statement in parsed.tree.body] == [None, None]


def test_strings_that_are_written_out():
    parsed = code('A = ["a", "b" "c", f"d{x}", b"e"]')
    assert [node.value for node in parsed.strings] == ["a", "bc"]


@pytest.mark.parametrize("text", ["A = (", "A = '\0'", "A = " + "(" * 3000])
def test_what_cannot_be_parsed_is_no_code(text: str):
    assert parse(Document("s.py", "/s.py", b"", text, "utf-8")) is None


def test_a_node_knows_its_text_behind_wide_characters(tmp_path: Path):
    parsed = code("# naïve\r\nÜ = 'ß𝄞'; B = 'x'\r\n")
    statement = parsed.tree.body[1]
    assert parsed.text(statement) == "B = 'x'"
    assert parsed.where(statement) == "s.py:2"
