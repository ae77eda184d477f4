"""The report as one HTML page: where the bytes are, what is largest, what collided, what is wrong, what took
how long. It asks for nothing, not even a font, and says so by its own policy.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Final

import lading
from lading.build import Outcome
from lading.catalog import describe
from lading.config import Config
from lading.findings import Finding
from lading.report import files as report_files
from lading.report import tree
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

Cell = tuple[str, str]
"""A cell's class, and its content as HTML."""


def write(path: str, content: str) -> None:
    """Write a page to a file, whole or not at all. Raises ``ConfigError`` when that cannot be done."""
    report_files.write(path, [content], "HTML", errors="replace")


def page(outcome: Outcome, config: Config, destination: str, root: str = "") -> str:
    """The page of a run into ``destination``, which is the folder ``root`` unless that is empty."""
    sizes = sizes_of(outcome, root, config)
    content = [
        _totals(outcome, sizes),
        _resource("map.html"),
        _owners(sizes),
        _largest(sizes),
        _collisions(outcome),
        _findings([finding for finding in outcome.findings if finding.kind != "collision"]),
        _times(outcome.seconds),
    ]
    return _whole("Static files", _summary(outcome, destination), content, _map(sizes))


def failure(found: Sequence[Finding]) -> str:
    """The page of a run that its findings stopped: nothing was published."""
    summary = "Nothing was published, because of errors; the previous release is untouched."
    return _whole("Static files: nothing published", summary, [_findings(found)], None)


def _whole(title: str, summary: str, content: Iterable[str], data: str | None) -> str:
    style = _resource("page.css")
    script = _resource("treemap.js") + _resource("page.js")
    policy = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
    policy += f"style-src {_digest(style)}"
    scripts = ""
    if data is not None:
        policy += f"; script-src {_digest(script)}"
        scripts = (
            f'<script type="application/json" id="data">{data}</script>\n<script>{script}</script>'
        )
    return Template(_resource("page.html")).substitute(
        policy=policy,
        title=_text(title),
        style=style,
        summary=_text(summary),
        content="\n".join(content),
        version=_text(lading.__version__),
        scripts=scripts,
    )


