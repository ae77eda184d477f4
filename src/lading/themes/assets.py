"""The references in a theme's own style sheets, scripts and images: told when broken, mended where the case
is wrong or where they start at the top of the site, which is not where the files are any more.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from urllib.parse import quote

from lading import references
from lading.findings import Finding, Severity
from lading.references import Lines, Notation, Reference
from lading.themes.site import Found, NotFound, Site, misspelling
from lading.themes.tagging import apply

_REST = re.compile(r"[?#].*", re.DOTALL)
# Characters of a query that need no escape in CSS, JavaScript, JSON and comments.
_QUERY_SAFE = "%/?:@!$&+,;=#"


def mend(path: str, data: bytes, site: Site, file: str) -> tuple[bytes, list[Finding]]:
    """The asset with its references set right, and what is to be told about it.

    Pages are no static files: what names one is left.
    """
    edits: list[tuple[int, int, bytes]] = []
    findings: list[Finding] = []
    lines = Lines(data)
    for reference in references.find(path, data):
        named = site.find(path, reference.url, module=reference.is_module)
        line, column = lines.position(reference.start)
        where = f"{file}:{line}:{column}"
        if isinstance(named, NotFound):
            findings.append(_broken(path, reference, named, where))
        elif isinstance(named, Found) and named.path not in site.pages:
            rooted = reference.url.lstrip()[:1] in ("/", "\\")
            if named.trouble is None and not rooted:
                continue
            url = _relative(path, reference, named.path)
            edits.append((reference.start, reference.end, _written(reference, url)))
            findings.append(
                _misspelt(path, reference, named, where)
                if named.trouble is not None
                else _rooted(path, reference, url, where)
            )
    return apply(data, sorted(edits)), findings


def _relative(path: str, reference: Reference, target: str) -> str:
    """The URL of ``target`` seen from ``path``, with the query and fragment of the reference."""
    url = quote(posixpath.relpath(target, posixpath.dirname(path) or "."), safe="/")
    if reference.is_module and not url.startswith("../"):
        url = f"./{url}"
    rest = _REST.search(reference.url)
    return url + (quote(rest[0], safe=_QUERY_SAFE) if rest else "")


def _written(reference: Reference, url: str) -> bytes:
    """What stands for ``url``, all of whose characters are plain everywhere but for the ``&`` of XML."""
    in_xml = reference.in_xml or reference.notation is Notation.XML
    return (url.replace("&", "&amp;") if in_xml else url).encode()


def _misspelt(path: str, reference: Reference, named: Found, where: str) -> Finding:
    return Finding(
        "misspelt-reference",
        Severity.WARNING,
        f"The theme names {reference.url!r}, {misspelling(named)}. It was mended.",
        path=path,
        where=where,
        owner="vendor",
    )


def _rooted(path: str, reference: Reference, url: str, where: str) -> Finding:
    return Finding(
        "rooted-reference",
        Severity.NOTE,
        f"{reference.url!r} starts at the top of the site, where the file no longer is; it became {url!r}.",
        path=path,
        where=where,
        owner="vendor",
    )


def _broken(path: str, reference: Reference, named: NotFound, where: str) -> Finding:
    is_map = posixpath.splitext(named.path)[1] == ".map"
    near = ", ".join(map(repr, named.near))
    # Input for a bundler, which beside its output no browser loads.
    is_source = reference.is_module and not posixpath.splitext(named.path)[1]
    kind, told = "missing-reference", f"names {named.path!r}, which the theme does not have"
    if named.trouble == "local":
        kind, told = "local-link", "is a file on the computer of whoever made the theme"
    elif named.trouble == "outside":
        kind, told = "outside-reference", "leads out of the theme's folder"
    return Finding(
        "missing-source-map" if is_map else kind,
        Severity.NOTE if is_map or is_source else Severity.WARNING,
        f"{reference.url!r} {told}.",
        path=path,
        where=where,
        owner="vendor",
        hint=f"Near: {near}." if near else "Add the file to the theme, or take the reference out.",
    )


def stops_publishing(finding: Finding) -> bool:
    """Whether ``collectstatic`` with hashed names ends at what a finding of ``mend`` tells."""
    return (
        finding.owner == "vendor"
        and finding.severity is Severity.WARNING
        and finding.kind in ("missing-reference", "outside-reference")
    )


def carriers(paths: Sequence[str]) -> list[str]:
    """The assets that must be read, since they can have references."""
    return [path for path in paths if references.carries(path)]
