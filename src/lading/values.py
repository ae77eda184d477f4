"""The values of settings: parsers that check one value each, and tables of settings checked by them."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from lading.errors import ConfigError

Where = Callable[[str], str]
"""Names the place of a key to a person: ``lading.toml:3`` or ``LADING['JOBS']``."""


Parser = Callable[[Any], Any]
"""The checked value of one setting; raises ``InvalidValueError``."""


def check(
    settings: Mapping[str, Any],
    parsers: Mapping[str, Parser],
    where: Where,
    spell: Callable[[str], str] = str,
) -> dict[str, Any]:
    """The checked value of each setting, for a table that allows the keys of ``parsers``. Raises
    ``ConfigError`` naming the key, its place, what is allowed and, for an unknown key, the nearest one;
    ``spell`` says how a person writes a key.
    """
    values: dict[str, Any] = {}
    for key, value in settings.items():
        if key not in parsers:
            raise ConfigError(
                f"There is no setting {spell(key)!r}.",
                where=where(key),
                remedy=nearest(key, [*map(spell, parsers)]),
            )
        try:
            values[key] = parsers[key](value)
        except InvalidValueError as error:
            raise ConfigError(
                f"The setting {spell(key)!r} must be {error.wanted}, not {value!r}{error.detail}.",
                where=where(key),
                remedy=error.remedy,
            ) from None
    return values


def table(value: Any, parsers: Mapping[str, Parser], wanted: str) -> dict[str, Any]:
    """The checked values of a table that is the value of one setting; its keys in any case, as they are
    upper case in Django. ``wanted`` says what the setting has to be. Raises ``InvalidValueError``.
    """
    if not isinstance(value, Mapping):
        raise InvalidValueError(wanted)
    values: dict[str, Any] = {}
    for key, item in cast("Mapping[Any, Any]", value).items():
        name = str(key).lower()
        if name not in parsers:
            spell = str.upper if str(key).isupper() else str
            raise InvalidValueError(
                wanted,
                detail=f" (unknown key {key!r})",
                remedy=nearest(name, [*map(spell, parsers)]),
            )
        try:
            values[name] = parsers[name](item)
        except InvalidValueError as error:
            raise InvalidValueError(
                f"a table whose {name!r} is {error.wanted}",
                detail=error.detail,
                remedy=error.remedy,
            ) from None
    return values


def nearest(name: str, valid: Sequence[str]) -> str:
    """A remedy for a name that is not among the valid ones."""
    spelt = {item.lower(): item for item in valid}
    close = difflib.get_close_matches(name.lower(), spelt, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {spelt[close[0]]!r}?"
    return f"Valid settings: {', '.join(sorted(valid))}."


class InvalidValueError(Exception):
    """What a setting must be instead (``wanted``), why not (``detail``), and what to do."""

    def __init__(self, wanted: str, *, detail: str = "", remedy: str = "") -> None:
        self.wanted = wanted
        self.detail = detail
        self.remedy = remedy
        super().__init__(wanted)


def text(value: Any) -> str:
    """A text that is not empty; paths are texts."""
    if isinstance(value, os.PathLike):
        value = os.fspath(cast("os.PathLike[str]", value))
    if not isinstance(value, str) or not value:
        raise InvalidValueError("a text that is not empty")
    return value


def url(value: Any) -> str:
    """A URL or path below which there are others."""
    address = text(value)
    if not address.endswith("/"):
        raise InvalidValueError("a URL or path that ends with a slash")
    return address


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidValueError("true or false")
    return value


def count(minimum: int) -> Parser:
    """A parser that takes whole numbers from ``minimum`` on."""

    def parse_count(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
            raise InvalidValueError(f"a whole number of at least {minimum}")
        return value

    return parse_count


def seconds(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e10:
        raise InvalidValueError("a number of seconds, 0 or more")
    return value


def patterns(value: Any) -> tuple[str, ...]:
    """A list of texts."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidValueError("a list of patterns")
    return tuple(text(item) for item in cast("Sequence[Any]", value))


def choice(*allowed: str) -> Parser:
    """A parser that takes one of the given texts."""

    def parse_choice(value: Any) -> str:
        if value not in allowed:
            raise InvalidValueError(
                f"one of {', '.join(map(repr, allowed))}", remedy=nearest(str(value), allowed)
            )
        return value

    return parse_choice


def choices(nouns: str, allowed: Sequence[str]) -> Parser:
    """A parser that takes a list of some of the given texts."""

    def parse_choices(value: Any) -> tuple[str, ...]:
        chosen = patterns(value)
        for item in chosen:
            if item not in allowed:
                raise InvalidValueError(
                    f"a list of {nouns} out of {', '.join(map(repr, allowed))}",
                    remedy=nearest(item, allowed),
                )
        return chosen

    return parse_choices
