"""Findings as lines of text for a terminal, a log or a pipe. Every run may have some, so nothing slow is
loaded for them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from lading.findings import Finding, Severity

# SGR parameters of ECMA-48 §8.3.117: bold red, yellow, faint.
_STYLES = {Severity.ERROR: "1;31", Severity.WARNING: "33", Severity.NOTE: "2"}

# A broken package can have hundreds, which its users cannot mend.
_ENOUGH = 20


def findings(
    stream: IO[str], found: Sequence[Finding], *, notes: bool, color: bool | None = None
) -> str:
    """The findings for a stream, worst first, without a last line break. Without ``notes`` these are only
    counted, as are warnings of one kind about packages beyond ``_ENOUGH``. ``color``: see ``is_coloured``.
    """
    styled = is_coloured(stream, color)
    lines: list[str] = []
    silent = 0
    alike = Counter[str]()
    for finding in sorted(found, key=lambda f: (-f.severity, f.path, f.kind)):
        if not notes and finding.severity is Severity.NOTE:
            silent += 1
            continue
        if not notes and finding.severity is Severity.WARNING and finding.owner == "vendor":
            alike[finding.kind] += 1
            if alike[finding.kind] > _ENOUGH:
                continue
        lines.extend(_lines(finding, styled))
    for kind, number in sorted(alike.items()):
        if number > _ENOUGH:
            lines.append(
                f"{_count(number - _ENOUGH, 'warning')} [{kind}] more about packages' files; -v 2 shows all."
            )
    if silent:
        lines.append(f"{_count(silent, 'note')} more; -v 2 shows them.")
    return joined(stream, lines)


def joined(stream: IO[str], lines: Iterable[str]) -> str:
    """The lines as one text, with escapes for what the stream's encoding does not have."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return "\n".join(lines).encode(encoding, "backslashreplace").decode(encoding)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def is_coloured(stream: IO[str], color: bool | None) -> bool:
    """What ``color`` says, else true on a terminal without ``NO_COLOR`` (https://no-color.org)."""
    if color is not None:
        return color
    return bool(getattr(stream, "isatty", bool)()) and not os.environ.get("NO_COLOR")


def shown(text: str) -> str:
    """A text that may hold anything, with nothing in it that acts on a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def on_one_line(text: str) -> str:
    """As ``shown``; for names, in which a line break is a character like any other."""
    return shown(text).replace("\n", "\\n")


def severity_name(severity: Severity, *, styled: bool) -> str:
    """A severity as it is told, in its colour if ``styled``."""
    name = severity.name.lower()
    return f"\x1b[{_STYLES[severity]}m{name}\x1b[0m" if styled else name


def _lines(finding: Finding, styled: bool) -> Iterator[str]:
    name = severity_name(finding.severity, styled=styled)
    yield f"{name} [{finding.kind}] {on_one_line(finding.path)}".rstrip()
    yield f"  {shown(finding.message)}"
    if finding.where:
        yield f"  at {on_one_line(finding.where)} ({finding.owner})"
    if finding.hint:
        yield f"  {shown(finding.hint)}"
