"""Findings: every kind is known, and the settings grade them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import lading
from lading.findings import FATAL, KINDS, Finding, Severity, grade

NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR


def kinds_in(source: str) -> set[str]:
    """The kinds that a module makes findings of: the first text that is handed to a maker of findings,
    and what is assigned to ``kind`` beside such a call.
    """
    found: set[str] = set()
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in (
            "Finding",
            "_find",
            "UnreadableError",
            "fault",
        ):
            first = next((a for a in node.args if isinstance(a, ast.Constant | ast.Name)), None)
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
            elif isinstance(first, ast.Name) and first.id == "kind":
                found |= {text for a in _assigned(tree) for text in _texts(a)}
            elif len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
                found.add(str(node.args[1].value))
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _assigned(tree: ast.Module) -> list[ast.expr]:
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and "kind" in ast.unparse(node.targets[0])
    ]


def _texts(expression: ast.expr) -> list[str]:
    return [
        node.value
        for node in ast.walk(expression)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value
    ]


def test_every_kind_that_is_made_is_known_and_the_reverse():
    root = Path(lading.__file__).parent
    made: set[str] = set()
    for path in root.rglob("*.py"):
        text = path.read_text("utf-8")
        if "lading.findings" in text or path.name == "digests.py":
            made |= kinds_in(text)
    assert made == KINDS
    assert FATAL <= KINDS


def test_every_kind_is_documented():
    documented: set[str] = set()
    for name in ("collect.md", "doctor.md", "themes.md"):
        page = (Path(__file__).parents[1] / "docs" / name).read_text("utf-8")
        table = page.partition("| kind | what |")[2].partition("\n\n")[0]
        documented |= set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)*)`", table))
    assert documented >= KINDS


def finding(kind: str, severity: Severity, owner="project") -> Finding:
    return Finding(kind, severity, "", owner=owner)


@pytest.mark.parametrize(
    ("made", "overrides", "strict", "severity"),
    [
        (finding("secret", WARNING), {}, False, WARNING),
        (finding("secret", WARNING), {}, True, ERROR),
        (finding("secret", NOTE), {}, True, NOTE),
        (finding("secret", WARNING), {"secret": NOTE}, True, NOTE),
        (finding("secret", WARNING), {"secret": ERROR}, False, ERROR),
        (finding("secret", WARNING), {"collision": ERROR}, False, WARNING),
        (finding("secret", NOTE, "vendor"), {"secret@vendor": ERROR}, False, ERROR),
        (finding("secret", NOTE, "project"), {"secret@vendor": ERROR}, False, NOTE),
        (
            finding("secret", NOTE, "vendor"),
            {"secret@vendor": WARNING, "secret": ERROR},
            False,
            WARNING,
        ),
        (finding("unreadable", ERROR), {"unreadable": NOTE}, False, ERROR),
        (finding("obstacle", ERROR, "vendor"), {"obstacle@vendor": NOTE}, False, ERROR),
    ],
)
def test_grading(made, overrides, strict, severity):
    (graded,) = grade([made], overrides, strict=strict)
    assert graded.severity is severity
    assert (graded.kind, graded.owner) == (made.kind, made.owner)
