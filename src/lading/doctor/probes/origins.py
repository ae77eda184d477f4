"""Static files of another origin than the pages: a CDN or bucket has to let pages read them (Fetch §3.2)."""

from __future__ import annotations

from collections.abc import Iterator

from lading.doctor.exchange import Answer, origin
from lading.doctor.samples import Sample
from lading.doctor.site import AS_IT_IS, Site
from lading.findings import Finding, Severity


def origins(site: Site) -> Iterator[Finding]:
    """Fonts and modules can be read from the site's origin."""
    if not site.is_elsewhere:
        return
    own = origin(site.page)
    for sample in site.reached:
        answer = site.get(sample, {**AS_IT_IS, "Origin": own})
        yield from _allowed(site, sample, answer, own)
        if answer.header("Cross-Origin-Resource-Policy").lower() == "same-origin":
            yield site.fault(
                "live-resource-policy",
                f"'Cross-Origin-Resource-Policy: same-origin' keeps pages of {own} from loading it at all.",
                answer,
                sample=sample,
            )


def _allowed(site: Site, sample: Sample, answer: Answer, own: str) -> Iterator[Finding]:
    allowed = answer.header("Access-Control-Allow-Origin")
    if allowed == own:
        varies = {name.strip().lower() for name in answer.header("Vary").split(",")}
        if not varies & {"origin", "*"}:
            yield site.fault(
                "live-cors-vary",
                f"The answer allows {own} alone and does not vary by Origin: a cache gives it to pages of "
                "other origins, or theirs to yours.",
                answer,
                sample=sample,
            )
        return
    if allowed == "*":
        return
    refused = _refused(sample)
    if refused:
        said = f"allows {allowed[:80]} only" if allowed else "does not allow it"
        yield site.fault(
            "live-no-cors",
            f"Pages of {own} may not read the file ({origin(site.static.url)} {said}): {refused[0]}.",
            answer,
            sample=sample,
            severity=refused[1],
        )


def _refused(sample: Sample) -> tuple[str, Severity] | None:
    """What browsers then do with a file, if they need the permission."""
    if sample.kind.startswith("font/") or sample.kind == "application/vnd.ms-fontobject":
        return "browsers do not use the font", Severity.ERROR
    if sample.is_module:
        return "browsers do not run the module", Severity.ERROR
    if sample.kind == "application/wasm":
        return "scripts cannot load it", Severity.ERROR
    if sample.kind in ("text/css", "text/javascript"):
        return "with an integrity attribute browsers refuse it", Severity.NOTE
    return None
