"""Measures Lading beside its peers, in one run, on real trees.

    python bench/run.py                       every suite
    python bench/run.py collect manifest      some
    python bench/run.py packing --subset bootstrap,katex,leaflet
    python bench/run.py collect --write       and put the tables into docs/benchmarks.md and the README

Suites: collect, scale, manifest, packing, verify, serve, media, media-check, bucket, themes. Only the
standard library is needed to start: the trees and the benchmark's own virtual environment are fetched on
the first run and kept in `bench/.cache`. (`themes` also needs Lading's own environment: `make bench`.)
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import environment, report, scratch, summary, trees
from bench.suites.context import Context

SUITES = (
    "collect",
    "scale",
    "manifest",
    "packing",
    "verify",
    "serve",
    "media",
    "media-check",
    "bucket",
    "themes",
)
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
README = DOCUMENT.parents[1] / "README.md"


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    try:
        chosen = trees.select(trees.load(), options.subset)
        trees.fetch(chosen)
        ctx = Context(
            environment=environment.prepare(),
            trees=chosen,
            rounds=options.rounds or (2 if options.quick else 5),
            slow_rounds=options.slow_rounds,
            quick=options.quick,
            peers=not options.no_peers,
            subset=bool(options.subset),
            sizes=options.sizes,
            seconds=options.seconds or (2 if options.quick else 5),
            steps=options.steps,
        )
    except (trees.TreeError, environment.PreparationError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    if (age := scratch.recently_emptied()) is not None:
        print(
            f"note: the last run's files were deleted {age:.0f} s ago; ext4 is slower at making files "
            f"for {scratch.RECENT} s after that, for all contenders alike"
        )
    try:
        run_suites(ctx, options)
    finally:
        scratch.empty()
    return 0


def run_suites(ctx: Context, options: argparse.Namespace) -> None:
    """Run the chosen suites in order, print each section, and write it if that is asked for."""
    for name in options.suites or SUITES:
        print(f"{name}:", flush=True)
        started = time.perf_counter()
        section = importlib.import_module(f"bench.suites.{name.replace('-', '_')}").run_suite(ctx)
        print(f"\n{section}\n\n({name} took {time.perf_counter() - started:.0f} s)\n", flush=True)
        if options.write:
            write(name, section)
            summarize()


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line; `--subset` and `--sizes` become tuples."""
    parser = argparse.ArgumentParser(
        description="Measure Lading beside its peers, in one run, on real trees."
    )
    parser.add_argument("suites", nargs="*", help=f"default: all of {', '.join(SUITES)}")
    parser.add_argument("--rounds", type=int, help="interleaved rounds (default 5, with --quick 2)")
    parser.add_argument(
        "--slow-rounds",
        type=int,
        default=1,
        help="rounds of the peers that take minutes (packing; default 1)",
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds, smaller sizes: a look, not a result"
    )
    parser.add_argument(
        "--subset",
        type=_names,
        default=(),
        metavar="TREE,...",
        help="only these trees of bench/trees.toml",
    )
    parser.add_argument(
        "--sizes",
        type=_sizes,
        default=(),
        metavar="N,...",
        help="scale and media-check: files (default 5000,50000,500000 and 10000,100000,1000000)",
    )
    parser.add_argument(
        "--seconds", type=int, help="serve: seconds of load for each measurement (default 5)"
    )
    parser.add_argument(
        "--steps",
        type=_names,
        default=(),
        metavar="STEP,...",
        help="packing: of the peers, the cold run and those whose names begin so (again, one, empty)",
    )
    parser.add_argument("--no-peers", action="store_true", help="packing: leave the slow peers out")
    parser.add_argument(
        "--write", action="store_true", help="replace the suites' sections in docs/benchmarks.md"
    )
    options = parser.parse_args(arguments)
    unknown = set(options.suites) - set(SUITES)
    if unknown:
        parser.error(
            f"no such suite: {', '.join(sorted(unknown))} (choose from {', '.join(SUITES)})"
        )
    return options


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(number.replace("_", "")) for number in _names(text))


def write(name: str, section: str, document: Path = DOCUMENT) -> None:
    """Replace one suite's section of the document, by rename."""
    text = document.read_text("utf-8") if document.exists() else ""
    staged = document.with_suffix(".tmp")
    staged.write_text(report.replace_section(text, name, section), "utf-8")
    os.replace(staged, document)


def summarize() -> None:
    """Bring the README's figures to those of the document."""
    write(summary.SECTION, summary.table(DOCUMENT.read_text("utf-8")), README)


if __name__ == "__main__":
    raise SystemExit(main())
