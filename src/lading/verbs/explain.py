"""The verb ``explain``: all about one static file, or why there is none."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from lading.verb import Load, Verb, add_json

if TYPE_CHECKING:  # loaded when it is needed
    from lading.explain.explanation import Explanation

HELP = "tell all about one URL, path or file, or why it is not served"
DESCRIPTION = (
    "Tell of a URL, a path or a file which source file it is and which it wins over, what it is published "
    "as, with its variants, who refers to it, which releases have it and how it is served; or why it is not "
    "found. Writes nothing."
)
EXAMPLE = "explain /static/css/app.css"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own arguments."""
    parser.add_argument(
        "path",
        metavar="URL-OR-PATH",
        help="a URL, a path below STATIC_URL, a published name, or a file on disk",
    )
    add_json(parser)


def run(options: argparse.Namespace, load: Load) -> int:
    """``lading explain``; 1 when it is not found."""
    from lading.explain import explaining
    from lading.report.bar import Bar

    work = load(options)
    with Bar(sys.stderr, quiet=options.verbosity < 1) as bar:
        found, _ = explaining.explain(options.path, work, bar)
    return tell(options, found)


def tell(options: argparse.Namespace, found: Explanation) -> int:
    """Print an explanation as the options ask for it; the exit code."""
    from lading.report import explained, machine

    if options.json:
        machine.write(options.json, explained.document(found))
    if options.json != "-":
        color = False if options.no_color else None
        print(explained.text(sys.stdout, found, verbose=options.verbosity >= 2, color=color))
    return 0 if found.is_found else 1


EXPLAIN = Verb(HELP, DESCRIPTION, EXAMPLE, arguments, run)
