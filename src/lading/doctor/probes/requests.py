"""Requests that are not a plain GET: HEAD, conditional ones, ranges (RFC 9110 §9.3.2, §13, §14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lading.doctor.exchange import Answer
from lading.doctor.probes.codings import BROWSER
from lading.doctor.samples import LARGE, Sample
from lading.doctor.site import AS_IT_IS, Site
from lading.findings import Finding, Severity

_FIRST: Final = {**AS_IT_IS, "Range": "bytes=0-0"}
_FIRST_OF: Final = re.compile(r"bytes 0-0/(\d+|\*)")


def validators(site: Site) -> Iterator[Finding]:
    """Who has the file already is told so, instead of being sent it again."""
    for sample in site.reached:
        answer = site.get(sample)
        if not (answer.header("ETag") or answer.header("Last-Modified")):
            yield site.fault(
                "live-no-validator",
                "There is neither ETag nor Last-Modified: browsers load the file anew each time its "
                "lifetime is over, though it has not changed.",
                answer,
                sample=sample,
                severity=Severity.NOTE if sample.immutable else None,
            )
            continue
        yield from _not_modified(site, sample)


def _not_modified(site: Site, sample: Sample) -> Iterator[Finding]:
    for accepting in (AS_IT_IS, BROWSER):
        answer = site.get(sample, accepting)
        tag = answer.header("ETag")
        condition = (
            {"If-None-Match": tag} if tag else {"If-Modified-Since": answer.header("Last-Modified")}
        )
        if answer.status != 200 or not all(condition.values()):
            continue
        again = site.get(sample, {**accepting, **condition})
        if again.status != 304:
            coding = f" in {answer.coding}" if answer.coding else ""
            yield site.fault(
                "live-no-304",
                f"Asked whether the file{coding} has changed, with its own {'ETag' if tag else 'date'}, the "
                f"server answers {again.status} instead of 304: it is loaded again each time.",
                again,
                sample=sample,
            )
            return


def heads(site: Site) -> Iterator[Finding]:
    """HEAD says what GET would."""
    for sample in site.reached[:3]:
        answer = site.get(sample)
        url = site.static.at(sample.path)
        head = site.ask(url, method="HEAD")
        sizes = answer.header("Content-Length"), head.header("Content-Length")
        if head.status != answer.status:
            problem = f"is answered with {head.status}"
        elif all(sizes) and sizes[0] != sizes[1]:
            problem = f"tells a length of {sizes[1][:20]} bytes, and GET one of {sizes[0][:20]}"
        else:
            continue
        yield site.fault(
            "live-head",
            f"HEAD {problem}: monitors, link checkers and download managers take the file for broken.",
            head,
            sample=sample,
        )


def ranges(site: Site) -> Iterator[Finding]:
    """Films can be sought and downloads resumed."""
    for sample in site.reached:
        if sample.kind.startswith(("video/", "audio/")) or sample.size >= LARGE:
            yield from _range(site, sample)


def _range(site: Site, sample: Sample) -> Iterator[Finding]:
    answer = site.get(sample, _FIRST)
    is_film = sample.kind.startswith(("video/", "audio/"))
    if answer.status == 200:
        follows = (
            "Safari does not play it at all, other browsers cannot seek"
            if is_film
            else "a broken download starts from the beginning"
        )
        yield site.fault(
            "live-no-ranges",
            f"A request for a part of the file is answered with all of it: {follows}.",
            answer,
            sample=sample,
            severity=Severity.ERROR if is_film else None,
        )
    elif problem := _wrong_part(answer, sample):
        yield site.fault(
            "live-bad-range",
            f"A request for the first byte of the file is answered with {problem}: films stop, and resumed "
            "downloads are damaged.",
            answer,
            sample=sample,
        )


def _wrong_part(answer: Answer, sample: Sample) -> str:
    """What is wrong with the answer to a request for the first byte, ``""`` if nothing is."""
    if answer.status != 206:
        return str(answer.status)
    told = _FIRST_OF.fullmatch(answer.header("Content-Range").strip())
    if told is None:
        return f"the range {answer.header('Content-Range')[:60]!r}"
    if len(answer.body) != 1:
        return f"{len(answer.body):,} bytes"
    if sample.size and not answer.coding and told[1] not in ("*", str(sample.size)):
        return f"the total {told[1][:20]} for {sample.size} bytes"
    return ""
