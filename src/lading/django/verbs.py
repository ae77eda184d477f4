"""The verbs of ``manage.py lading``: each is a line in ``VERBS``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError

from lading.cli import check_arguments
from lading.config import Config
from lading.django import conf, doctor, media_verb, project, static_check
from lading.django.output import plain
from lading.findings import Finding
from lading.report import checked, machine, told
from lading.report.bar import Bar
from lading.verb import Verb
from lading.verbs import cache as cache_verb
from lading.verbs import explain as explain_verb
from lading.verbs.bucket import BUCKET
from lading.verbs.doctor import DOCTOR
from lading.verbs.releases import RELEASES
from lading.verbs.theme import THEME
from lading.verbs.verify import VERIFY
from lading.verbs.webserver import WEBSERVER

Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DjangoVerb:
    """``arguments`` adds a verb's own; ``run`` does its work, raising ``CommandError`` or a
    ``LadingError`` with the exit code when it fails.
    """

    help: str
    description: str
    example: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[BaseCommand, Options], None]


def check(command: BaseCommand, options: Options) -> None:
    """``check``, and ``collectstatic --check``: tell what would be a 404 or a 500 in production."""
    config = conf.load()
    run_check(
        command,
        replace(config, strict=bool(options.get("strict")) or config.strict),
        options,
        ignore=cast("list[str]", options.get("ignore") or []),
        default_ignore=bool(options.get("default_ignore", True)),
    )


def cache(command: BaseCommand, options: Options) -> None:
    """``cache``: what the build cache holds, and making it smaller."""
    command.stdout.write(cache_verb.run(conf.load(), options["action"], options.get("limit")))


def explain(command: BaseCommand, options: Options) -> None:
    """``explain``: all about one file, with its uses in templates and code. Exits with 1 if not found."""
    from lading.django.explain import explain as explain_file

    stderr = plain(command.stderr)
    with Bar(stderr, quiet=cast("int", options.get("verbosity", 1)) < 1) as bar:
        found = explain_file(cast("str", options["path"]), bar)
    given = Namespace(**{"verbosity": 1, "no_color": False, **options})
    with redirect_stdout(plain(command.stdout)):
        code = explain_verb.tell(given, found)
    if code:
        raise SystemExit(code)  # all is told already


def shared(verb: Verb) -> DjangoVerb:
    """A verb of the stand-alone command, working on the Django project."""

    def run(command: BaseCommand, options: Options) -> None:
        given = Namespace(**{"verbosity": 1, "no_color": False, "config": None, **options})
        with redirect_stdout(plain(command.stdout)), redirect_stderr(plain(command.stderr)):
            code = verb.run(given, lambda _: project.load())
        if code:
            raise SystemExit(code)  # all is told already

    return DjangoVerb(verb.help, verb.description, verb.example, verb.arguments, run)


def run_check(
    command: BaseCommand,
    config: Config,
    options: Options,
    *,
    ignore: Sequence[str],
    default_ignore: bool,
) -> None:
    """Check and tell. Raises ``CommandError`` with exit code 1 when a finding is an error."""
    verbosity = cast("int", options.get("verbosity", 1))
    with Bar(plain(command.stderr), quiet=verbosity < 1) as bar:
        found = static_check.check(config, bar, ignore=ignore, default_ignore=default_ignore)
    if file := options.get("json"):
        machine.write(file, checked.document(found))
    if verbosity >= 1 or found.has_errors:
        print_findings(command, found.findings, options)
    if found.has_errors:
        raise CommandError(checked.summary(found), returncode=1)
    if verbosity >= 1:
        command.stdout.write(checked.summary(found))


def print_findings(command: BaseCommand, found: Sequence[Finding], options: Options) -> None:
    """To stderr, and only if there is more than notes or these are asked for."""
    notes = cast("int", options.get("verbosity", 1)) >= 2
    color = False if options.get("no_color") else True if options.get("force_color") else None
    if notes or any(finding.severity for finding in found):
        stream = cast("IO[str]", command.stderr)
        if text := told.findings(stream, found, notes=notes, color=color):
            # Each finding carries its own colour; Django would paint all of stderr red.
            command.stderr.write(text, style_func=str)


VERBS: dict[str, DjangoVerb] = {
    "check": DjangoVerb(
        "prove that every static path leads to a file, publishing nothing",
        "Prove that every static path in templates, Python code and form media, and every reference in "
        "style sheets, scripts, SVG images and web app manifests, names a file that is published. Tells "
        "what would be a 500 or a 404 in production. Writes nothing, and needs nothing collected.",
        "check --strict",
        check_arguments,
        check,
    ),
    "media": DjangoVerb(
        media_verb.HELP,
        media_verb.DESCRIPTION,
        media_verb.EXAMPLE,
        media_verb.arguments,
        media_verb.run,
    ),
    "cache": DjangoVerb(
        cache_verb.HELP,
        cache_verb.DESCRIPTION,
        "cache prune --limit 500M",
        cache_verb.arguments,
        cache,
    ),
    "explain": DjangoVerb(
        explain_verb.HELP,
        explain_verb.DESCRIPTION,
        explain_verb.EXAMPLE,
        explain_verb.arguments,
        explain,
    ),
    "verify": shared(VERIFY),
    "releases": shared(RELEASES),
    "bucket": shared(BUCKET),
    "doctor": DjangoVerb(
        DOCTOR.help, DOCTOR.description, DOCTOR.example, DOCTOR.arguments, doctor.run
    ),
    "theme": shared(THEME),
    "webserver": shared(WEBSERVER),
}
