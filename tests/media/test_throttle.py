"""bytes -> waiting."""

from __future__ import annotations

import threading

import pytest

from lading.media.throttle import Throttle


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_as_many_bytes_a_second_as_are_allowed():
    clock = Clock()
    throttle = Throttle(1000, clock, clock.sleep)
    assert b"".join(throttle.slowed(iter([b"x" * 500] * 9))) == b"x" * 4500
    assert clock.now - 100 == pytest.approx(4.0)  # the last chunk need not be waited for


def test_who_was_idle_has_saved_up_nothing():
    clock = Clock()
    throttle = Throttle(1000, clock, clock.sleep)
    throttle.take(1000)
    clock.now += 60
    throttle.take(1000)
    throttle.take(1000)
    assert clock.slept == [pytest.approx(1.0)]


def test_without_a_limit_nobody_waits():
    clock = Clock()
    Throttle(0, clock, clock.sleep).take(10**12)
    assert clock.slept == []


def test_threads_share_the_limit():
    slept: list[float] = []
    throttle = Throttle(1000, lambda: 0.0, slept.append)
    threads = [threading.Thread(target=throttle.take, args=(1000,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slept) == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
