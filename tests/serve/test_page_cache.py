"""Reading at once what is little and in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lading.serve import page_cache
from lading.serve.files import cut
from lading.serve.page_cache import LITTLE, at_once, read_now

CONTENT = b"".join(b"%07d\n" % number for number in range(100_000))  # 800000 bytes


@pytest.fixture
def large(tmp_path: Path) -> Path:
    file = tmp_path / "large.bin"
    file.write_bytes(CONTENT)
    return file


@pytest.fixture
def descriptor(large: Path) -> Iterator[int]:
    descriptor = os.open(large, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


PARTS: list[tuple[bytes | tuple[int, int], ...]] = [
    (),
    ((5, 5 + LITTLE),),
    (b"head", (0, 10), b"head", (70_000, 70_010), b"end"),
]


@pytest.mark.parametrize("parts", PARTS)
def test_little_is_read_at_once(descriptor: int, parts: tuple[Any, ...]) -> None:
    assert at_once(descriptor, parts) == cut(CONTENT, parts)


@pytest.mark.parametrize("parts", [((0, LITTLE + 1),), (b"x", (0, LITTLE)), ((0, len(CONTENT)),)])
def test_much_is_not(descriptor: int, parts: tuple[Any, ...]) -> None:
    assert at_once(descriptor, parts) is None


def test_little_that_cannot_be_read_at_once(
    large: Path, descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = ((len(CONTENT) - 10, len(CONTENT)),)
    with monkeypatch.context() as patched:
        patched.setattr(page_cache, "_NO_WAIT", None)
        assert at_once(descriptor, parts) is None
    for size in (len(CONTENT) - 5, len(CONTENT) - 10):  # it has become shorter
        os.truncate(large, size)
        assert at_once(descriptor, parts) is None


def test_a_descriptor_that_cannot_be_read(large: Path) -> None:
    descriptor = os.open(large, os.O_WRONLY)
    assert at_once(descriptor, ((0, 1),)) is None
    with pytest.raises(OSError, match="descriptor"):
        read_now(descriptor, 0, 1)
    os.close(descriptor)


def test_the_end_of_the_file(descriptor: int) -> None:
    assert read_now(descriptor, len(CONTENT) - 8, 100) == b"0099999\n"
    assert read_now(descriptor, len(CONTENT), 100) == b""
