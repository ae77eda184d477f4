"""The settings of web servers and of what they need to know; their defaults: ``lading.config``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lading.errors import ConfigError
from lading.values import InvalidValueError, Parser, count, patterns, table, text, url

_LISTEN = re.compile(r"(?:(?:[0-9.]+|\[[0-9A-Fa-f:.]+\]):)?([0-9]{1,5})")
_INDEX = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class WebServer:
    """``app``: where the application listens (``"unix:/run/app.sock"``, ``"127.0.0.1:8000"``), ``""`` for a
    site of files alone. ``server_names``: its host names. ``listen``: port, or address and port, without
    TLS; ``""``: the server's own way. ``upload_limit``: bytes of a request, ``0``: by the other settings.
    ``index``: the file that answers for a folder, ``""`` for none.
    """

    app: str = ""
    server_names: tuple[str, ...] = ()
    listen: str = ""
    upload_limit: int = 0
    index: str = ""


def parse_listen(value: Any) -> str:
    """A port, or address and port. Raises ``InvalidValueError``."""
    found = _LISTEN.fullmatch(str(value)) if isinstance(value, int | str) else None
    if isinstance(value, bool) or found is None or not 0 < int(found[1]) < 65536:
        raise InvalidValueError("a port, or an address and a port such as '127.0.0.1:8080'")
    return str(value)


def _app(value: Any) -> str:
    from lading.webservers.site import parse_app

    try:
        parse_app(text(value))
    except ConfigError as error:
        raise InvalidValueError(
            "a socket such as 'unix:/run/app.sock' or an address such as '127.0.0.1:8000'",
            remedy=error.remedy,
        ) from None
    return value


def _names(value: Any) -> tuple[str, ...]:
    from lading.webservers.site import check_server_name

    try:
        return tuple(check_server_name(name) for name in patterns(value))
    except ConfigError as error:
        raise InvalidValueError("a list of host names", detail=f" ({error.what})") from None


def _index(value: Any) -> str:
    if not _INDEX.fullmatch(text(value)):
        raise InvalidValueError("a file name such as 'index.html'")
    return value


_TABLE: dict[str, Parser] = {
    "app": _app,
    "server_names": _names,
    "listen": parse_listen,
    "upload_limit": count(0),
    "index": _index,
}


def _webserver(value: Any) -> WebServer:
    return WebServer(**table(value, _TABLE, f"a table with some of {', '.join(_TABLE)}"))


PARSERS: dict[str, Parser] = {"media_url": url, "media_root": text, "webserver": _webserver}
