"""Writing an imported app: each file atomically, and never over what was changed by hand."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from typing import Literal

from lading.errors import TargetError
from lading.findings import Finding, Severity
from lading.themes import state as states
from lading.themes.importing import Output, Plan
from lading.themes.merge import merge
from lading.themes.state import State, Written

Fate = Literal["new", "changed", "unchanged", "merged", "kept", "conflict", "removed"]
"""What became of a file: ``kept`` was changed by hand alone, ``merged`` by hand and by the theme, in
different places; in a ``conflict`` the hand's stays, and the theme's is put beside it.
"""

# What is written by hand, and so may have to be merged; a copy of it is kept in the state.
_MERGED = (".html", ".htm", ".xhtml", ".py", ".css")
_LARGEST_MERGED = 1 << 20  # bytes
_CONFLICT_SUFFIX = ".theme"


@dataclass(slots=True)
class Outcome:
    """What became of each file, by path in the app, and what is to be told."""

    fates: dict[str, Fate] = field(default_factory=dict[str, Fate])
    findings: list[Finding] = field(default_factory=list[Finding])

    def count(self, *fates: Fate) -> int:
        return sum(fate in fates for fate in self.fates.values())


@dataclass(slots=True)
class _Writer:
    """One run: ``old`` is what the last import wrote, ``new`` what this one did."""

    folder: str
    old: State
    force: bool
    dry: bool
    new: State = field(default_factory=State)
    outcome: Outcome = field(default_factory=Outcome)

    def put(self, path: str, output: Output) -> None:
        file = self._file(path)
        wanted = output.read()
        written = Written(states.sha256(wanted), _base(path, wanted))
        recorded = self.old.files.get(path)
        present = _content(file)
        fate, data = self._decide(path, present, recorded, written, wanted)
        self.outcome.fates[path] = fate
        self.new.files[path] = written
        if fate == "conflict":
            self._tell_conflict(path, file)
            self._write(file + _CONFLICT_SUFFIX, wanted)
        elif data is not None:
            self._write(file, data)

    def _decide(
        self,
        path: str,
        present: bytes | None,
        recorded: Written | None,
        written: Written,
        wanted: bytes,
    ) -> tuple[Fate, bytes | None]:
        if present == wanted:
            return "unchanged", None
        if present is None:
            if recorded is None or self.force:
                return "new", wanted
            self._tell_deleted(path)
            return "kept", None
        if self.force or (recorded is not None and states.sha256(present) == recorded.sha256):
            return "changed", wanted
        if recorded is None:
            if path == "__init__.py":
                return "kept", None
            return "conflict", None
        if recorded.sha256 == written.sha256:
            return "kept", None
        if recorded.base is not None:
            merged = merge(recorded.base, present, wanted)
            if merged is not None:
                return "merged", merged
        return "conflict", None

    def remove_others(self) -> None:
        """Remove what an earlier import wrote and this one did not, unless a hand changed it."""
        for path, recorded in self.old.files.items():
            if path in self.outcome.fates:
                continue
            file = self._file(path)
            present = _content(file)
            if present is None:
                continue
            if states.sha256(present) != recorded.sha256 and not self.force:
                self.outcome.fates[path] = "kept"
                self.outcome.findings.append(
                    Finding(
                        "edited-by-hand",
                        Severity.WARNING,
                        "The theme has no such file any more, but it was changed by hand since the last "
                        "import, so it stays.",
                        path=path,
                        where=file,
                        hint="Delete it if it is not needed.",
                    )
                )
                continue
            self.outcome.fates[path] = "removed"
            if not self.dry:
                os.unlink(file)

    def finish(self) -> None:
        """Record what was written."""
        data = states.dump(self.new)
        file = self._file(states.NAME)
        if _content(file) != data:
            self._write(file, data)

    def _file(self, path: str) -> str:
        return os.path.join(self.folder, *path.split("/"))

    def _write(self, file: str, data: bytes) -> None:
        if not self.dry:
            replace(file, data)

    def _tell_conflict(self, path: str, file: str) -> None:
        self.outcome.findings.append(
            Finding(
                "edited-by-hand",
                Severity.WARNING,
                "The file was changed by hand, and the import would change the same lines; yours stays, and "
                f"the import's is {os.path.basename(file)}{_CONFLICT_SUFFIX} beside it.",
                path=path,
                where=file,
                hint="Take over what you want and delete the copy; --force takes the import's.",
            )
        )

    def _tell_deleted(self, path: str) -> None:
        self.outcome.findings.append(
            Finding(
                "edited-by-hand",
                Severity.NOTE,
                "The file was deleted by hand since the last import, and is not written again.",
                path=path,
                where=self._file(path),
                hint="Take its route out of urls.py too. " * path.startswith("templates/")
                + "--force brings it back.",
            )
        )


def write(plan: Plan, *, force: bool = False, dry: bool = False) -> Outcome:
    """Write the app. ``force`` takes the import's version where a hand changed a file; ``dry`` writes
    nothing. Raises ``LadingError``: ``TargetError`` when a file cannot be written, then the files that were
    written before stay, and the next run goes on from there.
    """
    folder = plan.options.app_folder
    writer = _Writer(folder, states.load(folder), force, dry)
    try:
        for path, output in plan.outputs.items():
            writer.put(path, output)
        writer.remove_others()
        writer.finish()
    except OSError as error:
        raise TargetError(
            f"The app cannot be written: {error.strerror}.",
            where=str(error.filename),
            remedy="Make the place writable, and run the import again.",
        ) from error
    return writer.outcome


def replace(file: str, data: bytes) -> None:
    """Write a file so that others see the old content or the new one; its permissions stay."""
    os.makedirs(os.path.dirname(file) or ".", exist_ok=True)
    target = os.path.realpath(file)  # a link stays one
    descriptor, temporary = tempfile.mkstemp(prefix=".lading-", dir=os.path.dirname(target))
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _mode(file: str) -> int:
    try:
        return os.stat(file).st_mode & 0o7777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask


def _content(file: str) -> bytes | None:
    try:
        with open(file, "rb") as stream:
            return stream.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _base(path: str, data: bytes) -> bytes | None:
    return data if path.endswith(_MERGED) and len(data) <= _LARGEST_MERGED else None
