"""Files as a tree of owners, sources and folders, with the small ones put together where there are many."""

from __future__ import annotations

import heapq
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from lading.findings import Owner
from lading.report.sizes import Row

_OWNERS: Final[dict[Owner, str]] = {"project": "Project", "vendor": "Packages"}

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

    def add(self, files: int, sizes: Iterable[int]) -> None:
        """Count files."""
        self.files += files
        self.sizes = [a + b for a, b in zip(self.sizes, sizes, strict=True)]


def build(rows: Iterable[Row], measures: int, limit: int, measure: int) -> Node:
    """The tree of owner, source, folders and files, with the ``limit`` largest of all these by a measure
    (an index); in each folder, what is smaller is put together. There is no node for each file meanwhile.
    """
    rows = list(rows)
    root = Node("", "folder", [0] * measures)
    for place, (files, sizes) in _folders(rows).items():
        node = root
        node.add(files, sizes)
        for part in place:
            node = node.children.setdefault(part, Node(part, "folder", [0] * measures))
            node.add(files, sizes)
    for row in heapq.nsmallest(limit, rows, key=lambda row: (-row.sizes[measure], row.path)):
        node = root
        for part in _place(row):
            node = node.children[part]
        name = posixpath.basename(row.path)
        kind = _KIND.get(posixpath.splitext(name)[1][1:].lower(), "other")
        # Not under its name alone: a source may be called as a file is.
        node.children[f"/{name}"] = Node(name, kind, list(row.sizes), 1)
    _prune(root, limit, measure)
    return root


def _folders(rows: Iterable[Row]) -> dict[tuple[str, ...], tuple[int, list[int]]]:
    """The number and sizes of the files that lie in each folder itself."""
    sums: dict[tuple[Owner, str, str], list[int]] = {}
    for row in rows:
        key = row.owner, row.source, posixpath.dirname(row.path)
        if (known := sums.get(key)) is None:
            sums[key] = [1, *row.sizes]
        else:
            known[0] += 1
            for index, size in enumerate(row.sizes, 1):
                known[index] += size
    return {_parts(*key): (files, sizes) for key, (files, *sizes) in sums.items()}


def _place(row: Row) -> tuple[str, ...]:
    return _parts(row.owner, row.source, posixpath.dirname(row.path))


def _parts(owner: Owner, source: str, folder: str) -> tuple[str, ...]:
    return tuple(filter(None, (_OWNERS[owner], source, *folder.split("/"))))


def _prune(root: Node, limit: int, measure: int) -> None:
    """Keep the ``limit`` largest nodes below the root; in each folder that stays, put all others together."""
    # A folder is as large as what is in it, and comes before it.
    largest = heapq.nsmallest(
        limit,
        ((-node.sizes[measure], depth, path, id(node)) for node, depth, path in _walk(root)),
    )
    kept = {identity for *_, identity in largest}
    pending = [root]
    while pending:
        node = pending.pop()
        if node.kind != "folder":
            continue
        staying = {name: child for name, child in node.children.items() if id(child) in kept}
        node.children = staying
        rest = Node("", "rest", list(node.sizes), node.files)
        for child in staying.values():
            rest.add(-child.files, [-size for size in child.sizes])
        # A folder in which nothing is large enough to be told apart is one thing.
        if staying and rest.files:
            node.children = {**staying, "": rest}
        pending.extend(staying.values())


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
