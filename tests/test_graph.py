"""Order and circles of the reference graph, against the plain definition of both."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.graph import Waiting, components

Graph = dict[str, list[str]]

NODES = st.sampled_from("abcdefghij")
GRAPHS = st.dictionaries(NODES, st.lists(NODES, max_size=6), max_size=10)


def reached(edges: Graph) -> dict[str, set[str]]:
    """What each node leads to over one or more edges, by adding steps until nothing is new."""
    closure = {node: set(targets) & edges.keys() for node, targets in edges.items()}
    while True:
        wider = {
            node: targets.union(*(closure[target] for target in targets))
            for node, targets in closure.items()
        }
        if wider == closure:
            return closure
        closure = wider


@given(GRAPHS, st.randoms(use_true_random=False))
def test_what_waits_is_done_after_all_that_it_waits_for(edges: Graph, rng: random.Random):
    closure = reached(edges)
    circular = {node for node in edges if node in closure[node]}
    nodes = [*edges, *{t for targets in edges.values() for t in targets} - edges.keys()]
    rng.shuffle(nodes)
    done: list[str] = []
    waiting = Waiting()
    for known in nodes:
        missing = set(edges.get(known, ())).difference(done)
        if missing:
            waiting.add(known, missing)
        ready = [] if missing else [known]
        while ready:
            node = ready.pop()
            assert node not in done
            assert set(edges.get(node, ())) <= set(done)
            done.append(node)
            ready.extend(waiting.settle(node))
    # All but circles and what leads to them.
    assert set(done) == {
        n for n in nodes if n not in circular and not closure.get(n, set()) & circular
    }


@given(GRAPHS)
def test_components_are_what_reaches_each_other(edges: Graph):
    closure = reached(edges)
    expected = {
        frozenset([node, *(other for other in closure[node] if node in closure[other])])
        for node in edges
    }
    found = list(components(edges))
    assert {frozenset(component) for component in found} == expected
    assert len(found) == len(expected)
    assert all(component == sorted(component) for component in found)


@given(GRAPHS)
def test_what_a_file_refers_to_comes_before_it(edges: Graph):
    done: set[str] = set()
    for component in components(edges):
        done.update(component)
        for node in component:
            assert set(edges[node]) & edges.keys() <= done


@given(GRAPHS, st.randoms(use_true_random=False))
def test_the_components_do_not_depend_on_the_order_of_the_nodes(edges: Graph, rng: random.Random):
    shuffled = list(edges.items())
    rng.shuffle(shuffled)
    assert list(components(dict(shuffled))) == list(components(edges))


def test_a_node_that_is_no_key_is_not_yielded():
    assert list(components({"a": ["b", "c"], "c": ["d"]})) == [["c"], ["a"]]


def test_a_file_that_refers_to_itself_is_a_component_of_one():
    assert list(components({"a": ["a", "b"], "b": ["b", "b"]})) == [["b"], ["a"]]


class Counting(Mapping[str, Sequence[str]]):
    """A graph that counts how many edges were looked at."""

    def __init__(self, edges: Mapping[str, Sequence[str]]) -> None:
        self.edges = edges
        self.looks = 0

    def __getitem__(self, node: str) -> Sequence[str]:
        self.looks += len(self.edges[node])
        return self.edges[node]

    def __contains__(self, node: object) -> bool:
        return node in self.edges

    def __iter__(self) -> Iterator[str]:
        return iter(self.edges)

    def __len__(self) -> int:
        return len(self.edges)


def chain(length: int) -> Graph:
    return {f"{n:05}": [f"{n + 1:05}"] for n in range(length)} | {f"{length:05}": []}


def circle(length: int) -> Graph:
    return {f"{n:05}": [f"{(n + 1) % length:05}"] for n in range(length)}


@pytest.mark.parametrize("start", ["first", "last"])
def test_a_chain_of_ten_thousand(start: str):
    edges = chain(10_000)
    if start == "last":  # names sorted against the chain's direction
        edges = {f"{99_999 - int(a)}": [f"{99_999 - int(b)}" for b in t] for a, t in edges.items()}
    found = [node for (node,) in components(edges)]
    assert found == sorted(edges, reverse=start == "first")


@pytest.mark.parametrize("length", [2, 3, 17, 10_000])
def test_a_circle_is_one_component(length: int):
    (component,) = components(circle(length))
    assert component == sorted(circle(length))


def test_circles_in_a_row_stay_apart():
    edges = {f"{n:04}": [f"{n ^ 1:04}", f"{max(n - 2, 0):04}"] for n in range(6000)}
    found = list(components(edges))
    assert found == [[f"{n:04}", f"{n + 1:04}"] for n in range(0, 6000, 2)]


@pytest.mark.parametrize("make", [chain, circle])
def test_every_edge_is_looked_at_once(make):
    for size in (500, 4000):
        edges = Counting(make(size))
        list(components(edges))
        assert edges.looks == sum(map(len, edges.edges.values()))


def test_everything_refers_to_everything():
    names = [f"{n:03}" for n in range(300)]
    edges = Counting(dict.fromkeys(names, names))
    assert list(components(edges)) == [names]
    assert edges.looks == 300 * 300
