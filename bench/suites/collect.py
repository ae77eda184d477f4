"""Collecting without names or packing: cold, and again when nothing changed, against the floor and
Django.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench import report, scratch
from bench.measure import Contender, Result, Sample, rounds, run
from bench.projects import Project
from bench.report import NONE, Target
from bench.suites import context
from bench.suites.context import Context

SETUP = "import django; django.setup()"

# The least that any unchanged run must do: set Django up, and look into every folder of the sources
# and the target.
WALK = """\
import os, sys
import django

django.setup()

def walk(folder, stat):
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                walk(entry.path, stat)
            elif stat:
                entry.stat()

for folder in sys.argv[2:]:
    walk(folder, sys.argv[1] == "stat")
"""

Series = dict[int, float]


def floors(ctx: Context, project: Project) -> list[Contender]:
    """`django.setup()`, `cp -r` of all sources, and the walk over sources and target."""
    copy = project.folder / "copy"
    copies = project.sources.copies
    folders = [str(folder) for _, folder in copies]

    def prepare_copy() -> None:
        scratch.discard(copy)
        for prefix, _ in copies:
            (copy / prefix).mkdir(parents=True, exist_ok=True)

    def copy_all() -> Sample:
        lines = "\n".join(f"cp -r '{folder}/.' '{copy / prefix}'" for prefix, folder in copies)
        return run(["sh", "-e", "-c", lines], cwd=project.folder, environment=project.environment)

    return [
        Contender("django.setup()", context.script(project, ctx.environment, SETUP)),
        Contender("cp -r", copy_all, prepare_copy),
        Contender(
            "setup and walk",
            context.script(project, ctx.environment, WALK, "walk", *folders, str(copy)),
        ),
        Contender(
            "setup, walk and stat",
            context.script(project, ctx.environment, WALK, "stat", *folders, str(copy)),
        ),
    ]


def run_suite(ctx: Context) -> str:
    """Measure and return the section's Markdown."""
    django, lading = ctx.project("django-plain"), ctx.project("lading-plain")
    contenders = floors(ctx, django)
    counts: dict[str, int] = {}
    for project in (django, lading):
        contenders += context.cold_and_again(project, ctx.environment)
    results = rounds(contenders, ctx.rounds, say=ctx.say)
    for project in (django, lading):
        counts[project.variant.title] = context.published(project.static_root)
    return markdown(ctx, results, counts)


def markdown(ctx: Context, results: dict[str, Result], counts: dict[str, int]) -> str:
    """The section: table, targets, failures."""
    failed = {name: result.failure for name, result in results.items() if result.failure}
    published = ", ".join(f"{title} {count:,}" for title, count in counts.items())
    return "\n\n".join(
        part
        for part in (
            "## Collecting",
            ctx.preamble(
                f"`collectstatic` with plain names over {ctx.tree_line()}. Medians of {ctx.rounds} "
                "interleaved rounds; ratios are taken within a round. Processor time is that of all "
                "threads, and is what a busy machine does not distort. What is left without set-up "
                "is measured inside the process, from the end of `django.setup()` on."
            ),
            report.table(
                (
                    "",
                    "seconds",
                    "/ floor",
                    "without set-up",
                    "processor time",
                    "/ floor",
                    "peak memory",
                ),
                table_rows(results),
            ),
            report.targets(goals(results)),
            f"Files published: {published}.",
            report.failures(failed),
        )
        if part
    )


def floor_of(results: dict[str, Result], when: str, measure: Callable[[Result], Series]) -> Series:
    """The floor by round: `cp -r` and `django.setup()` for a cold run, set-up and walk for another."""
    if when == "cold":
        return report.add(measure(results["cp -r"]), measure(results["django.setup()"]))
    return measure(results["setup and walk"])


def table_rows(results: dict[str, Result]) -> Iterator[list[str]]:
    """One row for each contender, the floors first."""
    setup = results["django.setup()"].seconds()

    def after(name: str) -> Series:
        return results[name].after_setup() or report.subtract(results[name].seconds(), setup)

    yield [
        "`django.setup()` alone",
        report.seconds(report.median(setup.values())),
        NONE,
        NONE,
        report.seconds(report.median(results["django.setup()"].cpu().values())),
        NONE,
        report.megabytes(results["django.setup()"].peak),
    ]
    for title, when, name in (
        ("**floor, cold**: `cp -r` + `django.setup()`", "cold", ""),
        ("Django, cold", "cold", "Django, cold"),
        ("Lading, cold", "cold", "Lading, cold"),
        ("**floor, again**: `django.setup()` + one walk", "again", ""),
        ("the same with a `stat` of every file", "again", "setup, walk and stat"),
        ("Django, again", "again", "Django, again"),
        ("Lading, again", "again", "Lading, again"),
    ):
        walls, cpus = (floor_of(results, when, measure) for measure in (Result.seconds, Result.cpu))
        wall, cpu = (results[name].seconds(), results[name].cpu()) if name else (walls, cpus)
        if not wall:
            yield [title, "failed", *[NONE] * 5]
            continue
        yield [
            title,
            report.seconds(report.median(wall.values())),
            report.times(report.ratio(wall, walls)),
            report.seconds(
                report.median((after(name) if name else report.subtract(wall, setup)).values())
            ),
            report.seconds(report.median(cpu.values())),
            report.times(report.ratio(cpu, cpus)),
            report.megabytes(results[name].peak if name else None),
        ]


def goals(results: dict[str, Result]) -> Iterator[Target]:
    """What collecting means to reach."""
    wall = {name: result.seconds() for name, result in results.items()}
    for text, limit, when in (
        ("cold collect / floor", 1.3, "cold"),
        ("unchanged run / floor", 1.25, "again"),
    ):
        floor = floor_of(results, when, Result.seconds)
        yield Target(text, limit, report.ratio(wall[f"Lading, {when}"], floor))
    yield Target(
        "unchanged run, Django / Lading, set-up subtracted from both",
        8,
        report.ratio(
            results["Django, again"].after_setup(), results["Lading, again"].after_setup()
        ),
        at_least=True,
    )
