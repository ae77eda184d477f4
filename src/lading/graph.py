"""The order in which files get their names: what a file refers to comes before it, circles together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence


class Waiting:
    """Nodes that wait for those they refer to, whatever the order in which they become known."""

    def __init__(self) -> None:
        self._missing: dict[str, int] = {}
        self._behind: dict[str, list[str]] = {}

    def add(self, node: str, missing: Collection[str]) -> None:
        """Let a node wait for others (at least one), each given once."""
        self._missing[node] = len(missing)
        for other in missing:
            self._behind.setdefault(other, []).append(node)

    def settle(self, node: str) -> list[str]:
        """The nodes that wait for nothing more, now that ``node`` is done."""
        ready: list[str] = []
        for behind in self._behind.pop(node, ()):
            self._missing[behind] -= 1
            if not self._missing[behind]:
                ready.append(behind)
        return ready


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
