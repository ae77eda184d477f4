"""What every file is and refers to: by an earlier run's recipes where they still hold, else by reading it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from lading import naming, references
from lading.analysis import Analysis, Broken, analyse
from lading.asset import Asset
from lading.children import ChildLostError, Children
from lading.config import Config
from lading.digests import UNKNOWN_MD5, UnreadableError, changing, read_asset, read_with
from lading.examination import Examination, Question, examine, examiner
from lading.findings import Finding
from lading.parallel import in_threads
from lading.plan import Plan, unreadable_finding
from lading.progress import Progress
from lading.recipes import Recipe
from lading.references.reference import MODULE_KINDS, Reference
from lading.references.urls import Target

_SCRIPTS = (".js", ".mjs")
_MOST_KEPT = 64 << 20  # bytes of contents that stay in memory until they are rewritten
_WORTH_CHILDREN = 16 << 20  # bytes to read from which on child processes save more than they cost

_Examine = Callable[[Sequence[Asset]], "list[Examination | UnreadableError]"]


class Inspection:
    """The winners of a plan, looked into.

    ``known`` are the recipes that still hold for the
    files themselves (not for what these refer to), ``findings`` tell of files that cannot be read.
    ``keeps_name`` says which files are published under their own names alone, ``named_with_others`` which by
    more than their own content.
    """

    def __init__(
        self,
        plan: Plan,
        config: Config,
        recipes: dict[str, Recipe],
        keeps_name: Callable[[str], bool],
        named_with_others: Callable[[str], bool],
    ) -> None:
        self.plan, self.config = plan, config
        self.winners = plan.winners
        self.maps = plan.minified.maps if plan.minified else {}
        self.known: dict[str, Recipe] = {}
        self.findings: list[Finding] = []
        self._analyses: dict[str, Analysis] = {}  # of the files that were read
        self._contents: dict[str, bytes] = {}  # of those of them that will be rewritten
        self._kept = 0
        self._in_workers: set[str] = set()  # scripts for which an import map does not hold
        self._keeps_name = keeps_name
        self._named_with_others = named_with_others
        self._look_up(recipes)

    def run(self, progress: Progress) -> Iterator[str]:
        """Read what is new or changed; gives the path of each winner once it is known what that refers to,
        unless there are ``findings``. Raises ``UnreadableError`` for a file that changed meanwhile.
        """
        unknown = {a.path: a for a in self.winners.values() if self._is_unknown(a)}
        paths = self._inspect(list(unknown.values()), progress)
        if self.config.module_imports == "rewrite" and self.plan.minified is None:
            yield from (path for path in self.winners if path not in unknown)
            yield from paths
            return
        for _ in paths:
            pass  # to the end, since what a file refers to depends on others
        if self.findings:
            return
        if self.config.module_imports == "importmap":
            self._find_workers()
        for path, file in self.maps.items():
            if file not in self.known:
                self.known.pop(path, None)  # it depends on the file's references
        yield from self.winners

    def digests(self, path: str) -> str:
        """``"<sha256> <md5>"`` of a winner."""
        return self.plan.digests.look_up(self.winners[path])

    # What a file refers to

    def links(self, path: str) -> Sequence[tuple[Reference, Target]]:
        """The references that are written anew, in the order they stand."""
        if path not in self._analyses and path in self.known:
            self._analyses[path] = self._analyse(path, self.read(path))
        analysis = self._analyses.get(path)
        if analysis is None:
            return ()
        if self.config.module_imports == "rewrite" or path in self._in_workers:
            return analysis.links
        return [(r, target) for r, target in analysis.links if r.kind not in MODULE_KINDS]

    def targets(self, path: str) -> Sequence[str]:
        """The paths that ``links`` lead to; some perhaps more than once."""
        if path in self._analyses:
            return [target.path for _, target in self.links(path)]
        if path in self.known:
            return self.known[path].targets
        file = self.maps.get(path)
        return [target for target in self.targets(file) if target != path] if file else ()

    def modules(self, path: str) -> tuple[str, ...]:
        """The files that one imports as modules, in the order they stand."""
        if path in self._analyses:
            links = self._analyses[path].links
            return tuple(dict.fromkeys(t.path for r, t in links if r.kind in MODULE_KINDS))
        return self.known[path].modules if path in self.known else ()

    def scripts(self, path: str) -> tuple[str, ...]:
        """The JavaScript files that one names by ``new URL``, as for a worker."""
        if path in self._analyses:
            targets = (t.path for r, t in self._analyses[path].links if r.kind == "js-new-url")
            return tuple(dict.fromkeys(t for t in targets if t.endswith(_SCRIPTS)))
        return self.known[path].scripts if path in self.known else ()

    def broken(self, path: str) -> tuple[Broken, ...]:
        """The references that name nothing."""
        source = self._analyses.get(path) or self.known.get(path)
        return tuple(source.broken) if source else ()

    def read(self, path: str) -> bytes:
        """The content that was inspected. Raises ``UnreadableError`` if it changed since."""
        if path in self._contents:
            return self._contents[path]
        asset, known = self.winners[path], self.digests(path)
        data, settled = read_asset(asset)
        if settled and self.plan.digests.look_up_state(asset, settled) == known:
            return data
        if not known.startswith(hashlib.sha256(data).hexdigest()):
            raise changing(asset)
        return data

    # What is known, and what has to be read

    def _look_up(self, recipes: dict[str, Recipe]) -> None:
        for path, asset in self.winners.items():
            digests = self.plan.digests.look_up(asset)
            if digests and not digests.endswith(UNKNOWN_MD5):
                recipe = recipes.get(path)
                if recipe and digests.startswith(recipe.sha256) and self._holds(path, recipe):
                    self.known[path] = recipe

    def _holds(self, path: str, recipe: Recipe) -> bool:
        """Whether an earlier recipe of the same content still tells what the file refers to."""
        winners = self.winners
        if not recipe.published:
            return True  # to nothing
        return (
            (recipe.published == path) == self._keeps_name(path)
            and all(target in winners for target in recipe.targets)
            and all(module in winners for module in recipe.modules)
            and not any(broken.target in winners for broken in recipe.broken)
            and not (recipe.broken and self._is_minified(path))  # where, may have changed
        )

    def _is_unknown(self, asset: Asset) -> bool:
        if references.carries(asset.path):
            return asset.path not in self.known
        digests = self.plan.digests.look_up(asset)
        return not digests or digests.endswith(UNKNOWN_MD5)

    def _inspect(self, assets: Sequence[Asset], progress: Progress) -> Iterator[str]:
        if not assets:
            return
        progress.begin("Reading", len(assets))
        self.plan.open_stage()
        with self._examiner(assets) as (examine, threads):
            for batch, results in in_threads(examine, assets, threads):
                for asset, result in zip(batch, results, strict=True):
                    if isinstance(result, UnreadableError):
                        self.findings.append(unreadable_finding(asset, result))
                        continue
                    digests, settled, analysis, staged, named = result
                    self.plan.digests.learn(asset, digests, settled)
                    names = [naming.hashed_name(asset.path, digests[65:])] if named else []
                    if named and named != staged:  # where the file system cannot link
                        self.plan.take_staged(digests[:64], named, names.pop())
                    if staged:
                        self.plan.take_staged(digests[:64], staged, asset.path, *names)
                    if analysis and any(analysis):  # most have nothing that would need keeping
                        self._analyses[asset.path] = analysis
                    yield asset.path
                progress.advance(len(batch))

    @contextmanager
    def _examiner(self, assets: Sequence[Asset]) -> Generator[tuple[_Examine, int]]:
        """What examines a batch (child processes where there is enough to do), and in how many threads."""
        size = sum(asset.size for asset in assets)
        if self.config.threads == 1 or size < _WORTH_CHILDREN or self.plan.minified is not None:
            yield self._examine_batch, self.config.threads
            return
        count = min(self.config.threads, 1 + size // _WORTH_CHILDREN)
        try:
            children = Children(
                count, examiner, list(self.winners), self.config.static_url, self.plan.stage
            )
        except ChildLostError:
            yield self._examine_batch, self.config.threads  # which only takes longer
            return
        with children:
            yield partial(self._ask, children), 2 * count  # no child waits for its next batch

    def _ask(
        self, children: Children, batch: Sequence[Asset]
    ) -> list[Examination | UnreadableError]:
        """Have a batch examined by a child, but for what it cannot read."""
        local = {a.path: a.source.local_path(a.relative) for a in batch}
        questions = [
            Question(path, place, self._stages(path), self._names(path))
            for path, place in local.items()
            if place is not None
        ]
        try:
            found = children.ask(questions)
        except ChildLostError:
            found = [None] * len(questions)
        answers = {asked.path: found for asked, found in zip(questions, found, strict=True)}
        return [answers.get(asset.path) or self._examine_instead(asset) for asset in batch]

    def _examine_instead(self, asset: Asset) -> Examination | UnreadableError:
        """Do what a child did not, or only in part."""
        if self.plan.stage is not None:
            self.plan.stage.discard(asset.path)
        return self._examine(asset)

    def _stages(self, path: str) -> bool:
        """Whether a copy is staged of a file that is read anyway: it is published as it is, where nothing
        lies yet.
        """
        plan = self.plan
        return (
            plan.stage is not None
            and not plan.link
            and (self.config.originals or self._keeps_name(path))
            and plan.is_free(path)
        )

    def _names(self, path: str) -> bool:
        """Whether the copy is staged under its hashed name too, should that depend on its content alone. What
        lies there already is not known before, unless nothing does.
        """
        return (
            self.plan.survey.is_empty
            and self.plan.minified is None  # whose source maps depend on other files
            and not self._keeps_name(path)
            and not self._named_with_others(path)
        )

    def _examine_batch(self, batch: Sequence[Asset]) -> list[Examination | UnreadableError]:
        return [self._examine(asset) for asset in batch]

    def _examine(self, asset: Asset) -> Examination | UnreadableError:
        path = asset.path
        try:
            stage = self.plan.stage if self._stages(path) else None
            read, names = partial(read_with, asset), self._names(path)
            return examine(path, read, self._analyse_and_keep, stage, names=names)
        except UnreadableError as error:
            return error

    def _analyse_and_keep(self, path: str, data: bytes) -> Analysis:
        analysis = self._analyse(path, data)
        if analysis.links and self._kept + len(data) <= _MOST_KEPT:
            self._kept += len(data)  # a race would keep a few more
            self._contents[path] = data
        return analysis

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

    def _find_workers(self) -> None:
        """Find the scripts that may run in workers, where no import map holds
        (https://html.spec.whatwg.org/multipage/webappapis.html#import-maps): those named by ``new URL``,
        with all that they import. Names are written into these as if there were no map.
        """
        waiting = [script for path in self.winners for script in self.scripts(path)]
        while waiting:
            path = waiting.pop()
            if path not in self._in_workers:
                self._in_workers.add(path)
                waiting.extend(self.modules(path))
        for path, recipe in list(self.known.items()):
            is_written = set(recipe.modules) <= set(recipe.targets)
            if recipe.modules and is_written != (path in self._in_workers):
                self._analyses[path] = self._analyse(path, self.read(path))
                del self.known[path]
