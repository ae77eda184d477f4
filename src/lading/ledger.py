"""The ledger: what Lading wrote into a folder target, and what it knows of the sources' content.

One text file, ``.lading/ledger``, replaced atomically. Losing it costs time, never correctness: every
digest can be read again, and files it named are then treated as somebody else's and kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_HEAD = "lading-ledger 2"
_END = "end"
_NONE = "-"

LINK = "link"
"""The state of a published symbolic link."""


@dataclass(slots=True)
class Release:
    """One release: its number (from 1), the digest of all it publishes (``key``) and of all it was made
    from (``inputs``, if files are named by content), when it was replaced by the next (seconds since the
    epoch; ``0``: it is the current one), whether it is kept until it is unpinned, and the number of the
    release that it brought back (``0``: none).
    """

    number: int
    key: str
    inputs: str = ""
    replaced: int = 0
    pinned: bool = False
    of: int = 0


@dataclass(slots=True)
class Ledger:
    """``releases`` oldest first; ``written`` maps each path that Lading wrote and has not removed to its
    state, ``"<sha256> <signature>"`` or ``LINK``; ``sources`` is ``Digests.known``; ``interrupted``
    says that the last run did not come to its end.
    """

    releases: list[Release] = field(default_factory=list[Release])
    written: dict[str, str] = field(default_factory=dict[str, str])
    sources: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    interrupted: bool = False

    @property
    def current(self) -> Release | None:
        return self.releases[-1] if self.releases else None


def release_key(paths: Iterable[str], states: Mapping[str, str]) -> str:
    """The digest of all that a release publishes: its paths, and of each the content as its state says."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{states[path][:64]}\t{path}\n".encode())
    return digest.hexdigest()


def dump(
    releases: list[Release],
    written: Mapping[str, str],
    sources: Mapping[str, Mapping[str, str]],
) -> Iterator[str]:
    """The ledger's text, line by line. No path holds a line break or tab: ``rules`` refuses them."""
    yield _HEAD + "\n"
    for release in releases:
        yield f"release {' '.join(_fields(release))}\n"
    yield "written\n"
    yield from dump_states(written)
    for location, lines in sources.items():
        if "\n" in location or "\t" in location:
            continue  # a folder with such a name is read anew each time
        yield f"source {location}\n"
        yield from dump_states(lines)
    yield _END + "\n"


def dump_states(states: Mapping[str, str]) -> Iterator[str]:
    """Paths and their states, a line each."""
    for path, state in states.items():
        yield f"{state}\t{path}\n"


def load_states(text: str) -> dict[str, str]:
    """Read what ``dump_states`` wrote; lines of another form are left out."""
    lines = (line.partition("\t") for line in text.split("\n"))
    return {path: state for state, tab, path in lines if tab and path}


def load(text: str) -> Ledger:
    """Read what ``dump`` wrote. Anything else (damaged, another version) gives an empty ledger."""
    lines = text.split("\n")
    if lines[0] != _HEAD or lines[-2:] != [_END, ""]:
        return Ledger()
    ledger = Ledger()
    try:
        table = ledger.written
        for line in lines[1:-2]:
            state, tab, path = line.partition("\t")
            if tab:
                table[path] = state
            elif state.startswith("source "):
                table = ledger.sources.setdefault(state.removeprefix("source "), {})
            elif state.startswith("release "):
                ledger.releases.append(_release(*state.split(" ")[1:]))
    except (ValueError, TypeError):
        return Ledger()
    return ledger


def _fields(release: Release) -> list[str]:
    """A release's line; what few releases have stands at its end."""
    common = [str(release.number), release.key, release.inputs or _NONE, str(release.replaced)]
    return common + (
        [str(int(release.pinned)), str(release.of)] if release.pinned or release.of else []
    )


def _release(
    number: str, key: str, inputs: str, replaced: str, pinned: str = "0", of: str = "0"
) -> Release:
    inputs = "" if inputs == _NONE else inputs
    return Release(int(number), key, inputs, int(replaced), pinned == "1", int(of))
