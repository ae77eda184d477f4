"""The options of ``collectstatic`` that are Lading's own, beside Django's."""

from __future__ import annotations

from argparse import ArgumentParser

from lading.verb import add_json


def add(parser: ArgumentParser) -> None:
    """Add them to the command's parser."""
    parser.add_argument(
        "--plan",
        action="store_true",
        help="Show what would be done as a table, and write nothing.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="Publish nothing: prove that every static path in templates, Python code, form media, "
        "style sheets and scripts names a file (as lading check).",
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="Tell the run step by step: one row for each scanned folder.",
    )
    add_json(parser)
    parser.add_argument(
        "--report",
        metavar="FILE",
        help="Write the report to FILE as an HTML page, with a map of all bytes.",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        metavar="N",
        help="Use N threads (default: one for each processor).",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="Treat warnings as errors: publish nothing if there is one.",
    )
