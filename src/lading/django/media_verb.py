"""``manage.py lading media``: check, prune, trash, restore, empty, sync."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from lading.config import Config
from lading.django import conf
from lading.django.media_accounts import Ledgers, balanced, ledgers
from lading.django.media_sides import side_of
from lading.django.output import plain
from lading.errors import MediaError
from lading.media import sides, trash
from lading.media.ages import parse_age
from lading.media.sides import Side
from lading.media.statement import Statement
from lading.media.stores import Store
from lading.objectstore.options import StoreOptions
from lading.report import console
from lading.report import media as report
from lading.report.bar import Bar
from lading.report.elements import bytes_told
from lading.report.told import shown
from lading.verb import add_json, add_verbosity, describe
from lading.verbs import media as sync_verb

Options = Mapping[str, Any]

HELP = (
    "find uploads without a row and rows without their upload; move the former to a trash and back"
)
DESCRIPTION = (
    "Compare the files on the storages of all FileFields with the rows of all models. Nothing is moved "
    "or deleted but by prune, restore and empty, and what prune moves can be restored."
)
EXAMPLE = "media check --json media.json"

_TRASH_AGE = 30 * 86_400
_RUNS = 50  # that are told unless all are asked for
_FAILURES = 10  # of one kind that are told by name


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the actions and their arguments."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    flag: dict[str, Any] = {"action": "store_true"}

    check = _action(
        actions,
        "check",
        "tell which uploads no row refers to, and which rows lack theirs; 1 if a file is missing",
        "--json media.json",
    )
    add_json(check)
    check.add_argument("--report", metavar="FILE", help="write it to FILE as an HTML page")
    check.add_argument("--strict", help="1 if there are orphans, too", **flag)

    prune = _action(
        actions, "prune", "move uploads that no row refers to into a trash", "--dry-run"
    )
    prune.add_argument(
        "--older-than",
        type=parse_age,
        metavar="AGE",
        help="such as 12h or 7d; default: the setting 'media_grace', a day",
    )
    prune.add_argument("-n", "--dry-run", help="only tell what would be moved", **flag)
    prune.add_argument(
        "--force", help="even if most files seem to be orphans, as with a wrong database", **flag
    )

    _action(actions, "trash", "tell what is in the trash", "-v 2")

    restore = _action(actions, "restore", "put files from the trash back under their names", "last")
    restore.add_argument("run", metavar="RUN", help="as 'media trash' tells it, or 'last' or 'all'")
    restore.add_argument(
        "--only", action="append", default=[], metavar="PATTERN", help="only files that match"
    )

    empty = _action(actions, "empty", "delete for good what is in the trash", "--older-than 90d")
    empty.add_argument(
        "--older-than",
        type=parse_age,
        default=_TRASH_AGE,
        metavar="AGE",
        help="only runs that were made longer ago; default: 30d",
    )

    sync_verb.arguments(_action(actions, "sync", sync_verb.PURPOSE, sync_verb.EXAMPLE))


def _action(actions: Any, name: str, purpose: str, example: str) -> argparse.ArgumentParser:
    added: argparse.ArgumentParser = actions.add_parser(name, help=purpose)
    describe(added, f"{purpose[0].upper()}{purpose[1:]}.", f"{added.prog} {example}")
    added.add_argument(
        "--storage",
        action="append",
        default=[],
        metavar="ALIAS",
        help="only this storage of STORAGES; default: all that fields use",
    )
    add_verbosity(added)
    return added


def run(command: BaseCommand, options: Options) -> None:
    """Do it. Raises ``CommandError`` and ``LadingError``."""
    config = conf.load()
    actions: dict[str, Callable[[_Act], None]] = {
        "check": _check,
        "prune": _prune,
        "trash": _trash,
        "restore": _restore,
        "empty": _empty,
        "sync": _sync,
    }
    with Bar(plain(command.stderr), quiet=options["verbosity"] < 1) as bar:
        actions[options["action"]](_Act(command, options, config, bar))


class _Act:
    """One call: its options and settings, and whom it tells."""

    def __init__(self, command: BaseCommand, options: Options, config: Config, bar: Bar) -> None:
        self.options = options
        self.config = config
        self.bar = bar
        self.verbosity: int = options["verbosity"]
        self._command = command

    @property
    def out(self) -> IO[str]:
        return plain(self._command.stdout)

    @property
    def err(self) -> IO[str]:
        return plain(self._command.stderr)

    def ledgers(self) -> Ledgers:
        return ledgers(self.config, self.options["storage"])

    def say(self, text: str) -> None:
        if self.verbosity >= 1:
            self._command.stdout.write(text)

    def warn(self, text: str) -> None:
        self._command.stderr.write(text)


def _check(act: _Act) -> None:
    with balanced(act.ledgers(), act.config, act.bar) as statement:
        if file := act.options["json"]:
            report.write_json(file, statement)
        if file := act.options["report"]:
            report.write_page(file, statement)
        missing = report.count(statement, "missing")
        is_failed = bool(missing or (act.options["strict"] and report.count(statement, "orphan")))
        if act.verbosity >= 1 or is_failed:
            screen = console.Screen(act.out)
            act.out.write(report.text(screen, statement, verbose=act.verbosity >= 2) + "\n")
        if is_failed:
            raise CommandError(report.summary(statement), returncode=1)
        act.say(report.summary(statement))


def _prune(act: _Act) -> None:
    if (age := act.options["older_than"]) is not None:
        act.config = replace(act.config, media_grace=age)
    found = act.ledgers()
    with balanced(found, act.config, act.bar) as statement:
        if not act.options["force"]:
            _refuse_the_unlikely(statement)
        if act.options["dry_run"]:
            _tell_prunable(act, statement)
            return
        failed = False
        for index, store in enumerate(found.stores):
            orphans = (
                file
                for file in statement.books.orphans(index)
                if file.modified is None or file.modified <= statement.before
            )
            act.bar.begin("Moving", statement.books.totals(index).orphans)
            moved = trash.prune(
                store,
                orphans,
                act.config.media_trash,
                lambda names, index=index: found.referring(index, names),
                statement.before,
                act.bar,
                now=datetime.now(UTC),
            )
            _tell_moved(act, store, moved)
            failed = failed or bool(moved.failed)
        _end(failed=failed)


def _refuse_the_unlikely(statement: Statement) -> None:
    """Raise when rows refer to so few of the files that the database is probably another one's."""
    for store, totals in zip(statement.stores, statement.totals, strict=True):
        if trash.is_unlikely(totals):
            raise MediaError(
                f"{totals.orphans:,} of {totals.files:,} files have no row, which looks like the wrong "
                "database or the wrong storage; nothing was moved.",
                where=store,
                remedy="Look at 'lading media check' first; exclude what other programs keep there with "
                "LADING['MEDIA_EXCLUDE'], or move them all the same with --force.",
            )