def _digest(text: str) -> str:
    """The source expression that allows just this text (Content Security Policy Level 3 §2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _map(sizes: Sizes) -> str:
    """The tree of files, as JSON that can stand inside of HTML."""
    identity = sizes.measures.index("identity")
    root = tree.build(sizes.rows, len(sizes.measures), _NODES, identity)
    document = {
        "measures": [(measure, _LABELS[measure]) for measure in sizes.measures],
        "tree": tree.document(root, identity),
    }
    text = json.dumps(document, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


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
        items.append((_LABELS[measure], _bytes(total), told))
    cells = "".join(
        f"<div><dt>{_text(name)}</dt><dd>{_text(value)}<small>{_text(note)}</small></dd></div>"
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
            ("path", _text(source)),
            ("", _text(owner)),
            _number(f"{count:,}"),
            *(_number(_bytes(total)) for total in totals),
        ]
        for (owner, source), totals, count in summed
    ]
    columns = [("path", "Source"), ("", "Owner"), ("number", "Files"), *_size_columns(sizes)]
    return _section("sources", "Sources", _table("sources", columns, rows))


def _largest(sizes: Sizes) -> str:
    identity = sizes.measures.index("identity")
    largest = sorted(sizes.rows, key=lambda row: (-row.sizes[identity], row.path))[:_LARGEST]
    rows = [
        [
            ("path", _text(row.path)),
            ("path", _text(row.source)),
            *(_number(_bytes(size)) for size in row.sizes),
        ]
        for row in largest
    ]
    columns = [("path", "File"), ("path", "Source"), *_size_columns(sizes)]
    return _section("largest", "Largest files", _table("largest", columns, rows))


def _collisions(outcome: Outcome) -> str:
    catalog = outcome.plan.catalog
    paths = sorted(set(outcome.conflicts))
    rows = [
        [
            ("path", _text(path)),
            ("path", _text(describe(catalog.winners[path]))),
            ("path", "<br>".join(_text(describe(a)) for a in catalog.shadowed[path])),
        ]
        for path in paths[:_COLLISIONS]
        if path in catalog.winners and path in catalog.shadowed
    ]
    if not rows:
        return _section(
            "collisions",
            "Collisions",
            "<p>No two sources ship one path with different content.</p>",
        )
    columns = [("path", "Path"), ("path", "Published"), ("path", "Shadowed")]
    table = _table("collisions", columns, rows, stacked=True)
    return _section("collisions", "Collisions", table + _more(len(paths), len(rows)))


def _findings(found: Sequence[Finding]) -> str:
    ordered = sorted(found, key=lambda f: (-f.severity, f.path, f.kind, f.where))
    rows = [
        [
            (f.severity.name.lower(), _text(f.severity.name.lower())),
            ("", _text(f.kind)),
            ("path", f"{_text(f.path)}<br>{_text(f.where)}" if f.path else _text(f.where)),
            ("path", f"{_text(f.message)}<br>{_text(f.hint)}" if f.hint else _text(f.message)),
        ]
        for f in ordered[:_FINDINGS]
    ]
    if not rows:
        return _section("findings", "Findings", "<p>Nothing to tell.</p>")
    columns = [("", "Severity"), ("", "Kind"), ("path", "File"), ("path", "What")]
    table = _table("findings", columns, rows, stacked=True)
    return _section("findings", "Findings", table + _more(len(ordered), len(rows)))


def _times(seconds: Mapping[str, float]) -> str:
    whole = sum(seconds.values()) or 1.0
    rows = [
        [
            ("", _text(_STEPS.get(step, step))),
            _number(f"{spent:.2f} s"),
            (
                "bar",
                f'<svg aria-hidden="true"><rect width="{spent / whole:.1%}" height="100%"/></svg>',
            ),
        ]
        for step, spent in seconds.items()
    ]
    columns = [("", "Step"), ("number", "Time"), ("bar", "Share")]
    return _section("times", "Time by step", _table("times", columns, rows))


# HTML


def _section(name: str, title: str, content: str) -> str:
    return (
        f'<section id="{name}">\n<h2 id="{name}-title">{_text(title)}</h2>\n{content}\n</section>'
    )


def _table(
    name: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Cell]],
    *,
    stacked: bool = False,
) -> str:
    """A table in the section ``name``."""
    head = "".join(f'<th scope="col"{_class(kind)}>{_text(title)}</th>' for kind, title in columns)
    lines: list[str] = []
    for row in rows:
        cells = "".join(f"<td{_class(kind)}>{content}</td>" for kind, content in row)
        lines.append(f"<tr>{cells}</tr>")
    body = "\n".join(lines)
    kind = _class("stacked" if stacked else "")
    return (
        f'<div class="wide" role="region" aria-labelledby="{name}-title" tabindex="0">\n'
        f"<table{kind}><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def _size_columns(sizes: Sizes) -> list[tuple[str, str]]:
    return [("number", _LABELS[measure]) for measure in sizes.measures]


def _number(text: str) -> Cell:
    return "number", text


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _more(total: int, shown: int) -> str:
    if total <= shown:
        return ""
    return f'<p class="note">And {total - shown:,} more, which --json tells.</p>'


def _text(text: str) -> str:
    """Text as HTML; control characters, which HTML has no way to write, become U+FFFD."""
    return html.escape(
        "".join(c if c >= " " or c in "\t\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
    )


def _bytes(size: int) -> str:
    """``1.2 MB``: powers of 1,000, two digits or more."""
    if size < 1000:
        return f"{size} B"
    value, units = size / 1000, ["kB", "MB", "GB", "TB", "PB"]
    while value >= 999.5 and len(units) > 1:
        value /= 1000
        del units[0]
    return f"{value:.{0 if value >= 9.95 else 1}f} {units[0]}"


def _resource(name: str) -> str:
    return files("lading.report").joinpath("web", name).read_text("utf-8")
