"""Verifying a published target, beside reading and hashing it on all processors and doing nothing else."""

from __future__ import annotations

import itertools

from bench import report
from bench.measure import Contender, Result, RunFailedError, Sample, rounds, run
from bench.projects import Project
from bench.report import NONE, Target
from bench.suites import context
from bench.suites.context import Context

FLOOR = "**floor**: `django.setup()` + SHA-256 of each file"
VERIFY = "`lading verify`"

# Each file on disk once, however many names it has; as many threads as Lading takes.
_HASH = """
import hashlib, os, sys
from concurrent.futures import ThreadPoolExecutor
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

def sha256(file):
    with open(file, "rb", buffering=0) as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

files = {}
for place, folders, names in os.walk(sys.argv[1]):
    folders[:] = [name for name in folders if name != ".lading"]
    for name in names:
        file = os.path.join(place, name)
        files[os.stat(file).st_ino] = file
with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
    print(len(list(pool.map(sha256, files.values(), chunksize=64))))
"""


def run_suite(ctx: Context) -> str:
    """Measure and return the section's Markdown."""
    project = ctx.project("lading-packing")
    once = context.command(project, ctx.environment, context.PACKED)
    project.clear()
    once()
    contenders = [
        Contender(FLOOR, context.script(project, ctx.environment, _HASH, str(project.static_root))),
        Contender(VERIFY, _verify(project, ctx)),
    ]
    results = rounds(contenders, ctx.rounds, say=ctx.say)
    return markdown(ctx, results, context.published(project.static_root))


def _verify(project: Project, ctx: Context):
    def action() -> Sample:
        sample = run(
            [ctx.environment.python, "manage.py", "lading", "verify", "--skip-checks"],
            cwd=project.folder,
            environment=project.environment,
        )
        if "all as they were published" not in sample.output:
            raise RunFailedError(f"it said {sample.output.strip()!r}")
        return sample

    return action


def markdown(ctx: Context, results: dict[str, Result], published: int) -> str:
    """The section: table, target, failures."""
    floor, verify = (results[name] for name in (FLOOR, VERIFY))
    rows = [
        (
            result.name,
            *(
                ("failed", *itertools.repeat(NONE, 3))
                if result.failure
                else (
                    report.seconds(report.median(result.seconds().values())),
                    report.times(report.ratio(result.seconds(), floor.seconds())),
                    report.seconds(report.median(result.cpu().values())),
                    report.megabytes(result.peak),
                )
            ),
        )
        for result in (floor, verify)
    ]
    goal = Target("`lading verify` / floor", 3.0, report.ratio(verify.seconds(), floor.seconds()))
    failed = {name: result.failure for name, result in results.items() if result.failure}
    return "\n\n".join(
        part
        for part in (
            "## Verifying",
            ctx.preamble(
                f"`lading verify` of {published:,} published files, over {ctx.tree_line()}: each is compared "
                "with its SHA-256, and each Brotli and gzip variant is decoded too, which the floor does "
                f"not do. Medians of {ctx.rounds} interleaved rounds."
            ),
            report.table(("", "seconds", "/ floor", "processor time", "peak memory"), rows),
            report.targets([goal]),
            report.failures(failed),
        )
        if part
    )
