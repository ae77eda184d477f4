"""The verb ``verify``: is everything that was published still there, byte for byte?"""

from __future__ import annotations

import argparse
import sys

from lading.verb import Load, Verb, add_json


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own arguments."""
    parser.add_argument(
        "--repair",
        action="store_true",
        help="put back what is missing or changed: from the target itself, the build cache or the sources",
    )
    parser.add_argument("--strict", action="store_true", help="foreign files are errors too")
    add_json(parser)


def run(options: argparse.Namespace, load: Load) -> int:
    """``lading verify``; 1 when something is not as it was published."""
    from lading.report import console, machine, verified
    from lading.report.bar import Bar
    from lading.verify import repairing, verifying

    work = load(options)
    with Bar(sys.stderr, quiet=options.verbosity < 1) as bar:
        if options.repair:
            found = repairing.repair(work.sources, work.target, work.config, bar)
        else:
            found = verifying.verify(work.target, work.config, bar)
    if work.config.is_bucket:
        found.notes.append(
            "This is what was built for the bucket. Whether the bucket holds it is not looked at here: "
            "lading doctor --url asks the live site for a part of it."
        )
    is_sound = found.is_sound and not (options.strict and found.foreign)
    if options.json:
        machine.write(options.json, verified.document(found, work.target.root))
    if options.json != "-":
        screen = console.Screen(sys.stdout, color=False if options.no_color else None)
        told = verified.text(screen, found, verbose=options.verbosity >= 2)
        if told and (options.verbosity >= 1 or not is_sound):
            print(told)
        if options.verbosity >= 1 or not is_sound:
            print(verified.summary(found, work.target.root))
    return 0 if is_sound else 1


VERIFY = Verb(
    "prove that every published file is still what was published",
    "Compare every published file and variant, of kept older releases too, with its SHA-256, and decode "
    "every variant. Tells of missing, changed, unreadable and foreign files, and changes none, unless "
    "--repair asks for it.",
    "verify --repair",
    arguments,
    run,
)
