"""Measures what each coding and level makes of each type of file: the reasons for `lading.packing.efforts`.

    python bench/efforts.py [--megabytes 30] TREE ...     prints Markdown tables

Needs Lading with its extra `zstd`, and the trees (`python bench/trees.py fetch TREE ...`). All figures come
from one run; seconds are processor time of one core and mean nothing on another machine, their ratios do.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import trees
from lading.encoders import Recipe, encode, fingerprint
from lading.packing.efforts import Settings, worth

RECIPES = (
    Recipe("gzip", 6),
    Recipe("gzip", 9),
    Recipe("gzip", 10),
    Recipe("gzip", 12),
    Recipe("br", 5),
    Recipe("br", 10),
    Recipe("br", 11),
    Recipe("zstd", 3),
    Recipe("zstd", 19),
)
RULES = {
    "5% and one packet": Settings(minimum_packets=1),
    "5% alone": Settings(),
}


@dataclass
class Measured:
    """One file: its type, its size, and (bytes, processor seconds) by recipe."""

    type: str
    size: int
    made: dict[Recipe, tuple[int, float]] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("trees", nargs="+", help="names out of bench/trees.toml")
    parser.add_argument("--megabytes", type=int, default=30, help="size of the sample of each tree")
    options = parser.parse_args()
    chosen = trees.select(trees.load(), options.trees)
    trees.fetch(chosen)
    files = [path for tree in chosen for path in sample(tree, options.megabytes * 1_000_000)]
    with ThreadPoolExecutor() as pool:
        measured = list(pool.map(measure, files))
    print(f"{len(measured)} different files of {', '.join(options.trees)};", end=" ")
    print("; ".join(sorted({fingerprint(recipe).split()[-1] for recipe in RECIPES})))
    print_types(measured)
    print_rules(measured)


def sample(tree: trees.Tree, limit: int) -> list[Path]:
    """Different contents of a tree in the order of their digests, up to so many bytes."""
    found: dict[str, Path] = {}
    for source in tree.sources:
        for folder, _, names in os.walk(source):
            for name in names:
                path = Path(folder, name)
                found[hashlib.sha256(path.read_bytes()).hexdigest()] = path
    chosen: list[Path] = []
    for _, path in sorted(found.items()):
        limit -= path.stat().st_size
        if limit < 0:
            break
        chosen.append(path)
    return chosen


def measure(path: Path) -> Measured:
    content = path.read_bytes()
    name = path.name.lower()
    kind = "d.ts" if name.endswith((".d.ts", ".d.mts", ".d.cts")) else name.rpartition(".")[2]
    result = Measured(kind if "." in name else "(none)", len(content))
    for recipe in RECIPES:
        started = time.thread_time()
        made = encode(content, recipe)
        result.made[recipe] = len(made), time.thread_time() - started
    return result


def print_types(measured: list[Measured]) -> None:
    """Per cent of the original that each recipe leaves, by type, and what it costs."""
    types: dict[str, list[Measured]] = defaultdict(list)
    for file in measured:
        types[file.type].append(file)
    print("\n| type | files | MB |", *(f"{r.coding} {r.level} |" for r in RECIPES))
    print("|:--|--:|--:|" + "--:|" * len(RECIPES))
    ordered = sorted(types.items(), key=lambda item: -sum(file.size for file in item[1]))
    for kind, files in [*ordered, ("all", measured)]:
        size = sum(file.size for file in files)
        if size >= 50_000:
            ratios = (sum(file.made[r][0] for file in files) / size for r in RECIPES)
            cells = " ".join(f"{ratio:.1%} |" for ratio in ratios)
            print(f"| `{kind}` | {len(files):,} | {size / 1e6:.1f} | {cells}")
    base = sum(file.made[RECIPES[0]][1] for file in measured)
    costs = (sum(file.made[r][1] for file in measured) / base for r in RECIPES)
    print("| processor time / gzip 6 | | |", *(f"{cost:.1f}x |" for cost in costs))


def print_rules(measured: list[Measured]) -> None:
    """What the rule for keeping a variant costs in bytes and saves in files."""
    recipe = Recipe("br", 11)
    print("\n| a variant is kept if it saves | variants | bytes fetched |")
    print("|:--|--:|--:|")
    for rule, settings in RULES.items():
        kept = [file for file in measured if worth(file.size, file.made[recipe][0], settings)]
        saved = sum(file.size - file.made[recipe][0] for file in kept)
        total = sum(file.size for file in measured) - saved
        print(f"| {rule} | {len(kept):,} | {total:,} |")


if __name__ == "__main__":
    main()
