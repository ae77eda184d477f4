"""A verb of the command ``lading``: plain data, so that the stand-alone command and ``manage.py lading``
offer the same ones.
"""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lading.project import Project

Load = Callable[[argparse.Namespace], Project]
"""Gives the project that a verb works on. Raises ``ConfigError``."""

EXIT_CODES = """exit codes:
  0    done
  1    findings that are errors, or the run failed; the target still holds
       the previous release
  2    wrong usage or settings
  3    another run held the target for longer than lock_timeout
  130  interrupted"""


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


def describe(parser: argparse.ArgumentParser, description: str, example: str) -> None:
    """Give the parser of a verb, or of one of its actions, the help that all of them have.

    ``example`` is the whole command line.
    """
    columns = shutil.get_terminal_size().columns - 2  # as argparse has it
    parser.description = textwrap.fill(description, columns)
    parser.epilog = f"example:\n  {example}\n\n{EXIT_CODES}"
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


def add_verbosity(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """Add ``--verbosity``; without a default, what stands before the verb or action holds."""
    parser.add_argument(
        "-v",
        "--verbosity",
        type=int,
        choices=range(4),
        default=default,
        help="how much to tell: 0 only what is wrong, 1 a summary (default), 2 and 3 more",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``: the whole report for machines. To ``-`` it is all that is written to stdout."""
    parser.add_argument(
        "--json", metavar="FILE", help="write the report to FILE as JSON (-: to standard output)"
    )


def hush(options: dict[str, Any]) -> None:
    """A report that goes to standard output is alone there: nothing else is told."""
    if "-" in (options.get("json"), options.get("report")):
        options["verbosity"] = 0
