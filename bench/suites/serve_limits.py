"""Lading against each peer under each server, beside what the server itself can do: where a limit is not
reached, whether anything that serves files under this server could reach it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench import report
from bench.servers import KINDS
from bench.suites.serve_cases import CASES, CONSTANT_TITLE, DJANGO_TITLE, WRAPPING, Line

LIMIT = 1.5  # Lading's rate / a peer's
SMALL_LIMIT = 5.0  # against ServeStatic under uvicorn, for the small file
NEAR = 0.8  # of the constant response's rate: what has to be decided is in the rest

Lines = Mapping[tuple[str, str], Line]
"""Lines by server and title."""


@dataclass(frozen=True)
class Cell:
    """Rates of one case under one server: Lading / peer, Lading / constant response, and constant
    response / peer; each `None` if it was not measured.
    """

    kind: str
    peer: str
    case: str
    limit: float
    reached: float | None
    near: float | None
    room: float | None

    @property
    def below(self) -> bool:
        return self.reached is not None and self.reached < self.limit

    @property
    def bounded(self) -> bool:
        """The server is the limit: as quick as the constant response would not be enough, or Lading nearly
        is.
        """
        out_of_reach = self.room is not None and self.room < self.limit
        return out_of_reach or (self.near is not None and self.near >= NEAR)

    @property
    def text(self) -> str:
        """The cell of the table: bold where the limit is missed, italic where the server is the limit."""
        text = report.times(self.reached)
        if not self.below:
            return text
        return f"*{text}*" if self.bounded else f"**{text}**"

    @property
    def verdict(self) -> str:
        """What the limit is, of a cell that is below its own."""
        if not self.bounded:
            return "**missed**"
        return "the server" if self.peer.endswith(WRAPPING) else "Django under this server"


def rows(lines: Sequence[Line], ours: str, peers: Sequence[str]) -> list[list[Cell]]:
    """A row of cells, one a case, for each server, peer, and way of serving that the peer has."""
    found = {(line.kind, line.title): line for line in lines}
    return [
        [_cell(found, kind.name, case.name, ours + way, peer + way) for case in CASES]
        for kind in KINDS
        for way in ("", WRAPPING)
        for peer in peers
        if (kind.name, peer + way) in found
    ]


def _cell(found: Lines, kind: str, case: str, ours: str, peer: str) -> Cell:
    constant = CONSTANT_TITLE if peer.endswith(WRAPPING) else DJANGO_TITLE
    hard = (kind, case) == ("uvicorn", "small file") and "ServeStatic" in peer
    return Cell(
        kind,
        peer,
        case,
        SMALL_LIMIT if hard else LIMIT,
        reached=_quotient(found, kind, case, ours, peer),
        near=_quotient(found, kind, case, ours, constant),
        room=_quotient(found, kind, case, constant, peer),
    )


def _quotient(found: Lines, kind: str, case: str, top: str, bottom: str) -> float | None:
    return report.ratio(_rates(found, kind, top, case), _rates(found, kind, bottom, case))


def _rates(found: Lines, kind: str, title: str, case: str) -> dict[int, float]:
    line = found.get((kind, title))
    loads = {} if line is None else line.loads.get(case, {})
    return {number: load.rate for number, load in loads.items()}


def against(cells: Sequence[Sequence[Cell]]) -> Iterator[list[str]]:
    """Rows of Lading's rate over each peer's, for each server."""
    for row in cells:
        yield [f"{row[0].kind}, {row[0].peer}", *(cell.text for cell in row)]


def below(cells: Sequence[Sequence[Cell]]) -> Iterator[list[str]]:
    """A row for each cell that is below its limit; what is missed first."""
    found = [cell for row in cells for cell in row if cell.below]
    for cell in sorted(found, key=lambda cell: cell.bounded):
        figures = (cell.reached, cell.near, cell.room)
        name = f"{cell.kind}, {cell.peer}: {cell.case}"
        yield [name, *(report.times(figure) for figure in figures), cell.verdict]
