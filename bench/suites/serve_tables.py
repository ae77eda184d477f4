"""The serving suite's tables: rates under each server, Lading against each peer, start-up and memory."""

from __future__ import annotations

from collections.abc import Iterator

from bench import report
from bench.report import NONE, Target
from bench.servers import KINDS
from bench.suites.context import Context
from bench.suites.serve_cases import (
    BARE_TITLE,
    CASES,
    CONSTANT_TITLE,
    DJANGO_TITLE,
    MOST_ROUNDS,
    START_KINDS,
    WRAPPING,
    Line,
    Start,
    many,
)

AGAINST = (
    "How many times a peer's rate Lading's is. The limit is 1.5x, and 5x against ServeStatic under "
    "uvicorn for small files; what is below it is bold. “Before Django” means each package's own wrapper "
    "of the application, where the other rows use its middleware. The last columns are Lading's rate for "
    "the small file as a part of a view's that returns a constant, which is Django's limit under that "
    "server, and of the constant response's, which is the server's own."
)
START = (
    "Seconds from starting the server to its first answer, and the memory of its processes then "
    "(proportional set size)."
)


def markdown(ctx: Context, lines: list[Line], starts: list[Start]) -> str:
    """The section: rates under each server, Lading against each peer, start-up and memory,
    failures.
    """
    nginx = next(line for line in lines if line.kind == "nginx")
    parts = [
        "## Serving",
        ctx.preamble(
            "Requests a second, by `wrk` with one thread and 32 kept-alive connections (4 for the 10 MB "
            f"file) over loopback, {ctx.seconds} s each, medians of {min(ctx.rounds, MOST_ROUNDS)} "
            "interleaved rounds. One worker process for each server; the load generator has the other "
            "core. nginx, with the same files, is the floor; “constant response” is 2 KB from the bare "
            "server without Django, its own limit."
        ),
    ]
    for kind in KINDS:
        own = [line for line in lines if line.kind == kind.name]
        parts += [
            f"### Under {kind.name}",
            report.table(("", *(case.name for case in CASES)), rates([nginx, *own])),
        ]
    parts += [
        "### Lading against each peer",
        AGAINST,
        report.table(
            ("", *(case.name for case in CASES), "/ Django view", "/ constant"), against(lines)
        ),
        f"### Start with {2 * many(ctx.quick):,} files",
        START,
        report.table(("", "seconds", "without Django's own", "memory"), start_rows(starts)),
        report.targets(goals(lines, starts)),
        report.failures(failures(lines, starts)),
    ]
    return "\n\n".join(part for part in parts if part)


def failures(lines: list[Line], starts: list[Start]) -> dict[str, str]:
    """Reasons by contender: once for a contender that could not do any case for the same reason."""
    found = {}
    for line in lines:
        if len(line.failures) == len(CASES) and len(set(line.failures.values())) == 1:
            found[f"{line.kind}, {line.title}"] = next(iter(line.failures.values()))
        else:
            found |= {
                f"{line.kind}, {line.title}, {case}": why for case, why in line.failures.items()
            }
    return found | {f"start, {one.kind}, {one.title}": one.failure for one in starts if one.failure}


def rates(lines: list[Line]) -> Iterator[list[str]]:
    """Rows of rates; a case that a line cannot do says so."""
    for line in lines:
        yield [line.title, *(_rate(line, case.name) for case in CASES)]


def _rate(line: Line, case: str) -> str:
    if case in line.failures:
        return "failed"
    value = report.median(load.rate for load in line.loads.get(case, {}).values())
    return NONE if value is None else f"{value:,.0f}/s"


def against(lines: list[Line]) -> Iterator[list[str]]:
    """Rows of Lading's rate over each peer's, for each server; bold where the limit is missed."""
    found = {(line.kind, line.title): line for line in lines}
    ours, *peers = _titles(lines)
    for kind in KINDS:
        for peer, way in [(peer, way) for way in ("", WRAPPING) for peer in peers]:
            if (kind.name, peer + way) not in found:
                continue  # it has no such way
            cells = []
            for case in CASES:
                hard = (kind.name, case.name) == ("uvicorn", "small file") and "ServeStatic" in peer
                value = _quotient(found, kind.name, case.name, ours + way, peer + way)
                missed = value is not None and value < (5.0 if hard else 1.5)
                cells.append(f"**{report.times(value)}**" if missed else report.times(value))
            parts = [
                report.times(_quotient(found, kind.name, CASES[0].name, ours + way, limit))
                for limit in (DJANGO_TITLE, CONSTANT_TITLE)
            ]
            yield [f"{kind.name}, {peer}{way}", *cells, *parts]


def start_rows(starts: list[Start]) -> Iterator[list[str]]:
    """Rows of start-up: seconds, seconds more than the same project without static files, memory."""
    bare = {one.kind: one.seconds for one in starts if one.title == BARE_TITLE}
    for one in sorted(starts, key=lambda one: one.kind):
        if one.failure:
            yield [f"{one.kind}, {one.title}", "failed", NONE, NONE]
            continue
        yield [
            f"{one.kind}, {one.title}",
            report.seconds(report.median(one.seconds.values())),
            report.seconds(report.median(report.subtract(one.seconds, bare[one.kind]).values())),
            report.megabytes(report.median(one.memory.values())),
        ]


def goals(lines: list[Line], starts: list[Start]) -> Iterator[Target]:
    """What the start with many files means to reach, against each peer."""
    ours, *peers = _titles(lines)
    at = {(one.kind, one.title): one for one in starts}
    for kind in START_KINDS:
        bare = at[kind, BARE_TITLE].seconds
        for peer in peers:
            own = report.subtract(at[kind, ours].seconds, bare)
            other = report.subtract(at[kind, peer].seconds, bare)
            yield Target(
                f"{kind}, start: {peer} / Lading, Django's own start subtracted",
                10,
                report.ratio(other, own, least=0.01),
                at_least=True,
            )
            mine, theirs = (
                report.median(at[kind, title].memory.values()) for title in (ours, peer)
            )
            yield Target(
                f"{kind}, memory: Lading / {peer}", 1, mine / theirs if mine and theirs else None
            )


def _titles(lines: list[Line]) -> list[str]:
    """The contenders with middleware, Lading first."""
    first = [line.title for line in lines if line.kind == KINDS[0].name]
    return [
        title
        for title in first
        if title not in (CONSTANT_TITLE, DJANGO_TITLE) and not title.endswith(WRAPPING)
    ]


def _quotient(
    found: dict[tuple[str, str], Line], kind: str, case: str, ours: str, peer: str
) -> float | None:
    series = [
        {number: load.rate for number, load in found[kind, title].loads.get(case, {}).items()}
        for title in (ours, peer)
    ]
    return report.ratio(*series)
