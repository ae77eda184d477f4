"""Uploads: files that nobody vouches for, and what browsers are told about them. Only files that are there
are asked for; nothing is ever uploaded.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Final

from lading.doctor.exchange import Answer, origin
from lading.doctor.probes.files import GONE, LOCKED
from lading.doctor.site import Area, Site
from lading.findings import Finding, Severity

_MOST: Final = 20_000  # entries of MEDIA_ROOT that are looked at

# What browsers open as a document that runs scripts, by the groups that servers treat alike.
_ACTIVE: Final[Mapping[str, tuple[str, ...]]] = {
    "HTML": (".html", ".htm", ".xhtml", ".xht", ".shtml"),
    "SVG": (".svg",),
    "XML": (".xml", ".xsl", ".xslt", ".rss", ".atom"),
}
_RUNNING: Final = (
    "text/html",
    "application/xhtml+xml",
    "image/svg+xml",
    "text/xml",
    "application/xml",
)
_GLANCE: Final = 1 << 14


def uploads(site: Site) -> Iterator[Finding]:
    """An upload cannot act in the name of the site."""
    if site.media is None or not site.media.root:
        return
    chosen = choose(site.media.root)
    for group, name in chosen.items():
        url = site.media.at(name)
        answer = site.ask(url, limit=_GLANCE)
        if answer.status in GONE or answer.status in LOCKED:
            if not site.media.private:
                yield site.fault(
                    "live-media-missing",
                    f"An upload that is there is answered with {answer.status}: pages show no pictures.",
                    answer,
                    url=url,
                )
        elif answer.status == 200:
            yield from _safe(site, site.media, group, url, answer)
    if unseen := [group for group in ("HTML", "SVG") if group not in chosen]:
        yield site.fault(
            "live-media-unseen",
            f"There is no {' and no '.join(unseen)} file among the uploads, so whether one could act in the "
            "name of the site was not seen.",
            url=site.media.url,
        )


def _safe(site: Site, media: Area, group: str, url: str, answer: Answer) -> Iterator[Finding]:
    # On an origin of their own uploads have no cookies to steal and no site to act for.
    milder = Severity.NOTE if origin(media.url) != origin(site.page) else None
    sniffed = answer.header("X-Content-Type-Options").lower() != "nosniff"
    if group in _ACTIVE and answer.media_type in _RUNNING and not _is_harmless(answer):
        yield site.fault(
            "live-media-active",
            f"An upload of {group} is shown as a page of the site: whoever can upload one runs scripts "
            "with the visitors' sessions.",
            answer,
            url=url,
            severity=milder,
        )
    if sniffed:
        yield site.fault(
            "live-media-sniffed",
            "Uploads come without 'nosniff': browsers may take a picture that holds HTML or a script for "
            "what it holds.",
            answer,
            url=url,
            severity=milder,
        )


def _is_harmless(answer: Answer) -> bool:
    """Whether an active document is saved to disk, or shown without scripts (CSP3 §6.4, §6.1)."""
    if answer.header("Content-Disposition").strip().lower().startswith("attachment"):
        return True
    for policy in answer.header("Content-Security-Policy").lower().split(","):
        directives = {
            part.split()[0]: part.split()[1:] for part in policy.split(";") if part.strip()
        }
        if "sandbox" in directives and not {"allow-scripts", "allow-same-origin"} <= {
            *directives["sandbox"]
        }:
            return True
        scripts = directives.get("script-src", directives.get("default-src"))
        if scripts in ([], ["'none'"]):
            return True
    return False


def choose(root: str) -> dict[str, str]:
    """One upload of each group that servers treat alike, and one other: its path below ``root``."""
    chosen: dict[str, str] = {}
    looked = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            looked += 1
            if name.startswith(".") or not name.isprintable():
                continue
            ending = os.path.splitext(name)[1].lower()
            group = next((g for g, endings in _ACTIVE.items() if ending in endings), "other")
            path = os.path.relpath(os.path.join(folder, name), root)
            chosen.setdefault(group, path.replace(os.sep, "/"))
        if len(chosen) == len(_ACTIVE) + 1 or looked > _MOST:
            break
    return chosen
