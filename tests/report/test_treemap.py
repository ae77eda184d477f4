"""sizes and a frame -> rectangles, by the script that the report's page runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.resources import files
from itertools import combinations, pairwise
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

SCRIPT = files("lading.report").joinpath("web/treemap.js").read_text("utf-8")
RUN = """
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const [sizes, width, height] = JSON.parse(line);
  console.log(JSON.stringify(squarify(sizes, width, height)));
});
"""


class Rectangle(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def ratio(self) -> float:
        return max(self.width, self.height) / min(self.width, self.height)


Squarify = Callable[[list[int], float, float], list[Rectangle]]


@pytest.fixture(scope="module")
def squarify() -> Iterator[Squarify]:
    if not shutil.which("node"):
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("node is not installed, and nothing else here runs the script of the page")
    with subprocess.Popen(
        ["node", "-e", SCRIPT + RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as node:
        assert node.stdin
        assert node.stdout

        def ask(sizes: list[int], width: float, height: float) -> list[Rectangle]:
            print(json.dumps([sizes, width, height]), file=node.stdin, flush=True)
            return [Rectangle(**item) for item in json.loads(node.stdout.readline())]

        yield ask
        node.stdin.close()


sides = st.integers(1, 3000)
many = st.lists(st.integers(0, 10**12) | st.integers(0, 50), max_size=40)


@given(sizes=many, width=sides, height=sides)
@example(sizes=[1, 10**12], width=1, height=3000)
@example(sizes=[0, 0], width=5, height=5)
def test_areas_are_in_proportion_side_by_side_and_inside(squarify, sizes, width, height):
    rectangles = squarify(sizes, width, height)
    assert len(rectangles) == len(sizes)
    whole, total = width * height, sum(sizes)
    for size, rectangle in zip(sizes, rectangles, strict=True):
        assert rectangle.area == pytest.approx(
            whole * size / total if total else 0, abs=1e-6 * whole
        )
        assert min(rectangle) >= 0
        assert rectangle.x + rectangle.width <= width * (1 + 1e-9)
        assert rectangle.y + rectangle.height <= height * (1 + 1e-9)
    for one, other in combinations(rectangles, 2):
        across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
        down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
        assert max(0, across) * max(0, down) <= 1e-9 * whole


def test_the_example_of_the_paper(squarify):
    # Bruls, Huizing and van Wijk 2000, figure 5.
    first, second, third, *_ = squarify([6, 6, 4, 3, 2, 2, 1], 6, 4)
    assert first == pytest.approx((0, 0, 3, 2))
    assert second == pytest.approx((0, 2, 3, 2))
    assert third == pytest.approx((3, 0, 12 / 7, 7 / 3))


@given(sizes=st.lists(st.integers(50, 100), min_size=1, max_size=60), width=st.integers(100, 300))
def test_what_is_of_a_similar_size_is_nearly_square(squarify, sizes, width):
    assert max(rectangle.ratio for rectangle in squarify(sizes, width, 200)) < 5


@given(size=st.integers(1, 9), count=st.integers(1, 12))
def test_equal_sizes_fill_a_square_with_squares(squarify, size, count):
    rectangles = squarify([size] * count**2, 240, 240)
    assert all(rectangle.ratio == pytest.approx(1) for rectangle in rectangles)


def test_the_largest_come_first_and_the_order_of_the_input_does_not_matter(squarify):
    sizes = [3, 1, 4, 1, 5, 9, 2, 6]
    rectangles = squarify(sizes, 640, 480)
    ordered = squarify(sorted(sizes, reverse=True), 640, 480)
    assert sorted(rectangles) == sorted(ordered)
    assert (ordered[0].x, ordered[0].y) == (0, 0)
    assert all(a.area >= b.area - 1e-6 for a, b in pairwise(ordered))


def test_tens_of_thousands(squarify):
    rectangles = squarify(list(range(1, 50_001)), 1280, 720)
    assert sum(rectangle.area for rectangle in rectangles) == pytest.approx(1280 * 720)