def _tell_prunable(act: _Act, statement: Statement) -> None:
    files = size = 0
    for line in statement.orphans():
        if line.modified is None or line.modified <= statement.before:
            files += 1
            size += line.size or 0
            act.say(f"{shown(line.name)}  ({bytes_told(line.size or 0)})")
    act.say(f"{_files(files)}, {bytes_told(size)}, would be moved to the trash; nothing was moved.")


def _tell_moved(act: _Act, store: Store, moved: trash.Moved) -> None:
    if moved.claimed:
        act.warn(_named("A row came to refer to it meanwhile, so it stays", moved.claimed))
    if moved.changed:
        act.warn(_named("It was written or used meanwhile, so it stays", moved.changed))
    _tell_failed(act, moved)
    told = f"{_files(moved.files)} moved to the trash of {store.label}, {bytes_told(moved.size)}."
    if moved.files:
        told += f"\n  Undo it with: lading media restore {moved.run}"
    act.say(told)


def _trash(act: _Act) -> None:
    rows: list[Sequence[str]] = []
    for store in act.ledgers().stores:
        for run in trash.runs(store, act.config.media_trash):
            rows.append((run.name, f"{run.files:,}", bytes_told(run.size), store.label))  # noqa: PERF401
    if rows:
        columns = ("Run", "Files", "Bytes", "Storage")
        shown_rows = rows if act.verbosity >= 2 else rows[-_RUNS:]
        table = console.table(console.Screen(act.out), columns, shown_rows, texts=(0, 3))
        act.out.write(table + "\n")
        if len(rows) > len(shown_rows):
            act.say(f"… after {len(rows) - len(shown_rows):,} earlier ones (-v 2 shows all)")
    else:
        act.say("The trash is empty.")


def _restore(act: _Act) -> None:
    name = act.config.media_trash
    stores = act.ledgers().stores
    known = {run.name: run for store in stores for run in trash.runs(store, name)}
    wanted = trash.chosen([known[run] for run in sorted(known)], act.options["run"])
    act.bar.begin("Restoring", sum(known[run].files for run in wanted))
    failed = False
    for store in stores:
        done = trash.restore(store, name, wanted, act.options["only"], act.bar)
        _tell_failed(act, done)
        failed = failed or bool(done.failed)
        act.say(f"{_files(done.files)} restored to {store.label}, {bytes_told(done.size)}.")
    _end(failed=failed)


def _empty(act: _Act) -> None:
    failed = False
    for store in act.ledgers().stores:
        act.bar.begin("Deleting", 0)
        before = time.time() - act.options["older_than"]
        done = trash.empty(store, act.config.media_trash, before, act.bar)
        _tell_failed(act, done)
        failed = failed or bool(done.failed)
        act.say(
            f"{_files(done.files)} deleted from the trash of {store.label}, {bytes_told(done.size)}."
        )
    _end(failed=failed)


def _sync(act: _Act) -> None:
    def open_side(place: str, options: StoreOptions) -> Side:
        alias = place.removeprefix("storage:")
        return sides.open_side(place, options) if alias == place else side_of(alias)

    given = argparse.Namespace(**act.options)
    if sync_verb.sync(given, open_side, act.bar, act.out, act.err):
        raise CommandError("Not everything is the same now; see above.", returncode=1)


def _tell_failed(act: _Act, moved: trash.Moved) -> None:
    for name, reason in list(moved.failed.items())[:_FAILURES]:
        act.warn(f"{shown(name)}: {reason}.")
    if len(moved.failed) > _FAILURES:
        act.warn(f"… and {len(moved.failed) - _FAILURES:,} more.")


def _end(*, failed: bool) -> None:
    if failed:
        raise CommandError("Not everything could be done; see above.", returncode=1)


def _named(why: str, names: Sequence[str]) -> str:
    lines = [f"{shown(name)}: {why[0].lower()}{why[1:]}." for name in names[:_FAILURES]]
    if len(names) > _FAILURES:
        lines.append(f"… and {len(names) - _FAILURES:,} more.")
    return "\n".join(lines)


def _files(count: int) -> str:
    return f"{count:,} file{'' if count == 1 else 's'}"
