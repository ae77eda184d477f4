"""``lading.adopt.edits``: text and spans -> text, and a diff that ``git apply`` reads."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.adopt.edits import Edit, apply, unified_diff


def test_edits_replace_spans_and_insert():
    edits = [Edit(6, 11, "there"), Edit(0, 0, "Oh, "), Edit(11, 11, "!")]
    assert apply("hello world", edits) == "Oh, hello there!"


def test_insertions_at_one_place_keep_their_order():
    assert apply("ab", [Edit(1, 1, "1"), Edit(1, 1, "2")]) == "a12b"


def test_edits_that_overlap_are_refused():
    with pytest.raises(ValueError, match="overlap at 1"):
        apply("abc", [Edit(0, 2, ""), Edit(1, 3, "")])


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\x0cd\n", "é\n", "\n"]), max_size=8)


@given(LINES, LINES, st.sampled_from(["", "no line end"]))
def test_a_diff_of_what_is_the_same_is_empty(before: list[str], after: list[str], end: str):
    old, new = "".join(before) + end, "".join(after) + end
    assert (unified_diff("f", old, new) == "") == (old == new)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\n", "a\nc\n"),
        ("a\r\nb\r\n", "a\r\nc\r\n"),
        ("a\nb", "a\nc"),
        ("a\nb", "a\nb\n"),
        ("a\x0c\x85\u2028b\nc\n", "a\x0c\x85\u2028b\nd\n"),
    ],
)
def test_git_applies_the_diff(tmp_path: Path, before: str, after: str):
    file = tmp_path / "settings.py"
    file.write_bytes(before.encode())
    subprocess.run(
        ["git", "apply", "-p1", "-"],
        input=unified_diff("settings.py", before, after).encode(),
        cwd=tmp_path,
        check=True,
    )
    assert file.read_bytes() == after.encode()
