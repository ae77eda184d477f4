"""Small themes in folders, and imports of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lading.themes import importing, writing
from lading.themes.importing import Plan
from lading.themes.writing import Outcome

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="stylesheet" href="css/site.css">
</head>
<body>
<nav><a href="index.html">Home</a> <a href="about.html">About</a> <a href="contact.html">Contact</a></nav>
<main>
{main}
</main>
<footer>Harbour and ships, since 1869; all rights reserved by whoever loads them.</footer>
<script src="js/site.js"></script>
</body>
</html>
"""
THEME = {
    "index.html": PAGE.format(title="Home", main="<img src='img/tug.svg' alt=''>"),
    "about.html": PAGE.format(
        title="About", main="<p>About {{ us }}</p>\n<a href='index.html#top'>up</a>"
    ),
    "contact.html": PAGE.format(title="Contact", main="<form action='send.php'><input></form>"),
    "css/site.css": "body { background: url(../img/tug.svg) }\n",
    "js/site.js": "document.title += '';\n",
    "img/tug.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><path d='M0 0h9v9'/></svg>",
    "favicon.ico": "",
    "package.json": "{}",
    "send.php": "<?php",
}


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def plan(tmp_path: Path, files: Mapping[str, str | bytes] = THEME, **options: Any) -> Plan:
    """What importing a theme of these files into the app ``shop`` would write."""
    theme = write(tmp_path / "theme", files)
    return importing.plan(
        importing.options(str(theme), "shop", str(tmp_path / "project"), **options)
    )


def import_(tmp_path: Path, files: Mapping[str, str | bytes] = THEME, **options: Any) -> Outcome:
    force = options.pop("force", False)
    return writing.write(plan(tmp_path, files, **options), force=force)


def app(tmp_path: Path, name: str = "") -> Path:
    return tmp_path / "project" / "shop" / name
