"""Sites whose files are published under names by content."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from lading import manifest
from lading.manifest import Manifest
from sites_of_folders import Site

HASHED = {"names": "hashed", "encodings": ()}


def publish(site: Site, *sources, **options) -> dict[str, str]:
    """Collect under hashed names; the published paths by logical ones."""
    site.collect(*sources, **{**HASHED, **options})
    return dict(loaded(site).paths)


def loaded(site: Site, name: str = "staticfiles.json") -> Manifest:
    with open(site.path("out", name), "rb") as file:
        return manifest.loads(file.read())


def content(site: Site, path: str) -> str:
    """The published content of a logical path."""
    with open(site.path("out", loaded(site).paths[path]), encoding="utf-8") as file:
        return file.read()


def md5(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    return hashlib.md5(data).hexdigest()[:12]


def digest(path: str) -> str:
    """The 12 hex digits in a published path."""
    return re.findall(r"\.([0-9a-f]{12})(?=[./]|$)", path)[-1]


def settle(site: Site, folder: str = "src") -> None:
    """Let the clock move on, so that the signatures of the sources can be believed."""
    newest = [os.stat(path).st_ctime_ns for path in Path(site.path(folder)).rglob("*")]
    site.target.settle(max(newest, default=0))
