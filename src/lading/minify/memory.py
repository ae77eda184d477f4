"""What earlier runs made of each file, so that an unchanged one need not be read to know it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from lading.minify.files import FORMAT, Failure, Made, Outcome
from lading.minify.kinds import Kind
from lading.minify.tools import Known
from lading.sealed import seal, unseal

STATE = "minified"
"""The name of the state in a target's ``.lading``."""


class Row(NamedTuple):
    """``outcome`` is what was made of a file of the digest ``sha256`` whose own source map is, or would be,
    at the logical path ``map_path`` (``""``: it names none) and has the digest ``map_sha256`` (``""``:
    there is none).
    """

    sha256: str
    map_path: str
    map_sha256: str
    outcome: Outcome


@dataclass(slots=True)
class Memory:
    """``rows`` by logical path, as the versions of the tools in ``known`` made them."""

    known: dict[Kind, Known] = field(default_factory=dict[Kind, Known])
    rows: dict[str, Row] = field(default_factory=dict[str, Row])


def dumps(known: Mapping[Kind, Known], rows: Mapping[str, Row]) -> str:
    """The memory as text."""
    return seal([known, rows], FORMAT)


def loads(text: str) -> Memory:
    """Read what ``dumps`` wrote; nothing if it is damaged or another Lading wrote it."""
    document = cast("list[dict[str, Any]] | None", unseal(text, FORMAT))
    if document is None:
        return Memory()
    known, rows = document
    return Memory(
        {cast("Kind", kind): Known(*values) for kind, values in known.items()},
        {path: _row(*values) for path, values in rows.items()},
    )


def _row(sha256: str, map_path: str, map_sha256: str, outcome: list[Any] | None) -> Row:
    return Row(sha256, map_path, map_sha256, _outcome(outcome))


def _outcome(values: list[Any] | None) -> Outcome:
    if values is None:
        return None
    return Made(*values) if len(values) == len(Made._fields) else Failure(*values)
