"""Explaining one static file: where it comes from, what it is published as, who asks for it, and how it is
served; or why it is not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from lading import build
from lading import published as publications
from lading.asset import Asset
from lading.catalog import Catalog
from lading.digests import Digests, UnreadableError
from lading.encoders import SUFFIXES, Coding
from lading.explain import asked as questions
from lading.explain import referrers
from lading.explain.asked import Asked, OwnHost
from lading.explain.explanation import Explanation, Published
from lading.ledger import LINK
from lading.manifest import Manifest
from lading.nearest import Nearest
from lading.packing.efforts import recipes
from lading.policy import Headers
from lading.progress import Progress
from lading.project import Project
from lading.rules import name_problem
from lading.search import Hit, hits, why_missing
from lading.serve.entry import Entry
from lading.serve.loading import written
from lading.serve.table import ManifestTable, url_prefix
from lading.siteroot import root_url

_HASH = re.compile(r"\.[0-9a-f]{12}(?=[./]|$)")


def explain(
    text: str,
    work: Project,
    progress: Progress,
    *,
    own_host: OwnHost | None = None,
    mounted: str = "/",
    development: bool = False,
) -> tuple[Explanation, Catalog]:
    """Explain a URL, a path below the target or a file on disk. Writes nothing.

    ``mounted``: the path of another site that this one is below. ``development``: files are served from the
    sources, so nothing needs to be published. Raises ``LadingError`` when the sources or the target cannot
    be listed.
    """
    catalog = build.catalog(work.sources, work.config)
    asked = questions.parse(text, catalog, work.config, work.target.root, own_host, mounted)
    if not asked.path:
        problem = asked.problem or "It is where all static files are; name one of them."
        return Explanation(text, problems=[problem]), catalog
    question = _Question(asked, work, catalog, development=development)
    result = question.answer()
    if work.config.is_bucket:
        result.notes.append(
            f"This is what was built for the bucket, in {work.target.root}. Whether the bucket holds it is "
            "not looked at here: ask the live site with lading doctor --url."
        )
    result.referrers = referrers.find(catalog, result.path, work.config, progress)
    return result, catalog


class _Question:
    """One question, with all that its answer is made of."""

    def __init__(self, asked: Asked, work: Project, catalog: Catalog, *, development: bool) -> None:
        self.asked, self.catalog, self.development = asked, catalog, development
        self.config, self.target = work.config, work.target
        self.digests = Digests()
        self.result = Explanation(asked.text, policy=catalog.policy)
        self.publication = publications.read(work.target, work.config)

    def answer(self) -> Explanation:
        result = self.result
        result.path = path = self._logical(self.asked.path)
        result.sources = self._hits(path)
        names = self.publication.names(path, self.asked.path)
        result.published = [self.publication.describe(name, path) for name in names]
        if names or path in self.catalog.winners:
            result.url = self.publication.url(names[0] if names else path)
            if at_root := root_url(self.config.site_root, path):
                result.notes.append(f"It answers at {at_root} too (the setting 'site_root').")
        if result.published:
            self._tell_of_published(path, result.published)
        elif path in self.catalog.winners:
            self._tell_of_unpublished(path)
        elif not result.problems:
            result.problems = self._why_missing(path)
        return result

    # Which file is meant

    def _logical(self, path: str) -> str:
        """The logical path of a path below the target; says what kind of name it is."""
        if (found := self._named(path)) is not None:
            return found
        for coding, suffix in SUFFIXES.items():
            bare = path.removesuffix(suffix)
            if bare not in ("", path) and (found := self._named(bare)) is not None:
                self._tell_of_variant(path, bare, coding)
                return found
        return path if self.publication.proof(path) else self._outdated(path)

    def _named(self, path: str) -> str | None:
        """The logical path that a path is, or is a published name of."""
        if path in self.catalog.winners or path in self.publication.manifest.paths:
            return path
        if (found := self.publication.logical(path)) is None:
            return None
        logical, release = found
        if release:
            self.result.notes.append(
                f"This is its name in release {release}, which is kept for pages that are open still. New "
                "pages use another one."
            )
        return logical

    def _tell_of_variant(self, path: str, original: str, coding: Coding) -> None:
        proof = self.publication.proof(path)
        if proof is not None and proof.coding is not None:
            self.result.notes.append(
                f"This is the {coding} variant of {original!r}, of {proof.size:,} bytes: browsers that "
                f"accept {coding} get it by asking for the file itself."
            )
            return
        packing = self.config.packing
        size = self.publication.size(original)
        reason = f"the setting 'encodings' does not ask for {coding}"
        if packing is not None and coding in packing.encodings:
            wanted = {recipe.coding for recipe in recipes(original, size, packing)}
            reason = "it would hardly be smaller" if coding in wanted else "packing leaves it out"
            reason += " (see the setting 'pack')"
        self.result.problems.append(f"There is no {coding} variant of {original!r}: {reason}.")

    def _outdated(self, path: str) -> str:
        bare = _HASH.sub("", path, count=1)
        if bare == path or bare not in self.catalog.winners:
            return path
        now = self.publication.manifest.paths.get(
            bare, bare if self.publication.proof(bare) else ""
        )
        self.result.problems.append(
            "The digest in the name is of another content than any kept release publishes. "
            + (f"The name is now {now!r}." if now else "Nothing is published for it now.")
        )
        return bare

    # What is told of it

    def _hits(self, path: str) -> list[Hit]:
        try:
            return hits(self.catalog, path, self.digests.read)
        except UnreadableError as error:
            self.result.problems.append(f"{error.where}: {error.what}")
            return []

    def _tell_of_published(self, path: str, published: list[Published]) -> None:
        result, asked = self.result, self.asked
        wanted = asked.path if asked.is_url or asked.is_published else published[0].path
        names = {one.path: one for one in published}
        if asked.is_url and wanted == path and path not in names:
            result.problems.append(
                f"Only its hashed name {published[0].path!r} is published, since the setting 'originals' is "
                "off."
            )
        shown = names.get(wanted, published[0])
        result.problems.extend(self._damages(shown))
        if lacking := self.publication.lacking:
            self._complain(lacking)
        if path == self.config.manifest:
            result.notes.append("It is the manifest, which Lading reads and serves to nobody.")
            return
        if self.publication.is_link(shown.path):
            result.notes.append("It is a symbolic link, which Lading's responder does not follow.")
            return
        result.headers = self._headers(shown, path)
        if path in self.catalog.winners:
            result.notes.extend(self._changes(path, self.catalog.winners[path]))
        else:
            result.notes.append(
                "No source ships it any more: the next collectstatic lists it no longer, and removes it "
                "with the last release that has it."
            )

    def _tell_of_unpublished(self, path: str) -> None:
        reason = (
            self.publication.lacking
            or "The file is newer than the last release. Run collectstatic."
        )
        self._complain(f"It is not collected yet. {reason}")

    def _complain(self, problem: str) -> None:
        """What keeps it from being served in production."""
        where = self.result.notes if self.development else self.result.problems
        where.append(problem)

    def _headers(self, published: Published, path: str) -> Headers:
        file = self.publication.file(published.path, path)
        table = ManifestTable(
            Manifest({}, {published.path: file}),
            self.target.root,
            prefix=self.config.static_url,
            policy=self.config.policy,
            modified=written(os.path.join(self.target.root, self.config.manifest)),
        )
        entry = table.lookup(url_prefix(self.config.static_url) + published.path)
        return entry.identity.whole.headers if isinstance(entry, Entry) else ()

    def _damages(self, published: Published) -> Iterator[str]:
        suffixes = [SUFFIXES[coding] for coding in SUFFIXES if coding in published.encodings]
        for path in (published.path, *(published.path + suffix for suffix in suffixes)):
            proof, size = self.publication.proof(path), self.publication.size(path)
            if size < 0:
                yield f"The published file {path!r} is gone. Run lading verify --repair."
            elif proof is not None and proof.sha256 != LINK and size != proof.size:
                yield (
                    f"The published file {path!r} was changed: it has {size:,} bytes instead of "
                    f"{proof.size:,}. Run lading verify --repair."
                )

    def _changes(self, path: str, asset: Asset) -> Iterator[str]:
        """Whether the source is another now than when it was collected."""
        table = self.publication.inventory.ledger.sources.get(asset.source.location, {})
        before = table.get(asset.relative, "")[:64]
        proof = self.publication.proof(path)
        if not before and proof is not None and not self.config.minify:
            before = proof.sha256  # the plain copy, which has the source's own content
        try:
            if len(before) == 64 and before != self.digests.read(asset):
                yield (
                    "The release is older than the source, which has changed since. Run collectstatic to "
                    "publish it."
                )
        except UnreadableError as error:
            yield f"{error.where}: {error.what}"

    # Why it is not found

    def _why_missing(self, path: str) -> list[str]:
        reasons = [f"No source ships {path!r}."]
        lowered = path.lower()
        if same := [p for p in self.catalog.winners if p.lower() == lowered and p != path]:
            reasons.append(f"{same[0]!r} differs only by case, which counts on Linux: write it so.")
            return reasons
        place = os.path.join(self.target.root, path)
        if not name_problem(path) and os.path.lexists(place) and not os.path.isdir(place):
            reasons.append(
                "Something of that name lies in the target, and Lading did not publish it."
            )
        index = Nearest(self.catalog.winners)
        reasons.extend(why_missing(self.catalog, path, self.config.static_url, index))
        if self.publication.lacking and not self.development:
            reasons.append(self.publication.lacking)
        return reasons
