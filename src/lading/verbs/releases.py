"""The verb ``releases``: what is published and was, going back, and what is kept."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING, Any

from lading.errors import ConfigError
from lading.verb import Load, Verb

if TYPE_CHECKING:
    from lading.project import Project
    from lading.releases import Listed, Releases

ACTIONS = ("list", "show", "rollback", "prune", "pin", "unpin")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own arguments."""
    parser.add_argument("action", choices=ACTIONS, help="what to do")
    parser.add_argument(
        "number",
        nargs="?",
        type=int,
        metavar="N",
        help="the release (show: default the current one; rollback: the one before it)",
    )
    parser.add_argument(
        "--keep", type=int, metavar="N", help="with prune: how many releases to keep at least"
    )
    parser.add_argument(
        "--age",
        type=float,
        metavar="SECONDS",
        help="with prune: keep those replaced within the last SECONDS, too",
    )
    parser.add_argument(
        "--json", metavar="FILE", help="with list, show: write to FILE as JSON (-: standard output)"
    )


def run(options: argparse.Namespace, load: Load) -> int:
    """``lading releases``."""
    work = load(options)
    releases = open_releases(work)
    act = {
        "list": _list,
        "show": _show,
        "rollback": _roll_back,
        "prune": _prune,
        "pin": _pin,
        "unpin": _pin,
    }[options.action]
    act(options, work, releases)
    return 0


def open_releases(work: Project) -> Releases:
    """The releases of the project's target. Raises ``ConfigError``."""
    if work.config.is_bucket:
        from lading.shipping import open_target
        from lading.targets.bucket_releases import BucketReleases

        return BucketReleases(open_target(work.config))
    from lading.folder_releases import FolderReleases

    return FolderReleases(work.target, work.config)


def _list(options: argparse.Namespace, work: Project, releases: Releases) -> None:
    from lading.report import console, machine

    listed = releases.listed()
    if options.json:
        rows = [
            {
                "number": release.number,
                "published": release.published,
                "replaced": release.replaced,
                "current": release.is_current,
                "pinned": release.pinned,
                "of": release.of,
            }
            for release in listed
        ]
        machine.write(options.json, {"version": machine.VERSION, "releases": rows})
        return
    if not listed:
        print("Nothing is published yet.")
        return
    screen = console.Screen(sys.stdout, color=False if options.no_color else None)
    rows = [
        (str(r.number), _moment(r.published), _moment(r.replaced), _notes(r))
        for r in reversed(listed)
    ]
    print(
        console.table(screen, ("Release", "Published", "Replaced", "Notes"), rows, texts=(1, 2, 3))
    )


def _show(options: argparse.Namespace, work: Project, releases: Releases) -> None:
    from lading.report import console, machine

    listed = releases.listed()
    number = options.number or (listed[-1].number if listed else 0)
    manifest = releases.manifest(number)
    names = {published: logical for logical, published in manifest.paths.items()}
    if options.json:
        files: dict[str, Any] = {
            path: {
                "logical": names.get(path, path),
                "sha256": file.sha256,
                "size": file.size,
                "encodings": dict(file.encodings),
            }
            for path, file in manifest.files.items()
        }
        machine.write(options.json, {"version": machine.VERSION, "release": number, "files": files})
        return
    screen = console.Screen(sys.stdout, color=False if options.no_color else None)
    rows = [
        (f"{file.size:,}", ", ".join(sorted(file.encodings)), path)
        for path, file in manifest.files.items()
    ]
    print(console.table(screen, ("Bytes", "Variants", "Published path"), rows, texts=(1, 2)))
    total = sum(file.size for file in manifest.files.values())
    print(f"Release {number}: {len(rows):,} files, {total:,} bytes.")


def _roll_back(options: argparse.Namespace, work: Project, releases: Releases) -> None:
    from lading.packing.variants import is_variant
    from lading.releases import previous
    from lading.report.bar import Bar

    listed = releases.listed()
    number = options.number or previous(listed)
    with Bar(sys.stderr, quiet=options.verbosity < 1) as bar:
        back = releases.roll_back(number, bar)
    if back.number == number:
        print(f"Release {number} is the current one already.")
        return
    _tell_purge(work, back.changed)
    if options.verbosity >= 1:
        changed = set(back.changed)
        names = sum(not is_variant(path, changed) for path in changed)
        print(
            f"Release {number} is published again, as release {back.number}; "
            f"{names} plain name{'' if names == 1 else 's'} changed."
        )


def _tell_purge(work: Project, changed: Any) -> None:
    if work.config.is_bucket:
        from lading.shipping import tell_purge

        tell_purge(work.config, changed)


def _prune(options: argparse.Namespace, work: Project, releases: Releases) -> None:
    from lading.report.bar import Bar
    from lading.retention import Retention

    config = work.config
    keep = config.keep_releases if options.keep is None else options.keep
    age = options.age if options.age is not None else config.keep_age if options.keep is None else 0
    if keep < 1 or age < 0:
        raise ConfigError(
            f"--keep {keep} --age {age:g} would keep nothing.",
            where="releases prune",
            remedy="The current release is always kept: --keep from 1, --age from 0.",
        )
    with Bar(sys.stderr, quiet=options.verbosity < 1) as bar:
        removed = releases.prune(Retention(keep, age), bar)
    if options.verbosity >= 2:
        for path in removed:
            print(path)
    if options.verbosity >= 1:
        kept = len(releases.listed())
        print(
            f"{len(removed)} file{'' if len(removed) == 1 else 's'} removed; "
            f"{kept} release{'' if kept == 1 else 's'} kept."
        )


def _pin(options: argparse.Namespace, work: Project, releases: Releases) -> None:
    from lading.report.bar import Bar

    if options.number is None:
        raise ConfigError(
            f"{options.action} needs the number of a release.",
            where="releases",
            remedy="List them with `lading releases list`.",
        )
    pinned = options.action == "pin"
    with Bar(sys.stderr, quiet=options.verbosity < 1) as bar:
        releases.pin(options.number, pinned=pinned, progress=bar)
    if options.verbosity >= 1:
        state = "kept until it is unpinned" if pinned else "no longer pinned"
        print(f"Release {options.number} is {state}.")


def _moment(seconds: int) -> str:
    """A time as people here write it (ISO 8601, local time); ``""`` for none."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds)) if seconds else ""


def _notes(release: Listed) -> str:
    notes = ["current"] if release.is_current else []
    if release.of:
        notes.append(f"brought back release {release.of}")
    if release.pinned:
        notes.append("pinned")
    return ", ".join(notes)


RELEASES = Verb(
    "list what is published and was, go back to it, or remove it",
    "List the releases that the target keeps, show what one of them publishes, publish an earlier one again "
    "(only the manifest and plain names change), remove the files that no kept release needs, or pin a "
    "release so that it is kept.",
    "releases rollback",
    arguments,
    run,
)
