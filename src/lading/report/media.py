"""The accounts of media files: as text for a terminal, as JSON, as an HTML page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, Literal

from lading.media.accounts import Totals
from lading.media.statement import Line, Statement
from lading.report import console, elements, files
from lading.report.elements import Cell, bytes_told
from lading.report.places import near
from lading.report.told import on_one_line

VERSION: Final = 1
_LINES: Final = 20  # of each kind that a terminal shows unless asked for all
_ROWS: Final = 500  # of each kind that a page shows

Kind = Literal["orphan", "missing"]
_TITLES: Final[dict[Kind, str]] = {"missing": "Missing files", "orphan": "Orphans"}


def text(screen: console.Screen, statement: Statement, *, verbose: bool) -> str:
    """One row for each storage, then the first of the missing files and of the orphans, or all of them."""
    columns = ("Storage", "Files", "In use", "Orphans", "Bytes", "Missing")
    rows = [(near(store), *_told(totals)) for store, totals in _stores(statement)]
    parts = [console.table(screen, columns, rows, texts=(0,))]
    parts += [f"No database has the table of {name}." for name in statement.absent]
    for kind, title in _TITLES.items():
        if total := count(statement, kind):
            limit = total if verbose else _LINES
            parts.append(f"{title}:")
            parts += [f"  {_line(line)}" for line in islice(_lines(statement, kind), limit)]
            if total > limit:
                parts.append(f"  … and {total - limit:,} more (-v 2 or --json shows all)")
    return "\n".join(parts)


def summary(statement: Statement) -> str:
    """One line: what was compared, and how many differences there are."""
    totals = statement.totals
    used = sum(total.references for total in totals)
    missing, orphans = count(statement, "missing"), count(statement, "orphan")
    size = bytes_told(sum(total.orphans_size for total in totals))
    kept = sum(total.kept for total in totals)
    left_out = f" {_plural(kept, 'file')} left out." if kept else ""
    return (
        f"{_plural(sum(_files(total) for total in totals), 'file')}, "
        f"{_plural(used, 'reference')} to them: "
        f"{missing:,} missing, {_plural(orphans, 'orphan')} ({size}).{left_out}"
    )


def write_json(path: str, statement: Statement) -> None:
    """Write all of it, line by line: the number of files does not matter. Raises ``ConfigError``."""
    files.write(path, _json(statement), "JSON", errors="backslashreplace")


def _json(statement: Statement) -> Iterator[str]:
    head = {
        "version": VERSION,
        "prunable_before": _moment(statement.before),
        "without_table": list(statement.absent),
        "storages": [
            {
                "label": store,
                "files": _files(totals),
                "excluded": totals.kept,
                "references": totals.references,
                "orphans": totals.orphans,
                "orphan_bytes": totals.orphans_size,
                "missing": totals.missing,
            }
            for store, totals in _stores(statement)
        ],
    }
    yield _dumped(head)[:-1]
    keys: dict[Kind, str] = {"missing": "missing", "orphan": "orphans"}
    for kind, key in keys.items():
        yield f',\n"{key}": ['
        separator = "\n"
        for line in _lines(statement, kind):
            yield separator + _dumped(_document(line))
            separator = ",\n"
        yield "]"
    yield "}\n"


def _document(line: Line) -> dict[str, Any]:
    if line.kind == "missing":
        return {"storage": line.store, "name": line.name, "field": line.field, "row": line.row}
    modified = None if line.modified is None else _moment(line.modified)
    return {"storage": line.store, "name": line.name, "bytes": line.size, "modified": modified}


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def write_page(path: str, statement: Statement) -> None:
    """Write the page, with the first 500 of each kind. Raises ``ConfigError``."""
    content = [_overview(statement), _missing(statement), _orphans(statement)]
    whole = elements.whole("Media files", summary(statement), content, None)
    files.write(path, [whole], "HTML", errors="replace")


def _overview(statement: Statement) -> str:
    columns = [
        ("path", "Storage"),
        *(("number", name) for name in ("Files", "In use", "Orphans", "Size", "Missing")),
    ]
    rows = [
        [("path", elements.text(store)), *(elements.number(cell) for cell in _told(totals))]
        for store, totals in _stores(statement)
    ]
    return elements.section("storages", "Storages", elements.table("storages", columns, rows))


def _missing(statement: Statement) -> str:
    columns = [("path", "File"), ("path", "Field"), ("", "Row"), ("path", "Storage")]

    def cells(line: Line) -> list[Cell]:
        return [
            ("path", elements.text(line.name)),
            ("path", elements.text(line.field)),
            ("", elements.text(line.row)),
            ("path", elements.text(line.store)),
        ]

    rows = [cells(line) for line in islice(_lines(statement, "missing"), _ROWS)]
    return _listed(
        "missing", columns, rows, statement, "No row refers to a file that is not there."
    )


def _orphans(statement: Statement) -> str:
    columns = [("path", "File"), ("number", "Size"), ("", "Last written"), ("path", "Storage")]

    def cells(line: Line) -> list[Cell]:
        return [
            ("path", elements.text(line.name)),
            elements.number("" if line.size is None else bytes_told(line.size)),
            ("", "" if line.modified is None else _moment(line.modified)),
            ("path", elements.text(line.store)),
        ]

    rows = [cells(line) for line in islice(_lines(statement, "orphan"), _ROWS)]
    return _listed("orphan", columns, rows, statement, "Every file is referred to.")


def _listed(
    kind: Kind,
    columns: list[tuple[str, str]],
    rows: list[list[Cell]],
    statement: Statement,
    none: str,
) -> str:
    if not rows:
        return elements.section(kind, _TITLES[kind], f"<p>{none}</p>")
    more = elements.more(count(statement, kind), len(rows))
    table = elements.table(kind, columns, rows, stacked=True)
    return elements.section(kind, _TITLES[kind], table + more)


def count(statement: Statement, kind: Kind) -> int:
    """The number of differences of a kind."""
    return sum(t.orphans if kind == "orphan" else t.missing for t in statement.totals)


def _stores(statement: Statement) -> list[tuple[str, Totals]]:
    return list(zip(statement.stores, statement.totals, strict=True))


def _lines(statement: Statement, kind: Kind) -> Iterator[Line]:
    return statement.orphans() if kind == "orphan" else statement.missing()


def _told(totals: Totals) -> tuple[str, ...]:
    return (
        f"{_files(totals):,}",
        f"{totals.references:,}",
        f"{totals.orphans:,}",
        bytes_told(totals.orphans_size),
        f"{totals.missing:,}",
    )


def _files(totals: Totals) -> int:
    """Those that are looked at: not the trash, and what else is left out."""
    return totals.files - totals.kept


def _line(line: Line) -> str:
    if line.kind == "missing":
        return f"{_name(line)}  ({line.field}{f', row {line.row}' if line.row else ''})"
    if line.size is None or line.modified is None:
        return _name(line)
    return f"{_name(line)}  ({bytes_told(line.size)}, {_moment(line.modified)[:10]})"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _name(line: Line) -> str:
    """On one line, whatever it is."""
    return on_one_line(line.name)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
