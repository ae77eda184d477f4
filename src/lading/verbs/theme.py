"""The verb ``theme``: folders of HTML, or single pages, made into Django templates."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from lading.verb import Load, Verb, add_json, add_verbosity, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lading.findings import Finding

_BRACES = "what {{ and {%% on a page are (default: auto, as the page suggests)"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own arguments: two actions, each with its own."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    _import_arguments(
        _action(
            actions,
            "import",
            "make a Django app of a folder of HTML pages",
            "Make a Django app of a folder of HTML pages: files go to its static folder, pages to its "
            "templates, and each URL on them becomes a static or url tag. Nothing else on a page changes. "
            "Running it again takes over what changed in the theme, and keeps what was changed by hand.",
            "~/Downloads/agency --app agency --verify",
        )
    )
    _tag_arguments(
        _action(
            actions,
            "tag",
            "change the URLs in single pages to static tags, in place",
            "Change the URLs in HTML files that name static files to {% static %} tags, in place and "
            "atomically. Nothing else changes.",
            "templates/*.html --prefix shop",
        )
    )


def run(options: argparse.Namespace, load: Load) -> int:
    """Do it and tell; 1 when something is wrong that the action is to prevent."""
    return _import(options) if options.action == "import" else _tag(options)


def _action(
    actions: Any, name: str, help_: str, description: str, example: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=help_)
    describe(parser, description, f"{parser.prog} {example}")
    # Also where an action's own options stand; not given there, those before it hold.
    add_verbosity(parser)
    parser.add_argument(
        "--no-color",
        action="store_true",
        default=argparse.SUPPRESS,
        help="no colours (also: NO_COLOR)",
    )
    add_json(parser)
    parser.add_argument(
        "--braces", choices=("auto", "django", "literal"), default="auto", help=_BRACES
    )
    return parser


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="the theme")
    parser.add_argument(
        "--app", required=True, metavar="NAME", help="the app, as Python imports it"
    )
    parser.add_argument(
        "--into", default=".", metavar="FOLDER", help="where apps are imported from (default: here)"
    )
    parser.add_argument(
        "--prefix",
        metavar="PATH",
        help="the folder below static/ and templates/ (default: the app's name)",
    )
    parser.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave out files or folders that match; may be repeated",
    )
    parser.add_argument(
        "--clean-urls", action="store_true", help="pages are at about/ instead of about.html"
    )
    parser.add_argument(
        "--extract-base",
        action="store_true",
        help="put what pages share into a base template that they extend",
    )
    parser.add_argument(
        "--force", action="store_true", help="overwrite what was changed by hand since"
    )
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="tell what would be done, and write nothing"
    )
    parser.add_argument(
        "--verify",
        nargs="?",
        const="plain",
        choices=("plain", "hashed"),
        help="render each page with Django and compare it with the original; with hashed, after "
        "collectstatic with hashed names",
    )
    parser.add_argument(
        "--verify-report",
        default="theme-verify",
        metavar="FOLDER",
        help="where --verify writes its pictures and page (default: theme-verify)",
    )


def _tag_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="a page or template")
    parser.add_argument(
        "--prefix", default="", metavar="PATH", help="what stands before each static path"
    )
    parser.add_argument(
        "--root",
        metavar="FOLDER",
        help="the folder that URLs on the pages start from (default: that of each file)",
    )
    parser.add_argument(
        "--app",
        default="",
        metavar="NAME",
        help="also change links between pages, to URLs of this app",
    )
    parser.add_argument(
        "--diff", action="store_true", help="show what would change, and write nothing"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if anything would change"
    )


def _import(options: argparse.Namespace) -> int:
    from lading.report import console, machine, told
    from lading.themes import app, assets, importing, telling, writing

    chosen = importing.options(
        options.folder,
        options.app,
        options.into,
        prefix=options.prefix,
        exclude=tuple(options.exclude),
        clean_urls=options.clean_urls,
        braces=options.braces,
        extract_base=options.extract_base,
    )
    made = importing.plan(chosen)
    outcome = writing.write(made, force=options.force, dry=options.dry_run)
    found = [*made.findings, *outcome.findings]
    verified = None
    if options.verify and not options.dry_run:
        verified = _verify(options, made)
        found += verified.findings
    if options.json:
        machine.write(options.json, telling.document(made, outcome))
    screen = console.Screen(sys.stdout, color=False if options.no_color else None)
    if options.verbosity >= 1:
        print(console.table(screen, telling.COLUMNS, telling.rows(made), texts=(1, 0)))
        print(told.shown(telling.details(made, verbose=options.verbosity >= 2)))
    _tell(options, found)
    if options.verbosity >= 1:
        if verified is not None:
            print(
                console.table(
                    screen, telling.VERIFIED_COLUMNS, telling.verified_rows(verified), texts=(1, 0)
                )
            )
            print(telling.verified_summary(verified))
        print(telling.summary(made, outcome, dry=options.dry_run))
        broken = sum(map(assets.stops_publishing, made.findings))
        print(f"\nAdd to the project:\n\n{app.settings(chosen.module, broken)}")
    return 1 if verified is not None and verified.failed else 0


def _verify(options: argparse.Namespace, made: Any) -> Any:
    from lading.themes import verifying

    return verifying.verify(made, options.verify_report, hashed=options.verify == "hashed")


def _tag(options: argparse.Namespace) -> int:
    from lading.report import machine, told
    from lading.themes import tagfiles, telling

    chosen = tagfiles.Options(
        tuple(options.files),
        options.prefix,
        options.root,
        options.app,
        options.braces,
    )
    done = tagfiles.tag_files(chosen)
    writes = not (options.diff or options.check)
    if writes:
        tagfiles.write(done)
    if options.json:
        machine.write(options.json, telling.tagged_document(done))
    if options.diff:
        color = sys.stdout.isatty() and not (options.no_color or os.environ.get("NO_COLOR"))
        sys.stdout.write(telling.diff(done, color=color))
        sys.stdout.flush()
    _tell(options, [finding for file in done for finding in file.findings])
    if options.verbosity >= 1:
        print(
            told.shown(telling.tagged_summary(done, writes=writes, verbose=options.verbosity >= 2)),
            file=sys.stderr if options.diff else sys.stdout,
        )
    if any(file.failed for file in done):
        return 1
    return 1 if options.check and any(file.changed for file in done) else 0


def _tell(options: argparse.Namespace, found: Sequence[Finding]) -> None:
    from lading.report import told
    from lading.themes import telling

    notes = options.verbosity >= 2
    rest: list[str] = []
    if not notes:
        found, rest = telling.gathered(found)
    if any(finding.severity for finding in found) or notes:
        color = False if options.no_color else None
        text = told.findings(sys.stderr, found, notes=notes, color=color)
        print("\n".join([text, *rest]), file=sys.stderr)


THEME = Verb(
    "make Django templates of a folder of HTML, or of single pages",
    "Make Django templates of HTML: a whole theme (import) or single pages (tag). Only the URLs that name "
    "static files or other pages change.",
    "theme import ~/Downloads/agency --app agency",
    arguments,
    run,
)
