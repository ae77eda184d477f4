"""A project as the site that a web server is to serve: from its settings and its manifest, never from a look
into its folders.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from lading.config import Config
from lading.errors import ConfigError
from lading.manifest import Manifest
from lading.serve.loading import released
from lading.siteroot import root_url
from lading.webservers.rules import DIGEST, NameRule, glob_regex, literal
from lading.webservers.site import Media, Site, Static, check_server_name, parse_app, url_path

SMALL: Final = 2_621_440
"""Bytes of a request without uploads: Django's default of ``DATA_UPLOAD_MAX_MEMORY_SIZE``."""

LARGE: Final = 100 << 20
"""Bytes of a request with uploads whose size no setting limits."""


def describe(
    config: Config, root: str, *, static_root: str = "", media_root: str = "", private_by: str = ""
) -> Site:
    """The site of a project whose target is ``root``.

    ``static_root`` and ``media_root``: where the files lie on the machine of the web server, if not as
    here. ``private_by``: the value of ``media_sender`` with which the server sends private uploads.
    Raises ``ManifestError`` if nothing is published yet or the manifest is damaged, and ``ConfigError``.
    """
    wanted = config.webserver
    names = wanted.server_names
    if names and config.media_root and _is_by_app(config) and (host := _media_host(config)):
        names = (*names, host)
    return Site(
        () if config.is_bucket else _static(config, os.path.abspath(root), static_root),
        _media(config, media_root, private_by),
        parse_app(wanted.app) if wanted.app else None,
        tuple(dict.fromkeys(map(check_server_name, names))),
        upload_limit(config),
        wanted.listen,
    )


def _static(config: Config, root: str, static_root: str) -> tuple[Static, ...]:
    """The published files, which no web server has where they are in a bucket."""
    manifest = released(root, config)
    packing = config.packing
    url = url_path(config.static_url, "static_url")
    codings = {coding for file in manifest.files.values() for coding in file.encodings}
    static = Static(
        url,
        static_root or root,
        config.policy,
        codings=tuple(c for c in (packing.encodings if packing else ()) if c in codings),
        immutable=tuple(immutable_rules(config, manifest)),
        denied=(config.manifest,),
        index=config.webserver.index or config.index,
        fallthrough=url == "/",
    )
    return (static, at_root(static, config, manifest)) if config.site_root else (static,)


def at_root(static: Static, config: Config, manifest: Manifest) -> Static:
    """The folder of published files that answers at the root of the site too, before the application.

    Raises ``ConfigError`` where all static files are there already.
    """
    if static.url == "/":
        raise ConfigError(
            "All static files answer at the root of the site, so a folder of them cannot do so too.",
            where="site_root",
            remedy="Leave it out and put its files beside the folder, or give static_url a path.",
        )
    folder = config.site_root
    files = {
        root_url(folder, path)[1:]: file
        for path, file in manifest.files.items()
        if root_url(folder, path)
    }
    inside = replace(
        config,
        headers={
            inner: headers
            for pattern, headers in config.headers.items()
            for inner in _inside(pattern, folder)
        },
        finished=tuple(inner for pattern in config.finished for inner in _inside(pattern, folder)),
        folders=tuple(url[1:] for name in config.folders if (url := root_url(folder, name))),
    )
    return replace(
        static,
        url="/",
        root=f"{static.root}/{folder}",
        policy=inside.policy,
        immutable=tuple(immutable_rules(inside, Manifest({}, files))),
        denied=(),
        fallthrough=True,
    )


def _inside(pattern: str, folder: str) -> Iterator[str]:
    """A pattern of published paths as patterns of those below a folder."""
    if pattern.startswith("*"):
        yield pattern
        if pattern.startswith("*/"):
            yield pattern[2:]
    elif pattern.startswith(f"{folder}/"):
        yield pattern[len(folder) + 1 :]


def immutable_rules(config: Config, manifest: Manifest) -> Iterator[NameRule]:
    """Rules that tell the names that change with their content, first those of the exceptions."""
    if config.names == "plain":
        return
    rules = [
        *(NameRule(glob_regex(pattern), "immutable") for pattern in config.finished),
        *(NameRule(f"^{literal(folder)}[.]{DIGEST}/", "immutable") for folder in config.folders),
        NameRule(rf"\.{DIGEST}(?:\.[^./]*)?$", "immutable"),
    ]
    told = re.compile("|".join(rule.regex for rule in rules))
    wrong = [
        path
        for path, file in sorted(manifest.files.items())
        if not file.immutable and told.search(path)
    ]
    if wrong:
        yield NameRule(f"^(?:{'|'.join(map(literal, wrong))})$", "")
    yield from rules


def upload_limit(config: Config) -> int:
    """Bytes that a request may bring: the setting, else what the limits of the application allow."""
    if config.webserver.upload_limit:
        return config.webserver.upload_limit
    if not config.media_root:
        return SMALL
    return LARGE if config.media_max_size is None else SMALL + config.media_max_size


def _media(config: Config, media_root: str, private_by: str) -> Media | None:
    root = media_root or config.media_root
    if not root:
        return None
    if _is_by_app(config):
        return None
    if config.media_access and private_by and config.media_sender != private_by:
        raise ConfigError(
            f"Private uploads are handed over by {config.media_sender!r}, which this server does not know.",
            where="media_sender",
            remedy=f"Set it to {private_by!r}, or to 'python'.",
        )
    if not config.media_url:
        raise ConfigError(
            "The project has no URL for uploads, so they cannot be served.",
            where="media_url",
            remedy="Set it (Django: MEDIA_URL and MEDIA_ROOT), or leave out --media-root.",
        )
    path = url_path(config.media_url, "media_url")
    if path == "/" and (host := _media_host(config)):
        raise ConfigError(
            f"The host {host} has nothing but uploads, which one configuration for all hosts cannot say.",
            where="media_url",
            remedy=f"Give them a path there, as in https://{host}/media/, and the host as a server name; or "
            "let the application serve them (media_serve, and its address with --app).",
        )
    return Media(
        path,
        os.path.abspath(os.path.join(config.root, root)),
        config.media_policy,
        private=bool(config.media_access),
        internal=config.media_internal,
    )


def _media_host(config: Config) -> str:
    """The host of the URL of uploads, ``""`` if they are below a path of the site."""
    try:
        return urlsplit(config.media_url).hostname or ""
    except ValueError:
        return ""  # ``url_path`` refuses it


def _is_by_app(config: Config) -> bool:
    """Whether the application sends uploads itself: private ones, or those of a host with nothing else."""
    if config.media_access:
        return config.media_sender == "python"
    if not (config.media_serve and config.webserver.app and _media_host(config)):
        return False
    return url_path(config.media_url, "media_url") == "/"
