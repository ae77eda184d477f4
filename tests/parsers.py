"""What each verb and action of a command says of itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator


def subparsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parsers of all verbs and, below them, of all actions."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name in action.choices:
                yield action.choices[name]
                yield from subparsers(action.choices[name])


def faults_of_help(parser: argparse.ArgumentParser) -> list[str]:
    """What the ``--help`` of a verb or action lacks, on a terminal of 80 columns."""
    text = parser.format_help()
    example = f"example:\n  {parser.prog} "
    faults = [f"no {part!r}" for part in (example, "exit codes:", ".\n") if part not in text]
    faults += ["'%%'"] * ("%%" in text)
    faults += [line for line in text.splitlines() if len(line) > 80 and parser.prog not in line]
    return faults + [
        f"nothing about {action.metavar or action.dest}"
        for action in parser._actions
        if not action.help and not isinstance(action, argparse._SubParsersAction)
    ]
