"""The proof without publishing: every reference in the sources' files names a file that a source ships."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from lading import broken as brokens
from lading import build, references
from lading.analysis import Broken, analyse
from lading.asset import Asset
from lading.catalog import Catalog, left_out
from lading.config import Config
from lading.digests import UnreadableError, read_asset
from lading.findings import Finding, Severity, grade
from lading.nearest import Nearest
from lading.parallel import in_threads
from lading.plan import unreadable_finding
from lading.progress import Progress, Silent
from lading.sources import Source

_SORTS = {".css": "style sheets", ".svg": "SVG images", ".xml": "XML files"}
_MANIFESTS = frozenset({".json", ".webmanifest"})


@dataclass(slots=True)
class Checked:
    """What a check has looked at and found.

    ``carriers`` counts the files that were read for references, by what they are (``"style sheets"``), and
    ``references`` the references to own files in them. ``uses`` counts the static paths that stand in
    ``places`` (``"templates"``), and ``unchecked`` those of them that are only known when they are used.
    """

    catalog: Catalog
    findings: list[Finding]
    carriers: Counter[str] = field(default_factory=Counter[str])
    references: int = 0
    places: Counter[str] = field(default_factory=Counter[str])
    uses: int = 0
    unchecked: int = 0

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def check(sources: Sequence[Source], config: Config, progress: Progress | None = None) -> Checked:
    """Scan the sources, and check the references of all that would be published. Writes nothing."""
    checked = begin(sources, config, progress)
    checked.findings = grade(checked.findings, config.severities, strict=config.strict)
    return checked


def begin(sources: Sequence[Source], config: Config, progress: Progress | None = None) -> Checked:
    """As ``check``, with the findings not graded yet, so that others can be added."""
    plan = build.gather(sources, config)
    checked = Checked(plan.catalog, list(plan.findings))
    _check_references(checked, config, progress or Silent())
    return checked


def _check_references(checked: Checked, config: Config, progress: Progress) -> None:
    winners = checked.catalog.winners
    nearest, out = Nearest(winners), left_out(checked.catalog)
    carriers = [asset for path, asset in winners.items() if references.carries(path)]

    def inspect(batch: Sequence[Asset]) -> list[tuple[int, Sequence[Broken]] | UnreadableError]:
        return [read(asset) for asset in batch]

    def read(asset: Asset) -> tuple[int, Sequence[Broken]] | UnreadableError:
        try:
            data, _ = read_asset(asset)
        except UnreadableError as error:
            return error
        links, broken = analyse(asset.path, data, winners.__contains__, config.static_url)
        return len(links), broken

    progress.begin("Reading", len(carriers))
    for batch, results in in_threads(inspect, carriers, config.threads):
        for asset, result in zip(batch, results, strict=True):
            checked.carriers[_sort(asset.path)] += 1
            if isinstance(result, UnreadableError):
                checked.findings.append(unreadable_finding(asset, result))
                continue
            links, broken = result
            checked.references += links + len(broken)
            checked.findings.extend(f for _, f in brokens.findings(asset, broken, nearest, out))
        progress.advance(len(batch))


def _sort(path: str) -> str:
    """What a file that carries references is, as a plural noun."""
    extension = posixpath.splitext(path)[1].lower()
    return _SORTS.get(extension, "web app manifests" if extension in _MANIFESTS else "scripts")
