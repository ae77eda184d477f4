"""The parts of a report's page: a document that asks for nothing and says so by its own policy, its
sections and tables.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from importlib.resources import files
from string import Template

import lading

Cell = tuple[str, str]
"""A cell's class, and its content as HTML."""


def whole(title: str, summary: str, content: Iterable[str], data: str | None) -> str:
    """The document. ``data``: JSON for the map of bytes, ``None`` for a page without scripts."""
    style = resource("page.css")
    script = resource("treemap.js") + resource("page.js")
    policy = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
    policy += f"style-src {_digest(style)}"
    scripts = ""
    if data is not None:
        policy += f"; script-src {_digest(script)}"
        scripts = (
            f'<script type="application/json" id="data">{data}</script>\n<script>{script}</script>'
        )
    return Template(resource("page.html")).substitute(
        policy=policy,
        title=text(title),
        style=style,
        summary=text(summary),
        content="\n".join(content),
        version=text(lading.__version__),
        scripts=scripts,
    )


def _digest(content: str) -> str:
    """The source expression that allows just this text (Content Security Policy Level 3 §2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def section(name: str, title: str, content: str) -> str:
    """A section with a title; ``name`` is its identifier."""
    return f'<section id="{name}">\n<h2 id="{name}-title">{text(title)}</h2>\n{content}\n</section>'


def table(
    name: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Cell]],
    *,
    stacked: bool = False,
) -> str:
    """A table in the section ``name``."""
    head = "".join(f'<th scope="col"{_class(kind)}>{text(title)}</th>' for kind, title in columns)
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


def number(told: str) -> Cell:
    """A cell that holds a number."""
    return "number", told


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def more(total: int, shown: int) -> str:
    """How many rows are left out, ``""`` if none are."""
    if total <= shown:
        return ""
    return f'<p class="note">And {total - shown:,} more, which --json tells.</p>'


def text(raw: str) -> str:
    """Text as HTML; control characters, which HTML has no way to write, become U+FFFD."""
    return html.escape(
        "".join(c if c >= " " or c in "\t\n" else "\N{REPLACEMENT CHARACTER}" for c in raw)
    )


def bytes_told(size: int) -> str:
    """``1.2 MB``: powers of 1,000, two digits or more."""
    if size < 1000:
        return f"{size} B"
    value, units = size / 1000, ["kB", "MB", "GB", "TB", "PB"]
    while value >= 999.5 and len(units) > 1:
        value /= 1000
        del units[0]
    return f"{value:.{0 if value >= 9.95 else 1}f} {units[0]}"


def resource(name: str) -> str:
    """A file of the page's style and scripts."""
    return files("lading.report").joinpath("web", name).read_text("utf-8")
