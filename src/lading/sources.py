"""A source is a place files come from: a folder, or a folder inside an installed Python package."""

from __future__ import annotations

import importlib.util
import os
import stat as stat_module
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from lading.asset import Asset, signature
from lading.errors import ConfigError
from lading.findings import Finding, Owner, Severity
from lading.rules import (
    KEY_PROBE_BYTES,
    REFUSED_AS_SECRET,
    Rules,
    Skip,
    looks_private,
    name_problem,
)

_VENDOR_FOLDERS = frozenset({"site-packages", "dist-packages", "node_modules", "bower_components"})


@dataclass(slots=True)
class Scan:
    """What one source holds: assets sorted by path, what was left out and why, and what is wrong;
    ``linked`` says where each symbolic link to a folder leads, by the link's path inside the source.
    """

    source: Source
    assets: list[Asset] = field(default_factory=list[Asset])
    skips: list[Skip] = field(default_factory=list[Skip])
    findings: list[Finding] = field(default_factory=list[Finding])
    linked: dict[str, str] = field(default_factory=dict[str, str])


class Source(Protocol):
    """A place files come from. ``location`` is its folder, or words that name it to a person; ``prefix``
    the folder below the target that it is published into (``""``: the target itself).
    """

    @property
    def label(self) -> str: ...
    @property
    def location(self) -> str: ...
    @property
    def prefix(self) -> str: ...
    @property
    def owner(self) -> Owner: ...

    def scan(self) -> Scan: ...

    def open(self, relative: str) -> BinaryIO:
        """The file's bytes; raises ``OSError``."""
        ...

    def local_path(self, relative: str) -> str | None:
        """The file's path on this machine, or ``None`` for a source that is no folder."""
        ...


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder on this machine."""

    location: str
    label: str = ""
    prefix: str = ""
    owner: Owner = "project"
    rules: Rules = field(default_factory=Rules)

    def scan(self) -> Scan:
        return _FolderWalk(self).run()

    def open(self, relative: str) -> BinaryIO:
        return open(os.path.join(self.location, relative), "rb")

    def local_path(self, relative: str) -> str:
        return f"{self.location}/{relative}"


class _FolderWalk:
    """One walk of a folder. Links to folders are followed as Django does, but never in a circle."""

    def __init__(self, source: FolderSource) -> None:
        self.source = source
        self.rules = source.rules
        self.head = f"{source.prefix}/" if source.prefix else ""
        self.result = Scan(source)
        self.pending = [""]  # folders still to list, relative to the source: "" or "css/"

    def run(self) -> Scan:
        if not self._is_folder():
            return self.result
        while self.pending:
            below = self.pending.pop()
            try:
                self._list(below)
            except FileNotFoundError:
                pass  # gone since its parent was listed, as if a moment earlier
            except OSError as error:
                self._unreadable(below, f"The folder cannot be listed: {error.strerror}.")
        self.result.assets.sort()
        return self.result

    def _is_folder(self) -> bool:
        location = self.source.location
        if os.path.isdir(location):
            return True
        if os.path.lexists(location):
            problem = "is not a folder" if os.path.exists(location) else "is a link to nothing"
        else:
            problem = "does not exist"
        self._find(
            "missing-source",
            Severity.WARNING,
            "",
            f"The source folder {problem}, so nothing is collected from it.",
            "Create it, or remove it from the settings.",
        )
        return False

    def _list(self, below: str) -> None:
        source, rules, head = self.source, self.rules, self.head
        add, is_ordinary = self.result.assets.append, rules.is_ordinary
        with os.scandir(f"{source.location}/{below}") as entries:
            for entry in entries:
                name = entry.name
                relative = below + name
                if entry.is_symlink():
                    self._link(entry, relative)
                elif entry.is_dir(follow_symlinks=False):
                    if reason := rules.skip_folder(name, relative):
                        self._skip(relative + "/", reason)
                    else:
                        self.pending.append(relative + "/")
                elif not (ordinary := is_ordinary(name)) and (
                    reason := rules.skip_file(name, relative)
                ):
                    self._skip(relative, reason)
                elif entry.is_file(follow_symlinks=False):
                    path = head + relative
                    if (ordinary and not name_problem(path)) or self._publishable(
                        name, relative, path
                    ):
                        try:
                            status = entry.stat(follow_symlinks=False)
                        except FileNotFoundError:
                            continue  # gone since it was listed: an editor's temporary file
                        add(Asset(path, source, relative, status.st_size, signature(status)))
                else:
                    self._skip(relative, "neither a file nor a folder (socket, pipe or device)")

    def _link(self, entry: os.DirEntry[str], relative: str) -> None:
        """A symbolic link: to a file, to a folder, to nothing, or in a circle."""
        name = entry.name
        try:
            status = entry.stat()
        except OSError as error:
            return self._broken_link(name, relative, error)
        is_folder = stat_module.S_ISDIR(status.st_mode)
        reason = (self.rules.skip_folder if is_folder else self.rules.skip_file)(name, relative)
        if reason:
            return self._skip(relative + ("/" if is_folder else ""), reason)
        if is_folder:
            if (status.st_dev, status.st_ino) in self._identities_above(relative):
                return self._find(
                    "link-loop",
                    Severity.WARNING,
                    relative,
                    "The symbolic link leads to a folder that contains it; it is left out.",
                    "Delete the link or exclude it.",
                )
            self.result.linked[relative] = os.path.realpath(f"{self.source.location}/{relative}")
            self.pending.append(relative + "/")
        elif stat_module.S_ISREG(status.st_mode):
            path = self.head + relative
            if self._publishable(name, relative, path):
                self.result.assets.append(
                    Asset(path, self.source, relative, status.st_size, signature(status))
                )
        else:
            self._skip(relative, "neither a file nor a folder (socket, pipe or device)")
        return None

    def _broken_link(self, name: str, relative: str, error: OSError) -> None:
        if reason := self.rules.skip_file(name, relative):
            return self._skip(relative, reason)
        if isinstance(error, PermissionError):
            return self._unreadable(relative, f"The link cannot be followed: {error.strerror}.")
        return self._find(
            "dangling-link",
            Severity.WARNING,
            relative,
            f"The symbolic link leads to nothing ({error.strerror}); it is left out.",
            "Mend or delete the link, or exclude it.",
        )

    def _identities_above(self, relative: str) -> list[tuple[int, int]]:
        """Device and inode of each folder on the way to ``relative``: where a circle would close."""
        folder = self.source.location
        folders = [folder]
        for part in relative.split("/")[:-1]:
            folder = f"{folder}/{part}"
            folders.append(folder)
        return [(s.st_dev, s.st_ino) for s in map(os.stat, folders)]

    def _publishable(self, name: str, relative: str, path: str) -> bool:
        if problem := name_problem(path):
            vendor = self.source.owner == "vendor"
            self._find(
                "invalid-name",
                Severity.WARNING if vendor else Severity.ERROR,
                relative,
                f"The file's name cannot be published, because {problem}; it is left out.",
                "Rename the file or exclude it.",
            )
            return False
        if self.rules.may_hold_key(name, relative) and holds_key(self.source, relative):
            self._skip(relative, f"{REFUSED_AS_SECRET}it holds a private key")
            return False
        return True

    def _skip(self, relative: str, reason: str) -> None:
        self.result.skips.append(Skip(relative, reason))
        if reason.startswith(REFUSED_AS_SECRET):
            self._find(
                "secret",
                Severity.WARNING,
                relative,
                f"Not published, because it {reason}.",
                "Move it out of the static files. If it is harmless, list it in the setting 'allow_secrets'.",
            )

    def _unreadable(self, relative: str, message: str) -> None:
        hint = "Give the user that runs collectstatic read and search permission, or exclude it."
        self._find("unreadable", Severity.ERROR, relative, message, hint)

    def _find(self, kind: str, severity: Severity, relative: str, message: str, hint: str) -> None:
        where = f"{self.source.location}/{relative}".rstrip("/")
        self.result.findings.append(
            Finding(kind, severity, message, self.head + relative, where, self.source.owner, hint)
        )


def holds_key(source: Source, relative: str) -> bool:
    """True when the file's text shows that it holds a private key."""
    try:
        with source.open(relative) as file:
            return looks_private(file.read(KEY_PROBE_BYTES))
    except OSError:
        return False  # reading it for publication will say so


