"""A verb of the command ``lading``: plain data, so that the stand-alone command and ``manage.py lading``
offer the same ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from lading.project import Project

Load = Callable[[argparse.Namespace], Project]
"""Gives the project that a verb works on. Raises ``ConfigError``."""


@dataclass(frozen=True, slots=True)
class Verb:
    """``help`` is half a sentence, ``description`` whole ones, ``example`` what to type after the command's
    name. ``arguments`` adds the verb's own; ``run`` does its work, prints to stdout and gives the exit
    code. Raises ``LadingError`` when it fails.
    """

    help: str
    description: str
    example: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Load], int]


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``: the whole report for machines. To ``-`` it is all that is written to stdout."""
    parser.add_argument(
        "--json", metavar="FILE", help="write the report to FILE as JSON (-: to standard output)"
    )
