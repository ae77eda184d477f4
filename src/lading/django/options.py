"""The options of ``StaticStorage``: what ``STORAGES['staticfiles']['OPTIONS']`` may hold beside Django's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from django.core.exceptions import ImproperlyConfigured

from lading.config import PARSERS
from lading.errors import ConfigError
from lading.objectstore.options import is_store_url
from lading.values import InvalidValueError, Parser, check, choice, text

DJANGO = (
    "location",
    "base_url",
    "file_permissions_mode",
    "directory_permissions_mode",
    "allow_overwrite",
    "manifest_storage",
)
"""The options that Django's own storages take."""

_OF_THE_RUN = (
    "target",
    "bucket",
    "originals",
    "finished",
    "folders",
    "module_imports",
    "js_module",
    "encodings",
    "pack",
    "minify",
)
"""Keys of ``lading.config`` that say how this storage's files are published."""


class OptionsError(ConfigError, ImproperlyConfigured):
    """An option of ``STORAGES['staticfiles']`` is unknown or has a value that is not allowed."""


@dataclass(frozen=True, slots=True)
class Options:
    """``run`` are settings of ``lading.config.Config``. ``missing`` says what becomes of a path that the
    manifest does not list: an ``"error"``, or its ``"plain"`` URL. ``strict`` says where paths are checked:
    only in ``"production"``, or ``"always"``, in development and tests too. ``imports`` maps bare module
    specifiers to paths or URLs, for the import map.
    """

    run: Mapping[str, Any] = field(default_factory=dict[str, Any])
    missing: Literal["error", "plain"] = "error"
    strict: Literal["production", "always"] = "production"
    imports: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def target(self) -> str:
        """The bucket's URL, ``""`` if a folder is published."""
        return self.run.get("target", "")

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that are published under one digest each."""
        return self.run.get("folders", ())


def parse(options: Mapping[str, Any]) -> Options:
    """Raises ``OptionsError`` naming the option, what is allowed and, if unknown, the nearest one."""
    parsers: dict[str, Parser] = {key: PARSERS[key] for key in _OF_THE_RUN}
    parsers["target"] = _store_url
    parsers["missing"] = choice("error", "plain")
    parsers["strict"] = choice("production", "always")
    parsers["imports"] = _imports
    try:
        values = check(options, parsers, place)
    except ConfigError as error:
        raise OptionsError(error.what, where=error.where, remedy=error.remedy) from None
    run = {key: values.pop(key) for key in _OF_THE_RUN if key in values}
    return Options(run, **values)


def place(key: str) -> str:
    """Where an option stands, for a person."""
    return f"STORAGES['staticfiles']['OPTIONS'][{key!r}]"


def _store_url(value: Any) -> str:
    address = text(value)
    if not is_store_url(address):
        raise InvalidValueError(
            "the URL of a bucket, as 's3://bucket/prefix'", remedy="A folder is set as STATIC_ROOT."
        )
    return address


def _imports(value: Any) -> dict[str, str]:
    wanted = "a table of module names and the paths or URLs they stand for"
    if not isinstance(value, Mapping):
        raise InvalidValueError(wanted)
    table = cast("Mapping[Any, Any]", value)
    for name, target in table.items():
        if not (isinstance(name, str) and name and isinstance(target, str) and target):
            raise InvalidValueError(wanted, detail=f" (at {name!r})")
        if name.endswith("/") != target.endswith("/"):
            raise InvalidValueError(
                wanted,
                detail=f" (at {name!r})",
                remedy="A name that ends with a slash stands for a folder, which ends with one too.",
            )
    return dict(table)
