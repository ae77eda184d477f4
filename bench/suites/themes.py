"""Real themes: how fast their pages are made templates, and whether these show what the originals show."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from pathlib import Path

from bench import report, trees
from bench.measure import RunFailedError, run
from bench.report import NONE, Target
from bench.suites.context import Context

SPEED = Path(__file__).resolve().parents[1] / "theme_speed.py"
# Chromium takes some seconds for each page; of larger themes only the speed is measured here.
MOST_PAGES = 2
_COMPARED = (
    f"Each page of the themes with at most {MOST_PAGES} pages was imported, rendered by Django and compared "
    "with the original: tree, answers to all URLs, console, and each pixel in Chromium; then again after "
    "`collectstatic` with hashed names. [Themes](themes.md#themes-it-was-tried-on) names the others."
)
NAMES = {
    "tagged": "tagging: pages to templates",
    "read": "finding the references alone",
    "tree": "turbohtml: a tree with source locations",
    "standard": "html.parser of Python",
}


def run_suite(ctx: Context) -> str:
    """Measure and return the section's Markdown."""
    chosen = trees.load(trees.THEMES)[: 4 if ctx.quick else None]
    trees.fetch(chosen, say=ctx.say)
    environment = {**os.environ, "PYTHONPATH": str(SPEED.parents[1])}
    measured = json.loads(
        run(
            [sys.executable, str(SPEED), *(str(tree.theme) for tree in chosen)],
            cwd=SPEED.parent,
            environment=environment,
        ).output
    )
    rows = [_verified(ctx, tree) for tree in chosen if _pages(tree) <= MOST_PAGES]
    return markdown(ctx, measured, rows, len(chosen))


def _pages(tree: trees.Tree) -> int:
    return sum(1 for _ in tree.theme.rglob("*.html"))


def _verified(ctx: Context, tree: trees.Tree) -> tuple[str, ...]:
    """One row: the theme, its pages, and how many are as the original, with plain and hashed names."""
    told = [f"{tree.package} {tree.version}", str(_pages(tree))]
    for mode in ("plain", "hashed"):
        with tempfile.TemporaryDirectory(prefix="lading-themes-") as folder:
            command = [sys.executable, "-m", "lading", "theme", "import", str(tree.theme)]
            command += ["--app", "t", f"--verify={mode}", "--json", "report.json", "-v", "1"]
            try:
                output = run(command, cwd=folder, environment=os.environ).output
            except RunFailedError as error:
                told.append(f"differs: {error}"[:120])
                continue
            line = next(line for line in output.splitlines() if "render as the original" in line)
            told.append(line.partition(" render")[0])
            ctx.say(f"  {tree.name}, {mode}: {line}")
    return tuple(told)


def markdown(ctx: Context, measured: dict, rows: list[tuple[str, ...]], themes: int) -> str:
    """The section: speed, growth, targets, and the themes."""
    size, seconds = measured["size"], measured["seconds"]
    speed = [
        (
            NAMES[name],
            f"{size / 1e6 / taken:.1f} MB/s",
            report.times(taken / seconds["tagged"]) if taken else NONE,
        )
        for name, taken in seconds.items()
    ]
    growth = measured["growth"]
    return "\n\n".join(
        (
            "## Themes",
            ctx.preamble(
                f"{measured['pages']:,} pages, {size / 1e6:.0f} MB of HTML, of {themes} themes from npm, in "
                f"memory and in one process of Python {platform.python_version()}; the quickest of 5 runs."
            ),
            report.table(("", "speed", "time / tagging"), speed),
            report.targets(
                [
                    Target("seconds for 10 MB of HTML", 1.0, seconds["tagged"] / size * 1e7),
                    Target(
                        "a page 8 times as long / 8 times the time",
                        1.25,
                        growth["8"] / growth["1"] / 8,
                    ),
                ]
            ),
            _COMPARED,
            report.table(("theme", "pages", "as the original", "with hashed names"), rows),
        )
    )
