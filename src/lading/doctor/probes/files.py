"""Whether published files are there at all, whole, unchanged, and under their types."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from typing import Final

from lading.doctor.exchange import LIMIT, Answer, NoAnswerError
from lading.doctor.folders import closed_to_others
from lading.doctor.samples import Sample
from lading.doctor.site import Site, content
from lading.findings import Finding, Severity
from lading.verify.decoders import NotDecodableError

GONE: Final = (404, 410)
LOCKED: Final = (401, 403)

_LOCKED_HINT: Final = (
    "If the whole site wants a password, send it along: --header 'Authorization: Basic …'. If only files do, "
    "take the static URL out of what asks for it."
)
NO_UPSTREAM: Final = (
    "The web server has no answer of the application: see whether the application runs, and listens where "
    "the web server asks."
)
_STATUS_HINTS: Final[Mapping[int, str]] = {
    400: "Django answers so to names that ALLOWED_HOSTS does not list: let the web server pass the name on "
    "that it is asked by (nginx: proxy_set_header Host $http_host), and ask by a name of the site.",
    429: "Except the address of this machine from the rate limit, or look from the server itself.",
    502: NO_UPSTREAM,
    504: NO_UPSTREAM,
}

# Types that mean the same to browsers (RFC 9239 for scripts; the registrations of the others).
_SAME: Final[Mapping[str, tuple[str, ...]]] = {
    "text/javascript": ("application/javascript", "application/x-javascript"),
    "image/vnd.microsoft.icon": ("image/x-icon",),
    "application/manifest+json": ("application/json",),
    "application/xml": ("text/xml",),
    "audio/ogg": ("application/ogg", "video/ogg"),
    "audio/wav": ("audio/x-wav",),
}

# What browsers do with these if the type is another one (HTML, "module script", Fetch, "nosniff";
# WebAssembly Web API; SVG in an <img>).
_REFUSED: Final[Mapping[str, str]] = {
    "text/css": "browsers refuse a style sheet of another type",
    "text/javascript": "browsers refuse modules of another type, and with nosniff every script",
    "application/wasm": "browsers refuse to compile it while it loads",
    "image/svg+xml": "browsers do not show a drawing of another type",
}


def reach(site: Site, sample: Sample) -> Iterator[Finding]:
    """Ask for a sample; it is among ``site.reached`` if it is there."""
    try:
        answer = site.get(sample)
    except NoAnswerError as error:
        if not site.client.is_over:
            yield no_answer(site, error)
        return
    status = answer.status
    if status == 200:
        site.reached.append(sample)
    elif status in GONE:
        yield site.fault(
            "live-missing-file",
            f"The server answers {status}: pages that need the file break. This release is not there.",
            answer,
            sample=sample,
        )
    elif status in LOCKED:
        yield site.fault(
            "live-forbidden",
            f"The server answers {status}: it has the file and may not read or show it, so pages break.",
            answer,
            sample=sample,
            hint=_LOCKED_HINT if status == 401 else "",
        )
    elif 300 <= status < 400:
        yield site.fault(
            "live-redirected",
            f"The server answers {status} and sends browsers to {answer.header('Location')[:120]!r} instead "
            "of the file.",
            answer,
            sample=sample,
        )
    else:
        yield site.fault(
            "live-server-error",
            f"The server answers {status} instead of the file, so pages break.",
            answer,
            sample=sample,
            hint=_STATUS_HINTS.get(status, ""),
        )


def summed_up(site: Site, found: list[Finding]) -> list[Finding]:
    """One finding instead of many if nothing at all is there."""
    missing = [finding for finding in found if finding.kind == "live-missing-file"]
    if site.reached or len(missing) < len(site.samples) or not missing:
        return found
    answer = site.get(site.samples[0])
    return [
        site.fault(
            "live-not-served",
            f"None of {len(missing)} published files is there: nothing serves {site.static.path}, or another "
            f"folder. Pages come without styles and scripts.{_closed(site)}",
            answer,
            url=site.static.url,
        )
    ]


def _closed(site: Site) -> str:
    """What else may be the reason, which some servers call a 404: they may not read the files."""
    root = site.published.root
    place = closed_to_others(os.path.join(root, site.samples[0].path)) if root else ""
    if not place:
        return ""
    mode = stat.S_IMODE(os.stat(place).st_mode)
    return (
        f" Or the server may not read them: {place} is closed (mode {mode:04o}) to all who are neither its "
        "owner nor of its group."
    )


def no_answer(site: Site, error: NoAnswerError) -> Finding:
    """There was no answer to a request, and why."""
    return site.fault("live-no-answer", error.what, url=error.where, hint=error.remedy)


def contents(site: Site) -> Iterator[Finding]:
    """Each file holds what was published."""
    for sample in site.reached:
        answer = site.get(sample)
        if not sample.sha256:
            continue
        try:
            body = content(answer)
        except NotDecodableError:
            continue  # told with the codings
        too_long = not answer.whole and sample.size <= LIMIT
        if body is None and not too_long:
            continue
        if body is not None and hashlib.sha256(body).hexdigest() == sample.sha256:
            continue
        if is_page(answer) and sample.kind != "text/html":
            yield site.fault(
                "live-page-instead",
                "The server answers with a page instead of the file, and says 200: browsers take HTML for "
                "the file, and caches keep it.",
                answer,
                sample=sample,
            )
            continue
        reason = (
            "though its name says what it holds: an integrity attribute refuses it, and browsers keep it "
            "for long."
            if sample.immutable
            else "so the site serves another release than the one published here."
        )
        yield site.fault(
            "live-other-content",
            f"The file is not what was published, {reason}",
            answer,
            sample=sample,
        )


def types(site: Site) -> Iterator[Finding]:
    """Each file has its media type, and browsers are told to keep to it."""
    for sample in site.reached:
        answer = site.get(sample)
        told = answer.media_type
        if is_page(answer) and sample.kind != "text/html":
            continue  # told with the contents
        if not _is_same(sample.kind, told):
            refused = _REFUSED.get(sample.kind)
            yield site.fault(
                "live-wrong-type",
                f"The type is {told or 'missing'}, and should be {sample.kind}: "
                f"{refused or 'browsers may offer it as a download or show it wrongly'}.",
                answer,
                sample=sample,
                severity=None if refused else Severity.WARNING,
            )
        if answer.header("X-Content-Type-Options").lower() != "nosniff":
            yield site.fault(
                "live-no-nosniff",
                "Without 'nosniff' browsers may guess another type from the content.",
                answer,
                sample=sample,
            )


def is_page(answer: Answer) -> bool:
    """Whether an answer is an HTML page."""
    return answer.media_type in ("text/html", "application/xhtml+xml")


def _is_same(wanted: str, told: str) -> bool:
    if told == wanted or told in _SAME.get(wanted, ()):
        return True
    if wanted.startswith("font/"):  # browsers look at a font's content alone
        return "font" in told or told == "application/octet-stream"
    # A type of one's own for a text of no special use is a matter of taste.
    return wanted == "application/octet-stream" or (
        wanted.startswith("text/")
        and wanted not in ("text/css", "text/javascript", "text/html")
        and told in ("text/plain", "application/octet-stream")
    )
