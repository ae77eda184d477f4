"""What a folder target keeps to go back to an earlier release: which content each of its paths had, and
those contents whose paths hold another one now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lading.ledger import LINK
from lading.targets.folder import FolderTarget
from lading.targets.survey import Survey


def lines(states: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The record of a release: each path with the content it has. ``states`` are the ledger's, by path."""
    for path, state in states:
        yield f"{path}\n" if state == LINK else f"{path}\t{state[:64]}\n"


def noted(target: FolderTarget, release: int) -> dict[str, str]:
    """The SHA-256 of each path that a release publishes, ``""`` where it is not known, as for links."""
    rows = (line.partition("\t") for line in target.read_state(f"releases/{release}").split("\n"))
    return {path: sha256 for path, _, sha256 in rows if path}


def preserve(
    target: FolderTarget, written: Mapping[str, str], survey: Survey, replaced: Mapping[str, str]
) -> None:
    """Keep the contents that are about to be replaced or removed, unless another path has them too.
    ``replaced`` gives each path's new SHA-256, ``""`` for one that is removed; what somebody else has
    changed since is not kept.

    Raises ``TargetError``.
    """
    going: dict[str, str] = {}
    for path, sha256 in replaced.items():
        state = written.get(path, LINK)
        if (
            state not in (LINK, "")
            and state[:64] != sha256
            and state[65:] == survey.files.get(path)
        ):
            going[state[:64]] = path
    if not going:
        return
    lasting = {state[:64] for path, state in written.items() if path not in replaced}
    for sha256, path in going.items():
        if sha256 not in lasting:
            target.keep_content(path, sha256)


def prune(target: FolderTarget, releases: Iterable[int]) -> None:
    """Delete the contents that none of these releases has. Raises ``TargetError``."""
    kept = target.contents()
    if not kept:
        return
    needed: set[str] = set()
    for release in releases:
        needed.update(noted(target, release).values())
    target.drop_contents(set(kept) - needed)
