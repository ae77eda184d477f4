"""The command ``lading``: one verb for each task. In a Django project the same verbs are
``manage.py lading VERB``.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import lading
from lading import build, checking, project
from lading.build import Outcome
from lading.config import Config
from lading.digests import Digests
from lading.errors import ConfigError, FindingsError, LadingError
from lading.findings import Finding
from lading.project import Project
from lading.report import checked, machine, told, written
from lading.report.bar import Bar
from lading.report.steps import steps
from lading.search import hits, why_missing
from lading.verb import EXIT_CODES, Load, Verb, add_json, add_verbosity, describe, hush
from lading.verbs import cache as cache_verb
from lading.verbs.adopt import ADOPT
from lading.verbs.bucket import BUCKET
from lading.verbs.doctor import DOCTOR
from lading.verbs.explain import EXPLAIN
from lading.verbs.media import MEDIA
from lading.verbs.releases import RELEASES
from lading.verbs.theme import THEME
from lading.verbs.verify import VERIFY
from lading.verbs.webserver import WEBSERVER


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; the exit code."""
    return run(arguments, _load)


def run(arguments: Sequence[str] | None, load: Load, prog: str = "lading") -> int:
    """Run one verb on the project that ``load`` gives; the exit code."""
    options = parser(prog).parse_args(arguments)
    hush(vars(options))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # file names may hold anything
    try:
        return options.verb(options, load)
    except FindingsError as error:
        _tell_findings(options, error)
        print(f"{prog}: {error}", file=sys.stderr)
        return error.exit_code
    except LadingError as error:
        print(f"{prog}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"{prog}: interrupted; the target still holds the previous release.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        write_no_more()
        return 0


def parser(prog: str) -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog=prog,
        description="Carries static and media files from where they are written to where they are served.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"lading {lading.__version__}")
    verbs = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    for name, verb in VERBS.items():
        added = verbs.add_parser(name, help=verb.help)
        describe(added, verb.description, f"{prog} {verb.example}")
        _add_common(added)
        verb.arguments(added)
        added.set_defaults(verb=verb.run)
    return top


def write_no_more() -> None:
    """Whoever read the output has seen enough (``lading … | head``)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def collect_arguments(verb: argparse.ArgumentParser) -> None:
    """The arguments of ``collect``."""
    flag: dict[str, Any] = {"action": "store_true"}
    verb.add_argument(
        "-n", "--dry-run", "--plan", dest="plan", help="show what would be done", **flag
    )
    verb.add_argument(
        "--explain", help="tell the run step by step, one row for each folder", **flag
    )
    add_json(verb)
    verb.add_argument(
        "--report", metavar="FILE", help="write the report to FILE as HTML, with a map of all bytes"
    )
    verb.add_argument("-c", "--clear", help="remove all else from the target afterwards", **flag)
    verb.add_argument("-l", "--link", help="make symbolic links instead of copies", **flag)
    _ignore_arguments(verb)
    verb.add_argument(
        "--jobs", type=_positive, metavar="N", help="use N threads (default: one a processor)"
    )
    verb.add_argument("--strict", help="treat warnings as errors", **flag)


def check_arguments(verb: argparse.ArgumentParser) -> None:
    """The arguments of ``check`` that a Django project has too."""
    add_json(verb)
    verb.add_argument("--strict", action="store_true", help="treat warnings as errors")
    _ignore_arguments(verb)


def _ignore_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "-i",
        "--ignore",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave out files or folders that match; may be repeated",
    )
    verb.add_argument(
        "--no-default-ignore",
        dest="default_ignore",
        action="store_false",
        help="do not leave out CVS, .* and *~",
    )


def _add_common(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--config", metavar="FILE", help="the settings file (default: found from here up)"
    )
    add_verbosity(verb, default=1)
    verb.add_argument("--no-color", action="store_true", help="no colours (also: NO_COLOR)")


def collect(options: argparse.Namespace, load: Load) -> int:
    """``lading collect``."""
    work = load(options)
    work = project.with_ignore(work, options.ignore, default_ignore=options.default_ignore)
    config = replace(
        work.config,
        strict=options.strict or work.config.strict,
        jobs=options.jobs or work.config.jobs,
    )
    if config.is_bucket and not options.plan:
        return _ship(options, work, config)
    with Bar(sys.stderr, quiet=options.verbosity < 1) as bar:
        act = (
            build.plan if options.plan else partial(build.collect, brief=not _is_detailed(options))
        )
        outcome = act(
            work.sources,
            work.target,
            config,
            link=options.link,
            clear=options.clear,
            progress=bar,
        )
    _tell(options, outcome, config, work.target.root)
    if options.plan:
        build.refuse_errors(outcome.findings)
    elif options.verbosity >= 1:
        print(summary(outcome, work.target.root))
    return 0


def _ship(options: argparse.Namespace, work: Project, config: Config) -> int:
    """``lading collect`` to a bucket."""
    from lading import shipping

    if options.link:
        raise ConfigError(
            "A bucket cannot hold symbolic links.", where="--link", remedy="Leave --link out."
        )
    with Bar(sys.stderr, quiet=options.verbosity < 1) as bar:
        shipped = shipping.ship(
            work.sources,
            work.target,
            shipping.open_target(config),
            config,
            clear=options.clear,
            progress=bar,
            brief=not _is_detailed(options),
        )
    _tell(options, shipped.built, config, config.target, shipping.document(shipped, config.target))
    if options.verbosity >= 1:
        print(shipping.summary(shipped, config.target))
    return 0


def _is_detailed(options: argparse.Namespace) -> bool:
    """True when more is to be told than what changed and what is wrong."""
    return bool(options.explain or options.json or options.report or options.verbosity >= 2)


def summary(outcome: Outcome, destination: str) -> str:
    """One line: what was done to how many of the sources' files."""
    puts, unchanged = len(outcome.modified), len(outcome.unmodified)
    verb = "linked" if outcome.plan.link else "copied"
    parts = [f"{puts} file{'' if puts == 1 else 's'} {verb} to {destination!r}"]
    if unchanged:
        parts.append(f"{unchanged} unchanged")
    if outcome.removed:
        parts.append(f"{len(outcome.removed)} removed")
    return f"{', '.join(parts)}."


def find(options: argparse.Namespace, load: Load) -> int:
    """``lading find``; 1 when a path is not found."""
    work = load(options)
    catalog = build.catalog(work.sources, work.config)
    digests = Digests()
    missing = 0
    for path in options.paths:
        found = hits(catalog, path, digests.read)
        for hit in found:
            print(f"{hit.file}  ({hit.fate})")
        if not found:
            missing += 1
            print(f"No file is published as {path!r}.", file=sys.stderr)
            for reason in why_missing(catalog, path):
                print(f"  {reason}", file=sys.stderr)
    return 1 if missing else 0


def check(options: argparse.Namespace, load: Load) -> int:
    """``lading check``; 1 when a finding is an error."""
    work = load(options)
    work = project.with_ignore(work, options.ignore, default_ignore=options.default_ignore)
    config = replace(work.config, strict=options.strict or work.config.strict)
    with Bar(sys.stderr, quiet=options.verbosity < 1) as bar:
        found = checking.check(work.sources, config, bar)
    if options.json:
        machine.write(options.json, checked.document(found))
    if options.verbosity >= 1 or found.has_errors:
        _print_findings(options, found.findings)
    if options.verbosity >= 1:
        print(checked.summary(found))
    return 1 if found.has_errors else 0


def cache(options: argparse.Namespace, load: Load) -> int:
    """``lading cache``, which needs no project: without one the cache is the user's."""
    config = Config()
    if options.config or project.exists(os.getcwd()):
        config = load(options).config
    print(cache_verb.run(config, options.action, options.limit))
    return 0


def _load(options: argparse.Namespace) -> Project:
    return project.load(options.config or project.find(os.getcwd()))


def _tell(
    options: argparse.Namespace,
    outcome: Outcome,
    config: Config,
    destination: str,
    extra: Mapping[str, Any] | None = None,
) -> None:
    rows = steps(outcome, destination) if options.explain or options.json else []
    written.outcome(
        outcome,
        config,
        destination,
        rows,
        root=destination,
        json_file=options.json,
        html_file=options.report,
        extra=extra,
    )
    if options.verbosity < 1:
        return
    if options.explain or options.plan:
        from lading.report import console

        screen = console.Screen(sys.stdout, color=False if options.no_color else None)
        if options.explain:
            print(console.explain(screen, rows, verbose=options.verbosity >= 2))
        if options.plan:
            print(console.plan(screen, outcome))
    _print_findings(options, outcome.findings)


def _tell_findings(options: argparse.Namespace, error: FindingsError) -> None:
    if getattr(options, "plan", False):  # whose reports are written already
        if options.verbosity < 1:
            _print_findings(options, error.findings)
        return
    written.failure(
        error.findings,
        json_file=getattr(options, "json", None),
        html_file=getattr(options, "report", None),
    )
    _print_findings(options, error.findings)


def _print_findings(options: argparse.Namespace, found: Sequence[Finding]) -> None:
    """To stderr, and only if there is more than notes or these are asked for."""
    if any(finding.severity for finding in found) or options.verbosity >= 2:
        color = False if options.no_color else None
        if text := told.findings(sys.stderr, found, notes=options.verbosity >= 2, color=color):
            print(text, file=sys.stderr)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, not {text!r}")
    return int(text)


def _find_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("paths", nargs="+", metavar="PATH", help="such as css/app.css")


VERBS: dict[str, Verb] = {
    "collect": Verb(
        "publish what changed into the target, whole or not at all",
        "Publish what changed into the target, whole or not at all.",
        "collect --explain",
        collect_arguments,
        collect,
    ),
    "find": Verb(
        "say which file a path is published from, or why it is not found",
        "Say which file a path is published from, which it shadows, or why there is none.",
        "find css/app.css",
        _find_arguments,
        find,
    ),
    "check": Verb(
        "prove that every reference names a file, publishing nothing",
        "Prove that every reference in style sheets, scripts, SVG images and web app manifests names a "
        "file that is published. Writes nothing.",
        "check --strict",
        check_arguments,
        check,
    ),
    "cache": Verb(
        cache_verb.HELP,
        cache_verb.DESCRIPTION,
        "cache prune --limit 500M",
        cache_verb.arguments,
        cache,
    ),
    "explain": EXPLAIN,
    "media": MEDIA,
    "verify": VERIFY,
    "releases": RELEASES,
    "bucket": BUCKET,
    "doctor": DOCTOR,
    "adopt": ADOPT,
    "theme": THEME,
    "webserver": WEBSERVER,
}
