"""A progress bar on a terminal, once a step has lasted longer than a second; nothing in logs."""

from __future__ import annotations

import time
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_PATIENCE_SECONDS = 1.0


class Bar:
    """A ``progress.Progress`` that draws on ``stream``. Use as a context manager."""

    def __init__(self, stream: IO[str], *, quiet: bool = False) -> None:
        self._stream = stream
        self._quiet = quiet
        self._draws = not quiet and bool(getattr(stream, "isatty", bool)())
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None
        self._step, self._total, self._done, self._since = "", 0, 0, 0.0

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begin(self, step: str, total: int) -> None:
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._task = None
        self._step, self._total, self._done, self._since = step, total, 0, time.monotonic()

    def advance(self, files: int) -> None:
        self._done += files
        if not self._draws:
            return
        if self._bar is None:
            if time.monotonic() - self._since < _PATIENCE_SECONDS:
                return
            if self._total and self._done >= self._total:
                return
            self._start()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._done)

    def say(self, message: str) -> None:
        if not self._quiet:
            self._stream.write(f"{message}\n")
            self._stream.flush()

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(file=self._stream),
            transient=True,
        )
        self._task = self._bar.add_task(self._step, total=self._total or None)
        self._bar.start()
