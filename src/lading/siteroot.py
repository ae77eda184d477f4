"""Static files that answer at the root of the site too: ``root/robots.txt`` at ``/robots.txt``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from lading.findings import Finding, Severity
from lading.rules import name_problem
from lading.values import InvalidValueError, Parser, text

_WELL_KNOWN: Final = ".well-known"  # RFC 8615 §3
_INDEX: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")


def logical_path(site_root: str, url: str) -> str:
    """The path below the target that answers at a decoded URL path: ``/robots.txt`` -> ``root/robots.txt``;
    ``""`` where no folder answers at the root.
    """
    return site_root + url if site_root and url.startswith("/") else ""


def root_url(site_root: str, path: str) -> str:
    """The decoded URL path at which a path below the target answers too, ``""`` if it does not:
    ``root/robots.txt`` -> ``/robots.txt``.
    """
    return path[len(site_root) :] if site_root and path.startswith(f"{site_root}/") else ""


def dot_folder(site_root: str, prefix: str) -> str:
    """The folder ``.well-known`` of the site's root as a path inside a source that is published below
    ``prefix``; ``""`` if it cannot lie there. The pattern ``.*`` does not hide it (see ``Rules.spared``).
    """
    path = f"{site_root}/{_WELL_KNOWN}"
    if not site_root or not prefix:
        return path if site_root else ""
    return path.removeprefix(f"{prefix}/") if path.startswith(f"{prefix}/") else ""


def findings(site_root: str, paths: Collection[str]) -> Iterator[Finding]:
    """What is wrong where nothing answers at the root. ``paths``: of all files, below the target."""
    if site_root and not any(root_url(site_root, path) for path in paths):
        yield Finding(
            "empty-site-root",
            Severity.WARNING,
            f"No source ships a file below {site_root!r}, the setting 'site_root', so nothing answers at the "
            "root of the site.",
            site_root,
            hint="Correct the setting, or put the files into that folder of a source.",
        )


def parse_folder(value: Any) -> str:
    """A folder below the target, ``""`` for none. Raises ``InvalidValueError``."""
    path = text(value).strip("/") if value != "" else ""
    if path and (problem := name_problem(path)):
        raise InvalidValueError("a folder inside the target", detail=f" ({problem})")
    return path


def parse_index(value: Any) -> str:
    """A file name, ``""`` for none. Raises ``InvalidValueError``."""
    if value != "" and not _INDEX.fullmatch(text(value)):
        raise InvalidValueError("a file name such as 'index.html'")
    return value


PARSERS: Final[dict[str, Parser]] = {"site_root": parse_folder, "index": parse_index}
