"""Tables as text for a terminal, a log or a pipe."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Sequence
from typing import IO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lading.build import Outcome
from lading.report.places import near
from lading.report.steps import Step
from lading.report.told import is_coloured, on_one_line, shown

_NOTES = 6  # notes of one step that a table shows unless asked for all
_ALIKE = 2  # files that one rule leaves out, of which each has a note of its own


class Screen:
    """Renders to text, as wide as the terminal (80 columns where there is none). ``color``: see
    ``is_coloured``.
    """

    def __init__(self, stream: IO[str], *, color: bool | None = None) -> None:
        terminal = bool(getattr(stream, "isatty", bool)())
        color = is_coloured(stream, color)
        # What the stream cannot encode is written as "\u2192", and lines are drawn in ASCII.
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self._bytes = io.BytesIO()
        self._console = Console(
            file=io.TextIOWrapper(
                self._bytes, self._encoding, errors="backslashreplace", write_through=True
            ),
            width=shutil.get_terminal_size((80, 24)).columns if terminal else 80,
            force_terminal=color,
            no_color=not color,
            highlight=False,
            legacy_windows=False,
        )

    def text(self, *parts: object) -> str:
        """The parts (tables or text) as one text without a last line break."""
        for part in parts:
            # Sentences are left to the terminal to wrap: a path that is cut in two cannot be opened.
            self._console.print(part, soft_wrap=isinstance(part, str | Text))
        rendered = self._bytes.getvalue().decode(self._encoding)
        self._bytes.seek(0)
        self._bytes.truncate()
        return "\n".join(line.rstrip() for line in rendered.splitlines())


def table(
    screen: Screen, columns: Sequence[str], rows: Iterable[Sequence[str]], *, texts: Sequence[int]
) -> str:
    """Rows of texts. ``texts`` are the indexes of columns that are no numbers, the last of which takes
    several lines where the screen is narrow.
    """
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, name in enumerate(columns):
        grid.add_column(
            name,
            justify="left" if index in texts else "right",
            overflow="fold",
            no_wrap=index != texts[-1],
        )
    for row in rows:
        grid.add_row(*map(_shown, row))
    return screen.text(grid)


def listing(screen: Screen, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows of texts, of which the last column is the widest."""
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns[:-1]:
        grid.add_column(name, overflow="fold")
    grid.add_column(columns[-1], overflow="fold", ratio=1)
    for row in rows:
        grid.add_row(*map(_shown, row))
    return screen.text(grid)


def explain(screen: Screen, told: Sequence[Step], *, verbose: bool) -> str:
    """The steps as a table, then how the numbers grew. Paths below the current folder are relative."""
    table = Table(box=box.SIMPLE_HEAD, show_lines=True, pad_edge=False)
    table.add_column("Step", justify="right", no_wrap=True)
    table.add_column("Action", no_wrap=True)
    table.add_column("Source folder", overflow="fold", ratio=4)
    table.add_column("Destination folder", overflow="fold", ratio=3)
    table.add_column("Files\nfound", justify="right", no_wrap=True)
    table.add_column("Files\ncopied", justify="right", no_wrap=True)
    table.add_column("Notes", overflow="fold", ratio=6)
    for step in told:
        table.add_row(
            str(step.number),
            step.action,
            _shown(_source(step)),
            _shown(near(step.destination)),
            str(step.found),
            str(step.copied),
            _shown("\n".join(step.notes if verbose else _shorten(_together(step), _NOTES))),
        )
    growth = [
        f"Files found after each step:  {_arrows(step.found_so_far for step in told)}",
        f"Files copied after each step: {_arrows(step.copied_so_far for step in told)}",
    ]
    return screen.text(table, *growth)


def plan(screen: Screen, outcome: Outcome) -> str:
    """What a run would write and remove, as a table; what stays is counted."""
    decided = outcome.plan
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Action")
    table.add_column("Path", overflow="fold")
    table.add_column("From", overflow="fold")
    for artifact in decided.puts:
        action = "replace" if decided.survey.occupied(artifact.path) else "add"
        source = artifact.asset.source
        table.add_row(
            action, Text(on_one_line(artifact.path)), _shown(source.label or source.location)
        )
    for path in outcome.removed:
        table.add_row("remove", Text(on_one_line(path)), "")
    counts = (
        f"{decided.new} to add, {len(decided.puts) - decided.new} to replace, "
        f"{len(outcome.removed)} to remove, {len(decided.unchanged)} unchanged; nothing was written."
    )
    return screen.text(*((table,) if table.row_count else ()), counts)


def _source(step: Step) -> str:
    place = near(step.source)
    return f"{place} ({step.label})" if step.label not in ("", step.source, place) else place


def _together(step: Step) -> list[str]:
    """The notes of a step, those of files that one rule leaves out as one."""
    by_reason: dict[str, list[str]] = {}
    for skip in step.skips:
        by_reason.setdefault(skip.reason, []).append(skip.path)
    many = {reason: paths for reason, paths in by_reason.items() if len(paths) > _ALIKE}
    told = {f"{path}: {reason}" for reason, paths in many.items() for path in paths}
    return [
        *(note for note in step.notes if note not in told),
        *(f"{reason}: {min(paths)} and {len(paths) - 1} more" for reason, paths in many.items()),
    ]


def _shorten(notes: Sequence[str], limit: int) -> list[str]:
    if len(notes) <= limit:
        return list(notes)
    return [*notes[:limit], f"… and {len(notes) - limit} more (-v 2 or --json shows all)"]


def _arrows(numbers: Iterable[int]) -> str:
    return " → ".join(map(str, numbers)) or "0"


def _shown(text: str) -> Text:
    return Text(shown(text))
