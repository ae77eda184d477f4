"""A project without Django: its settings file, its sources and its target."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, replace
from typing import Any, cast

from lading.config import Config, SourceConfig, parse
from lading.errors import ConfigError, NoProjectError
from lading.rules import DEFAULT_IGNORE, Rules
from lading.sources import FolderSource, Source, owner_of, package_folder
from lading.targets.folder import FolderTarget

FILES = ("lading.toml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Project:
    """What the verbs of ``lading`` work on."""

    config: Config
    sources: list[Source]
    target: FolderTarget


def find(start: str) -> str:
    """The settings file that applies to the folder ``start``: the nearest ``lading.toml``, or
    ``pyproject.toml`` with a table ``[tool.lading]``, in it or above it. Raises ``ConfigError``.
    """
    folder = os.path.realpath(start)
    while True:
        for name in FILES:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and (
                name == "lading.toml" or _table(path, _read(path)) is not None
            ):
                return path
        parent = os.path.dirname(folder)
        if parent == folder:
            raise NoProjectError(
                "There is no lading.toml, and no pyproject.toml with [tool.lading], here or above.",
                where=start,
                remedy="Write a lading.toml with 'target' and 'sources', or name one with --config.",
            )
        folder = parent


def exists(start: str) -> bool:
    """True when a settings file applies to the folder ``start``. Raises ``ConfigError``."""
    try:
        find(start)
    except NoProjectError:
        return False
    return True


def load(path: str) -> Project:
    """The project that a settings file describes; its relative paths start at the file's folder.

    Raises ``ConfigError`` naming file and line.
    """
    text = _read(path)
    table = _table(path, text)
    if table is None:
        raise ConfigError(
            "The file has no table [tool.lading].",
            where=path,
            remedy="Add one, or use lading.toml.",
        )
    config = parse(table, lambda key: f"{path}:{_line_of(text, key)}")
    for key in ("sources", "target"):
        if not getattr(config, key):
            raise ConfigError(
                f"The setting {key!r} is missing.", where=path, remedy=f"Add {key} = … to it."
            )
    folder = os.path.dirname(os.path.realpath(path))
    place = f"{path}:{_line_of(text, 'sources')}"
    sources: list[Source] = [_source(wish, config, folder, place) for wish in config.sources]
    return Project(config, sources, FolderTarget(os.path.join(folder, config.target)))


def with_ignore(project: Project, patterns: list[str], *, default_ignore: bool) -> Project:
    """The project with more ignore patterns, as given on the command line."""

    def changed(source: Source) -> Source:
        source = cast("FolderSource", source)
        ignore = [p for p in source.rules.ignore if default_ignore or p not in DEFAULT_IGNORE]
        return replace(source, rules=replace(source.rules, ignore=(*ignore, *patterns)))

    return replace(project, sources=[changed(source) for source in project.sources])


def _source(wish: SourceConfig, config: Config, folder: str, where: str) -> FolderSource:
    if wish.name.startswith("package:"):
        location = package_folder(wish.name, where=where)
        owner = wish.owner or "vendor"
    else:
        location = os.path.normpath(os.path.join(folder, wish.name))
        owner = wish.owner or owner_of(location)
    ignore = (*(DEFAULT_IGNORE if config.default_ignore else ()), *config.ignore)
    rules = Rules(ignore, wish.include, wish.exclude, config.allow_secrets)
    return FolderSource(location, wish.name, wish.prefix, owner, rules)


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"The settings file cannot be read: {error}.",
            where=path,
            remedy="Mend it or name another.",
        ) from error


def _table(path: str, text: str) -> dict[str, Any] | None:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"The file is not TOML: {error}.", where=path, remedy="Mend it."
        ) from None
    if os.path.basename(path) != "pyproject.toml":
        return document
    return document.get("tool", {}).get("lading")


def _line_of(text: str, key: str) -> int:
    """The line (from 1) that sets ``key``, as a key or as a table."""
    name = re.escape(key)
    found = re.search(rf"""(?m)^\s*(?:\[+(?:tool\.lading\.)?)?["']?{name}["']?\s*[\]=.]""", text)
    return (
        text.count("\n", 0, found.start() + len(found[0]) - len(found[0].lstrip())) + 1
        if found
        else 1
    )
