"""Who can mend a file: the project, or the vendor whose package it came with."""

from __future__ import annotations

import json
import os
import re
from functools import lru_cache
from typing import Any

from lading.asset import Asset
from lading.findings import Owner

# Folders that hold other people's code by convention, wherever they stand in a path.
_VENDOR_FOLDERS = frozenset(
    {
        "bower_components",
        "dist-packages",
        "external",
        "externals",
        "jspm_packages",
        "libs",
        "node_modules",
        "site-packages",
        "third-party",
        "third_party",
        "thirdparty",
        "vendor",
        "vendored",
        "vendors",
        "web_modules",
    }
)
# What lies beside a project's own root folder.
_PROJECT_FILES = ("manage.py", "pyproject.toml", "setup.py", "setup.cfg", ".git", "lading.toml")


_FIRST_COMMENT = re.compile(
    rb"""(?:\xef\xbb\xbf)?+\s*+(?:@charset\s++["'][\w-]++["'];\s*+)?+/\*([!*]?)(.*?)\*/""",
    re.DOTALL,
)
_VERSION = re.compile(rb"(?<![\w.])v?\d+\.\d+")
_TERMS = re.compile(rb"licen[cs]e|copyright|\(c\)|https?://|released", re.IGNORECASE)
_LONGEST_NOTICE = 2000  # bytes


def bears_notice(content: bytes) -> bool:
    """True for a style sheet or script that begins with a published library's notice: its name with a
    version and its licence or site, as in ``/*! Bootstrap v5.3.8 (https://getbootstrap.com/) */``.
    """
    comment = _FIRST_COMMENT.match(content[:_LONGEST_NOTICE])
    if comment is None:
        return False
    mark, text = comment.groups()
    if b"@license" in text or b"@preserve" in text:
        return True
    return bool(_VERSION.search(text) and (mark == b"!" or _TERMS.search(text)))


def owner_of(asset: Asset) -> Owner:
    """``vendor`` for what lies in a vendor's source, a folder that is one by its name, or a copied npm
    package; and for minified files, which nobody mends by hand.
    """
    if asset.source.owner == "vendor":
        return "vendor"
    *folders, name = asset.path.lower().split("/")
    if not _VENDOR_FOLDERS.isdisjoint(folders) or ".min." in name:
        return "vendor"
    local = asset.source.local_path(asset.relative)
    if local is not None and _in_package(os.path.dirname(local)):
        return "vendor"
    return "project"


@lru_cache(maxsize=4096)
def _in_package(folder: str) -> bool:
    """True in or below the folder of a copied package, unless a project's own files come first."""
    if any(os.path.exists(os.path.join(folder, name)) for name in _PROJECT_FILES):
        return False
    if _is_package(os.path.join(folder, "package.json")):
        return True
    parent = os.path.dirname(folder)
    return parent != folder and _in_package(parent)


def _is_package(path: str) -> bool:
    """True for the ``package.json`` of a published package: it has a name and a version and is not
    private (https://docs.npmjs.com/cli/configuring-npm/package-json), as a site's own mostly is.
    """
    try:
        with open(path, "rb") as file:
            document: Any = json.load(file)
    except (OSError, ValueError, RecursionError):
        return False
    return (
        isinstance(document, dict)
        and "name" in document
        and "version" in document
        and not document.get("private")  # pyright: ignore[reportUnknownMemberType]
    )
