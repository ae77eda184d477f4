"""``lading media sync SRC DST``: uploads between folders and buckets."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any

from lading.errors import ConfigError
from lading.objectstore.options import StoreOptions
from lading.verb import Load, Verb, add_verbosity, describe

if TYPE_CHECKING:
    from lading.media.sides import Side
    from lading.media.sync import Synced
    from lading.progress import Progress

PURPOSE = (
    "copy uploads between folders and buckets, verified; what is there already is not sent again"
)
EXAMPLE = "media/ s3://uploads/media --limit 10M"

_NAMES = 10  # of one kind that are told


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``sync``."""
    parser.add_argument(
        "source", metavar="SRC", help="a folder, or a URL such as s3://bucket/prefix"
    )
    parser.add_argument("destination", metavar="DST", help="the same")
    flag: dict[str, Any] = {"action": "store_true"}
    parser.add_argument("-n", "--dry-run", help="only tell what would be copied", **flag)
    parser.add_argument(
        "--update", help="replace files at DST that differ from newer ones at SRC", **flag
    )
    parser.add_argument(
        "--checksum", help="compare contents even where sizes and times say enough", **flag
    )
    parser.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave out files that match; may be repeated",
    )
    parser.add_argument(
        "--limit", type=_rate, default=0, metavar="RATE", help="bytes a second, such as 10M"
    )
    parser.add_argument(
        "--jobs", type=int, default=8, metavar="N", help="files at once; default: 8"
    )
    parser.add_argument(
        "--endpoint", default="", metavar="URL", help="of a server like Amazon's S3"
    )
    parser.add_argument("--region", default="", help="of the bucket")
    parser.add_argument("--profile", default="", help="in ~/.aws/credentials and ~/.aws/config")


def _rate(text: str) -> int:
    from lading.verbs.cache import parse_size

    return parse_size(text)


Open = Callable[[str, StoreOptions], "Side"]
"""Gives the side that an argument names. Raises ``ConfigError``."""


def sync(
    options: argparse.Namespace, open_side: Open, progress: Progress, out: IO[str], err: IO[str]
) -> int:
    """Do it and tell; the exit code. Raises ``LadingError``."""
    from lading.media import sync as work
    from lading.media.exclusions import UNFINISHED, is_kept
    from lading.media.throttle import Throttle
    from lading.report.told import shown

    if options.jobs < 1:
        raise ConfigError("--jobs must be at least 1.", remedy="Leave it out: 8 are used then.")
    reach = StoreOptions(endpoint=options.endpoint, region=options.region, profile=options.profile)
    source, target = open_side(options.source, reach), open_side(options.destination, reach)
    _refuse_overlap(source.label, target.label)
    if not source.is_there():
        raise ConfigError("There is no such folder.", where=source.label, remedy="Mend SRC.")
    wish = work.Wish(options.checksum, options.update, options.dry_run, options.jobs)

    def told(name: str, act: work.Act) -> None:
        if options.dry_run or options.verbosity >= 2:
            out.write(f"{act:8} {shown(name)}\n")

    done = work.sync(
        source,
        target,
        wish,
        Throttle(options.limit),
        is_kept((*options.exclude, *UNFINISHED), ()),
        progress,
        told,
    )
    for line in _complaints(done):
        err.write(f"{line}\n")
    if options.verbosity >= 1:
        out.write(f"{_summary(done, dry_run=options.dry_run)}\n")
    return 0 if done.is_complete else 1


def _refuse_overlap(source: str, target: str) -> None:
    first, second = f"{source.rstrip('/')}/", f"{target.rstrip('/')}/"
    if first.startswith(second) or second.startswith(first):
        raise ConfigError(
            "One of the two places lies in the other, so the copies would be copied in turn.",
            where=f"{source} and {target}",
            remedy="Name two places apart from each other.",
        )


def _complaints(done: Synced) -> list[str]:
    from lading.report.told import shown

    lines = [f"{name}: {reason}" for name, reason in list(done.failed.items())[:_NAMES]]
    if len(done.failed) > _NAMES:
        lines.append(f"… and {len(done.failed) - _NAMES:,} more that failed.")
    lines += [
        f"{shown(name)}: the destination has another file of this name, which stays."
        for name in done.differ[:_NAMES]
    ]
    if len(done.differ) > _NAMES:
        lines.append(f"… and {len(done.differ) - _NAMES:,} more that differ.")
    if done.differ:
        lines.append("  With --update, files that are newer at the source are replaced.")
    return lines


def _summary(done: Synced, *, dry_run: bool) -> str:
    from lading.report.elements import bytes_told

    parts = [f"{done.copied:,} {'to copy' if dry_run else 'copied'}"]
    if done.updated:
        parts.append(f"{done.updated:,} {'to replace' if dry_run else 'replaced'}")
    parts.append(f"{done.same:,} the same")
    if done.differ:
        parts.append(f"{len(done.differ):,} different")
    if done.failed:
        parts.append(f"{len(done.failed):,} failed")
    end = "nothing was written" if dry_run else f"{bytes_told(done.size)}, verified by checksum"
    return f"{done.files:,} file{'' if done.files == 1 else 's'}: {', '.join(parts)}; {end}."


def _arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    added = actions.add_parser("sync", help=PURPOSE)
    describe(added, f"{PURPOSE[0].upper()}{PURPOSE[1:]}.", f"{added.prog} {EXAMPLE}")
    add_verbosity(added)
    arguments(added)


def _run(options: argparse.Namespace, load: Load) -> int:
    """``lading media sync``, which needs no project."""
    from lading.media.sides import open_side
    from lading.report.bar import Bar

    with Bar(sys.stderr, quiet=options.verbosity < 1) as bar:
        return sync(options, open_side, bar, sys.stdout, sys.stderr)


MEDIA = Verb(
    "copy uploads between folders and buckets",
    "Copy uploads between folders and buckets. In a Django project, manage.py lading media does more.",
    f"media sync {EXAMPLE}",
    _arguments,
    _run,
)
