"""Files as a tree of owners, sources and folders, with the small ones put together where there are many."""

from __future__ import annotations

import heapq
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from lading.report.sizes import Row

_OWNERS: Final = {"project": "Project", "vendor": "Packages"}

_KINDS: Final = {
    "style": "css less sass scss styl",
    "script": "cjs js jsx mjs ts tsx wasm",
    "image": "apng avif bmp cur gif ico jpeg jpg jxl png svg webp",
    "font": "eot otf ttc ttf woff woff2",
    "map": "map",
}
_KIND: Final = {ending: kind for kind, endings in _KINDS.items() for ending in endings.split()}


@dataclass(slots=True)
class Node:
    """A file or folder: its ``kind`` (``"folder"``, ``"rest"`` for files put together, or that of a
    file), the number of ``files`` and their ``sizes`` in bytes by measure.
    """

    name: str
    kind: str
    sizes: list[int]
    files: int = 0
    children: dict[str, Node] = field(default_factory=dict[str, "Node"])

    def add(self, sizes: Iterable[int]) -> None:
        """Count a file."""
        self.files += 1
        for index, size in enumerate(sizes):
            self.sizes[index] += size


def build(rows: Iterable[Row], measures: int) -> Node:
    """The tree: owner, source, folders, file."""
    root = Node("", "folder", [0] * measures)
    for row in rows:
        node = root
        node.add(row.sizes)
        *folders, name = row.path.split("/")
        for part in (_OWNERS[row.owner], row.source, *folders):
            if not part:
                continue
            node = node.children.setdefault(part, Node(part, "folder", [0] * measures))
            node.add(row.sizes)
        file = Node(name, _KIND.get(posixpath.splitext(name)[1][1:].lower(), "other"), [])
        file.sizes, file.files = list(row.sizes), 1
        # Not under its own name alone: a source may be called as a file is.
        node.children[f"/{name}"] = file
    return root


def prune(root: Node, limit: int, measure: int) -> None:
    """Keep the ``limit`` largest nodes below the root; in each folder that stays, put all others together."""
    largest = heapq.nsmallest(
        limit,
        ((-node.sizes[measure], depth, path, id(node)) for node, depth, path in _walk(root)),
    )
    kept = {identity for *_, identity in largest}
    pending = [root]
    while pending:
        node = pending.pop()
        staying = {name: child for name, child in node.children.items() if id(child) in kept}
        if len(staying) < len(node.children):
            rest = Node("", "rest", [0] * len(root.sizes))
            for name, child in node.children.items():
                if name not in staying:
                    rest.files += child.files
                    rest.sizes = [a + b for a, b in zip(rest.sizes, child.sizes, strict=True)]
            # A folder in which nothing is large enough to be told apart is one thing.
            node.children = {**staying, "": rest} if staying or node is root else {}
        pending.extend(node.children.values())


def document(node: Node, measure: int) -> dict[str, Any]:
    """The tree as JSON's types, the largest first and the small ones last: ``n`` name, ``k`` kind, ``f``
    number of files if it is not one file, ``s`` sizes, ``c`` children.
    """
    top: list[dict[str, Any]] = []
    pending = [(node, top)]
    while pending:
        node, siblings = pending.pop()
        item: dict[str, Any] = {"n": node.name, "k": node.kind, "s": node.sizes}
        siblings.append(item)
        if node.kind in ("folder", "rest"):
            item["f"] = node.files
        if node.children:
            children: list[dict[str, Any]] = item.setdefault("c", [])
            ordered = sorted(
                node.children.values(),
                key=lambda child: (child.kind == "rest", -child.sizes[measure], child.name),
            )
            pending.extend((child, children) for child in reversed(ordered))
    return top[0]


def _walk(root: Node) -> Iterator[tuple[Node, int, str]]:
    """Every node below the root with its depth and path, parents first."""
    pending = [(root, 0, "")]
    while pending:
        node, depth, path = pending.pop()
        for name, child in node.children.items():
            place = f"{path}/{name}"
            yield child, depth + 1, place
            if child.children:
                pending.append((child, depth + 1, place))
