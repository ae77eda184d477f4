"""What a person asked about: a URL, a path below the target, or a file on disk, as the path it stands for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from lading.catalog import Catalog
from lading.config import Config
from lading.serve.table import url_prefix
from lading.siteroot import logical_path

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PORTS = {"http": 80, "https": 443}

OwnHost = Callable[[str], bool]
"""Whether a host name is one of this site's."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``path`` is the path below the target, logical or published (``""``: there is none, and ``problem``
    says why). ``file``: it was named as a file on disk, by this absolute path; ``is_published``: one in the
    target. ``is_url``: it was named by its URL.
    """

    text: str
    path: str = ""
    file: str = ""
    is_published: bool = False
    is_url: bool = False
    problem: str = ""


def parse(
    text: str,
    catalog: Catalog,
    config: Config,
    root: str,
    own_host: OwnHost | None = None,
    mounted: str = "/",
) -> Asked:
    """Find out what ``text`` names. ``root`` is the target's folder, ``mounted`` the path of another site
    that this one is below. Never raises.
    """
    bare = text.strip()
    if not bare:
        return Asked(text, problem="It is empty: name a URL, a path or a file.")
    if "\0" in bare:
        return Asked(text, problem="It contains a NUL byte, which no URL and no path has.")
    if bare in catalog.winners:
        return Asked(text, bare)
    if bare.startswith("//") or (_SCHEME.match(bare) and "://" in bare):
        return _parse_url(text, bare, catalog, config, own_host, mounted)
    prefix = url_prefix(config.static_url)
    path = _decoded(bare)
    if bare.startswith("/") and path.startswith(prefix) and prefix != "/":
        return Asked(text, path[len(prefix) :], is_url=True)
    if found := _at_root(path, catalog, config, mounted):
        return Asked(text, found, is_url=True)
    file = os.path.abspath(bare)
    is_file = bare.startswith(("/", ".", os.sep)) or os.path.lexists(file)
    if is_file and (found := _file(text, file, catalog, root)):
        return found
    if bare.startswith("/"):
        if prefix == "/":
            return Asked(text, path.lstrip("/"), is_url=True)
        if os.path.lexists(file):
            return Asked(text, file=file, problem=_outside(file, catalog))
        problem = _wrong_prefix(path, prefix, catalog)
        if config.site_root:
            problem += f" At the root of the site only files below {config.site_root!r} answer."
        return Asked(text, is_url=True, problem=problem)
    if path.startswith(prefix[1:]) and prefix != "/":
        return Asked(text, path[len(prefix) - 1 :], is_url=True)
    return Asked(text, path)


def _parse_url(
    text: str, url: str, catalog: Catalog, config: Config, own_host: OwnHost | None, mounted: str
) -> Asked:
    try:
        parts, base = urlsplit(url), urlsplit(config.static_url)
        host, own = _host(parts), _host(base)
    except ValueError as error:
        return Asked(text, is_url=True, problem=f"It is no URL: {error}.")
    if parts.scheme not in ("", "http", "https"):
        problem = f"URLs of the scheme {parts.scheme!r} are no static file's."
        return Asked(text, is_url=True, problem=problem)
    path = unquote(parts.path)
    is_own = own_host is None or own_host(host[0])
    if is_own and (found := _at_root(path, catalog, config, mounted)):
        return Asked(text, found, is_url=True)
    if base.netloc and host != own:
        problem = f"The URL is of another site: static files are at {config.static_url}."
        return Asked(text, is_url=True, problem=problem)
    if not base.netloc and not is_own:
        return Asked(text, is_url=True, problem=f"The URL is of another site: {host[0]}.")
    prefix = url_prefix(config.static_url)
    if not path.startswith(prefix):
        problem = f"The URL does not begin with {config.static_url!r}, where static files are."
        return Asked(text, is_url=True, problem=problem)
    return Asked(text, path[len(prefix) :], is_url=True)


def _at_root(path: str, catalog: Catalog, config: Config, mounted: str) -> str:
    """The file that answers at a URL path below the root of the host, where a web server has it, or of the
    site, by its logical path; ``""``: none.
    """
    inside = f"/{path.removeprefix(mounted)}" if path.startswith(mounted) else path
    for url in (path, inside):
        name = logical_path(config.site_root, url)
        if config.index and name.endswith("/"):
            name += config.index
        if name in catalog.winners:
            return name
    return ""


def _host(parts: SplitResult) -> tuple[str, int]:
    port = parts.port or _PORTS.get(parts.scheme, 443)
    return (parts.hostname or "").rstrip("."), 443 if port == 80 else port


def _decoded(text: str) -> str:
    """The path in a relative URL, without query and fragment."""
    return unquote(re.split(r"[?#]", text, maxsplit=1)[0])


def _file(text: str, file: str, catalog: Catalog, root: str) -> Asked | None:
    """A file on disk that lies in the target or in a source, or would."""
    places = {file, os.path.join(os.path.realpath(os.path.dirname(file)), os.path.basename(file))}
    for place in places:
        if below := _below(place, root):
            return Asked(text, below, file, is_published=True)
    for scan in catalog.scans:
        folder = scan.source.local_path("")
        if folder is None:
            for asset in scan.assets:
                if scan.source.local_path(asset.relative) in places:
                    return Asked(text, asset.path, file)
            continue
        for place in places:
            if below := _below(place, folder) or _below(place, os.path.realpath(folder)):
                prefix = scan.source.prefix
                return Asked(text, f"{prefix}/{below}" if prefix else below, file)
    return None


def _below(path: str, folder: str) -> str:
    """The path inside the folder, with slashes, or ``""``."""
    head = folder.rstrip(os.sep) + os.sep
    return path[len(head) :].replace(os.sep, "/") if path.startswith(head) else ""


def _outside(file: str, catalog: Catalog) -> str:
    folders = [scan.source.location for scan in catalog.scans]
    return (
        f"The file {file!r} lies in no source, so nothing of it is collected. "
        f"Sources: {', '.join(folders) or 'none'}."
    )


def _wrong_prefix(path: str, prefix: str, catalog: Catalog) -> str:
    problem = f"The path does not begin with {prefix!r}, where static files are."
    parts = path.strip("/").split("/")
    for start in range(len(parts)):
        if (tail := "/".join(parts[start:])) in catalog.winners:
            return f"{problem} Did you mean '{prefix}{tail}'?"
    return problem
