"""A finding: one thing about one file that a person should know. Findings are told together, at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import IntEnum
from typing import Any, Literal

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
        "broken-markup",
        "build-cache-damaged",
        "build-cache-unwritable",
        "changing",
        "collision",
        "dangling-link",
        "edited-by-hand",
        "empty-include",
        "empty-site-root",
        "empty-static-folder",
        "file-or-folder",
        "finder-error",
        "inside-target",
        "invalid-name",
        "link-loop",
        "link-outside",
        "live-404-cached",
        "live-bad-range",
        "live-broken-coding",
        "live-cookie",
        "live-cors-vary",
        "live-earlier-gone",
        "live-forbidden",
        "live-head",
        "live-hidden-file",
        "live-listing",
        "live-locked",
        "live-long-cache",
        "live-media-active",
        "live-media-missing",
        "live-media-sniffed",
        "live-media-unseen",
        "live-missing-file",
        "live-mixed-content",
        "live-no-304",
        "live-no-answer",
        "live-no-brotli",
        "live-no-cache-control",
        "live-no-cors",
        "live-no-nosniff",
        "live-no-ranges",
        "live-no-validator",
        "live-no-vary",
        "live-not-compressed",
        "live-not-served",
        "live-other-content",
        "live-other-release",
        "live-page-error",
        "live-page-instead",
        "live-redirect-loop",
        "live-redirected",
        "live-resource-policy",
        "live-root-file",
        "live-server-error",
        "live-shared-etag",
        "live-short-cache",
        "live-traversal",
        "live-unaccepted-coding",
        "live-unfinished",
        "live-unknown-name",
        "live-vary",
        "live-wrong-type",
        "local-link",
        "lookalike",
        "manifest-name",
        "missing-reference",
        "missing-source",
        "missing-source-map",
        "missing-static",
        "misspelt-reference",
        "name-taken",
        "name-too-long",
        "no-link",
        "not-cleared",
        "not-minified",
        "obstacle",
        "outside-reference",
        "page-encoding",
        "record-unwritable",
        "rooted-reference",
        "secret",
        "stale-release",
        "target-overlap",
        "theme-differs",
        "too-large-to-pack",
        "unbundled-source",
        "unchecked-static",
        "unlisted-templates",
        "unloadable-forms",
        "unpublished",
        "unreadable",
        "unreadable-module",
        "unreadable-template",
        "url-name-clash",
        "vanished",
        "writable-by-all",
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


def to_row(finding: Finding) -> dict[str, Any]:
    """A finding as JSON's types, for ``from_row``."""
    return asdict(finding)


def from_row(row: Mapping[str, Any]) -> Finding:
    """The finding that ``to_row`` was given."""
    values: dict[str, Any] = {**row, "severity": Severity(row["severity"])}
    return Finding(**values)
