"""What nobody should get: files above the folder, hidden ones, and lists of files."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import quote, urlsplit

from lading.doctor.exchange import Answer
from lading.doctor.probes.files import is_page
from lading.doctor.site import Area, Site
from lading.findings import Finding

# Spellings of "the folder above" that servers, proxies and frameworks have taken for it.
_ABOVE: Final = (
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "..%5c",
    "%2e%2e%5c",
    "..;/",
    "/../",
    "%252e%252e%252f",
    "%c0%ae%c0%ae/",
    "..%00/",
)
_DEEP: Final = 8
_LIMIT: Final = 1 << 20
_FOLDERS: Final = 4  # that are asked for
_LEAST: Final = 16  # bytes from which nobody gives a file's content by chance
_PASSWD: Final = re.compile(rb"^root:[^:\n]*:0:0:", re.MULTILINE)
_ASSIGNMENT: Final = re.compile(rb"^\s*(?:export\s+)?[A-Z][A-Z0-9_]{2,}\s*=", re.MULTILINE)


def traversal(site: Site) -> Iterator[Finding]:
    """However a path is spelt, no file above the folders is served."""
    for area in (site.static, site.media):
        if area is not None:
            yield from _escapes(site, area)


def _escapes(site: Site, area: Area) -> Iterator[Finding]:
    name, content = _beside(area.root)
    if name and area.path != "/":
        # What everybody may have by its own path is not stolen by another.
        above = area.url[: area.url.rstrip("/").rindex("/") + 1]
        if site.ask(above + quote(name), limit=_LIMIT).body == content:
            name = ""
    for target, expected in _targets(area, name, content):
        answer = site.ask(area.url, target=target, limit=_LIMIT)
        if answer.status != 200:
            continue
        stolen = answer.body == expected if expected else bool(_PASSWD.search(answer.body))
        if stolen:
            yield site.fault(
                "live-traversal",
                f"The path {target!r} gives a file from outside of the folder: everybody can read "
                "settings, keys and the database.",
                answer,
                url=area.url,
            )
            return


def _targets(area: Area, name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Paths that must not lead out of the folder, as they are sent, and what they would give (``b""``: the
    list of users that every Unix has).
    """
    starts = [(area.path, spelt) for spelt in _ABOVE]
    if area.path != "/":
        # An nginx alias whose location has no slash at its end takes /static../ for the folder above.
        starts.append((f"{area.path[:-1]}../", "../"))
    for start, above in starts:
        if name:
            yield f"{start}{above if start == area.path else ''}{quote(name)}", content
        yield f"{start}{above * _DEEP}etc/passwd", b""


def _beside(root: str) -> tuple[str, bytes]:
    """A file that lies beside the folder ``root``, and its content: what a site has there is known here."""
    if not root:
        return "", b""
    parent = os.path.dirname(os.path.realpath(root))
    try:
        names = sorted(os.listdir(parent), key=lambda name: (name != "manage.py", name))
    except OSError:
        return "", b""
    for name in names[:100]:
        try:
            status = os.stat(os.path.join(parent, name))
            is_telling = _LEAST <= status.st_size < _LIMIT
            if stat.S_ISREG(status.st_mode) and is_telling and name.isprintable():
                with open(os.path.join(parent, name), "rb") as file:
                    return name, file.read(_LIMIT)
        except OSError:
            continue
    return "", b""


def hidden(site: Site) -> Iterator[Finding]:
    """Neither Lading's own record nor what versioning and settings leave behind is served."""
    record = site.static.at(".lading/ledger")
    own = urlsplit(site.page)._replace(path="", query="", fragment="").geturl()
    tests: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
        (record, lambda body: body.startswith(b"lading-ledger")),
        (site.static.at(".git/HEAD"), _is_git),
        (f"{own}/.git/HEAD", _is_git),
        (f"{own}/.env", lambda body: bool(_ASSIGNMENT.search(body))),
    )
    for url, holds in tests:
        answer = site.ask(url, limit=_LIMIT)
        if answer.status == 200 and not is_page(answer) and holds(answer.body):
            what = (
                "the folders on this server"
                if url == record
                else "source code, and often passwords"
            )
            yield site.fault(
                "live-hidden-file",
                f"The hidden file is served: everybody can read {what}.",
                answer,
                url=url,
            )


def _is_git(body: bytes) -> bool:
    return body.startswith(b"ref: refs/") or re.fullmatch(rb"[0-9a-f]{40}\s*", body) is not None


def listings(site: Site) -> Iterator[Finding]:
    """No folder is listed."""
    folders: dict[str, str] = {}  # URL -> a name that a list of it holds
    if site.media is not None and site.media.root and (names := _names(site.media.root)):
        folders[site.media.url] = names[0]
    for sample in site.reached:
        folder, name = posixpath.split(sample.path)
        folders.setdefault(site.static.at(f"{folder}/" if folder else ""), name)
    for url, name in list(folders.items())[:_FOLDERS]:
        answer = site.ask(url, limit=_LIMIT)
        if answer.status == 200 and _lists(answer, name):
            is_media = site.media is not None and url == site.media.url
            what = "every upload" if is_media else "every file, and what was forgotten there"
            yield site.fault(
                "live-listing",
                f"The folder is listed: everybody finds {what}.",
                answer,
                url=url,
            )


def _lists(answer: Answer, name: str) -> bool:
    return any(
        f'{attribute}="{prefix}{quote(name)}'.encode() in answer.body
        for attribute in ("href", "HREF")
        for prefix in ("", "./")
    ) or (b"<Key>" in answer.body and b"ListBucketResult" in answer.body)


def _names(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))[:1]
    except OSError:
        return []
