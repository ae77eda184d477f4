"""The order in which files get their names: what a file refers to comes before it, circles together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def components(edges: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """The strongly connected components of a graph, dependencies first, each sorted.

    ``edges`` maps a node to the nodes it refers to; a node that is no key of it is not yielded. A
    component of one node is a file outside of any circle, or one that refers to itself.
    Tarjan's algorithm (SIAM J. Comput. 1, 1972) with an explicit stack: linear in nodes and edges,
    and chains of any depth.
    """
    order: dict[str, int] = {}  # when a node was first seen
    low: dict[str, int] = {}  # the earliest node on the stack that it reaches
    on_stack: set[str] = set()
    stack: list[str] = []
    for root in sorted(edges):
        if root in order:
            continue
        work: list[tuple[str, Iterator[str]]] = []
        _enter(root, edges, order, low, stack, on_stack, work)
        while work:
            node, following = work[-1]
            for target in following:
                if target not in edges:
                    continue
                if target not in order:
                    _enter(target, edges, order, low, stack, on_stack, work)
                    break
                if target in on_stack:
                    low[node] = min(low[node], order[target])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == order[node]:
                    yield _unwind(node, stack, on_stack)


def _enter(
    node: str,
    edges: Mapping[str, Sequence[str]],
    order: dict[str, int],
    low: dict[str, int],
    stack: list[str],
    on_stack: set[str],
    work: list[tuple[str, Iterator[str]]],
) -> None:
    order[node] = low[node] = len(order)
    stack.append(node)
    on_stack.add(node)
    work.append((node, iter(edges[node])))


def _unwind(root: str, stack: list[str], on_stack: set[str]) -> list[str]:
    component: list[str] = []
    while True:
        node = stack.pop()
        on_stack.discard(node)
        component.append(node)
        if node == root:
            return sorted(component)
