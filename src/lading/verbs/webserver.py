"""The verb ``webserver``: the configuration of a web server for a project's static and media files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from lading.errors import ConfigError, LadingError
from lading.values import InvalidValueError
from lading.verb import Load, Verb

if TYPE_CHECKING:
    from lading.config import Config
    from lading.project import Project
    from lading.webservers.settings import WebServer
    from lading.webservers.site import Site

SERVERS: Final = ("nginx", "caddy", "apache", "headers", "redirects")

_SENDERS: Final = {
    "nginx": "x-accel-redirect",
    "caddy": "x-accel-redirect",
    "apache": "x-sendfile",
}
"""By which value of ``media_sender`` each server sends private uploads."""

_DESCRIPTION: Final = (
    "Print a complete configuration that serves what is published and what users upload, and hands all else "
    "to the application. It is made of the settings and the manifest: publish once before. 'headers' and "
    "'redirects' are the files _headers and _redirects of static hosts such as Netlify and Cloudflare Pages."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own arguments."""
    parser.add_argument("server", choices=SERVERS, help="whose configuration")
    parser.add_argument(
        "--app",
        metavar="ADDRESS",
        help="the application: unix:/run/app.sock or 127.0.0.1:8000; without it every path that names "
        "no file is a 404",
    )
    parser.add_argument(
        "--server-name", action="append", metavar="HOST", help="a host name of the site; repeatable"
    )
    parser.add_argument("--listen", metavar="[HOST:]PORT", help="where to listen without TLS")
    parser.add_argument(
        "--static-root", metavar="FOLDER", help="where the web server finds the published files"
    )
    parser.add_argument(
        "--media-root", metavar="FOLDER", help="where the web server finds the uploads"
    )
    parser.add_argument(
        "--upload-limit", type=_bytes, metavar="SIZE", help="what a request may bring, such as 25M"
    )
    parser.add_argument(
        "--brotli",
        action=argparse.BooleanOptionalAction,
        help="nginx: whether it has the Brotli module (default: as the one on this machine)",
    )
    parser.add_argument(
        "--write",
        metavar="FILE",
        help="show what changes in FILE, and write it whole, unless it was changed by hand",
    )
    parser.add_argument(
        "--force", action="store_true", help="with --write: even if FILE was changed by hand"
    )
    parser.add_argument(
        "--check", action="store_true", help="let the server, if it is installed here, test it"
    )


def _bytes(text: str) -> int:
    from lading.verbs.cache import parse_size

    return parse_size(text)


def run(options: argparse.Namespace, load: Load) -> int:
    """Print the configuration, or write it. Raises ``ConfigError`` and ``ManifestError``."""
    from lading.webservers import writing

    project = load(options)
    config = replace(project.config, webserver=_wanted(options, project.config.webserver))
    if config.is_bucket and options.server in _SENDERS:
        _note_bucket(config)
    make = _maker(options, config, project)
    text = writing.sealed(_heading(options.server), make(""))
    if options.check:
        _check(options.server, make)
    if options.write:
        print(_write(options.write, text, force=options.force))
    else:
        print(text, end="")
    return 0


def _write(path: str, text: str, *, force: bool) -> str:
    """Show what changes and write the file; what was done. Raises ``ConfigError``, above all for a file that
    somebody changed by hand, unless ``force`` is given.
    """
    from lading.webservers import writing

    before = writing.read(path)
    if before == text:
        return f"{path} is unchanged."
    if before is not None and not force and writing.is_current(before, text):
        return f"{path} is unchanged, and what was changed by hand is kept."
    if before is not None and not force and not writing.is_untouched(before):
        print(writing.news(path, before, text), end="")
        raise ConfigError(
            "The file was changed by hand, or is not Lading's, so it was not written.",
            where=path,
            remedy="Take over what is new above, the line with SHA-256 too; or write over it with --force.",
        )
    print(writing.difference(path, before, text), end="")
    writing.replace(path, text)
    return f"{path} is written."


def _note_bucket(config: Config) -> None:
    print(
        f"Note: Static files are published to {config.target!r}, and the bucket or a CDN serves them "
        f"({config.static_url}). This is for everything else of the site.",
        file=sys.stderr,
    )


def _wanted(options: argparse.Namespace, settings: WebServer) -> WebServer:
    """The settings with what the command line says instead. Raises ``ConfigError``."""
    from lading.webservers.settings import parse_listen

    given: dict[str, Any] = {}
    if options.app:
        given["app"] = options.app
    if options.server_name:
        given["server_names"] = tuple(options.server_name)
    if options.upload_limit is not None:
        given["upload_limit"] = options.upload_limit
    if options.listen:
        try:
            given["listen"] = parse_listen(options.listen)
        except InvalidValueError as error:
            raise ConfigError(
                f"--listen must be {error.wanted}, not {options.listen!r}.",
                remedy="Give a port such as 8080.",
            ) from None
    return replace(settings, **given)


def can_write(project: Project, server: str) -> bool:
    """Whether there is a configuration of that server, with the published files, for a project."""
    from lading.webservers import description

    try:
        description.describe(
            project.config, project.target.root, private_by=_SENDERS.get(server, "")
        )
    except LadingError:
        return False
    return not project.config.is_bucket


def _maker(options: argparse.Namespace, config: Config, project: Project) -> Callable[[str], str]:
    """A function that makes the text; its argument is where to listen instead, for a test."""
    from lading.serve.loading import released
    from lading.webservers import apache, caddy, description, hosts, nginx, syntax

    root, server = project.target.root, options.server
    if server in ("headers", "redirects"):
        if options.check:
            raise ConfigError(
                "There is no program that tests the files of static hosts.",
                remedy="Leave out --check.",
            )
        url = description.url_path(config.static_url, "static_url")
        if server == "redirects":
            name = config.manifest if config.names == "hashed" else ""
            return lambda _: hosts.redirects(name, url)
        manifest = released(root, config)
        return lambda _: hosts.headers(manifest, config.policy, url)
    site: Site = description.describe(
        config,
        root,
        static_root=options.static_root or "",
        media_root=options.media_root or "",
        private_by=_SENDERS[server],
    )

    def make(listen: str) -> str:
        wanted = replace(site, listen=listen) if listen else site
        if server == "caddy":
            return caddy.render(wanted)
        if server == "apache":
            return apache.render(wanted)
        brotli = syntax.has_brotli() if options.brotli is None else options.brotli
        return nginx.render(wanted, brotli=brotli)

    return make


def _check(server: str, make: Callable[[str], str]) -> None:
    from lading.webservers import syntax

    # The test of nginx opens the ports that it is told of, which not everybody may, and others may have.
    syntax.check(server, make("127.0.0.1:65535"))


def _heading(server: str) -> str:
    return f"# Written by `lading webserver {server}` from the settings and the manifest of the project."


WEBSERVER: Final = Verb(
    "write a web server's configuration for static and media files",
    _DESCRIPTION,
    "webserver nginx --app unix:/run/app.sock --write site.conf --check",
    arguments,
    run,
)