def owner_of(folder: str) -> Owner:
    """``vendor`` for a folder of an installed package (Python or npm), else ``project``."""
    return "project" if _VENDOR_FOLDERS.isdisjoint(folder.split(os.sep)) else "vendor"


def package_folder(reference: str, *, where: str = "") -> str:
    """The folder of ``package:NAME/sub/folder``; the package is found but not imported (of
    ``package:a.b``, ``a`` has to be).

    Raises ``ConfigError`` when the package is not installed or is no package with a folder.
    """
    name, _, below = reference.removeprefix("package:").partition("/")
    if ".." in below.split("/"):
        raise ConfigError(
            f"The source {reference!r} leads out of its package.",
            where=where,
            remedy="Name a folder inside the package, without '..'.",
        )
    try:
        spec = importlib.util.find_spec(name) if name else None
    except (ImportError, ValueError):
        spec = None
    except Exception as error:
        raise ConfigError(
            f"The package above {name!r} cannot be imported: {type(error).__name__}: {error}.",
            where=where,
            remedy="Mend it, or name the source by its folder.",
        ) from error
    if spec is None:
        raise ConfigError(
            f"The Python package {name!r} of the source {reference!r} is not installed.",
            where=where,
            remedy="Install it in this environment, or correct the name (package:NAME/folder).",
        )
    locations = list(spec.submodule_search_locations or ())
    if not locations:
        raise ConfigError(
            f"{name!r} is a single module, so it has no folder for the source {reference!r}.",
            where=where,
            remedy="Name a package, as in package:NAME/static.",
        )
    candidates = [os.path.normpath(f"{location}/{below}") for location in locations]
    return next((c for c in candidates if os.path.isdir(c)), candidates[0])
