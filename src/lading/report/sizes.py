"""What is published and how large it is: as written, as published, and in each content coding."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lading import manifest as manifests
from lading.asset import Asset
from lading.build import Outcome
from lading.config import Config
from lading.errors import ManifestError
from lading.findings import Owner
from lading.manifest import File, Manifest
from lading.plan import Plan
from lading.report.places import near

CODINGS = ("gzip", "br", "zstd")


class Row(NamedTuple):
    """One file: its logical path, whose it is, the label of its source, and its size in bytes by each
    measure of the table it stands in.
    """

    path: str
    owner: Owner
    source: str
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sizes:
    """``measures`` are ``"written"`` (if files are minified), ``"identity"`` and the content codings in
    use; a file without a variant counts there as it is. ``rows`` are in path order.
    """

    measures: tuple[str, ...]
    rows: Sequence[Row]

    def totals(self, rows: Iterable[Row] | None = None) -> tuple[int, ...]:
        """The sum of some rows (default: of all) by each measure."""
        sums = [0] * len(self.measures)
        for row in self.rows if rows is None else rows:
            for index, size in enumerate(row.sizes):
                sums[index] += size
        return tuple(sums)


def sizes_of(outcome: Outcome, root: str, config: Config) -> Sizes:
    """The sizes of what a run has published into the folder ``root`` (``""``: into no folder). Before
    anything is published, they are those of the sources.
    """
    plan = outcome.plan
    manifest = None if outcome.dry_run or not root else _manifest(root, config)
    paths = sorted({*plan.winners, *(manifest.paths if manifest else ())})
    files = {path: _file(path, plan, manifest) for path in paths}
    used = {coding for _, variants in files.values() for coding in variants}
    codings = tuple(coding for coding in CODINGS if coding in used)
    written = ("written",) if plan.minified is not None else ()
    rows: list[Row] = []
    for path, (size, variants) in files.items():
        asset = _source_of(path, plan)
        before = (_written(path, plan),) if written else ()
        sizes = (*before, size, *(variants.get(coding, size) for coding in codings))
        owner: Owner = asset.source.owner if asset else "project"
        label = near(asset.source.label or asset.source.location) if asset else ""
        rows.append(Row(path, owner, label, sizes))
    return Sizes((*written, "identity", *codings), rows)


def _manifest(root: str, config: Config) -> Manifest | None:
    """The manifest of the release that the target holds. It knows all sizes, whether this run published
    anything or not.
    """
    if config.names != "hashed":
        return None
    try:
        with open(os.path.join(root, config.manifest), "rb") as file:
            return manifests.loads(file.read())
    except (OSError, ManifestError):
        return None


def _file(path: str, plan: Plan, manifest: Manifest | None) -> tuple[int, Mapping[str, int]]:
    """The size of what is published for a logical path, and of its variants."""
    if manifest is not None and path in manifest.paths:
        file: File | None = manifest.files.get(manifest.paths[path])
        if file is not None:
            return file.size, file.encodings
    asset = plan.winners.get(path)
    return max(0, asset.size) if asset else 0, plan.variants.get(path, {})


def _source_of(path: str, plan: Plan) -> Asset | None:
    """The file that was written by somebody; of a new source map, the file that it is of."""
    if path in plan.catalog.winners:
        return plan.catalog.winners[path]
    maps = plan.minified.maps if plan.minified else {}
    return plan.catalog.winners.get(maps.get(path, ""))


def _written(path: str, plan: Plan) -> int:
    asset = plan.catalog.winners.get(path)
    return max(0, asset.size) if asset else 0
