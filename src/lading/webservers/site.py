"""A site as a web server sees it, in no server's language: its files, and the application behind them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from lading.errors import ConfigError
from lading.media.policy import MediaPolicy
from lading.policy import Policy
from lading.webservers.rules import NameRule

Kind = Literal["static", "media"]

_SOCKET: Final = re.compile(r"unix:(/.+)|(/.+)")
_HOST_PORT: Final = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")
_SERVER_NAME: Final = re.compile(r"(?:\*\.)?[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Static:
    """Published files: those of the folder ``root`` under the URL path ``url`` (with its slashes).

    ``codings``: of the encoded variants beside them. ``immutable``: rules that tell the names that change
    with their content (any value) from others (``""``). ``manifest``: published paths that are not served.
    ``index``: the file that answers for a folder, ``""`` for none. ``fallthrough``: what is not there is
    asked of the application.
    """

    url: str
    root: str
    policy: Policy
    codings: tuple[str, ...] = ()
    immutable: tuple[NameRule, ...] = ()
    denied: tuple[str, ...] = ()
    index: str = ""
    fallthrough: bool = False

    def __post_init__(self) -> None:
        check_url(self.url)
        check_folder(self.root)


@dataclass(frozen=True, slots=True)
class Media:
    """Uploads: those of the folder ``root`` under the URL path ``url``.

    ``private``: whether the application decides who may read each, and hands the sending back to the
    server, by the path ``internal``.
    """

    url: str
    root: str
    policy: MediaPolicy
    private: bool = False
    internal: str = "/_lading/media/"

    def __post_init__(self) -> None:
        check_url(self.url)
        check_url(self.internal)
        check_folder(self.root)
        if self.url == "/":
            raise ConfigError(
                "Uploads would answer for every path of the site.",
                where="media_url",
                remedy="Give them a path of their own, such as /media/.",
            )


@dataclass(frozen=True, slots=True)
class App:
    """Where the application listens: on a Unix ``socket`` (an absolute path), or on ``host`` and ``port``."""

    socket: str = ""
    host: str = ""
    port: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """All that a configuration says. ``names``: host names, the first of which is its own. ``app``:
    ``None`` for a site of files alone. ``upload_limit``: bytes that a request may bring. ``listen``: the
    port without TLS, or address and port; ``""``: the server's own way.
    """

    static: tuple[Static, ...]
    media: Media | None = None
    app: App | None = None
    names: tuple[str, ...] = ()
    upload_limit: int = 1 << 20
    listen: str = ""

    def __post_init__(self) -> None:
        urls = [area.url for area in self.static] + ([self.media.url] if self.media else [])
        for url in urls:
            if urls.count(url) > 1:
                raise ConfigError(
                    f"Two kinds of files have the URL path {url}, so that one hides the other.",
                    where="media_url",
                    remedy="Give static files and media paths of their own.",
                )

    @property
    def slug(self) -> str:
        """The site's name in the names of variables, at most 16 letters, digits and underscores: several
        sites live in one server.
        """
        name = (self.names or ("site",))[0].lower()
        slug = re.sub(r"[^a-z0-9]+", "_", name).strip("_")
        if len(slug) <= 16:
            return slug
        digest = hashlib.sha256(name.encode()).hexdigest()
        return f"{slug[:11].rstrip('_')}_{digest[:4]}"


def parse_app(text: str) -> App:
    """``unix:/run/app.sock``, ``/run/app.sock`` or ``127.0.0.1:8000``. Raises ``ConfigError``."""
    remedy = "Give a socket such as unix:/run/app.sock, or an address such as 127.0.0.1:8000."
    check_text(text, "The application's address", "app")
    if (socket := _SOCKET.fullmatch(text)) is not None:
        return App(socket=socket[1] or socket[2])
    if (address := _HOST_PORT.fullmatch(text)) is None or not 0 < int(address[2]) < 65536:
        raise ConfigError(f"{text!r} is no address of an application.", where="app", remedy=remedy)
    return App(host=address[1], port=int(address[2]))


def check_server_name(name: str) -> str:
    """A host name, perhaps with ``*.`` in front. Raises ``ConfigError``."""
    try:
        ascii_name = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        ascii_name = ""
    if not _SERVER_NAME.fullmatch(ascii_name) or len(ascii_name) > 253:
        raise ConfigError(
            f"{name!r} is no host name.",
            where="server_names",
            remedy="Give names such as www.example.com or *.example.com.",
        )
    return ascii_name


def url_path(url: str, where: str) -> str:
    """The decoded path of a ``STATIC_URL`` or ``MEDIA_URL``: ``https://cdn.example/s/`` is ``/s/``.

    Raises ``ConfigError`` for one that cannot be a prefix.
    """
    try:
        path = unquote(urlsplit(url).path, errors="strict").strip("/")
    except (ValueError, UnicodeError):
        path = ".."
    found = f"/{path}/" if path else "/"
    try:
        check_url(found)
    except ConfigError:
        raise ConfigError(
            f"{url!r} is no URL below which files can be served.",
            where=where,
            remedy="Give a path such as /static/.",
        ) from None
    return found


def check_url(url: str) -> None:
    """Raises ``ConfigError`` for what is no decoded URL path with a slash at both ends."""
    check_text(url, "The URL path", "url")
    parts = url.split("/")
    inner = parts[1:-1]
    if url != "/" and (
        parts[0] or parts[-1] or not inner or any(part in ("", ".", "..") for part in inner)
    ):
        raise ConfigError(
            f"{url!r} is no URL path that files can be served below.",
            where="url",
            remedy="Give a path such as /static/.",
        )


def check_folder(path: str) -> None:
    """Raises ``ConfigError`` for what is no absolute path of a folder."""
    check_text(path, "The folder", "root")
    if not path.startswith("/") or path.strip("/") == "" or ".." in path.split("/"):
        raise ConfigError(
            f"{path!r} is no folder that files can be served from.",
            where="root",
            remedy="Give the absolute path of a folder that holds nothing but these files.",
        )


def check_text(text: str, noun: str, where: str) -> None:
    """Raises ``ConfigError`` for text with a line break or another control character in it, which would
    end a directive and begin another one.
    """
    if found := _UNPRINTABLE.search(text):
        raise ConfigError(
            f"{noun} {text!r} has the character {found[0]!r} in it, which no configuration can hold.",
            where=where,
            remedy="Use another name.",
        )
