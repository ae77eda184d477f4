"""How time and memory grow with the number of files: synthetic trees of 5,000, 50,000 and 500,000
files.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench import report, scratch
from bench.measure import Contender, Result, rounds
from bench.projects import Sources, projects_root
from bench.report import NONE
from bench.suites import context
from bench.suites.context import Context
from bench.trees import CACHE

SIZES = (5_000, 50_000, 500_000)
QUICK_SIZES = (5_000, 50_000)
PEER_LIMIT = 50_000  # Django alone would take several minutes above this
MEMORY_LIMIT = 1_000_000_000
GROWTH_LIMIT = 1.5  # time for one more file, between the largest trees / between the smallest


def make_tree(count: int) -> Path:
    """A folder of `count` small files, 100 to a folder, three levels deep, no two the same; made
    once.
    """
    root = CACHE / "synthetic" / str(count)
    stamp = root.with_suffix(".json")
    if stamp.exists() and json.loads(stamp.read_text("utf-8")) == {"files": count}:
        return root
    shutil.rmtree(root, ignore_errors=True)
    for folder in range((count + 99) // 100):
        path = root / f"app{folder // 100:03}" / f"block{folder % 100:02}" / "files"
        path.mkdir(parents=True)
        for number in range(folder * 100, min(count, folder * 100 + 100)):
            kind, text = content(number)
            with open(path / f"item-{number:06}{kind}", "w", encoding="ascii") as file:
                file.write(text)
    stamp.write_text(json.dumps({"files": count}), "utf-8")
    return root


def content(number: int) -> tuple[str, str]:
    """(extension, text) of a synthetic file: stylesheets, scripts and images as sites have them, 50
    to 900 bytes.
    """
    repeats = 1 + number % 16
    if number % 4 == 0:
        return ".css", f".item-{number} {{ margin: {number % 9}px; }}\n" * repeats
    if number % 4 == 1:
        return ".js", f"export const item{number} = {number};\n" + f"// {number}\n" * repeats
    shape = f'<path d="M{number % 97} {number % 89}h{number % 7}v{number % 5}z"/>'
    start = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 99">'
    return ".svg", f"{start}{shape * repeats}<!--{number}--></svg>\n"


def run_suite(ctx: Context) -> str:
    """Measure and return the section's Markdown."""
    sizes = ctx.sizes or (QUICK_SIZES if ctx.quick else SIZES)
    count = min(ctx.rounds, 3)
    results: dict[tuple[str, int, str], Result] = {}
    for size in sizes:
        sources = Sources((("", make_tree(size)),))
        lineup: list[Contender] = []
        for variant in ("lading-plain", "lading-manifest", "django-plain"):
            if variant == "django-plain" and size > PEER_LIMIT:
                continue
            project = ctx.project(variant, sources, suffix=f"-{size}")
            lineup += context.cold_and_again(
                project,
                ctx.environment,
                context.MANIFEST if variant == "lading-manifest" else context.PLAIN,
            )
        for name, result in rounds(
            lineup, 1 if size > PEER_LIMIT else count, warm=size <= PEER_LIMIT, say=ctx.say
        ).items():
            title, _, when = name.rpartition(", ")
            results[title, size, when] = result
        for name in os.listdir(projects_root()):
            if name.endswith(f"-{size}"):
                scratch.discard(projects_root() / name)
    return markdown(ctx, sizes, results)


def markdown(
    ctx: Context, sizes: tuple[int, ...], results: dict[tuple[str, int, str], Result]
) -> str:
    """The section: one row for each contender, size and step; growth and memory against the limits."""
    rows, failed = [], {}
    for (title, size, when), result in sorted(
        results.items(), key=lambda item: (item[0][0], item[0][2], item[0][1])
    ):
        name = f"{title}, {when}"
        if result.failure:
            rows.append((name, f"{size:,}", "failed", NONE, NONE))
            failed[f"{name}, {size:,} files"] = result.failure
            continue
        taken = report.median(result.seconds().values())
        each = None if taken is None else taken / size
        rows.append(
            (name, f"{size:,}", report.seconds(taken), _micro(each), report.megabytes(result.peak))
        )
    return "\n\n".join(
        part
        for part in (
            "## Growth with the number of files",
            ctx.preamble(
                "`collectstatic` over synthetic trees of small stylesheets, scripts and images, in a "
                f"project without other apps. Django runs up to {PEER_LIMIT:,} files."
            ),
            report.table(("", "files", "seconds", "µs a file", "peak memory"), rows),
            report.table(("Target", "limit", "measured", ""), limits(sizes, results)),
            report.failures(failed),
        )
        if part
    )


def limits(
    sizes: tuple[int, ...], results: dict[tuple[str, int, str], Result]
) -> Iterator[tuple[str, str, str, str]]:
    """Rows of targets: how the time for one more file grows with the tree, and the peak memory."""
    large = max(sizes)
    for title in ("Lading", "Lading, manifest"):
        for when in ("cold", "again"):
            points = {
                size: report.median(results[title, size, when].seconds().values())
                for size in sorted(sizes)
                if (title, size, when) in results
            }
            value = growth({size: taken for size, taken in points.items() if taken is not None})
            target = report.Target("", GROWTH_LIMIT, value)
            text = f"{title}, {when}: growth of the time for one more file"
            yield text, f"≤ {GROWTH_LIMIT}x", report.times(value), target.verdict
        peak = max(
            (r.peak for (name, size, _), r in results.items() if (name, size) == (title, large)),
            default=0,
        )
        verdict = "not measured" if not peak else "reached" if peak < MEMORY_LIMIT else "**missed**"
        yield (
            f"{title}: peak memory at {large:,} files",
            "< 1 GB",
            report.megabytes(peak),
            verdict,
        )


def growth(points: Mapping[int, float]) -> float | None:
    """How many times as long one more file takes in the largest trees as in the smallest.

    `points` is {files: seconds}. Of three sizes a < b < c: the slope from b to c over the slope from a to b,
    so that the set-up, which is the same for all, does not flatter the large tree. 1.0 is linear; None of
    fewer than three sizes, or of slopes that are not positive.
    """
    if len(points) < 3:
        return None
    (a, at_a), (b, at_b), *_ = sorted(points.items())
    *_, (y, at_y), (z, at_z) = sorted(points.items())
    first, last = (at_b - at_a) / (b - a), (at_z - at_y) / (z - y)
    return last / first if first > 0 and last > 0 else None


def _micro(each: float | None) -> str:
    return NONE if each is None else f"{each * 1e6:.0f}"
