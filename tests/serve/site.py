"""A published target for the tests of serving: files of every kind, and files that must never be served."""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import brotli

from lading.manifest import NAME, File, Manifest, dumps
from lading.mediatypes import media_type
from lading.policy import Policy
from lading.serve.loading import load
from lading.serve.table import Tables

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RELEASED: Final = 1_700_000_000
"""When the release was made: Tue, 14 Nov 2023 22:13:20 GMT."""

SECRET: Final = b"never to be served"
"""Content of every file that the manifest does not list, inside and outside the target."""

APPLICATION: Final = b"the application"
"""What the wrapped application answers to whatever is handed to it."""

LARGE: Final = 600_000
"""Bytes of a file that is too large for the memory cache."""

_SUFFIXES: Final = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}


def _lines(count: int) -> bytes:
    return b"".join(b"line %06d of a text that compresses\n" % number for number in range(count))


def _noise(size: int) -> bytes:
    """Bytes without a pattern, the same each time."""
    blocks = (hashlib.sha256(b"%d" % number).digest() for number in range(size // 32 + 1))
    return b"".join(blocks)[:size]


_STYLE: Final = b"body { margin: 0 }\n" + _lines(120)

CONTENTS: Final[Mapping[str, bytes]] = {
    "alphabet.txt": b"abcdefghijklmnopqrstuvwxyz",
    "long.txt": b"".join(b"%09d\n" % number for number in range(1000)),
    "long-packed.txt": _lines(300),
    "empty.txt": b"",
    "one.txt": b"1",
    "css/app.css": _STYLE,
    "css/app.0123456789ab.css": _STYLE,
    "css/gzip-only.css": _lines(60),
    "js/app.js": b"export {};\n" + _lines(60),
    "js/module.mjs": b"export const one = 1;\n",
    "js/app.js.map": b'{"version":3}',
    "js/earlier.abcdefabcdef.js": b"// from an earlier release\n",
    "fonts/sans.woff2": _noise(900),
    "img/logo.png": bytes(range(100)),
    "img/logo.0123456789ab.png": bytes(range(100)),
    "img/icon.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "data/table.json": b'{"a": 1}',
    "app.wasm": b"\0asm\1\0\0\0",
    "site.webmanifest": b"{}",
    "paper.pdf": b"%PDF-1.7",
    "page.html": b"<!doctype html><title>page</title>",
    "media/film.mp4": _noise(LARGE),
    "media/packed.bin": _noise(LARGE),
    "unknown.foobar": b"?",
    "noextension": b"plain",
    "name with space.txt": b"space",
    "na\u00efve-\u2713.txt": b"not ASCII",
    "caf\u00e9.txt": b"in Latin-1",
    "100%.txt": b"percent",
    "a+b.txt": b"plus",
    "c;d.txt": b"semicolon",
    "q?.txt": b"question mark",
    "h#.txt": b"hash",
    "docs/index.html": b"<!doctype html><title>docs</title>",
    "docs/other.html": b"<!doctype html><title>other</title>",
    "root/robots.txt": b"User-agent: *\n",
    "root/favicon.ico": bytes(range(64)),
    "root/sw.js": b"self.skipWaiting();\n" + _lines(60),
    "root/app.0123456789ab.js": b"// of a bundler\n",
    "root/.well-known/security.txt": b"Contact: mailto:security@example.com\n",
    "root/.well-known/apple-app-site-association": b"{}",
}

_CODINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "long-packed.txt": ("gzip",),
    "css/app.css": ("br", "zstd", "gzip"),
    "css/app.0123456789ab.css": ("br", "zstd", "gzip"),
    "css/gzip-only.css": ("gzip",),
    "js/app.js": ("br", "gzip"),
    "root/sw.js": ("br", "gzip"),
    "media/packed.bin": ("gzip",),
}


def encoded(name: str, coding: str) -> bytes:
    """The content of a published file, in a content coding (``""``: as it is)."""
    content = CONTENTS[name]
    if not coding:
        return content
    if coding == "br":
        return brotli.compress(content)
    if coding == "gzip":
        return gzip.compress(content, mtime=0)
    return zstd.compress(content)


def etag(name: str, coding: str = "") -> str:
    """The entity tag that Lading gives."""
    digest = hashlib.sha256(CONTENTS[name]).hexdigest()[:32]
    return f'"{digest}-{coding}"' if coding else f'"{digest}"'


def publish(folder: Path) -> Path:
    """Write a target into a new folder ``public`` of ``folder``, and return that."""
    root = folder / "public"
    for name, content in CONTENTS.items():
        _write(root / name, content)
        for coding in _CODINGS.get(name, ()):
            _write(root / (name + _SUFFIXES[coding]), encoded(name, coding))
    for name in (
        *("secret.txt", ".lading/ledger", "js/removed.js", "..data", "css/..css"),
        *("root/secret.txt", "root/.hidden"),
    ):
        _write(root / name, SECRET)
    _write(folder / "outside.txt", SECRET)
    paths = {
        "css/app.css": "css/app.0123456789ab.css",
        "img/logo.png": "img/logo.0123456789ab.png",
    }
    current = {name: file_of(name) for name in CONTENTS if name != "js/earlier.abcdefabcdef.js"}
    _write(root / NAME, dumps(Manifest(paths, current)))
    os.utime(root / NAME, (RELEASED, RELEASED))
    return root


def earlier_release() -> Manifest:
    """What the release before held: one name that still answers, and plain names that do not."""
    gone = File(hashlib.sha256(SECRET).hexdigest(), len(SECRET), "text/javascript")
    return Manifest(
        {},
        {
            "js/earlier.abcdefabcdef.js": file_of("js/earlier.abcdefabcdef.js"),
            "js/removed.js": gone,
            "alphabet.txt": gone,
        },
    )


def tables(root: Path) -> Tables:
    """What is served of a target: all at ``/static/`` with the defaults, with its folder ``root`` at the root
    of the site, at ``/site/`` with index files and the application behind, and at ``/cdn/`` with another
    policy.
    """
    policy = Policy(
        max_age=0,
        origins="all",
        resource_policy="cross-origin",
        headers={"*.css": {"X-Is-Css-File": "True"}, "*.pdf": {"Content-Type": "text/x-paper"}},
    )
    return Tables(
        load(root, prefix="/static/", site_root="root", earlier=[earlier_release()]),
        load(root, prefix="site", index="index.html", fallthrough=True),
        load(root, prefix="https://cdn.example/cdn/", policy=policy),
    )


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def file_of(name: str) -> File:
    """What the manifest says of a published path."""
    content = CONTENTS[name]
    return File(
        hashlib.sha256(content).hexdigest(),
        len(content),
        media_type(name),
        any(part in name for part in (".0123456789ab.", ".abcdefabcdef.")),
        {coding: len(encoded(name, coding)) for coding in _CODINGS.get(name, ())},
    )
