"""How long caches keep what they get: files under both sorts of names, and answers that say no."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Final

from lading.doctor.exchange import Answer
from lading.doctor.samples import Sample
from lading.doctor.site import Site
from lading.findings import Finding

# Seconds from which a lifetime is worth a name that changes with the content.
_LONG: Final = 30 * 86_400
_SHORT: Final = 86_400  # seconds up to which a plain name may be kept
_DIGEST: Final = re.compile(r"(?<=[.-])[0-9a-zA-Z_-]{8,}(?=[./])")
_REFUSALS: Final = (404, 410, 403)  # a bucket that may not be listed says 403

# Where static files are at the root of the site, whatever the server: it asks the application for all else.
_BY_APPLICATION: Final = (
    "Let the application's page for what is not found send 'Cache-Control: no-store' (Django: never_cache "
    "around the view of handler404); where there is none behind the static files, let the server send it."
)


def lifetimes(site: Site) -> Iterator[Finding]:
    """Names that change with their content are kept for long, others are not."""
    for sample in site.reached:
        answer = site.get(sample)
        lifetime = freshness(answer)
        if sample.immutable:
            yield from _immutable(site, sample, answer, lifetime)
        elif lifetime is None:
            yield site.fault(
                "live-no-cache-control",
                "There is no Cache-Control: browsers guess how long to keep a file whose name stays (RFC "
                "9111 §4.2.2), so that visitors may see the last release for days.",
                answer,
                sample=sample,
            )
        elif lifetime > _SHORT:
            yield site.fault(
                "live-long-cache",
                f"Browsers keep this name for {_told(lifetime)}, though its content changes under the "
                "same name: visitors have old files with new pages after a deployment.",
                answer,
                sample=sample,
            )


def _immutable(
    site: Site, sample: Sample, answer: Answer, lifetime: float | None
) -> Iterator[Finding]:
    if "private" in directives(answer):
        yield site.fault(
            "live-short-cache",
            "Cache-Control says 'private': no CDN or proxy keeps the file, so each visitor's request "
            "goes to this server.",
            answer,
            sample=sample,
        )
    elif lifetime is None or lifetime < _LONG:
        kept = f"for {_told(lifetime)}" if lifetime else "not at all"
        kept = kept if lifetime is not None else "for as long as they guess"
        yield site.fault(
            "live-short-cache",
            f"The name changes with its content, yet browsers may keep it {kept}: they ask again and "
            "again for what they have.",
            answer,
            sample=sample,
        )


def sharing(site: Site) -> Iterator[Finding]:
    """Nothing keeps a CDN from answering for the server."""
    for sample in site.reached:
        answer = site.get(sample)
        if answer.header("Set-Cookie"):
            yield site.fault(
                "live-cookie",
                "The answer sets a cookie: CDNs do not keep such answers, or give one visitor's cookie "
                "to others.",
                answer,
                sample=sample,
            )
        varies = {name.strip().lower() for name in answer.header("Vary").split(",")}
        if spoiling := sorted(varies & {"*", "cookie", "user-agent", "accept-language"}):
            yield site.fault(
                "live-vary",
                f"Vary names {', '.join(spoiling)}: caches keep a copy for each visitor, or none at all.",
                answer,
                sample=sample,
            )


def unknown_names(site: Site) -> Iterator[Finding]:
    """A name that no release has is a 404 which nobody keeps: the next release may have it."""
    url = site.static.at(_unknown(site))
    answer = site.ask(url)
    if answer.status not in _REFUSALS:
        location = answer.header("Location")
        to = f" to {location[:120]!r}" if location else ""
        yield site.fault(
            "live-unknown-name",
            f"A name that no release has is answered with {answer.status}{to}: during a deployment caches "
            "keep that in place of the file, for as long as they keep files.",
            answer,
            url=url,
        )
        return
    lifetime = freshness(answer)
    if lifetime is None or lifetime > 0:
        kept = f"for {_told(lifetime)}" if lifetime else "for as long as they like"
        yield site.fault(
            "live-404-cached",
            f"Caches may keep the {answer.status} of a missing file {kept}: a visitor who comes during a "
            "deployment, and all behind the same CDN, have a broken page that long.",
            answer,
            url=url,
            hint=_BY_APPLICATION if site.static.path == "/" else "",
        )


def _unknown(site: Site) -> str:
    """A path like a published one, of a digest that no file has."""
    for sample in site.samples:
        if sample.immutable:
            digest = hashlib.sha256(sample.path.encode()).hexdigest()[:12]
            path, replaced = _DIGEST.subn(digest, sample.path)
            if replaced:
                return path
    return "lading-doctor.000000000000.css"


def directives(answer: Answer) -> dict[str, str]:
    """The directives of ``Cache-Control`` (RFC 9111 §5.2), names in lower case."""
    found: dict[str, str] = {}
    for part in answer.header("Cache-Control").split(","):
        name, _, value = part.strip().partition("=")
        if name:
            found.setdefault(name.lower(), value.strip(' "'))
    return found


def freshness(answer: Answer) -> float | None:
    """Seconds for which a browser may use an answer without asking (RFC 9111 §4.2.1), 0 if it must ask,
    ``None`` if nothing is said, which leaves it to the browser.
    """
    told = directives(answer)
    if "no-store" in told or "no-cache" in told:
        return 0
    if told.get("max-age", "").isdecimal():
        return float(told["max-age"][:10])
    if expires := answer.header("Expires"):
        try:
            sent = parsedate_to_datetime(answer.header("Date"))
            return max(0.0, (parsedate_to_datetime(expires) - sent).total_seconds())
        except (ValueError, TypeError):
            return 0  # an invalid date, such as 0, is one in the past (RFC 9111 §5.3)
    return None


def _told(seconds: float | None) -> str:
    """A duration as a person says it."""
    seconds = seconds or 0
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            number = round(seconds / length)
            return f"{number:,} {unit}{'' if number == 1 else 's'}"
    return f"{seconds:.0f} seconds"
