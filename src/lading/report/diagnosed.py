"""What a diagnosis is told as: groups of findings for a terminal, or JSON."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator
from typing import IO, Any

from lading.doctor.diagnosis import Diagnosis, Group
from lading.findings import Finding, Severity
from lading.report import machine
from lading.report.told import is_coloured, joined, on_one_line, severity_name, shown


def text(stream: IO[str], diagnosis: Diagnosis, *, notes: bool, color: bool | None = None) -> str:
    """All groups for a stream, without a last line break; notes only if asked for, else their number.
    ``color``: see ``told.is_coloured``.
    """
    terminal = bool(getattr(stream, "isatty", bool)())
    width = shutil.get_terminal_size((80, 24)).columns if terminal else 80
    colored = is_coloured(stream, color)
    lines = [
        line
        for group in diagnosis.groups
        for line in _group(group, max(width, 40), notes=notes, colored=colored)
    ]
    lines.append(_verdict(diagnosis, notes=notes))
    return joined(stream, lines)


def document(diagnosis: Diagnosis) -> dict[str, Any]:
    """One JSON object; ``docs/doctor.md`` describes its keys."""
    return {
        "version": machine.VERSION,
        "failed": diagnosis.has_errors,
        "groups": [
            {
                "title": group.title,
                "looked": group.looked,
                "findings": [machine.finding(finding) for finding in group.findings],
            }
            for group in diagnosis.groups
        ],
    }


def _group(group: Group, width: int, *, notes: bool, colored: bool) -> Iterator[str]:
    told = [finding for finding in group.findings if notes or finding.severity]
    head = f"{shown(group.title)}: {shown(group.looked)}"
    if not told:
        is_fine = not group.findings and not group.is_skipped
        yield from _wrapped(f"{head}{', nothing wrong' if is_fine else ''}.", "", width)
        return
    yield from _wrapped(f"{head}:", "", width)
    for finding in sorted(told, key=lambda finding: -finding.severity):
        yield from _finding(finding, width, colored=colored)
    if group.remark:
        yield from _wrapped(group.remark, "  ", width)


def _finding(finding: Finding, width: int, *, colored: bool) -> Iterator[str]:
    name = severity_name(finding.severity, styled=colored)
    yield f"  {name} [{finding.kind}] {on_one_line(finding.where or finding.path)}".rstrip()
    yield from _wrapped(shown(finding.message), "    ", width)
    if finding.hint:
        yield from _wrapped(f"-> {shown(finding.hint)}", "    ", width, hanging="   ")


def _wrapped(sentence: str, indent: str, width: int, *, hanging: str = "") -> list[str]:
    # A path or URL that is cut in two cannot be copied.
    return textwrap.wrap(
        sentence,
        width,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _verdict(diagnosis: Diagnosis, *, notes: bool) -> str:
    severities = [finding.severity for finding in diagnosis.findings]
    counts = [
        f"{number} {name}{'' if number == 1 else 's'}"
        for severity, name in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"))
        if (number := severities.count(severity))
    ]
    told = f"{' and '.join(counts) or 'Nothing is wrong'}."
    silent = 0 if notes else severities.count(Severity.NOTE)
    if silent:
        more = "note more; -v 2 shows it" if silent == 1 else "notes more; -v 2 shows them"
        told += f" {silent} {more}."
    return told
