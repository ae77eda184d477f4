"""What a 404 says in development: which folders were searched, and what was probably meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final
from urllib.parse import quote

from lading.catalog import Catalog
from lading.policy import Headers
from lading.search import near_names, why_missing
from lading.serve.reply import Reply
from lading.siteroot import logical_path

_PAGE: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="robots" content="none">
<title>No static file {path}</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
h1 {{ font-size: 1.3rem; overflow-wrap: anywhere }}
h2 {{ font-size: 1rem; margin: 1.5rem 0 .3rem }}
ul {{ margin: 0; padding-left: 1.2rem }}
code {{ font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere }}
</style>
<h1>No static file <code>{path}</code></h1>
{sections}
<p>You see this page because of <code>DEBUG = True</code>; without it there is only "Not found."</p>
"""


@dataclass(frozen=True, slots=True)
class NotFound:
    """A logical path that no source ships: ``reasons`` are sentences, ``near`` the paths that were probably
    meant, ``folders`` where it was looked for.
    """

    path: str
    reasons: Sequence[str] = field(default_factory=list[str])
    near: Sequence[str] = field(default_factory=list[str])
    folders: Sequence[str] = field(default_factory=list[str])

    def reply(self, prefix: str, *, html: bool) -> Reply:
        """404 as a page, or as text; ``prefix`` is the URL path that near paths are linked under."""
        kind, body = ("html", self._html(prefix)) if html else ("plain", self._text())
        content = body.encode("utf-8", "replace")
        headers: Headers = (
            ("Content-Type", f"text/{kind}; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Length", str(len(content))),
        )
        return Reply(404, headers, None, (content,))

    def _html(self, prefix: str) -> str:
        links = [
            f'<a href="{escape(prefix + quote(near))}"><code>{escape(near)}</code></a>'
            for near in self.near
        ]
        sections = (
            ("Why", [escape(reason) for reason in self.reasons]),
            ("Nearest names", links),
            ("Searched", [f"<code>{escape(folder)}</code>" for folder in self.folders]),
        )
        return _PAGE.format(
            path=escape(self.path),
            sections="\n".join(
                f"<h2>{title}</h2>\n<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
                for title, items in sections
                if items
            ),
        )

    def _text(self) -> str:
        lines = [f"No static file {self.path!r}.", *self.reasons]
        if self.near:
            lines.append(f"Near: {', '.join(map(repr, self.near))}.")
        return "\n".join([*lines, "Searched:", *(f"  {folder}" for folder in self.folders), ""])


def explain(catalog: Catalog, path: str, static_url: str = "", site_root: str = "") -> NotFound:
    """Why the catalog has no file for a logical path. ``site_root``: the folder whose files answer at the
    root of the site.
    """
    near = near_names(path, catalog.winners)
    at_root = logical_path(site_root, f"/{path}")
    reasons = [f"It answers at '/{path}'."] if at_root in catalog.winners else []
    reasons += [
        reason
        for reason in why_missing(catalog, path, static_url)
        if not reason.startswith("Near: ")
    ]
    places = [_place(scan.source.label, scan.source.location) for scan in catalog.scans]
    return NotFound(path, reasons, near, places)


def _place(label: str, location: str) -> str:
    return f"{location} ({label})" if label and label not in location else location
