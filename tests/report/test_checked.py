"""What was checked -> a sentence, or JSON."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from lading.catalog import build
from lading.checking import Checked
from lading.findings import Finding, Severity
from lading.report.checked import document, summary


def checked(**values: object) -> Checked:
    return Checked(build([]), **{"findings": [], **values})  # type: ignore[arg-type]


def finding(severity: Severity) -> Finding:
    return Finding("missing-static", severity, "it is missing", "a.css", "page.html:1:2")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "Checked no references: nothing is missing."),
        (
            {"references": 1, "carriers": Counter({"style sheets": 1})},
            "Checked 1 reference in 1 style sheet: nothing is missing.",
        ),
        (
            {
                "uses": 1204,
                "places": Counter({"templates": 312, "Python files": 1}),
                "references": 9,
                "carriers": Counter({"SVG images": 1, "style sheets": 2, "scripts": 3}),
                "findings": [finding(Severity(n)) for n in (2, 2, 1, 0)],
                "unchecked": 31,
            },
            (
                "Checked 1,204 static paths in 312 templates and 1 Python file; 9 references in 3 scripts, "
                "2 style sheets and 1 SVG image: 2 errors, 1 warning. 31 static paths could not be checked, "
                "being known at run time only (-v 2 lists them)."
            ),
        ),
    ],
)
def test_summary(values: dict[str, object], told: str) -> None:
    assert summary(checked(**values)) == told


def test_document_holds_all_that_the_summary_counts() -> None:
    told = document(
        checked(
            uses=3,
            unchecked=1,
            places=Counter({"templates": 2}),
            references=4,
            carriers=Counter({"scripts": 5}),
            findings=[finding(Severity.ERROR)],
        )
    )
    assert json.loads(json.dumps(told)) == {
        "version": 1,
        "failed": True,
        "files": 0,
        "carriers": {"scripts": 5},
        "references": 4,
        "places": {"templates": 2},
        "uses": 3,
        "unchecked": 1,
        "findings": [
            {
                "kind": "missing-static",
                "severity": "error",
                "message": "it is missing",
                "path": "a.css",
                "where": "page.html:1:2",
                "owner": "project",
                "hint": "",
            }
        ],
    }
