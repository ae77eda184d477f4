"""The settings of a bucket target: the table ``bucket``."""

from __future__ import annotations

import hashlib
import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast, get_args

from lading.errors import ConfigError
from lading.objectstore.options import StoreOptions
from lading.values import InvalidValueError, Parser, choice, count, flag, seconds, table, text

Encoding = Literal["siblings", "none", "br", "gzip", "zstd"]
"""How encoded variants are published: beside the originals, not at all, or one in their place."""

Hook = Callable[[Sequence[str]], object]
"""Told the URLs whose content has changed."""


@dataclass(frozen=True, slots=True)
class BucketSettings:
    """``store``: how the bucket is reached. ``encoding``: see ``Encoding``. ``requests``: at once.
    ``build``: the folder that is built into first (``""``: one in the cache folder). ``guarded``: write
    under conditions, so that several machines may publish. ``manifest_file``: a copy of the manifest for
    the application's image. ``follow``: seconds after which the application looks for a new release
    (``0``: it does not). ``purge_file``: gets the URLs that a CDN must forget, a line each;
    ``purge_hook``: a function, or ``"module:function"``, that is called with them.
    """

    store: StoreOptions = field(default_factory=StoreOptions)
    encoding: Encoding = "siblings"
    requests: int = 32
    build: str = ""
    guarded: bool = True
    manifest_file: str = ""
    follow: float = 0
    purge_file: str = ""
    purge_hook: str | Hook = ""

    def build_folder(self, url: str, root: str, cache_root: str | None) -> str:
        """The folder that is built into. Raises ``ConfigError`` when there is no place for it."""
        if self.build:
            return os.path.join(root, os.path.expanduser(self.build))
        if cache_root is None:
            raise ConfigError(
                "There is no home folder, so no place to build in before uploading.",
                where="bucket",
                remedy="Set 'build' in it to a folder, or the setting 'cache'.",
            )
        name = hashlib.sha256(f"{os.path.realpath(root)}\0{url}".encode()).hexdigest()[:16]
        return os.path.join(cache_root, "builds", name)

    def hook(self) -> Hook | None:
        """The function to call. Raises ``ConfigError`` if there is none of that name."""
        if not isinstance(self.purge_hook, str):
            return self.purge_hook
        if not self.purge_hook:
            return None
        module, _, name = self.purge_hook.partition(":")
        try:
            return cast("Hook", getattr(importlib.import_module(module), name))
        except (ImportError, AttributeError, ValueError) as error:
            raise ConfigError(
                f"The hook {self.purge_hook!r} cannot be imported: {error}.",
                where="bucket",
                remedy="Write 'module:function', of a module on Python's path.",
            ) from None


def _address(value: Any) -> str:
    address = text(value)
    if not address.startswith(("http://", "https://")):
        raise InvalidValueError("a URL that begins with https:// or http://")
    return address


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise InvalidValueError("a table of texts")
    return {
        str(key): item if isinstance(item, str) else str(item).lower()
        for key, item in cast("Mapping[Any, Any]", value).items()
    }


def _hook(value: Any) -> str | Hook:
    if callable(value):
        return cast("Hook", value)
    name = text(value)
    module, colon, function = name.partition(":")
    if not (module and colon and function):
        raise InvalidValueError("a function, or its name as 'module:function'")
    return name


_STORE: Final[dict[str, Parser]] = {
    "endpoint": _address,
    "region": text,
    "profile": text,
    "allow_http": flag,
    "timeout": seconds,
    "retries": count(0),
    "extra": _texts,
}

_PARSERS: Final[dict[str, Parser]] = {
    **_STORE,
    "encoding": choice(*get_args(Encoding)),
    "requests": count(1),
    "build": text,
    "guarded": flag,
    "manifest_file": text,
    "follow": seconds,
    "purge_file": text,
    "purge_hook": _hook,
}


def parse_bucket(value: Any) -> BucketSettings:
    """The checked settings of a table. Raises ``InvalidValueError``."""
    given = table(value, _PARSERS, "a table of settings")
    store = {name: given.pop(name) for name in _STORE if name in given}
    return BucketSettings(StoreOptions(**store), **given)
