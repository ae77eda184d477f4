"""Turns measurements into Markdown: medians, ratios within rounds, tables, targets and marked
sections of a document.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

NONE = "—"  # a cell without a value


def median(values: Iterable[float]) -> float | None:
    """The median, or None of nothing."""
    values = list(values)
    return statistics.median(values) if values else None


def add(*series: Mapping[int, float]) -> dict[int, float]:
    """Sum of series by round; only rounds that all of them have."""
    common = set.intersection(*(set(one) for one in series)) if series else set()
    return {number: sum(one[number] for one in series) for number in sorted(common)}


def subtract(series: Mapping[int, float], less: Mapping[int, float]) -> dict[int, float]:
    """`series` - `less` by round; only rounds that both have."""
    return {number: series[number] - less[number] for number in sorted(series.keys() & less.keys())}


def ratio(
    series: Mapping[int, float], base: Mapping[int, float], *, least: float = 1e-9
) -> float | None:
    """Median over the rounds of `series` / `base`; None if they share no round.

    `least` is the smallest value either side is taken for, so that differences near nothing, which
    are the clock's noise, do not make a ratio of their own.
    """
    shared = series.keys() & base.keys()
    return median(max(series[number], least) / max(base[number], least) for number in shared)


def quotient(series: Mapping[int, float], base: Mapping[int, float]) -> float | None:
    """Median of `series` / median of `base`, for contenders that did not run in the same rounds."""
    top, bottom = median(series.values()), median(base.values())
    return top / bottom if top is not None and bottom else None


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table: the first column left-aligned, the others right-aligned."""
    lines = [" | ".join(header), "|".join([":--", *["--:"] * (len(header) - 1)])]
    lines += [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join(
        f"| {lines[0]} |" if n == 0 else f"|{line}|" if n == 1 else f"| {line} |"
        for n, line in enumerate(lines)
    )


def seconds(value: float | None) -> str:
    """Seconds for people: two significant decimals below ten."""
    if value is None:
        return NONE
    return (
        f"{value * 1000:.0f} ms"
        if value < 0.1
        else f"{value:.2f} s"
        if value < 10
        else f"{value:.1f} s"
    )


def times(value: float | None) -> str:
    """A ratio: `1.23x`."""
    if value is None:
        return NONE
    return f"{value:.2f}x" if value < 10 else f"{value:.1f}x" if value < 100 else f"{value:.0f}x"


def megabytes(value: float | None) -> str:
    """Bytes in megabytes (10^6)."""
    return (
        NONE if not value else f"{value / 1e6:.0f} MB" if value >= 1e7 else f"{value / 1e6:.1f} MB"
    )


@dataclass(frozen=True)
class Target:
    """A figure that the project means to reach: `at most` or `at least` a limit."""

    text: str
    limit: float
    value: float | None
    at_least: bool = False

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        reached = self.value >= self.limit if self.at_least else self.value <= self.limit
        return "reached" if reached else "**missed**"


def targets(wanted: Iterable[Target]) -> str:
    """The table of targets; a target without a value says so."""
    rows = [
        (
            target.text,
            f"{'≥' if target.at_least else '≤'} {_limit(target.limit)}",
            times(target.value),
            target.verdict,
        )
        for target in wanted
    ]
    return table(("Target", "limit", "measured", ""), rows)


def _limit(value: float) -> str:
    return f"{value:g}x"


def failures(failed: Mapping[str, str]) -> str:
    """Contenders that failed, each with its last line of error; those with the same one share a
    line.
    """
    by_reason: dict[str, list[str]] = {}
    for name, reason in failed.items():
        by_reason.setdefault(_inline(reason), []).append(name)
    return "\n".join(
        f"- {'; '.join(names)}: failed: `{reason}`" for reason, names in by_reason.items()
    )


def _inline(text: str, limit: int = 300) -> str:
    """One line without backticks, and without folders of the machine it was made on."""
    text = re.sub(r"(/[\w.+@-]+){2,}/(?=[\w.+@-])", "…/", text.replace("`", "'"))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def replace_section(document: str, name: str, body: str) -> str:
    """`document` with the text between this section's markers replaced, or the section appended.

    Raises ValueError if only one of the markers is there, or either is there twice.
    """
    start, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    section = f"{start}\n{body.strip()}\n{end}"
    counts = document.count(start), document.count(end)
    if counts == (0, 0):
        return f"{document.rstrip()}\n\n{section}\n" if document.strip() else f"{section}\n"
    first, last = document.find(start), document.find(end)
    if counts != (1, 1) or last < first:
        raise ValueError(
            f"the markers of the section {name!r} are damaged: {counts[0]} start, {counts[1]} end"
        )
    return document[:first] + section + document[last + len(end) :]
