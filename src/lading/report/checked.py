"""What a check is told as: one sentence, or JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading.checking import Checked
from lading.findings import Severity
from lading.report import machine


def summary(checked: Checked) -> str:
    """What was looked at and how it went: ``Checked 40 references in 3 style sheets: 1 error.``"""
    parts: list[str] = []
    if checked.places:
        parts.append(f"{_number(checked.uses, 'static paths')} in {_list(checked.places)}")
    if checked.carriers:
        most = dict(sorted(checked.carriers.items(), key=lambda item: (-item[1], item[0])))
        parts.append(f"{_number(checked.references, 'references')} in {_list(most)}")
    told = f"Checked {'; '.join(parts) or 'no references'}: {_verdict(checked)}."
    if checked.unchecked:
        told += (
            f" {_number(checked.unchecked, 'static paths')} could not be checked, being known at run "
            "time only (-v 2 lists them)."
        )
    return told


def document(checked: Checked) -> dict[str, Any]:
    """One JSON object; ``docs/check.md`` describes its keys."""
    return {
        "version": machine.VERSION,
        "failed": checked.has_errors,
        "files": len(checked.catalog.winners),
        "carriers": dict(sorted(checked.carriers.items())),
        "references": checked.references,
        "places": dict(sorted(checked.places.items())),
        "uses": checked.uses,
        "unchecked": checked.unchecked,
        "findings": [machine.finding(finding) for finding in checked.findings],
    }


def _verdict(checked: Checked) -> str:
    severities = [finding.severity for finding in checked.findings]
    told = [
        _number(number, nouns)
        for severity, nouns in ((Severity.ERROR, "errors"), (Severity.WARNING, "warnings"))
        if (number := severities.count(severity))
    ]
    return ", ".join(told) or "nothing is missing"


def _list(numbers: Mapping[str, int]) -> str:
    """``3 scripts, 1 style sheet and 2 SVG images``."""
    *first, last = [_number(number, nouns) for nouns, number in numbers.items()]
    return f"{', '.join(first)} and {last}" if first else last


def _number(number: int, nouns: str) -> str:
    """``1,204 templates`` or ``1 template``; the nouns all form their plural with an s."""
    return f"{number:,} {nouns if number != 1 else nouns[:-1]}"
