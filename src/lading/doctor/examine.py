"""Examining a live site: arriving at its page, reaching for samples, then every probe."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import urljoin, urlsplit

from lading.doctor.diagnosis import Group, merged
from lading.doctor.exchange import Answer, Client, NoAnswerError, ascii_host
from lading.doctor.faults import fault
from lading.doctor.mounted import path_before
from lading.doctor.probes import (
    caching,
    codings,
    exposure,
    files,
    origins,
    pages,
    requests,
    root,
    uploads,
)
from lading.doctor.published import Published
from lading.doctor.samples import Sample, choose
from lading.doctor.servers import Server, name_of, server_of
from lading.doctor.site import AS_IT_IS, Area, Site, area
from lading.doctor.uploaded import Uploads
from lading.errors import ConfigError
from lading.findings import Finding

Probe = Callable[[Site], Iterator[Finding]]

PROBES: Final[tuple[Probe, ...]] = (
    pages.pages,
    pages.mixed,
    files.contents,
    files.types,
    root.at_root,
    caching.lifetimes,
    caching.sharing,
    caching.unknown_names,
    codings.codings,
    requests.validators,
    requests.heads,
    requests.ranges,
    origins.origins,
    pages.earlier,
    exposure.traversal,
    exposure.hidden,
    exposure.listings,
    uploads.uploads,
)
"""Every probe, in the order in which findings are told."""

_CONFIGURED: Final[tuple[Server, ...]] = ("nginx", "caddy", "apache")

_HOPS: Final = 10
_AT_ONCE: Final = 4  # requests at the same time: few enough for a small server
_ALL: Final = 6  # what all requests together may take, in timeouts of one


def examine(
    url: str,
    published: Published,
    static_url: str,
    *,
    media: Uploads | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10,
    verify: bool = True,
    writes: Callable[[str], bool] = lambda server: False,
    clock: Callable[[], float] = time.monotonic,
) -> Group:
    """Probe the site at ``url``, for which ``published`` is what it should serve. ``timeout``: seconds for
    one answer; all take six times as long at the most. ``writes``: whether ``lading webserver`` has a
    configuration of that server for the project. Raises ``ConfigError`` for what is no URL of a site.
    """
    client = Client(
        timeout=timeout,
        total=_ALL * timeout,
        headers=headers,
        trusted=_host(url),
        verify=verify,
        clock=clock,
    )
    arrived = _arrive(client, url)
    if isinstance(arrived, Finding):
        return Group(url, "no answer", [arrived])
    page, answer = arrived
    before = path_before(static_url, page, answer.body, published.files)
    site = Site(
        client,
        page,
        answer,
        published,
        area(page, f"{before}{static_url}", published.root),
        _uploads(page, before, media) if media else None,
        choose(published),
    )
    found = [*_reach(site), *_probe(site)]
    if client.is_over:
        found.append(
            fault(
                "live-unfinished",
                f"The server is slow: after {_ALL * timeout:g} seconds not everything was looked at.",
                path=urlsplit(page).path,
                url=page,
            )
        )
    server = site.get(site.reached[0]) if site.reached else answer
    told = f"{page} ({name_of(server)})" if name_of(server) else page
    looked = f"{len(site.samples)} files, {client.sent} requests"
    remark = ""
    if (kind := server_of(server)) in _CONFIGURED and not before and writes(kind):
        remark = f"'lading webserver {kind}' prints a whole configuration for this site."
    return Group(told, looked, merged(found), remark)


def _uploads(page: str, before: str, media: Uploads) -> Area:
    url = f"{before}{media.url}" if media.url.startswith("/") else media.url
    return area(page, url, media.root, private=media.private)


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            ascii_host(parts)
            if parts.username is None:
                return parts.hostname
            raise ConfigError(
                "A password in a URL ends up in logs.",
                where="--url",
                remedy="Give it as a header: --header 'Authorization: Basic …'.",
            )
    except ValueError:
        pass
    raise ConfigError(
        f"{url!r} is no URL of a site.",
        where="--url",
        remedy="Give scheme and host, as in https://example.com/.",
    )


def _arrive(client: Client, url: str) -> tuple[str, Answer] | Finding:
    """The page behind the redirects of ``url`` and its answer, or why there is none."""
    seen: list[str] = []
    while True:
        try:
            answer = client.ask(url, headers=AS_IT_IS)
        except NoAnswerError as error:
            return fault("live-no-answer", error.what, url=error.where, hint=error.remedy)
        following = _joined(url, answer) if 300 <= answer.status < 400 else None
        if following is None:
            return url, answer
        seen.append(url)
        if following in seen or len(seen) > _HOPS:
            ends = "leads back to itself" if following in seen else "does not end"
            way = " -> ".join(_brief(url) for url in [*seen, following][-3:])
            return fault(
                "live-redirect-loop",
                f"The redirect {ends} ({way}): browsers give up and show an error.",
                url=seen[0],
            )
        url = following


def _joined(url: str, answer: Answer) -> str | None:
    """Where a redirect leads, ``None`` where no browser would follow."""
    location = answer.header("Location")
    if not location:
        return None
    try:
        following = urljoin(url, location)
        _host(following)
    except (ValueError, ConfigError):
        return None
    return urlsplit(following)._replace(fragment="").geturl()


def _brief(url: str) -> str:
    return url if len(url) < 80 else f"{url[:77]}..."


def _reach(site: Site) -> list[Finding]:
    def reach(sample: Sample) -> list[Finding]:
        return [*files.reach(site, sample)]

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        told = [finding for found in pool.map(reach, site.samples) for finding in found]
    order = {sample: number for number, sample in enumerate(site.samples)}
    site.reached.sort(key=order.__getitem__)  # whichever answered first
    return files.summed_up(site, told)


def _probe(site: Site) -> list[Finding]:
    def run(probe: Probe) -> list[Finding]:
        """What the probe finds until a request has no answer."""
        found: list[Finding] = []
        try:
            for finding in probe(site):
                found.append(finding)  # noqa: PERF402 - what came before an error stays
        except NoAnswerError as error:
            if not site.client.is_over:
                found.append(files.no_answer(site, error))
        return found

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [finding for found in pool.map(run, PROBES) for finding in found]
