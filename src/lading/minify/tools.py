"""The tools that minify: where they are, their versions, and whether they changed since the last run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lading.errors import ConfigError
from lading.minify import css, esbuild
from lading.minify.kinds import Kind


class Known(NamedTuple):
    """A tool's name and version, and the state of its files in which it said so."""

    state: str
    version: str


class Tools:
    """The tools of a project in ``folder``, looked for once they are needed. ``known`` is what an earlier
    run found out, so that none is started to tell its version again.
    """

    def __init__(self, folder: str, known: Mapping[Kind, Known] | None = None) -> None:
        self.folder = folder
        self.known: dict[Kind, Known] = dict(known or {})
        self._esbuild = ""
        self._is_checked: set[Kind] = set()

    @property
    def esbuild(self) -> str:
        """The program's path. Raises ``ConfigError`` that says how to install it."""
        self._esbuild = self._esbuild or esbuild.find(self.folder)
        return self._esbuild

    def version(self, kind: Kind) -> str:
        """The name and version of the tool for a kind of file. Raises ``ConfigError`` without the tool."""
        if kind not in self._is_checked:
            now = state(kind, self.folder)
            if kind not in self.known or self.known[kind].state != now or not now:
                told = css.version() if kind == "css" else esbuild.version(self.esbuild)
                self.known[kind] = Known(now, told)
            self._is_checked.add(kind)
        return self.known[kind].version

    def has(self, kind: Kind) -> bool:
        """Whether the tool is there and tells its version."""
        try:
            self.version(kind)
        except ConfigError:
            return False
        return True


def state(kind: Kind, folder: str) -> str:
    """What changes with a tool, found without starting it; ``""`` where there is none."""
    try:
        return css.version() if kind == "css" else esbuild.state(esbuild.find(folder))
    except ConfigError:
        return ""
