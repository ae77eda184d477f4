"""Names by content: every file gets its name after the files it refers to, in one pass over the graph."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from lading import broken as brokens
from lading import bundles, graph, naming, references
from lading.analysis import Analysis, analyse
from lading.artifact import Artifact, Edit, Names
from lading.asset import Asset
from lading.catalog import origin
from lading.config import Config
from lading.digests import (
    UNKNOWN_MD5,
    UnreadableError,
    changing,
    hash_asset,
    hash_bytes,
    read_asset,
)
from lading.findings import Finding, Severity
from lading.nearest import Nearest
from lading.parallel import in_threads
from lading.plan import Plan, unreadable_finding
from lading.progress import Progress
from lading.recipes import Recipe
from lading.references.reference import MODULE_KINDS, Reference
from lading.references.rewrite import rewrite
from lading.references.urls import Target, link

_SCRIPTS = (".js", ".mjs")


def fingerprint(
    plan: Plan, config: Config, recipes: dict[str, Recipe], progress: Progress
) -> Names:
    """Name every winner of the plan by its content, reading only what is new or changed.

    ``recipes`` are an earlier run's, under the same settings. Files that cannot be read, and references
    that name nothing, become findings.
    """
    return _Fingerprinting(plan, config, recipes, progress).run()


class _Fingerprinting:
    """The state of one pass."""

    def __init__(
        self, plan: Plan, config: Config, recipes: dict[str, Recipe], progress: Progress
    ) -> None:
        self.plan, self.config, self.progress = plan, config, progress
        self.winners = plan.winners
        self.maps = plan.minified.maps if plan.minified else {}
        self.result = Names()
        self.published = self.result.paths
        self.folder_of = naming.by_folder(self.winners, config.folders)
        finished = bundles.finished(plan.catalog, config.finished, config.static_url)
        self.finished = self.result.finished = finished.difference(self.folder_of)
        self.too_long = {path for path in self.winners if naming.is_too_long(path)}
        self.too_long.difference_update(self.folder_of, self.finished)
        self.digests: dict[str, str] = {}  # "<sha256> <md5>" of each source
        self.known: dict[str, Recipe] = {}  # earlier recipes that still hold for the file itself
        self.analyses: dict[str, Analysis] = {}  # of the files that were read
        self.outputs: dict[str, tuple[str, Sequence[Edit]]] = {}  # SHA-256 and edits if rewritten
        self.moved: dict[str, Asset] = {}  # source maps of minified files that are rewritten
        self.in_workers: set[str] = set()  # scripts for which an import map does not hold
        self._look_up(recipes)

    def run(self) -> Names:
        self._inspect([a for a in self.winners.values() if self._is_unknown(a)])
        if self.result.findings:
            return self.result  # something cannot be read, so nothing can be named
        if self.config.module_imports == "importmap":
            self._find_workers()
        for path, file in self.maps.items():
            if file not in self.known:
                self.known.pop(path, None)  # it depends on the file's references
        edges = {path: self._targets(path) for path in self._name_leaves()}
        for node in graph.components(self._collapse(edges)):
            members = self._members(node)
            if not self._reuse(members):
                self._name(members, edges)
        self._remember()
        self.result.artifacts = self._artifacts()
        return self.result

    # What is known, and what has to be read

    def _look_up(self, recipes: dict[str, Recipe]) -> None:
        winners = self.winners
        for path, asset in winners.items():
            digests = self.plan.digests.look_up(asset)
            if digests and not digests.endswith(UNKNOWN_MD5):
                self.digests[path] = digests
                recipe = recipes.get(path)
                if (
                    recipe is not None
                    and digests.startswith(recipe.sha256)
                    and (recipe.published == path) == self._keeps_name(path)
                    and all(target in winners for target in recipe.targets)
                    and all(module in winners for module in recipe.modules)
                    and not any(broken.target in winners for broken in recipe.broken)
                    and not (recipe.broken and self._is_minified(path))  # where, may have changed
                ):
                    self.known[path] = recipe

    def _keeps_name(self, path: str) -> bool:
        return path in self.finished or path in self.too_long

    def _is_unknown(self, asset: Asset) -> bool:
        path = asset.path
        return path not in self.digests or (references.carries(path) and path not in self.known)

    def _inspect(self, assets: Sequence[Asset]) -> None:
        """Read files: their digests, and what they refer to."""
        if assets:
            self.progress.begin("Reading", len(assets))
        for batch, results in in_threads(self._inspect_batch, assets, self.config.threads):
            for asset, result in zip(batch, results, strict=True):
                if isinstance(result, UnreadableError):
                    self.result.findings.append(unreadable_finding(asset, result))
                    continue
                digests, settled, analysis = result
                self.plan.digests.learn(asset, digests, settled)
                self.digests[asset.path] = digests
                if analysis is not None:
                    self.analyses[asset.path] = analysis
            self.progress.advance(len(batch))

    def _inspect_batch(
        self, batch: Sequence[Asset]
    ) -> list[tuple[str, str, Analysis | None] | UnreadableError]:
        results: list[tuple[str, str, Analysis | None] | UnreadableError] = []
        for asset in batch:
            try:
                if references.carries(asset.path):
                    data, settled = read_asset(asset)
                    results.append((hash_bytes(data), settled, self._analyse(asset.path, data)))
                else:
                    results.append((*hash_asset(asset), None))
            except UnreadableError as error:
                results.append(error)
        return results

    def _analyse(self, path: str, data: bytes) -> Analysis:
        exists, static_url = self.winners.__contains__, self.config.static_url
        found = analyse(path, data, exists, static_url)
        if found.broken and self._is_minified(path):
            # People mend what they wrote.
            written, _ = read_asset(self.plan.original(self.winners[path]))
            targets = {broken.target for broken in found.broken}
            before = analyse(path, written, exists, static_url).broken
            found = found._replace(broken=[b for b in before if b.target in targets])
        return found

    def _is_minified(self, path: str) -> bool:
        return self.winners[path] is not self.plan.original(self.winners[path])

    def _links(self, path: str) -> list[tuple[Reference, Target]]:
        """The references that are written anew."""
        if path not in self.analyses and path in self.known:
            self.analyses[path] = self._analyse(path, self._read(path))
        analysis = self.analyses.get(path)
        if analysis is None:
            return []
        if self.config.module_imports == "rewrite" or path in self.in_workers:
            return analysis.links
        return [(r, target) for r, target in analysis.links if r.kind not in MODULE_KINDS]

    def _read(self, path: str) -> bytes:
        """The content that was inspected. Raises ``UnreadableError`` if it changed since."""
        asset = self.winners[path]
        data, _ = read_asset(asset)
        if not self.digests[path].startswith(hashlib.sha256(data).hexdigest()):
            raise changing(asset)
        return data

    def _find_workers(self) -> None:
        """Find the scripts that may run in workers, where no import map holds
        (https://html.spec.whatwg.org/multipage/webappapis.html#import-maps): those named by ``new URL``,
        with all that they import. Names are written into these as if there were no map.
        """
        waiting = [script for path in self.winners for script in self._scripts(path)]
        while waiting:
            path = waiting.pop()
            if path not in self.in_workers:
                self.in_workers.add(path)
                waiting.extend(self._modules(path))
        for path, recipe in list(self.known.items()):
            is_written = set(recipe.modules) <= set(recipe.targets)
            if recipe.modules and is_written != (path in self.in_workers):
                self.analyses[path] = self._analyse(path, self._read(path))
                del self.known[path]

    # The graph

    def _targets(self, path: str) -> Sequence[str]:
        if path in self.analyses:
            return [target.path for _, target in self._links(path)]
        if path in self.known:
            return self.known[path].targets
        file = self.maps.get(path)
        return [target for target in self._targets(file) if target != path] if file else ()

    def _name_leaves(self) -> list[str]:
        """Name what depends on nothing; gives the rest, which has to wait for others."""
        waiting: list[str] = []
        for path, digests in self.digests.items():
            if self._keeps_name(path):
                self.published[path] = path
            elif path in self.folder_of or self._targets(path):
                waiting.append(path)
            else:
                self.published[path] = naming.hashed_name(path, digests[65:])
        return waiting

    def _collapse(self, edges: dict[str, Sequence[str]]) -> dict[str, list[str]]:
        """The graph with each such folder as one node, ``tinymce/``."""
        if not self.folder_of:
            return {path: list(targets) for path, targets in edges.items()}
        nodes: dict[str, list[str]] = {}
        for path, targets in edges.items():
            node = nodes.setdefault(self._node(path), [])
            node.extend(self._node(target) for target in targets)
        return nodes

    def _node(self, path: str) -> str:
        folder = self.folder_of.get(path)
        return f"{folder}/" if folder else path

    def _members(self, component: list[str]) -> list[str]:
        """The paths that the nodes of a component stand for, sorted."""
        if not any(node.endswith("/") for node in component):
            return component
        inside: dict[str, list[str]] = {f"{folder}/": [] for folder in self.config.folders}
        for path, folder in self.folder_of.items():
            inside[f"{folder}/"].append(path)
        return sorted(path for node in component for path in inside.get(node, [node]))

    # Names

    def _reuse(self, members: list[str]) -> bool:
        """Take the names over from an earlier run: nothing in the component or around it changed, and
        the published files are still there as they were.
        """
        inside = set(members)
        for path in members:
            recipe = self.known.get(path)
            if recipe is None or not self._is_intact(recipe):
                return False
            for target, name in zip(recipe.targets, recipe.names, strict=True):
                if target not in inside and self.published[target] != name:
                    return False
        for path in members:
            recipe = self.known[path]
            self.published[path] = recipe.published
            self.outputs[path] = (recipe.output, ())
        return True

    def _is_intact(self, recipe: Recipe) -> bool:
        state = self.plan.ledger.written.get(recipe.published, "")
        signature = self.plan.survey.files.get(recipe.published)
        return state == f"{recipe.output} {signature}"

    def _name(self, members: list[str], edges: dict[str, Sequence[str]]) -> None:
        """Name one file by its rewritten content, or a circle or folder by one digest of them all."""
        path = members[0]
        if len(members) == 1 and path not in self.folder_of and path not in edges[path]:
            digests = self._rewrite(path, frozenset())
            self.published[path] = naming.hashed_name(path, digests[65:])
            return
        inside = frozenset(members)
        lines = [f"{path}\t{self._rewrite(path, inside)[:64]}\n" for path in members]
        digest = hash_bytes("".join(lines).encode())[65:]
        for path in members:
            folder = self.folder_of.get(path)
            self.published[path] = (
                naming.hashed_folder(folder, path, digest)
                if folder
                else naming.hashed_name(path, digest)
            )
        for path in members:
            self._rewrite(path, frozenset())

    def _rewrite(self, path: str, leaving: frozenset[str]) -> str:
        """Digests of the content with its references rewritten, but for those to paths in ``leaving``,
        whose names are not known yet. A source map is moved as its file is rewritten, whose link to it
        comes last and moves nothing.
        """
        if file := self.maps.get(path):
            return self._move(path, self._edits(file, leaving | {path}))
        edits = self._edits(path, leaving)
        if not edits:
            self.outputs.pop(path, None)
            return self.digests[path]
        digests = hash_bytes(rewrite(self._read(path), edits))
        self.outputs[path] = (digests[:64], edits)
        return digests

    def _move(self, path: str, edits: list[Edit]) -> str:
        self.moved.pop(path, None)
        self.outputs.pop(path, None)
        if not edits or self.plan.minified is None:
            return self.digests[path]
        self.moved[path] = self.plan.minified.source.moved(self.winners[path], edits)
        digests = hash_bytes(read_asset(self.moved[path])[0])
        self.outputs[path] = (digests[:64], ())
        return digests

    def _edits(self, path: str, leaving: frozenset[str]) -> list[Edit]:
        edits: list[Edit] = []
        for reference, target in self._links(path):
            if target.path in leaving:
                continue
            url = link(
                reference,
                target,
                self.published[target.path],
                base=path,
                published_base=self.published.get(path, path),
                static_url=self.config.static_url,
            )
            if url != reference.url:
                edits.append((reference, url))
        return edits

    # Results

    def _remember(self) -> None:
        """Write a recipe for each file that can carry references, and tell of what is wrong."""
        self.result.findings.extend(_too_long(self.winners[path]) for path in sorted(self.too_long))
        nearest = Nearest(self.winners)
        for path, asset in self.winners.items():
            if not references.carries(path) and path not in self.maps:
                continue
            sha256 = self.digests[path][:64]
            targets = tuple(dict.fromkeys(self._targets(path)))
            modules = self._modules(path)
            if modules:
                self.result.modules[path] = modules
            source = self.analyses.get(path) or self.known.get(path)
            broken = tuple(source.broken if source else ())
            self.result.recipes[path] = Recipe(
                sha256,
                self.published[path],
                self.outputs.get(path, (sha256, ()))[0],
                targets,
                tuple(self.published[target] for target in targets),
                modules,
                self._scripts(path),
                broken,
            )
            original = self.plan.original(asset)
            self.result.findings.extend(brokens.finding(original, item, nearest) for item in broken)

    def _modules(self, path: str) -> tuple[str, ...]:
        """The files that one imports as modules, in the order they stand."""
        if path in self.analyses:
            links = self.analyses[path].links
            return tuple(dict.fromkeys(t.path for r, t in links if r.kind in MODULE_KINDS))
        return self.known[path].modules if path in self.known else ()

    def _scripts(self, path: str) -> tuple[str, ...]:
        """The JavaScript files that one names by ``new URL``, as for a worker."""
        if path in self.analyses:
            targets = (t.path for r, t in self.analyses[path].links if r.kind == "js-new-url")
            return tuple(dict.fromkeys(t for t in targets if t.endswith(_SCRIPTS)))
        return self.known[path].scripts if path in self.known else ()

    def _originals(self) -> Iterable[str]:
        """The paths to publish under their plain names too."""
        if self.config.originals:
            return self.winners
        # What keeps its name is published as it was written, so all that it leads to must be there.
        waiting = [path for path in self.winners if self._keeps_name(path)]
        found = set(waiting)
        while waiting:
            path = waiting.pop()
            new = {*self._targets(path), *self._modules(path)} - found
            found |= new
            waiting.extend(new)
        return found

    def _artifacts(self) -> list[Artifact]:
        artifacts = {
            path: Artifact(path, self.winners[path], self.digests[path][:64])
            for path in self._originals()
        }
        for path, published in self.published.items():
            if published == path:
                continue
            output, edits = self.outputs.get(path, (self.digests[path][:64], ()))
            asset = self.moved.get(path) or self.winners[path]
            artifact = Artifact(published, asset, output, edits)
            if artifacts.setdefault(published, artifact).sha256 != output:
                self.result.findings.append(_taken(artifact))
        return [artifacts[path] for path in sorted(artifacts)]


def _too_long(asset: Asset) -> Finding:
    return Finding(
        "name-too-long",
        Severity.WARNING,
        "The file name leaves no room for a digest (255 bytes in all); the file is published under its "
        "plain name only, so browsers ask for it again each time.",
        asset.path,
        origin(asset),
        asset.source.owner,
        "Shorten the name to at most 242 bytes.",
    )


def _taken(artifact: Artifact) -> Finding:
    return Finding(
        "name-taken",
        Severity.ERROR,
        f"The file would be published as {artifact.path!r}, which a source ships with other content.",
        artifact.asset.path,
        origin(artifact.asset),
        artifact.asset.source.owner,
        "Delete or exclude the source file that bears a hashed name, or list it in 'finished'.",
    )
