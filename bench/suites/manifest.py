"""Collecting with fingerprinted names and rewritten references: cold and again, against the plain
runs and the peers.
"""

from __future__ import annotations

from bench import report
from bench.measure import Result, rounds
from bench.report import NONE, Target
from bench.suites import context
from bench.suites.context import Context

PEERS = ("django-manifest", "enhanced", "enhanced-js")


def run_suite(ctx: Context) -> str:
    """Measure and return the section's Markdown."""
    variants = ["lading-plain", "lading-manifest", *(PEERS if ctx.peers else ())]
    projects = [ctx.project(variant) for variant in variants]
    contenders = []
    for project in projects:
        expected = context.PLAIN if project.variant.name == "lading-plain" else context.MANIFEST
        contenders += context.cold_and_again(project, ctx.environment, expected)
    results = rounds(contenders, ctx.rounds, say=ctx.say)
    counts = {project.variant.title: context.published(project.static_root) for project in projects}
    return markdown(ctx, [project.variant.title for project in projects], results, counts)


def markdown(
    ctx: Context, titles: list[str], results: dict[str, Result], counts: dict[str, int]
) -> str:
    """The section: table, targets, failures."""
    plain, manifest = titles[:2]
    series = {name: result.seconds() for name, result in results.items()}
    rows = []
    for title in titles:
        for when in ("cold", "again"):
            result = results[f"{title}, {when}"]
            if result.failure:
                rows.append((result.name, "failed", *[NONE] * 4))
                continue
            rows.append(
                (
                    result.name,
                    report.seconds(report.median(result.seconds().values())),
                    report.times(report.ratio(result.seconds(), series[f"{plain}, {when}"])),
                    report.times(report.ratio(result.seconds(), series[f"{manifest}, {when}"])),
                    report.seconds(report.median(result.cpu().values())),
                    report.megabytes(result.peak),
                )
            )
    goals = [
        Target(
            "cold manifest build / Lading's plain cold collect",
            1.6,
            report.ratio(series[f"{manifest}, cold"], series[f"{plain}, cold"]),
        ),
        Target(
            "unchanged manifest run / Lading's plain unchanged run",
            1.15,
            report.ratio(series[f"{manifest}, again"], series[f"{plain}, again"]),
        ),
    ]
    failed = {name: result.failure for name, result in results.items() if result.failure}
    return "\n\n".join(
        part
        for part in (
            "## Fingerprints and references",
            ctx.preamble(
                f"`collectstatic` with a manifest storage over {ctx.tree_line()}. The floor is Lading's "
                "own plain run. Django's storage is made lenient, since it aborts at the first missing "
                "reference; the other peer is told to ignore errors. "
                f"Medians of {ctx.rounds} interleaved rounds."
            ),
            report.table(
                (
                    "",
                    "seconds",
                    "/ Lading plain",
                    "/ Lading manifest",
                    "processor time",
                    "peak memory",
                ),
                rows,
            ),
            report.targets(goals),
            f"Files published: {', '.join(f'{title} {count:,}' for title, count in counts.items())}.",
            report.failures(failed),
        )
        if part
    )
