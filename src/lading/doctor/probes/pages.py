"""What pages load: over which protocol, from which release, and which releases still answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from lading.doctor.page import loaded
from lading.doctor.probes.files import GONE, LOCKED, NO_UPSTREAM, is_page
from lading.doctor.site import Site
from lading.findings import Finding

_GLANCE: Final = 1 << 16  # bytes of a file that only has to be there


def pages(site: Site) -> Iterator[Finding]:
    """The page that was asked for can be seen, and is of this release."""
    answer = site.answer
    if answer.status == 401:
        yield site.fault(
            "live-locked",
            "The page wants a password (401), so only what is open was looked at.",
            answer,
            url=site.page,
        )
    elif answer.status == 400:
        yield site.fault(
            "live-page-error",
            "The page is answered with 400, as Django answers to names that ALLOWED_HOSTS does not list.",
            answer,
            url=site.page,
            hint="Ask by a name of the site: in --url, or with --header 'Host: …'. A web server in front has "
            "to pass that name on (nginx: proxy_set_header Host $http_host).",
        )
    elif answer.status >= 500:
        yield site.fault(
            "live-page-error",
            f"The page itself is answered with {answer.status}.",
            answer,
            url=site.page,
            hint=NO_UPSTREAM if answer.status in (502, 504) else "",
        )
    elif is_page(answer):
        yield from _names(site)


def _names(site: Site) -> Iterator[Finding]:
    """Every static file that the page loads is one of this release."""
    old: list[str] = []
    unknown: list[str] = []
    for url in loaded(site.answer.body, site.page):
        if url.startswith(site.static.url):
            path = unquote(urlsplit(url).path.removeprefix(site.static.path))
            if path in site.published.earlier:
                old.append(path)
            elif path not in site.published.files:
                unknown.append(path)
    if old:
        yield site.fault(
            "live-other-release",
            f"The page uses names of an earlier release ({_some(old)}): the application has not been "
            "restarted since, so visitors do not get what was published.",
            site.answer,
            url=site.page,
        )
    if unknown:
        yield _unknown(site, unknown)


def _unknown(site: Site, names: list[str]) -> Finding:
    """Of names that the page loads and this release does not have, the first is asked for."""
    url = site.static.at(names[0])
    answer = site.ask(url, limit=_GLANCE)
    if answer.status in GONE:
        return site.fault(
            "live-missing-file",
            f"The page loads {_some(names)}, which no release has and the server neither ({answer.status}).",
            answer,
            url=url,
            hint="'manage.py lading check' says where it is named, and what is near.",
        )
    return site.fault(
        "live-other-release",
        f"The page uses names that were never published here ({_some(names)}): the site runs another "
        "release than this one.",
        site.answer,
        url=site.page,
    )


def mixed(site: Site) -> Iterator[Finding]:
    """Nothing of an https page comes over http."""
    if urlsplit(site.page).scheme != "https":
        return
    if urlsplit(site.static.url).scheme == "http":
        yield site.fault(
            "live-mixed-content",
            "STATIC_URL begins with http:// and the site with https://: browsers load no style sheet, "
            "script or font from it.",
            url=site.static.url,
        )
    elif is_page(site.answer):
        plain = [u for u in loaded(site.answer.body, site.page) if u.startswith("http://")]
        if plain:
            yield site.fault(
                "live-mixed-content",
                f"The page loads {_some(plain)} over http:// though it came over https://: browsers block "
                "it, or warn.",
                site.answer,
                url=site.page,
            )


def earlier(site: Site) -> Iterator[Finding]:
    """Names of kept releases still answer: pages that are open, and cached ones, use them."""
    if not site.published.earlier:
        return
    path = min(site.published.earlier, key=lambda path: (not path.endswith((".css", ".js")), path))
    url = site.static.at(path)
    answer = site.ask(url)
    if answer.status in GONE or answer.status in LOCKED:
        yield site.fault(
            "live-earlier-gone",
            f"A file of an earlier release that is kept here is answered with {answer.status}: pages that "
            "were open during the deployment lose styles and scripts.",
            answer,
            url=url,
        )


def _some(names: list[str]) -> str:
    """``a.css, b.js and 3 more``."""
    told = ", ".join(name[:120] for name in names[:2])
    return f"{told} and {len(names) - 2} more" if len(names) > 2 else told
