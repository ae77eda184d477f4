"""Settings: one table of keys, checked once at the edge. The core reads no global settings.

In a Django project they stand in the dictionary ``LADING`` (upper case); elsewhere in ``lading.toml`` or
``[tool.lading]`` of ``pyproject.toml`` (lower case).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, fields
from typing import Any, Literal, cast, get_args

from lading.cache import DEFAULT_LIMIT, default_root
from lading.catalog import POLICIES, CollisionPolicy
from lading.encoders import LEVELS, Coding
from lading.errors import ConfigError
from lading.findings import FATAL, KINDS, Owner, Severity
from lading.lookup import JsModule
from lading.media import settings as media
from lading.media.policy import MediaPolicy
from lading.minify.kinds import Kind
from lading.objectstore.options import is_store_url
from lading.objectstore.settings import BucketSettings, parse_bucket
from lading.packing.efforts import Settings
from lading.packing.executors import opener
from lading.policy import Origins, Policy
from lading.rules import name_problem
from lading.siteroot import PARSERS as AT_THE_ROOT
from lading.values import (
    InvalidValueError,
    Parser,
    Where,
    check,
    choice,
    choices,
    count,
    flag,
    nearest,
    patterns,
    seconds,
    table,
    text,
    url,
)
from lading.webservers import settings as webservers
from lading.webservers.settings import WebServer

NameStyle = Literal["plain", "hashed"]
ModuleImports = Literal["rewrite", "importmap"]


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """Rules for one source. ``name`` is its folder, ``package:NAME/folder`` or, in a Django project, its
    label (the app's name, or the folder of ``STATICFILES_DIRS``).
    """

    name: str
    prefix: str = ""
    owner: Owner | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting with its default. ``keep_age`` and ``lock_timeout`` are in seconds; ``jobs`` 0 means
    one thread for each processor. ``names`` ``"hashed"`` publishes copies named by content, beside the
    plain ones unless ``originals`` is false; the settings after it say how. ``root`` is no setting: the
    project's folder, where relative paths start and from which ``node_modules`` is looked for.
    """

    sources: tuple[SourceConfig, ...] = ()
    target: str = ""
    bucket: BucketSettings = field(default_factory=BucketSettings)
    collisions: CollisionPolicy = "first"
    overrides: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    default_ignore: bool = True
    allow_secrets: tuple[str, ...] = ()
    strict: bool = False
    severities: Mapping[str, Severity] = field(default_factory=dict[str, Severity])
    keep_releases: int = 3
    keep_age: float = 86_400
    lock_timeout: float = 600
    read_only: bool = False
    jobs: int = 0
    storage_threads: int = 16
    names: NameStyle = "plain"
    originals: bool = True
    finished: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    module_imports: ModuleImports = "rewrite"
    js_module: JsModule | None = None
    static_url: str = "/static/"
    manifest: str = "staticfiles.json"
    encodings: tuple[Coding, ...] | None = None
    pack: Mapping[str, Any] = field(default_factory=dict[str, Any])
    cache: str = ""
    cache_limit: int = DEFAULT_LIMIT
    executor: str | Executor = "threads"
    minify: tuple[Kind, ...] = ()
    max_age: int = 60
    origins: Origins = "needed"
    resource_policy: str = ""
    headers: Mapping[str, Mapping[str, str | None]] = field(
        default_factory=dict[str, Mapping[str, "str | None"]]
    )
    site_root: str = ""
    index: str = ""
    reload: float = 0
    live_reload: bool = False
    media_serve: bool = False
    media_access: str = ""
    media_sender: media.Sender = "python"
    media_internal: str = "/lading-media/"
    media_link_age: int = 3_600
    media_max_size: int | None = None
    media_max_age: int = 60
    media_inline: tuple[str, ...] = ("pdf",)
    media_resource_policy: str = ""
    media_headers: Mapping[str, Mapping[str, str | None]] = field(
        default_factory=dict[str, Mapping[str, "str | None"]]
    )
    media_grace: float = 86_400
    media_trash: str = ".lading-trash"
    media_exclude: tuple[str, ...] = ()
    media_references: tuple[str, ...] = ()
    media_cleanup: media.Cleanup = "off"
    media_url: str = "/media/"
    media_root: str = ""
    webserver: WebServer = field(default_factory=WebServer)
    root: str = "."

    @property
    def is_bucket(self) -> bool:
        """Whether the target is a place in an object store, rather than a folder."""
        return is_store_url(self.target)

    @property
    def policy(self) -> Policy:
        """How published files are served."""
        return Policy(
            max_age=self.max_age,
            origins=self.origins,
            resource_policy=self.resource_policy,
            headers=self.headers,
        )

    @property
    def media_policy(self) -> MediaPolicy:
        """How uploads are served."""
        return MediaPolicy(
            max_age=self.media_max_age,
            inline=self.media_inline,
            resource_policy=self.media_resource_policy,
            headers=self.media_headers,
        )

    @property
    def packing(self) -> Settings | None:
        """How files are packed: by default Brotli and gzip where names are hashed, else not at all."""
        encodings = self.encodings
        if encodings is None:
            if self.names == "plain":
                return None
            encodings = Settings().encodings
        return Settings(encodings=encodings, **self.pack)

    @property
    def cache_root(self) -> str | None:
        """The build cache's folder, ``None`` where there is no home folder to keep it in."""
        setting = os.path.join(self.root, os.path.expanduser(self.cache)) if self.cache else None
        return default_root(setting)

    @property
    def threads(self) -> int:
        """The number of threads to use, at least 1."""
        if self.jobs > 0:
            return self.jobs
        usable = getattr(os, "sched_getaffinity", None)
        return max(1, len(usable(0)) if usable else os.cpu_count() or 1)


def parse(settings: Mapping[str, Any], where: Where, spell: Callable[[str], str] = str) -> Config:
    """Check a mapping of lower-case keys. Raises ``ConfigError`` naming the key, its place, what is
    allowed and, for an unknown key, the nearest valid one, as ``spell`` says that a person writes it.
    """
    return Config(**check(settings, PARSERS, where, spell))


def _severities(value: Any) -> dict[str, Severity]:
    if not isinstance(value, Mapping):
        raise InvalidValueError("a table of finding kinds and severities")
    names, given = {s.name.lower(): s for s in Severity}, cast("Mapping[Any, Any]", value)
    for kind, name in given.items():
        if not isinstance(name, str) or name not in names:
            raise InvalidValueError(
                f"a table whose values are {', '.join(map(repr, names))}", detail=f" (at {kind!r})"
            )
        _check_kind(str(kind))
    return {str(kind): names[name] for kind, name in given.items()}


def _check_kind(text: str) -> None:
    """Raise unless ``text`` is a kind of finding that may be graded, or one with an owner."""
    kind, at, owner = text.partition("@")
    if kind in FATAL:
        raise InvalidValueError(
            f"a table without {text!r}",
            remedy="Without such a file no release is whole: mend or exclude it.",
        )
    if kind not in KINDS:
        raise InvalidValueError(
            "a table of finding kinds and severities",
            detail=f" (there is no kind {kind!r})",
            remedy=nearest(kind, tuple(KINDS)),
        )
    if at and owner not in get_args(Owner):
        raise InvalidValueError(
            "a table of finding kinds and severities",
            detail=f" (at {text!r}: there is no owner {owner!r})",
            remedy=nearest(owner, get_args(Owner)),
        )


_SOURCES_WANTED = "a list of folders or of tables with 'name'"
_SOURCE_PARSERS: dict[str, Parser] = {
    "name": text,
    "prefix": lambda value: text(value).strip("/"),
    "owner": choice("project", "vendor"),
    "include": patterns,
    "exclude": patterns,
}


def _source(item: Any) -> SourceConfig:
    if isinstance(item, str | os.PathLike):
        return SourceConfig(text(item))
    given = table(item, _SOURCE_PARSERS, _SOURCES_WANTED)
    if "name" not in given:
        raise InvalidValueError(_SOURCES_WANTED)
    return SourceConfig(**given)


def _sources(value: Any) -> tuple[SourceConfig, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidValueError(_SOURCES_WANTED)
    return tuple(_source(item) for item in cast("Sequence[Any]", value))


def _js_module(value: Any) -> JsModule:
    wanted = "a table with 'path' and 'include'"
    given = table(value, {"path": text, "include": patterns}, wanted)
    if len(given) < 2:
        raise InvalidValueError(wanted)
    try:
        return JsModule(**given)
    except ConfigError as error:
        raise _invalid_table(error) from None


def _pack(value: Any) -> dict[str, Any]:
    given = table(value, _PACK_PARSERS, "a table of packing settings")
    try:
        Settings(**given)
    except ConfigError as error:
        raise _invalid_table(error) from None
    return given


def _as_tuple(value: Any) -> Any:
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value


_PACK_PARSERS: dict[str, Parser] = {  # Settings checks the values
    f.name: _as_tuple for f in fields(Settings) if f.name != "encodings"
}


def _invalid_table(error: ConfigError) -> InvalidValueError:
    return InvalidValueError(
        "a table of valid settings", detail=f" ({error.what})", remedy=error.remedy
    )


def _executor(value: Any) -> str | Executor:
    if not isinstance(value, Executor):
        try:
            opener(text(value), 1)
        except ConfigError as error:
            raise InvalidValueError(
                "the name of an executor or an executor", remedy=error.remedy
            ) from None
    return value


def _published_path(value: Any) -> str:
    path = text(value)
    if problem := name_problem(path):
        raise InvalidValueError("a path inside the target", detail=f" ({problem})")
    return path


def _headers(value: Any) -> dict[str, dict[str, str | None]]:
    wanted = "a table of patterns, each with a table of header names and values"
    if not isinstance(value, Mapping):
        raise InvalidValueError(wanted)
    given: dict[str, dict[str, str | None]] = {}
    for pattern, headers in cast("Mapping[Any, Any]", value).items():
        if not isinstance(headers, Mapping):
            raise InvalidValueError(wanted, detail=f" (at {pattern!r})")
        pairs = cast("Mapping[Any, Any]", headers)
        for name, line in pairs.items():
            if not isinstance(name, str) or not (line is None or isinstance(line, str)):
                raise InvalidValueError(wanted, detail=f" (at {pattern!r}, {name!r})")
        given[str(pattern)] = dict(pairs)
    try:
        Policy(headers=given)
    except ConfigError as error:
        raise InvalidValueError(wanted, detail=f" ({error.what})", remedy=error.remedy) from None
    return given


PARSERS: dict[str, Parser] = {
    "sources": _sources,
    "target": text,
    "bucket": parse_bucket,
    "collisions": choice(*POLICIES),
    "overrides": patterns,
    "ignore": patterns,
    "default_ignore": flag,
    "allow_secrets": patterns,
    "strict": flag,
    "severities": _severities,
    "keep_releases": count(1),
    "keep_age": seconds,
    "lock_timeout": seconds,
    "read_only": flag,
    "jobs": count(0),
    "storage_threads": count(1),
    "names": choice(*get_args(NameStyle)),
    "originals": flag,
    "finished": patterns,
    "folders": lambda value: tuple(folder.strip("/") for folder in patterns(value)),
    "module_imports": choice(*get_args(ModuleImports)),
    "static_url": url,
    "manifest": _published_path,
    "js_module": _js_module,
    "encodings": choices("codings", tuple(LEVELS)),
    "pack": _pack,
    "cache": text,
    "cache_limit": count(0),
    "executor": _executor,
    "minify": choices("kinds of files", get_args(Kind)),
    "max_age": count(0),
    "origins": choice(*get_args(Origins)),
    "resource_policy": choice("", "same-origin", "same-site", "cross-origin"),
    "headers": _headers,
    **AT_THE_ROOT,
    "reload": seconds,
    "live_reload": flag,
    **media.parsers(_headers),
    **webservers.PARSERS,
}
