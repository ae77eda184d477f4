"""The serving suite's tables: rates under each server, Lading against each peer, start-up and memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench import report
from bench.report import NONE, Target
from bench.servers import KINDS
from bench.suites import serve_limits
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
from bench.suites.serve_limits import Cell

AGAINST = (
    "How many times a peer's rate Lading's is. The limit is 1.5x, and 5x against ServeStatic under "
    "uvicorn for small files; what is below it is **bold**, or *italic* where the server itself is the "
    "limit. “Before Django” means each package's own wrapper of the application, where the other rows use "
    "its middleware."
)
BELOW = (
    "What is below its limit, beside the constant response of the same size under the same server: bare "
    "for what stands before Django, from a middleware for the others. The server is the limit if even the "
    "constant response would not reach as many times the peer's rate, or if Lading's is at least 0.8 of it."
)
START = (
    "Seconds from starting the server to its first answer, and the memory of its processes then "
    "(proportional set size)."
)


def markdown(ctx: Context, lines: list[Line], starts: list[Start]) -> str:
    """The section: rates under each server, Lading against each peer, start-up and memory,
    failures.
    """
    ours, *peers = _titles(lines)
    cells = serve_limits.rows(lines, ours, peers)
    nginx = next(line for line in lines if line.kind == "nginx")
    parts = [
        "## Serving",
        ctx.preamble(
            "Requests a second, by `wrk` with one thread and 32 kept-alive connections (4 for the 10 MB "
            f"file) over loopback, {ctx.seconds} s each, medians of {min(ctx.rounds, MOST_ROUNDS)} "
            "interleaved rounds. One worker process for each server; the load generator has the other "
            "core. nginx, with the same files, is the floor. The constant responses are what the server can "
            "do at most: of the same size (a 304 without content), with the fewest headers that are right, "
            "made before anybody asks; the 10 MB go by `wsgi.file_wrapper` or `http.response.pathsend` where "
            "the server has it, else in chunks from memory. They come from the bare server, and from a "
            "Django middleware."
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
        report.table(("", *(case.name for case in CASES)), serve_limits.against(cells)),
        *limits(cells),
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


def limits(cells: Sequence[Sequence[Cell]]) -> list[str]:
    """What is said of the cells below their limits, if there are any."""
    rows = list(serve_limits.below(cells))
    header = ("", "Lading / peer", "Lading / constant", "constant / peer", "the limit is")
    return [BELOW, report.table(header, rows)] if rows else []


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
