"""The same input gives the same bytes: on every run, machine and Python version, from any place."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from sites_of_folders import Site, read

SITE = {
    "src/app.js": 'import "./b.js"; import("./c.mjs"); new URL("img/x.svg", import.meta.url)',
    "src/b.js": 'import "./app.js"; export * from "./caf\u00e9 1.js"',
    "src/c.mjs": "import data from './d.json' with {type: 'json'}",
    "src/caf\u00e9 1.js": "0",
    "src/d.json": "{}",
    "src/css/a.css": "@import 'b.css'; a{b:url('../img/x.svg#i')} c{d:url(/static/ed/e.png)}\r\n",
    "src/css/b.css": "/* \u4e16 */ p{}" * 300 + "\n/*# sourceMappingURL=b.css.map */",
    "src/css/b.css.map": "{}",
    "src/ed/e.png": b"\x89PNG\r\n\x1a\n",
    "src/ed/f.css": "g{h:url(e.png)}",
    "src/img/x.svg": "<svg><use href='x.svg#i'/></svg>",
    "src/Z.txt": b"\xff\xfe\0",
    "over/css/c.css": "i{j:image-set('../img/x.svg' 1x)}",
    "lading.toml": """
        target = "out"
        sources = ["over", "src"]
        names = "hashed"
        folders = ["ed"]
        encodings = ["gzip"]
    """,
}
# Changes only with what is published, never with where or by which Python.
DIGEST = "8aa8995b4f9c9ce43c0fcd57b195f27b992ab29d35a4998cc5a52967b04abe7c"


def digest(folder: str, *, variants: bool = True) -> str:
    """Of all published files and the manifest."""
    found = hashlib.sha256()
    for path, content in sorted(read(folder).items()):
        if variants or not path.endswith(".gz"):
            data = content.encode("utf-8", "surrogateescape")
            found.update(f"{path}\0{hashlib.sha256(data).hexdigest()}\0".encode())
    return found.hexdigest()


def collect(site: Site, *arguments: str, **environment: str) -> str:
    command = [sys.executable, "-m", "lading", "collect", "--config", site.path("lading.toml")]
    subprocess.run(
        [*command, *arguments],
        env={**os.environ, "LADING_CACHE": site.path("cache"), **environment},
        capture_output=True,
        check=True,
    )
    return digest(site.target.root)


def test_the_published_bytes_are_known(site: Site):
    site.write({path: text for path, text in SITE.items() if path != "lading.toml"})
    site.write({"lading.toml": SITE["lading.toml"].replace('["gzip"]', "[]")})
    collect(site)
    assert digest(site.target.root) == DIGEST


def test_place_order_threads_and_hash_seed_do_not_count(tmp_path: Path):
    digests: set[str] = set()
    for number, (seed, jobs) in enumerate([("0", "1"), ("1", "2"), ("4294967295", "5")]):
        site = Site(tmp_path / ("deeper/" * number) / "site")
        files = list(SITE.items())
        site.write(dict(files if number % 2 else files[::-1]))
        locale = {
            "LC_ALL": ["C", "C.UTF-8", "POSIX"][number],
            "TZ": ["UTC", "Asia/Tokyo", ""][number],
        }
        digests.add(collect(site, "--jobs", jobs, PYTHONHASHSEED=seed, **locale))
    assert len(digests) == 1


def test_time_stamps_and_permissions_of_sources_do_not_count(site: Site):
    site.write(SITE)
    first = collect(site)
    for number, file in enumerate(sorted(Path(site.path("src")).rglob("*"))):
        os.utime(file, (number, number))
        os.chmod(file, 0o755 if number % 2 or file.is_dir() else 0o600)
    for folder in ("out", "cache"):
        shutil.rmtree(site.path(folder))
    assert collect(site) == first
