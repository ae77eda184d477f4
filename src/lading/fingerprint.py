"""Names by content: every file gets its name after the files it refers to, in one pass over the graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from lading import broken as brokens
from lading import bundles, graph, naming, references
from lading.artifact import Artifact, Edit, Names
from lading.asset import Asset
from lading.catalog import left_out, origin
from lading.config import Config
from lading.digests import hash_bytes, read_asset
from lading.errors import TargetError
from lading.findings import Finding, Severity
from lading.inspection import Inspection
from lading.nearest import Nearest
from lading.plan import Plan
from lading.progress import Progress
from lading.recipes import Recipe
from lading.references.rewrite import rewrite
from lading.references.urls import link
from lading.siteroot import root_url


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
        self.result = Names()
        self.published = self.result.paths
        self.folder_of = naming.by_folder(self.winners, config.folders)
        finished = bundles.finished(plan.catalog, config.finished, config.static_url)
        self.finished = self.result.finished = finished.difference(self.folder_of)
        self.too_long = {path for path in self.winners if naming.is_too_long(path)}
        self.too_long.difference_update(self.folder_of, self.finished)
        self.inspection = Inspection(
            plan, config, recipes, self._keeps_name, self.folder_of.__contains__
        )
        self._digests = self.inspection.digests
        self.outputs: dict[str, tuple[str, Sequence[Edit]]] = {}  # SHA-256 and edits if rewritten
        self.moved: dict[str, Asset] = {}  # source maps of minified files that are rewritten

    def run(self) -> Names:
        edges = self._name_on_the_way()
        if self.inspection.findings:
            return Names(findings=self.inspection.findings)  # what cannot be read cannot be named
        rest = {path: targets for path, targets in edges.items() if path not in self.published}
        for node in graph.components(self._collapse(rest)):
            members = self._members(node)
            if not self._reuse(members):
                self._name(members, rest)
        self.result.paths = {path: self.published[path] for path in self.winners}
        self._remember()
        self.result.artifacts = self._artifacts()
        return self.result

    def _keeps_name(self, path: str) -> bool:
        return path in self.finished or path in self.too_long

    # The graph

    def _name_on_the_way(self) -> dict[str, Sequence[str]]:
        """Name each file as soon as all that it refers to has its name, while others are still being read.
        Gives what the files that refer to others refer to; of these, folders, circles and what leads to them
        have no name yet.
        """
        edges: dict[str, Sequence[str]] = {}
        waiting = graph.Waiting()
        for path in self.inspection.run(self.progress):
            ready = [path] if self._is_ready(path, edges, waiting) else []
            while ready:
                named = ready.pop()
                if named in edges and not self._reuse([named]):
                    self._name([named], edges)
                ready.extend(waiting.settle(named))
        return edges

    def _is_ready(self, path: str, edges: dict[str, Sequence[str]], waiting: graph.Waiting) -> bool:
        """Name a file that depends on nothing; note what any other depends on. False if it has to wait."""
        if self._keeps_name(path):
            self.published[path] = path
            return True
        targets = self.inspection.targets(path)
        if path in self.folder_of:
            edges[path] = targets
            return False  # it is named with the others in the folder
        if not targets:
            self.published[path] = naming.hashed_name(path, self._digests(path)[65:])
            return True
        edges[path] = targets
        missing = {target for target in targets if target not in self.published}
        if missing:
            waiting.add(path, missing)
        return not missing

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
            recipe = self.inspection.known.get(path)
            if recipe is None or not self._is_intact(recipe):
                return False
            for target, name in zip(recipe.targets, recipe.names, strict=True):
                if target not in inside and self.published[target] != name:
                    return False
        for path in members:
            recipe = self.inspection.known[path]
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
            digests, content = self._rewrite(path, frozenset())
            self.published[path] = naming.hashed_name(path, digests[65:])
            self._stage(path, content)
            return
        inside = frozenset(members)
        lines = [f"{path}\t{self._rewrite(path, inside)[0][:64]}\n" for path in members]
        digest = hash_bytes("".join(lines).encode())[65:]
        for path in members:
            folder = self.folder_of.get(path)
            self.published[path] = (
                naming.hashed_folder(folder, path, digest)
                if folder
                else naming.hashed_name(path, digest)
            )
        for path in members:
            _, content = self._rewrite(path, frozenset())
            self._stage(path, content)

    def _rewrite(self, path: str, leaving: frozenset[str]) -> tuple[str, bytes | None]:
        """The content with its references rewritten (``None``: nothing was), but for those to paths in
        ``leaving``, whose names are not known yet, after its digests. A source map is moved as its file is
        rewritten, whose link to it comes last and moves nothing.
        """
        if file := self.inspection.maps.get(path):
            return self._move(path, self._edits(file, leaving | {path})), None
        edits = self._edits(path, leaving)
        if not edits:
            self.outputs.pop(path, None)
            return self._digests(path), None
        content = rewrite(self.inspection.read(path), edits)
        digests = hash_bytes(content)
        self.outputs[path] = (digests[:64], edits)
        return digests, content

    def _stage(self, path: str, content: bytes | None) -> None:
        """Stage what was rewritten, where nothing lies yet, so that it need not be made once more. What
        cannot be staged now is told when it is due.
        """
        stage, published = self.plan.stage, self.published[path]
        if content is None or stage is None or not self.plan.is_free(published):
            return
        with suppress(TargetError):
            written = stage.put((content,), published)
            self.plan.take_staged(self.outputs[path][0], written, published)

    def _move(self, path: str, edits: list[Edit]) -> str:
        self.moved.pop(path, None)
        self.outputs.pop(path, None)
        if not edits or self.plan.minified is None:
            return self._digests(path)
        self.moved[path] = self.plan.minified.source.moved(self.winners[path], edits)
        digests = hash_bytes(read_asset(self.moved[path])[0])
        self.outputs[path] = (digests[:64], ())
        return digests

    def _edits(self, path: str, leaving: frozenset[str]) -> list[Edit]:
        edits: list[Edit] = []
        for reference, target in self.inspection.links(path):
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
        """Write a recipe for each file with references, and tell of what is wrong."""
        self.result.findings.extend(_too_long(self.winners[path]) for path in sorted(self.too_long))
        nearest, out = Nearest(self.winners), left_out(self.plan.catalog)
        for path, asset in self.winners.items():
            if not references.carries(path) and path not in self.inspection.maps:
                continue
            targets = tuple(dict.fromkeys(self.inspection.targets(path)))
            modules, broken = self.inspection.modules(path), self.inspection.broken(path)
            if modules:
                self.result.modules[path] = modules
            scripts = self.inspection.scripts(path)
            if not (targets or modules or scripts or broken):
                continue
            sha256 = self._digests(path)[:64]
            self.result.recipes[path] = Recipe(
                sha256,
                self.published[path],
                self.outputs.get(path, (sha256, ()))[0],
                targets,
                tuple(self.published[target] for target in targets),
                modules,
                scripts,
                broken,
            )
            original = self.plan.original(asset)
            told = brokens.findings(original, broken, nearest, out)
            self.result.findings.extend(finding for _, finding in told)

    def _originals(self) -> Iterable[str]:
        """The paths to publish under their plain names too."""
        if self.config.originals:
            return self.winners
        # What keeps its name is published as it was written, so all that it leads to must be there.
        # What answers at the root of the site does so under its plain name.
        waiting = [
            path
            for path in self.winners
            if self._keeps_name(path) or root_url(self.config.site_root, path)
        ]
        found = set(waiting)
        while waiting:
            path = waiting.pop()
            new = {*self.inspection.targets(path), *self.inspection.modules(path)} - found
            found |= new
            waiting.extend(new)
        return found

    def _artifacts(self) -> list[Artifact]:
        artifacts = {
            path: Artifact(path, self.winners[path], self._digests(path)[:64])
            for path in self._originals()
        }
        for path, published in self.published.items():
            if published == path:
                continue
            original = artifacts.get(path)  # whose digest is shared, as there may be a million
            shared = original.sha256 if original and original.is_original else ""
            sha256 = shared or self._digests(path)[:64]
            output, edits = self.outputs.get(path, (sha256, ()))
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
