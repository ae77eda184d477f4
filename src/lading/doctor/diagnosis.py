"""What was looked at and what was found, in groups, as every way of telling it takes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lading.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Group:
    """``title`` says what was looked at, ``looked`` how much of it (``"31 checks"``) or, if it was not
    (``is_skipped``), why. ``remark`` is what helps with all findings of it.
    """

    title: str
    looked: str
    findings: list[Finding] = field(default_factory=list[Finding])
    remark: str = ""
    is_skipped: bool = False


@dataclass(slots=True)
class Diagnosis:
    """The groups in the order in which they were looked at."""

    groups: list[Group] = field(default_factory=list[Group])

    @property
    def findings(self) -> list[Finding]:
        """All of them."""
        return [finding for group in self.groups for finding in group.findings]

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def merged(found: Iterable[Finding]) -> list[Finding]:
    """Findings that say the same of several files as one that names the others."""
    groups: dict[tuple[str, str, Severity], list[Finding]] = {}
    for finding in found:
        group = groups.setdefault((finding.kind, finding.message, finding.severity), [])
        if all(finding.where != other.where for other in group):
            group.append(finding)
    return [_one(*group) for group in groups.values()]


def _one(first: Finding, *others: Finding) -> Finding:
    if not others:
        return first
    named = ", ".join(other.path for other in others[:3])
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    return replace(first, message=f"{first.message} Likewise {named}{more}.")
