"""Chunks made in one thread and taken in another."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest

from lading.objectstore.feeding import fed


def test_all_chunks_come_in_their_order():
    with fed(lambda: iter([b"1", b"2", b"3", b"4"])) as taken:
        assert list(taken) == [b"1", b"2", b"3", b"4"]


def test_what_making_them_raises_comes_where_they_are_taken():
    def chunks() -> Iterator[bytes]:
        yield b"1"
        raise OSError("the disk is gone")

    with fed(chunks) as taken:
        assert next(taken) == b"1"
        with pytest.raises(OSError, match="the disk is gone"):
            next(taken)


def test_few_are_made_ahead_and_none_when_nobody_waits_for_them():
    is_closed = Event()
    made: list[int] = []

    def chunks() -> Iterator[bytes]:
        try:
            for number in range(1000):
                made.append(number)
                yield b"x"
        finally:
            is_closed.set()

    with fed(chunks) as taken:
        next(taken)
    assert is_closed.wait(30)
    assert len(made) < 10
