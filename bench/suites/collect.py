"""Collecting without names or packing: cold, and again when nothing changed, against the floor and
Django.
"""

from __future__ import annotations

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

# Differences below this are the noise of starting a process.
NOISE = 0.01


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
    series = {name: result.seconds() for name, result in results.items()}
    setup = series["django.setup()"]
    cold_floor = report.add(series["cp -r"], setup)
    again_floor = series["setup and walk"]
    rows = []
    for title, own, floor, peak in (
        ("`django.setup()` alone", setup, None, results["django.setup()"].peak),
        ("**floor, cold**: `cp -r` + `django.setup()`", cold_floor, cold_floor, 0),
        ("Django, cold", series["Django, cold"], cold_floor, results["Django, cold"].peak),
        ("Lading, cold", series["Lading, cold"], cold_floor, results["Lading, cold"].peak),
        (
            "**floor, again**: `django.setup()` + one walk",
            again_floor,
            again_floor,
            results["setup and walk"].peak,
        ),
        (
            "the same with a `stat` of every file",
            series["setup, walk and stat"],
            again_floor,
            results["setup, walk and stat"].peak,
        ),
        ("Django, again", series["Django, again"], again_floor, results["Django, again"].peak),
        ("Lading, again", series["Lading, again"], again_floor, results["Lading, again"].peak),
    ):
        rows.append(
            (
                title,
                report.seconds(report.median(own.values())) if own else "failed",
                report.times(report.ratio(own, floor)) if floor else NONE,
                report.seconds(report.median(report.subtract(own, setup).values()))
                if floor
                else NONE,
                report.megabytes(peak),
            )
        )
    goals = [
        Target("cold collect / floor", 1.3, report.ratio(series["Lading, cold"], cold_floor)),
        Target("unchanged run / floor", 1.25, report.ratio(series["Lading, again"], again_floor)),
        Target(
            "unchanged run, Django / Lading, set-up subtracted from both",
            8,
            report.ratio(
                report.subtract(series["Django, again"], setup),
                report.subtract(series["Lading, again"], setup),
                least=NOISE,
            ),
            at_least=True,
        ),
    ]
    failed = {name: result.failure for name, result in results.items() if result.failure}
    notes = [
        f"Files published: {', '.join(f'{title} {count:,}' for title, count in counts.items())}.",
        report.failures(failed),
    ]
    return "\n\n".join(
        part
        for part in (
            "## Collecting",
            ctx.preamble(
                f"`collectstatic` with plain names over {ctx.tree_line()}. Medians of {ctx.rounds} "
                "interleaved rounds; ratios are taken within a round."
            ),
            report.table(("", "seconds", "/ floor", "without set-up", "peak memory"), rows),
            report.targets(goals),
            *notes,
        )
        if part
    )
