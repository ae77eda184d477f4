"""A small published site, and what may befall published files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from lading.config import Config
from lading.progress import Silent
from lading.verify import repairing, verifying
from lading.verify.verifying import Verified
from sites_of_folders import Site

FILES = {
    "src/css/a.css": "body { background: url(../img/logo.svg) }\n" * 100,
    "src/img/logo.svg": "<svg/>" * 500,
    "src/js/copy.js": "console.log('something long that repeats');\n" * 100,
    "src/js/b.js": "console.log('something long that repeats');\n" * 100,
    "src/photo.jpg": os.urandom(2000),
}


def options(site: Site, **more: Any) -> dict[str, Any]:
    return {
        "names": "hashed",
        "encodings": ("gzip", "br"),
        "cache": site.path("cache"),
        "pack": {"levels": {"br": (4, 4, 4), "gzip": (6, 6, 6)}},
        "jobs": 2,
        **more,
    }


def publish(site: Site, **more: Any) -> None:
    site.collect(**options(site, **more))


def verify(site: Site, **more: Any) -> Verified:
    return verifying.verify(site.target, Config(**options(site, **more)), Silent())


def repair(site: Site, **more: Any) -> Verified:
    config = Config(**options(site, **more))
    return repairing.repair([site.source()], site.target, config, Silent())


def damages(found: Verified) -> dict[str, str]:
    """The kind of each damage by path, ``restored`` if it is put right."""
    return {d.path: "restored" if d.repaired else d.kind for d in found.damages}


def published(site: Site, path: str) -> Path:
    return Path(site.path("out", path))


def replace(site: Site, path: str, content: str | bytes) -> None:
    """Put another file in the place of a published one, whose other names are left alone."""
    published(site, path).unlink()
    published(site, path).write_bytes(content.encode() if isinstance(content, str) else content)


def tamper(site: Site, path: str, *, in_place: bool = False) -> None:
    """Change one byte, so that neither size nor modification time show it. ``in_place``: in all names that
    share the file, so that its signature does not show it either.
    """
    file = published(site, path)
    status, content = file.stat(), bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    if not in_place:
        file.unlink()
    file.write_bytes(content)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
