"""A finding: one thing about one file that a person should know. Findings are told together, at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

Owner = Literal["project", "vendor"]
"""Who can mend a file: ``project`` (its own code) or ``vendor`` (an installed package)."""


class Severity(IntEnum):
    """How much a finding matters: an ``ERROR`` publishes nothing, a ``WARNING`` does under ``--strict``."""

    NOTE = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about one file.

    ``kind`` is a stable identifier (``"collision"``, ``"missing-reference"``); ``path`` the logical path
    concerned; ``where`` the file as ``file``, ``file:line`` or ``file:line:column`` (both from 1) that a
    person opens to mend it; ``hint`` what to do.
    """

    kind: str
    severity: Severity
    message: str
    path: str = ""
    where: str = ""
    owner: Owner = "project"
    hint: str = ""


KINDS = frozenset(
    {
        "build-cache-damaged",
        "build-cache-unwritable",
        "changing",
        "collision",
        "dangling-link",
        "empty-include",
        "empty-static-folder",
        "file-or-folder",
        "finder-error",
        "inside-target",
        "invalid-name",
        "link-loop",
        "lookalike",
        "manifest-name",
        "missing-reference",
        "missing-source",
        "missing-source-map",
        "missing-static",
        "name-taken",
        "name-too-long",
        "no-link",
        "not-cleared",
        "not-minified",
        "obstacle",
        "outside-reference",
        "secret",
        "too-large-to-pack",
        "unbundled-source",
        "unchecked-static",
        "unlisted-templates",
        "unloadable-forms",
        "unreadable",
        "unreadable-module",
        "unreadable-template",
        "vanished",
    }
)
"""Every kind of finding: what the setting ``severities`` may name."""

FATAL = frozenset(
    {
        "changing",
        "file-or-folder",
        "name-taken",
        "no-link",
        "obstacle",
        "unreadable",
        "vanished",
    }
)
"""The kinds of errors that no setting makes milder: without these files no release is whole."""


def grade(
    findings: Iterable[Finding], overrides: Mapping[str, Severity], *, strict: bool
) -> list[Finding]:
    """Apply the configured severities, then ``strict`` (warnings become errors).

    ``overrides`` is by kind, or by kind and owner as in ``"missing-reference@vendor"``, which goes first.
    """
    graded: list[Finding] = []
    for finding in findings:
        severity = finding.severity
        if finding.kind not in FATAL:
            by_kind = overrides.get(finding.kind, severity)
            severity = overrides.get(f"{finding.kind}@{finding.owner}", by_kind)
        if strict and severity is Severity.WARNING:
            severity = Severity.ERROR
        graded.append(
            finding if severity is finding.severity else replace(finding, severity=severity)
        )
    return graded
