"""``manage.py lading VERB``: the verbs of the command ``lading``, in a Django project."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError, CommandParser

import lading
from lading.cli import write_no_more
from lading.django.verbs import VERBS
from lading.errors import LadingError
from lading.verb import EXIT_CODES, add_verbosity, describe, hush


class Command(BaseCommand):
    help = "Carries static and media files from where they are written to where they are served."
    requires_system_checks = (Tags.staticfiles,)

    def get_version(self) -> str:
        return lading.__version__

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs.setdefault("epilog", EXIT_CODES)
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=True)
        # Django's own options may stand before the verb or after it; where they are not given, those
        # after it leave alone what came before.
        common = CommandParser(add_help=False, argument_default=argparse.SUPPRESS)
        _add_base_options(common)
        for name, verb in VERBS.items():
            added = verbs.add_parser(name, help=verb.help, parents=[common])
            describe(added, verb.description, f"{parser.prog} {verb.example}")
            verb.arguments(added)

    def execute(self, *args: Any, **options: Any) -> str | None:
        if options["verb"] == "doctor":  # which tells what the checks find itself
            options["skip_checks"] = True
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        hush(options)
        try:
            VERBS[options["verb"]].run(self, options)
        except LadingError as error:
            raise CommandError(str(error), returncode=error.exit_code) from error
        except KeyboardInterrupt:
            raise CommandError("interrupted.", returncode=130) from None
        except BrokenPipeError:
            write_no_more()


def _add_base_options(parser: argparse.ArgumentParser) -> None:
    add_verbosity(parser)
    parser.add_argument("--settings", help=argparse.SUPPRESS)
    parser.add_argument("--pythonpath", help=argparse.SUPPRESS)
    for flag in ("--traceback", "--no-color", "--force-color", "--skip-checks"):
        parser.add_argument(flag, action="store_true", help=argparse.SUPPRESS)
