"""The report as one HTML page: where the bytes are, what is largest, what collided, what is wrong, what took
how long. It asks for nothing, not even a font, and says so by its own policy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from lading.build import Outcome
from lading.catalog import describe
from lading.config import Config
from lading.findings import Finding
from lading.report import files as report_files
from lading.report import tree
from lading.report.elements import (
    bytes_told,
    more,
    number,
    resource,
    section,
    table,
    text,
    whole,
)
from lading.report.sizes import Row, Sizes, sizes_of

_NODES: Final = 3000  # of the map; what is smaller is put together
_LARGEST: Final = 50  # files in their table
_COLLISIONS: Final = 300
_FINDINGS: Final = 500
_LABELS: Final = {
    "written": "As written",
    "identity": "Uncompressed",
    "gzip": "gzip",
    "br": "Brotli",
    "zstd": "Zstandard",
}
_STEPS: Final = {
    "scan": "Scan the sources",
    "survey": "Look through the target",
    "minify": "Minify",
    "name": "Find references, give names",
    "compare": "Compare",
    "copy": "Copy",
    "pack": "Pack",
    "publish": "Publish",
}


def write(path: str, content: str) -> None:
    """Write a page to a file, whole or not at all. Raises ``ConfigError`` when that cannot be done."""
    report_files.write(path, [content], "HTML", errors="replace")


def page(outcome: Outcome, config: Config, destination: str, root: str = "") -> str:
    """The page of a run into ``destination``, which is the folder ``root`` unless that is empty."""
    sizes = sizes_of(outcome, root, config)
    content = [
        _totals(outcome, sizes),
        resource("map.html"),
        _owners(sizes),
        _largest(sizes),
        _collisions(outcome),
        _findings([finding for finding in outcome.findings if finding.kind != "collision"]),
        _times(outcome.seconds),
    ]
    return whole("Static files", _summary(outcome, destination), content, _map(sizes))


def failure(found: Sequence[Finding]) -> str:
    """The page of a run that its findings stopped: nothing was published."""
    summary = "Nothing was published, because of errors; the previous release is untouched."
    return whole("Static files: nothing published", summary, [_findings(found)], None)


def _map(sizes: Sizes) -> str:
    """The tree of files, as JSON that can stand inside of HTML."""
    identity = sizes.measures.index("identity")
    root = tree.build(sizes.rows, len(sizes.measures), _NODES, identity)
    document = {
        "measures": [(measure, _LABELS[measure]) for measure in sizes.measures],
        "tree": tree.document(root, identity),
    }
    data = json.dumps(document, separators=(",", ":"))
    return data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


# Sections


def _summary(outcome: Outcome, destination: str) -> str:
    plan, done = outcome.plan, "to write" if outcome.dry_run else "written"
    parts = [
        f"{len(plan.puts):,} {done}",
        f"{len(plan.unchanged):,} unchanged",
        f"{len(outcome.removed):,} {'to remove' if outcome.dry_run else 'removed'}",
    ]
    if outcome.packed or outcome.reused:
        parts.append(
            f"{outcome.packed:,} encodings made, {outcome.reused:,} out of the build cache"
        )
    kind = "Dry run" if outcome.dry_run else f"Release {outcome.release}"
    return f"{kind} of {destination}: {', '.join(parts)}."


def _totals(outcome: Outcome, sizes: Sizes) -> str:
    totals = sizes.totals()
    items = [("Files", f"{len(sizes.rows):,}", "each counted once")]
    for measure, total in zip(sizes.measures, totals, strict=True):
        change = (total - totals[0]) / totals[0] if totals[0] else 0
        told = f"{abs(change):.1%} {'larger' if change > 0 else 'smaller'}" if change else ""
        items.append((_LABELS[measure], bytes_told(total), told))
    cells = "".join(
        f"<div><dt>{text(name)}</dt><dd>{text(value)}<small>{text(note)}</small></dd></div>"
        for name, value, note in items
    )
    return f'<dl class="totals">{cells}</dl>'


def _owners(sizes: Sizes) -> str:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in sizes.rows:
        groups.setdefault((row.owner, row.source), []).append(row)
    identity = sizes.measures.index("identity")
    summed = [(owner, sizes.totals(rows), len(rows)) for owner, rows in groups.items()]
    summed.sort(key=lambda item: (-item[1][identity], item[0]))
    rows = [
        [
            ("path", text(source)),
            ("", text(owner)),
            number(f"{count:,}"),
            *(number(bytes_told(total)) for total in totals),
        ]
        for (owner, source), totals, count in summed
    ]
    columns = [("path", "Source"), ("", "Owner"), ("number", "Files"), *_size_columns(sizes)]
    return section("sources", "Sources", table("sources", columns, rows))


def _largest(sizes: Sizes) -> str:
    identity = sizes.measures.index("identity")
    largest = sorted(sizes.rows, key=lambda row: (-row.sizes[identity], row.path))[:_LARGEST]
    rows = [
        [
            ("path", text(row.path)),
            ("path", text(row.source)),
            *(number(bytes_told(size)) for size in row.sizes),
        ]
        for row in largest
    ]
    columns = [("path", "File"), ("path", "Source"), *_size_columns(sizes)]
    return section("largest", "Largest files", table("largest", columns, rows))


def _collisions(outcome: Outcome) -> str:
    catalog = outcome.plan.catalog
    paths = sorted(set(outcome.conflicts))
    rows = [
        [
            ("path", text(path)),
            ("path", text(describe(catalog.winners[path]))),
            ("path", "<br>".join(text(describe(a)) for a in catalog.shadowed[path])),
        ]
        for path in paths[:_COLLISIONS]
        if path in catalog.winners and path in catalog.shadowed
    ]
    if not rows:
        return section(
            "collisions",
            "Collisions",
            "<p>No two sources ship one path with different content.</p>",
        )
    columns = [("path", "Path"), ("path", "Published"), ("path", "Shadowed")]
    shown = table("collisions", columns, rows, stacked=True)
    return section("collisions", "Collisions", shown + more(len(paths), len(rows)))


def _findings(found: Sequence[Finding]) -> str:
    ordered = sorted(found, key=lambda f: (-f.severity, f.path, f.kind, f.where))
    rows = [
        [
            (f.severity.name.lower(), text(f.severity.name.lower())),
            ("", text(f.kind)),
            ("path", f"{text(f.path)}<br>{text(f.where)}" if f.path else text(f.where)),
            ("path", f"{text(f.message)}<br>{text(f.hint)}" if f.hint else text(f.message)),
        ]
        for f in ordered[:_FINDINGS]
    ]
    if not rows:
        return section("findings", "Findings", "<p>Nothing to tell.</p>")
    columns = [("", "Severity"), ("", "Kind"), ("path", "File"), ("path", "What")]
    shown = table("findings", columns, rows, stacked=True)
    return section("findings", "Findings", shown + more(len(ordered), len(rows)))


def _times(seconds: Mapping[str, float]) -> str:
    spent_in_all = sum(seconds.values()) or 1.0
    rows = [
        [
            ("", text(_STEPS.get(step, step))),
            number(f"{spent:.2f} s"),
            (
                "bar",
                f'<svg aria-hidden="true"><rect width="{spent / spent_in_all:.1%}" height="100%"/></svg>',
            ),
        ]
        for step, spent in seconds.items()
    ]
    columns = [("", "Step"), ("number", "Time"), ("bar", "Share")]
    return section("times", "Time by step", table("times", columns, rows))


def _size_columns(sizes: Sizes) -> list[tuple[str, str]]:
    return [("number", _LABELS[measure]) for measure in sizes.measures]
