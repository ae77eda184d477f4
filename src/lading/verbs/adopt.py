"""The verb ``adopt``: show how a project is switched to Lading, or switch it."""

from __future__ import annotations

import argparse
import os
import sys

from lading.verb import Load, Verb, add_json


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own arguments."""
    parser.add_argument(
        "folder", nargs="?", default=".", metavar="FOLDER", help="the project (default: here)"
    )
    parser.add_argument(
        "--write", action="store_true", help="change the files: all of them or, on an error, none"
    )
    parser.add_argument(
        "--force", action="store_true", help="with --write: even if the git tree is not clean"
    )
    add_json(parser)


def run(options: argparse.Namespace, load: Load) -> int:
    """The diff to stdout, all else to stderr; 1 when something is left to a person. ``load`` is not asked:
    there is no project of Lading's yet.
    """
    from lading.adopt import applying, telling
    from lading.adopt.switching import plan
    from lading.report import machine

    switch = plan(os.path.realpath(options.folder))
    written = bool(options.write and switch.changes)
    if written:
        if not options.force:
            applying.refuse_unsaved(switch.root, switch.changes)
        applying.write(switch.changes)
    if options.json:
        machine.write(options.json, telling.document(switch, written=written))
    if options.verbosity >= 1:
        if options.json != "-":
            color = sys.stdout.isatty() and not (options.no_color or os.environ.get("NO_COLOR"))
            sys.stdout.write(telling.diff(switch, color=color))
            sys.stdout.flush()  # the diff stands above what is told of it
        lead = "\n" if switch.changes else ""
        print(f"{lead}{telling.summary(switch, written=written)}", file=sys.stderr)
    return 1 if switch.notes.tasks else 0


ADOPT = Verb(
    "switch a Django project to Lading from WhiteNoise and the like",
    "Read a Django project that serves its static files with plain Django, WhiteNoise, ServeStatic, "
    "collectfasta or ManifestStaticFilesStorage-Enhanced, and show how it is switched to Lading: a diff of "
    "its settings, dependencies and deployment files, what changes, and what is left to you. Imports "
    "nothing of the project, and writes nothing without --write. The exit code is 1 when something is left "
    "to you.",
    "adopt --write",
    arguments,
    run,
)
