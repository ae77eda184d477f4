"""What a person is told of a switch, beside the diff."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """What something was, and what it is now or ``why`` it is nothing; ``where`` is ``path:line``. What is
    added has no ``old``.
    """

    old: str
    new: str
    where: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What is left to a person: where, why, and what to write."""

    where: str
    what: str
    write: str = ""


@dataclass(slots=True)
class Notes:
    """``tools``: where each one was found. ``changes``: what users of the site, or those who deploy it,
    notice. What is said twice is kept once, as a key whose value says nothing.
    """

    tools: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])
    rows: list[Row] = field(default_factory=list[Row])
    tasks: dict[Task, None] = field(default_factory=dict[Task, None])
    changes: dict[str, None] = field(default_factory=dict[str, None])

    def found(self, tool: str, where: str) -> None:
        self.tools.setdefault(tool, {})[where] = None

    def row(self, old: str, new: str, where: str, why: str = "") -> None:
        self.rows.append(Row(old, new, where, why))

    def task(self, where: str, what: str, write: str = "") -> None:
        self.tasks[Task(where, what, write)] = None

    def change(self, text: str) -> None:
        self.changes[text] = None
