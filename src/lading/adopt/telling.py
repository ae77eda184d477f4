"""A switch as text for a person, and as data for machines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from lading.adopt.switching import Switch

VERSION = 1

_WIDTH = 80
_COLORS = {"-": "31", "+": "32", "@": "36"}


def diff(switch: Switch, *, color: bool = False) -> str:
    """All changes as one unified diff. With ``color``, for a terminal, what acts on it is shown instead."""
    text = "".join(change.diff for change in switch.changes)
    return "".join(map(_colored, text.splitlines(keepends=True))) if color else text


def _colored(line: str) -> str:
    shown = "".join(c if c.isprintable() or c in "\t\n" else ascii(c)[1:-1] for c in line)
    code = _COLORS.get(shown[0])
    return f"\x1b[{code}m{shown.rstrip(chr(10))}\x1b[0m\n" if code else shown


def summary(switch: Switch, *, written: bool) -> str:
    """What was found, what changes, what is left to do, and what comes next."""
    notes = switch.notes
    if not switch.changes and not notes.tasks:
        return "Nothing to do: the project is on Lading already."
    parts: list[str] = []
    if notes.tools:
        parts.append(_section("Found", _tools(switch)))
    elif switch.changes:
        parts.append(_section("Found", ["Django's own static files, without another tool"]))
    if rows := list(_rows(switch)):
        parts.append(_section("Settings", rows))
    if switch.changes and notes.changes:
        parts.append(_section("What changes", notes.changes))
    if notes.tasks:
        parts.append(_section(f"Left to you ({len(notes.tasks)})", _tasks(switch)))
    parts.append(_closing(switch, written=written))
    return "\n\n".join(parts)


def _tools(switch: Switch) -> Iterator[str]:
    """Each tool with the lines of each file."""
    for tool, places in switch.notes.tools.items():
        lines: dict[str, list[str]] = {}
        for path, line in sorted(map(_place, places)):
            lines.setdefault(path, []).append(str(line))
        told = (f"{path}:{', '.join(numbers)}" for path, numbers in lines.items())
        yield f"{tool}: {'; '.join(told)}"


def _rows(switch: Switch) -> Iterator[str]:
    """What becomes something else, then what goes."""
    rows = sorted(switch.notes.rows, key=lambda row: (not row.new, _place(row.where)))
    for row in rows:
        if row.old:
            told = f"becomes {row.new}" if row.new else f"goes: {row.why}"
            yield f"{row.old} ({row.where}) {told}"


def _tasks(switch: Switch) -> Iterator[str]:
    for task in sorted(switch.notes.tasks, key=lambda task: _place(task.where)):
        yield f"{task.where}: {task.what}" + (f"\nwrite: {task.write}" if task.write else "")


def _place(where: str) -> tuple[str, int]:
    path, _, line = where.rpartition(":")
    return (path, int(line)) if line.isdecimal() else (where, 0)


def _section(title: str, items: Iterable[str]) -> str:
    lines = [f"{title}:"]
    for item in items:
        first, *more = item.split("\n")
        lines += textwrap.wrap(
            first,
            _WIDTH,
            initial_indent="- ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        # What is to be typed is never wrapped.
        lines += [f"  {line}" for line in more]
    return "\n".join(lines)


def _closing(switch: Switch, *, written: bool) -> str:
    files = len(switch.changes)
    count = f"{files} file{'' if files == 1 else 's'}"
    if not files:
        return "Nothing was written: what is left is yours."
    if written:
        return (
            f"{count} changed. Next: install the dependencies, then\n"
            "  python manage.py check\n"
            "  python manage.py collectstatic"
        )
    return f"Nothing was written. With --write, {count} will be changed as the diff says."


def document(switch: Switch, *, written: bool) -> dict[str, Any]:
    """One JSON object; ``docs/adopt.md`` describes its keys."""
    notes = switch.notes
    return {
        "version": VERSION,
        "project": switch.root,
        "tools": {tool: list(places) for tool, places in notes.tools.items()},
        "files": [{"path": c.document.path, "diff": c.diff} for c in switch.changes],
        "settings": [asdict(row) for row in notes.rows],
        "changes": list(notes.changes) if switch.changes else [],
        "tasks": [asdict(task) for task in notes.tasks],
        "written": written,
    }
