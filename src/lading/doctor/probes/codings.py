"""Content codings: what is compressed, for whom, and whether caches can tell (RFC 9110 §12.5.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from lading.doctor.exchange import Answer
from lading.doctor.probes.files import is_page
from lading.doctor.samples import Sample
from lading.doctor.site import Site, content
from lading.findings import Finding, Severity
from lading.verify.decoders import NotDecodableError

BROWSER: Final = {"Accept-Encoding": "gzip, deflate, br"}
_BROTLI: Final = {"Accept-Encoding": "br"}
_GZIP: Final = {"Accept-Encoding": "gzip"}
_REFUSING: Final = {"Accept-Encoding": "gzip;q=0, br;q=0, deflate;q=0, zstd;q=0"}

_PACK: Final = (
    "Publish variants that servers can send: LADING = {'ENCODINGS': ['br', 'gzip']}, or the setting "
    "'encodings'. Else let the server compress itself."
)
_WORTHWHILE: Final = 2_048  # bytes from which compression saves packets
_TEXTS: Final = (
    "text/",
    "application/javascript",
    "application/json",
    "application/manifest+json",
    "application/wasm",
    "application/xml",
    "image/svg+xml",
)


def codings(site: Site) -> Iterator[Finding]:
    """Every probe of codings, for the files that compress."""
    if not site.published.is_negotiated:
        return  # one coding for all is what was chosen
    for sample in site.reached:
        is_large = sample.size >= _WORTHWHILE and sample.kind.startswith(_TEXTS)
        # Told with the contents.
        is_other = is_page(site.get(sample)) and sample.kind != "text/html"
        if (sample.encodings or is_large) and not is_other:
            yield from _of(site, sample)


def _of(site: Site, sample: Sample) -> Iterator[Finding]:
    plain = site.get(sample)
    for answer in (plain, site.get(sample, _REFUSING)):
        if answer.status == 200 and answer.coding:
            yield site.fault(
                "live-unaccepted-coding",
                f"The file comes in {answer.coding} to clients that say they cannot read it: proxies, "
                "crawlers and scripts get garbage.",
                answer,
                sample=sample,
            )
            break
    packed = [site.get(sample, BROWSER), site.get(sample, _GZIP)]
    coded = [answer for answer in packed if answer.coding]
    if not coded and packed[0].status == 200:
        yield _uncompressed(site, sample, packed[0])
    if "br" in sample.encodings and coded:
        yield from _brotli(site, sample)
    if coded and not plain.coding:
        yield from _varies(site, sample, plain, coded[0])
    for answer in coded:
        yield from _decodes(site, sample, answer)


def _uncompressed(site: Site, sample: Sample, answer: Answer) -> Finding:
    published = f" ({', '.join(sample.encodings)} are published)" if sample.encodings else ""
    return site.fault(
        "live-not-compressed",
        f"The file comes as it is to browsers{published}: texts take three to five times as long to load.",
        answer,
        sample=sample,
        hint="" if sample.encodings else _PACK,
    )


def _brotli(site: Site, sample: Sample) -> Iterator[Finding]:
    answer = site.get(sample, _BROTLI)
    if answer.status == 200 and answer.coding != "br":
        yield site.fault(
            "live-no-brotli",
            "The Brotli variant is published and not sent: browsers load about a sixth more bytes than "
            "they need to.",
            answer,
            sample=sample,
        )


def _varies(site: Site, sample: Sample, plain: Answer, packed: Answer) -> Iterator[Finding]:
    for answer in (plain, packed):
        names = {name.strip().lower() for name in answer.header("Vary").split(",")}
        if not names & {"accept-encoding", "*"}:
            yield site.fault(
                "live-no-vary",
                "The file comes in several codings without 'Vary: Accept-Encoding': a proxy or CDN gives "
                "compressed bytes to clients that cannot read them, or the long form to all.",
                answer,
                sample=sample,
            )
            break
    tag = plain.header("ETag")
    if tag and not tag.startswith("W/") and tag == packed.header("ETag"):
        yield site.fault(
            "live-shared-etag",
            "Both codings have the same strong ETag: a download that is resumed joins bytes of the one "
            "with bytes of the other.",
            packed,
            sample=sample,
            severity=None if packed.header("Accept-Ranges") == "bytes" else Severity.NOTE,
        )


def _decodes(site: Site, sample: Sample, packed: Answer) -> Iterator[Finding]:
    try:
        decoded, plain = content(packed), content(site.get(sample))
    except NotDecodableError as error:
        problem = f"cannot be decoded ({error})"
    else:
        if decoded is None or decoded == plain:
            return
        if hashlib.sha256(decoded).hexdigest() == sample.sha256:
            return  # it is the other one that is not what was published
        problem = "decodes to something else than the file"
    yield site.fault(
        "live-broken-coding",
        f"What is sent as {packed.coding} {problem}: browsers show nothing, or garbage.",
        packed,
        sample=sample,
    )
