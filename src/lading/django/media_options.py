"""The options of ``MediaStorage``: what its ``STORAGES[…]["OPTIONS"]`` may hold beside Django's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lading.django.options import OptionsError
from lading.errors import ConfigError
from lading.media.checks import Checks
from lading.values import Parser, check, choice, count, flag, patterns


@dataclass(frozen=True, slots=True)
class MediaOptions:
    """``fsync``: wait until the disk has the file. ``naming``: files keep their ``"original"`` names, made
    safe, or are named by their ``"content"``, so that one content is stored once. ``shards``: directories
    of 256 below each other. ``strip_metadata``: of images. ``signed``: URLs are signed links that expire.
    ``checks``: what is asked of each file.
    """

    fsync: bool = True
    naming: Literal["original", "content"] = "original"
    shards: int = 0
    strip_metadata: bool = False
    signed: bool = False
    checks: Checks = field(default_factory=Checks)


def _size(value: Any) -> int | None:
    return None if value is None else count(1)(value)


_CHECKS: dict[str, Parser] = {
    "max_size": _size,
    "max_pixels": count(0),
    "allow": patterns,
    "content": flag,
    "decode": flag,
    "names": choice("refuse", "repair"),
}

PARSERS: dict[str, Parser] = {
    "fsync": flag,
    "naming": choice("original", "content"),
    "shards": count(0),
    "strip_metadata": flag,
    "signed": flag,
    **_CHECKS,
}


def parse(options: Mapping[str, Any]) -> MediaOptions:
    """Raises ``OptionsError`` naming the option, what is allowed and, if unknown, the nearest one."""
    values = _checked(options, PARSERS)
    checks = Checks(**{key: values.pop(key) for key in _CHECKS if key in values})
    return MediaOptions(checks=checks, **values)


def parse_checks(options: Mapping[str, Any]) -> Checks:
    """The same for the options of a validator, which are those that say what is asked of a file."""
    return Checks(**_checked(options, _CHECKS))


def _checked(options: Mapping[str, Any], parsers: Mapping[str, Parser]) -> dict[str, Any]:
    try:
        return check(options, parsers, lambda key: f"MediaStorage, option {key!r}")
    except ConfigError as error:
        raise OptionsError(error.what, where=error.where, remedy=error.remedy) from None
