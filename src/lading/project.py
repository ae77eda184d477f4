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
from lading.siteroot import dot_folder
from lading.sources import FolderSource, Source, owner_of, package_folder
from lading.targets.folder import FolderTarget

FILES = ("lading.toml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Project:
    """What the verbs of ``lading`` work on. ``target`` is the folder that is published, or, where the
    settings name a bucket, the one that is built into first.
    """

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
                remedy="Write a lading.toml with 'target' and 'sources', or name one with --config. In a "
                "Django project it is 'python manage.py lading', once 'lading.django' is in INSTALLED_APPS.",
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
    folder = os.path.dirname(os.path.realpath(path))
    config = parse(table, lambda key: f"{path}:{_line_of(path, text, key)}")
    config = replace(config, root=folder)
    for key in ("sources", "target"):
        if not getattr(config, key):
            raise ConfigError(
                f"The setting {key!r} is missing.", where=path, remedy=f"Add {key} = … to it."
            )
    place = f"{path}:{_line_of(path, text, 'sources')}"
    sources: list[Source] = [_source(wish, config, folder, place) for wish in config.sources]
    root = built_into(config) or os.path.join(folder, config.target)
    return Project(config, sources, FolderTarget(root, read_only=config.read_only))


def built_into(config: Config) -> str:
    """The folder in which a release for a bucket is built, ``""`` if the target is a folder itself.

    Raises ``ConfigError``.
    """
    if not config.is_bucket:
        return ""
    return config.bucket.build_folder(config.target, config.root, config.cache_root)


def with_ignore(project: Project, patterns: list[str], *, default_ignore: bool) -> Project:
    """The project with more ignore patterns, as given on the command line."""
    config = project.config
    config = replace(
        config,
        ignore=(*config.ignore, *patterns),
        default_ignore=config.default_ignore and default_ignore,
    )

    def changed(source: Source) -> Source:
        source = cast("FolderSource", source)
        return replace(source, rules=replace(source.rules, ignore=_ignored(config)))

    return Project(config, [changed(source) for source in project.sources], project.target)


def _source(wish: SourceConfig, config: Config, folder: str, where: str) -> FolderSource:
    if wish.name.startswith("package:"):
        location = package_folder(wish.name, where=where)
        owner = wish.owner or "vendor"
    else:
        location = os.path.normpath(os.path.join(folder, wish.name))
        owner = wish.owner or owner_of(location)
    rules = Rules(
        _ignored(config),
        wish.include,
        wish.exclude,
        config.allow_secrets,
        dot_folder(config.site_root, wish.prefix),
    )
    return FolderSource(location, wish.name, wish.prefix, owner, rules)


def _ignored(config: Config) -> tuple[str, ...]:
    return (*(DEFAULT_IGNORE if config.default_ignore else ()), *config.ignore)


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
        line = re.search(r"at line (\d+)", str(error))
        where = f"{path}:{line[1]}" if line else path
        raise ConfigError(
            f"The file is not TOML: {error}.", where=where, remedy="Mend it."
        ) from None
    if os.path.basename(path) != "pyproject.toml":
        return document
    table: Any = document.get("tool", {})
    if isinstance(table, dict):
        table = cast("dict[str, Any]", table).get("lading")
    if table is not None and not isinstance(table, dict):
        raise ConfigError(
            "'tool.lading' is no table.",
            where=path,
            remedy="Write [tool.lading] and settings below it.",
        )
    return cast("dict[str, Any] | None", table)


_HEADER = re.compile(r"\s*\[\[?([^\]]*)\]")
_KEY = re.compile(r"\s*([^=#]*[^=#\s])\s*=")


def _line_of(path: str, text: str, key: str) -> int:
    """The line (from 1) that sets ``key``, as a key or as a table; 1 if there is none to be seen."""
    above = ["tool", "lading"] if os.path.basename(path) == "pyproject.toml" else []
    wanted = [*above, key]
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = names = _names(header[1])
        elif assignment := _KEY.match(line):
            names = [*table, *_names(assignment[1])]
        else:
            continue
        if names[: len(wanted)] == wanted:
            return number
    return 1


def _names(dotted: str) -> list[str]:
    """The parts of a dotted TOML key without their quotes."""
    return [part.strip().strip("\"'") for part in dotted.split(".")]
