"""Manifest and packing: cold, unchanged, one file changed, and an empty target with a warm cache,
beside WhiteNoise and ServeStatic.

The peers take minutes for each run on the whole trees, so they run once; `--subset` takes fewer
trees.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from bench import decoding, report, scratch
from bench.measure import Contender, Result, rounds
from bench.projects import Project, stylesheet
from bench.report import NONE, Target
from bench.suites import context
from bench.suites.context import Context

PEERS = ("whitenoise", "servestatic")
STEPS = ("cold", "again", "one file changed", "empty target, warm cache")
CODINGS = {"br": ".br", "gzip": ".gz", "zstd": ".zst"}

# What a page makes a browser fetch. Source maps, type declarations, style sources, documents and
# licences are published too, but only tools and people ask for them.
FETCHED = frozenset(
    f".{extension}"
    for kinds in (
        "css js mjs cjs html json webmanifest wasm xml",
        "svg png jpg jpeg gif webp avif ico mp4 webm mp3 ogg",
        "woff woff2 ttf otf eot bcmap pfb",
    )
    for extension in kinds.split()
)
WEIGHTS = (
    "Bytes of the files that browsers fetch (stylesheets, scripts, images, fonts and the like; not "
    "source maps, type declarations, documents), each once under its hashed name, by the content "
    "coding the browser accepts:"
)
NOT_FETCHED = frozenset(
    {"package.json", "package-lock.json", "composer.json", "bower.json", "component.json"}
)


def contenders(project: Project, ctx: Context, *, slow: bool) -> list[Contender]:
    """The four steps of one project, in order."""
    title = project.variant.title
    changes = iter(range(1, 1_000_000))

    def change() -> None:
        project.site_css.write_text(stylesheet() + f"/* release {next(changes)} */\n", "utf-8")

    def empty() -> None:
        scratch.discard(project.static_root)

    collect = context.command(project, ctx.environment, context.PACKED)
    names = [f"{title}, {step}" for step in STEPS]
    every = [
        Contender(names[0], collect, project.clear, slow=slow),
        Contender(names[1], collect, after=names[0], slow=slow),
        Contender(names[2], collect, change, after=names[0], slow=slow),
        Contender(names[3], collect, empty, after=names[0], slow=slow),
    ]
    chosen = ("cold", *ctx.steps) if slow and ctx.steps else STEPS
    return [c for c, step in zip(every, STEPS, strict=True) if step.startswith(chosen)]


def run_suite(ctx: Context) -> str:
    """Measure and return the section's Markdown."""
    ours = ctx.project("lading-packing")
    peers = [ctx.project(name) for name in PEERS] if ctx.peers else []
    lineup = contenders(ours, ctx, slow=False)
    for project in peers:
        lineup += contenders(project, ctx, slow=True)
    results = rounds(lineup, ctx.rounds, slow_rounds=ctx.slow_rounds, say=ctx.say)
    projects = [ours, *peers]
    sizes = {project.variant.title: fetched_bytes(project.static_root) for project in projects}
    proved = decoding.prove(ours.static_root)
    return markdown(ctx, [project.variant.title for project in projects], results, sizes, proved)


def fetched_bytes(root: Path) -> dict[str, int]:
    """Bytes of all files that browsers fetch, once each under the published name, by what a client
    accepts:
    `br`, `gzip`, `zstd`, `identity`, and `files`, their number. Empty if there is no manifest.
    """
    try:
        names = json.loads((root / "staticfiles.json").read_text("utf-8"))["paths"]
    except (OSError, ValueError, KeyError):
        return {}
    total = dict.fromkeys([*CODINGS, "identity", "files"], 0)
    for name, published in names.items():
        if (
            os.path.splitext(name)[1].lower() not in FETCHED
            or os.path.basename(name) in NOT_FETCHED
        ):
            continue
        identity = _size(root / published)
        if identity is None:
            continue
        total["files"] += 1
        total["identity"] += identity
        for coding, suffix in CODINGS.items():
            packed = _size(root / (published + suffix))
            total[coding] += identity if packed is None else packed
    return total


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def markdown(
    ctx: Context,
    titles: list[str],
    results: dict[str, Result],
    sizes: dict[str, dict[str, int]],
    proved: dict[str, int],
) -> str:
    """The section: times, bytes, targets, failures."""
    ours = titles[0]
    rows = []
    for title in titles:
        for step in STEPS:
            result = results.get(f"{title}, {step}")
            if result is None:
                continue
            own, base = result.seconds(), results[f"{ours}, {step}"].seconds()
            rows.append(
                (result.name, "failed", NONE, NONE)
                if result.failure
                else (
                    result.name,
                    report.seconds(report.median(own.values())),
                    report.times(report.quotient(own, base)),
                    report.megabytes(result.peak),
                )
            )
    weights = [
        (
            title,
            f"{found['files']:,}",
            *(report.megabytes(found[key]) for key in ("identity", "gzip", "br", "zstd")),
        )
        for title, found in sizes.items()
        if found
    ]
    failed = {name: result.failure for name, result in results.items() if result.failure}
    return "\n\n".join(
        part
        for part in (
            "## Packing",
            ctx.preamble(
                f"`collectstatic` with manifest and compressed siblings over {ctx.tree_line()}. "
                f"Medians of {ctx.rounds} rounds for Lading and {ctx.slow_rounds} for the peers, which "
                "are made lenient where they abort."
            ),
            report.table(("", "seconds", "/ Lading", "peak memory"), rows),
            report.targets(goals(titles, results, sizes)),
            WEIGHTS,
            report.table(("", "files", "identity", "gzip", "br", "zstd"), weights),
            "Decoded to exactly their originals by the system's own `brotli`, `gzip` and `zstd`: "
            + ", ".join(f"{count:,} {suffix}" for suffix, count in proved.items() if count)
            + ".",
            report.failures(failed),
        )
        if part
    )


def goals(
    titles: list[str], results: dict[str, Result], sizes: dict[str, dict[str, int]]
) -> list[Target]:
    """Issue by step and peer: how many times faster, and whether the bytes are no more."""
    ours = titles[0]
    limits = dict(zip(STEPS, (3, 100, 50, 20), strict=True))
    wanted = [
        Target(
            f"{peer} / Lading, {step}",
            limit,
            report.quotient(
                results[f"{peer}, {step}"].seconds(), results[f"{ours}, {step}"].seconds()
            ),
            at_least=True,
        )
        for peer in titles[1:]
        for step, limit in limits.items()
        if f"{peer}, {step}" in results
    ]
    for peer in titles[1:]:
        for coding in ("br", "gzip"):
            mine, theirs = sizes[ours].get(coding), sizes[peer].get(coding)
            wanted.append(
                Target(
                    f"bytes fetched with {coding}, Lading / {peer}",
                    1.0,
                    mine / theirs if mine and theirs else None,
                )
            )
    return wanted
