"""``lading.references.lines``: offset -> line and column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.references.lines import Lines

CASES = [
    (b"", 0, (1, 1)),
    (b"abc", 0, (1, 1)),
    (b"abc", 2, (1, 3)),
    (b"abc", 99, (1, 4)),
    (b"abc", -1, (1, 1)),
    (b"a\nb", 1, (1, 2)),
    (b"a\nb", 2, (2, 1)),
    (b"a\r\nb", 3, (2, 1)),
    (b"a\rb", 2, (2, 1)),
    (b"a\n\n\nb", 4, (4, 1)),
    ("é\né=".encode(), 5, (2, 2)),
    ("€=\n".encode(), 3, (1, 2)),
    (b"\xef\xbb\xbfa", 3, (1, 1)),
    (b"\xff=", 1, (1, 2)),
]


@pytest.mark.parametrize(("data", "offset", "expected"), CASES)
def test_position(data: bytes, offset: int, expected: tuple[int, int]) -> None:
    assert Lines(data).position(offset) == expected


@given(st.text(st.sampled_from("aé€😀\n\r")), st.lists(st.integers(0, 80)))
def test_as_counted_by_hand(text: str, offsets: list[int]) -> None:
    data = text.encode()
    lines = Lines(data)
    for offset in offsets:  # in any order
        before = data[: min(offset, len(data))].decode(errors="ignore")
        if data[:offset].endswith(b"\r") and data[offset : offset + 1] == b"\n":
            continue  # between CR and LF
        rows = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if len(before.encode()) == min(offset, len(data)):
            assert lines.position(offset) == (len(rows), len(rows[-1]) + 1)
