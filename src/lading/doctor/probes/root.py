"""Files that answer at the root of the site: favicon.ico, robots.txt, a service worker."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urljoin

from lading.doctor.exchange import NoAnswerError
from lading.doctor.mounted import common_path
from lading.doctor.published import Published
from lading.doctor.site import Site, content
from lading.findings import Finding
from lading.siteroot import root_url
from lading.verify.decoders import NotDecodableError

# Whatever the server: as in ``webservers.description.at_root``.
_NO_FOLDER: Final = (
    "All static files answer at the root of the site, so a folder of them cannot do so too: leave SITE_ROOT "
    "out and put its files beside the folder."
)


def at_root(site: Site) -> Iterator[Finding]:
    """One of them is there, as it was published: at the root of the host, where browsers ask, or of a site
    that is mounted below a path.
    """
    path = _sample(site.published)
    if not path:
        return
    name = quote(root_url(site.published.site_root, path))
    at_host = urljoin(site.page, name)
    mounted = urljoin(site.page, common_path(site.page, site.static.url) + name[1:])
    try:
        if any(_is_there(site, path, url) for url in dict.fromkeys((at_host, mounted))):
            return
        answer = site.ask(at_host)
    except (NoAnswerError, NotDecodableError):
        return  # told elsewhere
    said = "with something else" if answer.status == 200 else str(answer.status)
    yield site.fault(
        "live-root-file",
        f"The server answers {said} instead of the published file {path!r}: browsers and search engines ask "
        "for such files there and nowhere else.",
        answer,
        url=at_host,
        hint=_NO_FOLDER if site.static.path == "/" else "",
    )


def _is_there(site: Site, path: str, url: str) -> bool:
    answer = site.ask(url)
    body = content(answer)
    digest = site.published.sha256(path)
    return answer.status == 200 and (
        body is None or not digest or hashlib.sha256(body).hexdigest() == digest
    )


def _sample(published: Published) -> str:
    """The smallest file under its plain name; an index file is not asked for by its name."""
    found = [
        (file.size, path)
        for path, file in published.files.items()
        if root_url(published.site_root, path)
        and not file.immutable
        and not path.endswith((".html", ".htm"))
    ]
    return min(found, default=(0, ""))[1]
