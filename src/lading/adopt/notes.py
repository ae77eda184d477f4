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
    notice.
    """

    tools: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    rows: list[Row] = field(default_factory=list[Row])
    tasks: list[Task] = field(default_factory=list[Task])
    changes: list[str] = field(default_factory=list[str])

    def found(self, tool: str, where: str) -> None:
        places = self.tools.setdefault(tool, [])
        if where not in places:
            places.append(where)

    def row(self, old: str, new: str, where: str, why: str = "") -> None:
        self.rows.append(Row(old, new, where, why))

    def task(self, where: str, what: str, write: str = "") -> None:
        task = Task(where, what, write)
        if task not in self.tasks:
            self.tasks.append(task)

    def change(self, text: str) -> None:
        if text not in self.changes:
            self.changes.append(text)
