"""The one error tree. Every error says what happened, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from lading.findings import Finding, Severity


class LadingError(Exception):
    """Something stopped the run.

    ``what`` is the cause and its consequence, ``where`` a file, ``file:line`` or setting (or ``""``),
    ``remedy`` what the reader can do. ``str(error)`` joins the three.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(what)

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  {self.remedy}" if self.remedy else head


class ConfigError(LadingError):
    """A setting is unknown, of the wrong type, or contradicts another one."""

    exit_code = 2


class NoProjectError(ConfigError):
    """No settings file applies to the folder."""


class MissingExtraError(ConfigError):
    """An optional library is needed and not installed; the remedy names the extra."""

    def __init__(self, library: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the library {library!r}, which is not installed.",
            remedy=f"Install it with: pip install 'lading[{extra}]'",
        )


class SourceError(LadingError):
    """A source cannot be listed or read."""


class TargetError(LadingError):
    """The target cannot be written, or may not be written where it lies."""


class TargetBusyError(TargetError):
    """Another run holds the target's lock and did not finish in time."""

    exit_code = 3


class StoreError(TargetError):
    """An object store refuses a request, or cannot be reached."""


class ConflictError(StoreError):
    """A conditional write has not happened: somebody else was quicker."""


class MediaError(LadingError):
    """A place of media files, or a database that refers to them, cannot be read or written."""


class ManifestError(LadingError):
    """A manifest is missing, damaged, or of a version this Lading does not read."""


class FindingsError(LadingError):
    """Findings of severity ``error`` were made; nothing was published. ``findings`` holds them all,
    the milder ones too.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        errors = sum(finding.severity is Severity.ERROR for finding in findings)
        super().__init__(
            f"{errors} error{'' if errors == 1 else 's'} found; nothing was published and the previous "
            "release is untouched.",
            remedy="Mend what is listed above, or lower its severity in the setting 'severities'.",
        )
