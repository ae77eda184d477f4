"""The references in a theme's own style sheets, scripts and images: told when broken, mended where only the
case is wrong.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from lading import references
from lading.findings import Finding, Severity
from lading.references import Lines, Reference
from lading.themes.site import Found, NotFound, Site
from lading.themes.tagging import apply


def mend(path: str, data: bytes, site: Site, file: str) -> tuple[bytes, list[Finding]]:
    """The asset with the case of its references set right, and what is to be told about it."""
    edits: list[tuple[int, int, bytes]] = []
    findings: list[Finding] = []
    lines = Lines(data)
    for reference in references.find(path, data):
        named = site.find(path, reference.url, module=reference.is_module)
        if isinstance(named, Found) and named.trouble is not None:
            if edit := _respelt(data, reference, named.path):
                edits.append(edit)
                findings.append(
                    _misspelt(path, reference, named, f"{file}:{_at(lines, reference)}")
                )
        elif isinstance(named, NotFound) and named.trouble == "missing":
            findings.append(_missing(path, reference, named, f"{file}:{_at(lines, reference)}"))
    return apply(data, sorted(edits)), findings


def _at(lines: Lines, reference: Reference) -> str:
    line, column = lines.position(reference.start)
    return f"{line}:{column}"


def _respelt(data: bytes, reference: Reference, path: str) -> tuple[int, int, bytes] | None:
    """The edit that writes the last parts of a URL as ``path`` has them; none if the URL has escapes."""
    raw = data[reference.start : reference.end].decode(errors="replace")
    if raw != reference.url:
        return None
    written = raw.partition("?")[0].partition("#")[0]
    segments, names = written.split("/"), path.split("/")
    count = 0
    while count < min(len(segments), len(names)) and _alike(
        segments[-1 - count], names[-1 - count]
    ):
        count += 1
    if not count:
        return None
    respelt = "/".join([*segments[:-count], *names[-count:]])
    if respelt == written:
        return None
    end = reference.start + len(written.encode())
    return reference.start, end, respelt.encode()


def _alike(one: str, other: str) -> bool:
    return one.casefold() == other.casefold() and _is_plain(other)


def _is_plain(name: str) -> bool:
    return name.isascii() and not set(name) & set(" \"'()%?#\\")


def _misspelt(path: str, reference: Reference, named: Found, where: str) -> Finding:
    return Finding(
        "misspelt-reference",
        Severity.WARNING,
        f"{reference.url!r} differs from the file {named.path!r} only by upper and lower case: found on some "
        "computers, not on a Linux server. It was mended.",
        path=path,
        where=where,
        owner="vendor",
    )


def _missing(path: str, reference: Reference, named: NotFound, where: str) -> Finding:
    is_map = posixpath.splitext(named.path)[1] == ".map"
    near = ", ".join(map(repr, named.near))
    # Input for a bundler, which beside its output no browser loads.
    is_source = reference.is_module and not posixpath.splitext(named.path)[1]
    return Finding(
        "missing-source-map" if is_map else "missing-reference",
        Severity.NOTE if is_map or is_source else Severity.WARNING,
        f"{reference.url!r} names {named.path!r}, which the theme does not have.",
        path=path,
        where=where,
        owner="vendor",
        hint=f"Near: {near}." if near else "",
    )


def carriers(paths: Sequence[str]) -> list[str]:
    """The assets that must be read, since they can have references."""
    return [path for path in paths if references.carries(path)]
