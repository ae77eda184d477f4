"""The step of a run that minifies: smaller contents take the place of the files that won their paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from lading import bundles, naming
from lading.asset import Asset
from lading.cache import Cache
from lading.catalog import origin, parent_folders
from lading.config import Config
from lading.digests import UnreadableError, hash_bytes, read_asset
from lading.findings import Finding, Severity
from lading.minify import memory
from lading.minify.files import Failure, Made, Original, Outcome, minify
from lading.minify.kinds import Kind, kind_of
from lading.minify.memory import Memory, Row
from lading.minify.source import Entry, MinifiedSource
from lading.minify.tools import Tools
from lading.ownership import owner_of
from lading.parallel import in_threads
from lading.plan import Plan
from lading.progress import Progress
from lading.references import sourcemap
from lading.references.urls import Target, resolve
from lading.targets.folder import FolderTarget

_BATCH_BYTES: Final = 16 << 20
_BATCH_FILES: Final = 400
_LARGEST: Final = 32 << 20  # bytes; a tool takes some ten times as much memory


@dataclass(slots=True)
class Minified:
    """What was minified: ``maps`` leads from the path of each new source map to that of its file, ``rows``
    are what to remember.
    """

    source: MinifiedSource
    maps: dict[str, str] = field(default_factory=dict[str, str])
    rows: dict[str, Row] = field(default_factory=dict[str, Row])


def minify_winners(
    plan: Plan, target: FolderTarget, config: Config, cache: Cache, progress: Progress
) -> None:
    """Put what minification makes of the plan's winners in their place, and their source maps beside
    them, reading only files that changed. Writes to the cache alone.

    Raises ``ConfigError`` when a tool is missing and there is something for it to do.
    """
    _Step(plan, target, config, cache).run(progress)


def remember(plan: Plan, target: FolderTarget) -> None:
    """Keep what the next run need not find out. Raises ``TargetError``."""
    done = plan.minified
    if done is not None:
        text = memory.dumps(done.source.tools.known, done.rows)
        if text != target.read_state(memory.STATE):
            target.write_state(memory.STATE, [text], sealed=True)


class _Step:
    def __init__(self, plan: Plan, target: FolderTarget, config: Config, cache: Cache) -> None:
        self.plan, self.config, self.cache = plan, config, cache
        self.before: Memory = memory.loads(target.read_state(memory.STATE))
        self.tools = Tools(config.root, self.before.known)
        self.done = Minified(MinifiedSource(cache, self.tools))

    def run(self, progress: Progress) -> None:
        plan, rows = self.plan, self.done.rows
        current = self._current_kinds()
        todo: list[Asset] = []
        for asset in self._candidates():
            row = self.before.rows.get(asset.path)
            if row is not None and kind_of(asset.path) in current and self._holds(asset, row):
                rows[asset.path] = row
            else:
                todo.append(asset)
        self._work(todo, progress)
        winners = dict(plan.winners)
        for path, row in rows.items():
            self._put(winners, plan.winners[path], row)
        plan.winners = dict(sorted(winners.items()))
        plan.minified = self.done

    # What is to be minified

    def _candidates(self) -> Iterator[Asset]:
        """Files of the kinds asked for, but for those whose names hold a digest that a bundler gave them:
        another content under such a name would not reach browsers that know it.
        """
        plan, config = self.plan, self.config
        kinds = config.minify
        finished = bundles.finished(plan.catalog, config.finished, config.static_url)
        folders = parent_folders(plan.winners)
        for path, asset in plan.winners.items():
            if kind_of(path) not in kinds or path in finished:
                continue
            if asset.size > _LARGEST:
                self._tell(asset, Failure(f"it has {asset.size:,} bytes, more than {_LARGEST:,}"))
            elif f"{path}.map" in folders or naming.is_too_long(f"{path}.map"):
                self._tell(asset, Failure("there is no room for a source map beside it"))
            else:
                yield asset

    def _current_kinds(self) -> set[Kind]:
        """The kinds whose tool is of the version that made what is remembered."""
        before = {kind: known.version for kind, known in self.before.known.items()}
        return {
            kind
            for kind in self.config.minify
            if kind in before and self.tools.has(kind) and self.tools.version(kind) == before[kind]
        }

    def _holds(self, asset: Asset, row: Row) -> bool:
        """Whether what was remembered of a file is still true, and its content still to be had."""
        outcome = row.outcome
        if isinstance(outcome, Failure) and outcome.passes:
            return False
        if isinstance(outcome, Made) and not self.cache.holds(outcome.key):
            return False
        earlier = self.plan.winners.get(row.map_path)
        return (row.sha256, row.map_sha256) == (self._digest(asset), self._digest(earlier))

    def _digest(self, asset: Asset | None) -> str:
        """The digest of a file, ``""`` if there is none, and ``"?"`` if it is not known."""
        return (self.plan.digests.look_up(asset)[:64] or "?") if asset is not None else ""

    # Minifying

    def _work(self, assets: Sequence[Asset], progress: Progress) -> None:
        if assets:
            progress.begin("Minifying", len(assets))
        for batch in _batches(assets):
            originals: dict[str, Original] = {}
            for asset, original, row in self._read(batch):
                originals[asset.path] = original
                self.done.rows[asset.path] = row
            for path, outcome in minify(originals.values(), self.tools, self.cache).items():
                self.done.rows[path] = self.done.rows[path]._replace(outcome=outcome)
            progress.advance(len(batch))

    def _read(self, batch: Sequence[Asset]) -> Iterator[tuple[Asset, Original, Row]]:
        """What can be read; what cannot is left to those who publish it."""

        def read(assets: Sequence[Asset]) -> list[tuple[bytes, str] | None]:
            return [_content(asset) for asset in assets]

        maps = dict[str, bytes]()
        for assets, contents in in_threads(read, batch, self.config.threads):
            for asset, found in zip(assets, contents, strict=True):
                if found is None:
                    continue
                data, settled = found
                digests = hash_bytes(data)
                self.plan.digests.learn(asset, digests, settled)
                map_path = self._map_of(asset.path, data)
                earlier = self.plan.winners.get(map_path)
                if earlier is not None and (known := _content(earlier)):
                    maps[map_path] = known[0]
                    self.plan.digests.learn(earlier, hash_bytes(known[0]), known[1])
                row = Row(digests[:64], map_path, self._digest(earlier), None)
                yield asset, Original(asset.path, data, maps.get(map_path)), row

    def _map_of(self, path: str, data: bytes) -> str:
        """The logical path of the source map that a file names, or ``""``."""
        find = sourcemap.in_css if kind_of(path) == "css" else sourcemap.in_js
        for reference in find(data):
            target = resolve(path, reference.url, self.config.static_url)
            if isinstance(target, Target):
                earlier = self.plan.winners.get(target.path)
                return target.path if earlier is None or earlier.size <= _LARGEST else ""
        return ""

    # Results

    def _put(self, winners: dict[str, Asset], asset: Asset, row: Row) -> None:
        outcome: Outcome = row.outcome
        if isinstance(outcome, Failure):
            self._tell(asset, outcome)
        elif outcome is not None:
            earlier = self.plan.winners.get(row.map_path) if row.map_sha256 else None
            file, source_map = self.done.source.add(Entry(asset, earlier, outcome))
            winners[file.path], winners[source_map.path] = file, source_map
            self.plan.digests.assume(file, outcome.content)
            self.plan.digests.assume(source_map, outcome.map_content)
            self.done.maps[source_map.path] = file.path

    def _tell(self, asset: Asset, failure: Failure) -> None:
        owner = owner_of(asset)
        place = f":{failure.line}:{failure.column}" if failure.line else ""
        self.plan.findings.append(
            Finding(
                "not-minified",
                Severity.WARNING if owner == "project" else Severity.NOTE,
                f"The file is published as it is, for it cannot be minified: {failure.message}.",
                asset.path,
                f"{origin(asset)}{place}",
                owner,
                "Mend the file if its size matters; it works as before.",
            )
        )


def _content(asset: Asset) -> tuple[bytes, str] | None:
    try:
        return read_asset(asset)
    except UnreadableError:
        return None


def _batches(assets: Iterable[Asset]) -> Iterator[list[Asset]]:
    """As many files as are well given to a tool at once."""
    batch: list[Asset] = []
    size = 0
    for asset in assets:
        if batch and (len(batch) == _BATCH_FILES or size + asset.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(asset)
        size += asset.size
    if batch:
        yield batch
