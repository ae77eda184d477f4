"""Explaining one static file: where it comes from, what it is published as, who asks for it, and how it is
served; or why it is not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from urllib.parse import quote

from lading import asked as questions
from lading import build, referrers
from lading import inventory as inventories
from lading import manifest as manifests
from lading.asked import Asked, OwnHost
from lading.asset import Asset
from lading.catalog import Catalog
from lading.digests import Digests, UnreadableError
from lading.efforts import recipes
from lading.encoders import SUFFIXES, Coding
from lading.errors import ManifestError
from lading.explanation import Explanation, Published
from lading.inventory import Inventory, sizes_of
from lading.ledger import LINK
from lading.manifest import File, Manifest
from lading.mediatypes import media_type
from lading.nearest import Nearest
from lading.policy import Headers
from lading.progress import Progress
from lading.project import Project
from lading.search import Hit, hits, why_missing
from lading.serve.entry import Entry
from lading.serve.loading import written
from lading.serve.table import ManifestTable, url_prefix

_HASH = re.compile(r"\.[0-9a-f]{12}(?=[./]|$)")


def explain(
    text: str,
    work: Project,
    progress: Progress,
    *,
    own_host: OwnHost | None = None,
    development: bool = False,
) -> tuple[Explanation, Catalog]:
    """Explain a URL, a path below the target or a file on disk. Writes nothing.

    ``development``: files are served from the sources, so nothing needs to be published. Raises
    ``LadingError`` when the sources or the target cannot be listed.
    """
    catalog = build.catalog(work.sources, work.config)
    asked = questions.parse(text, catalog, work.config, work.target.root, own_host)
    if asked.problem:
        return Explanation(text, problems=[asked.problem]), catalog
    question = _Question(asked, work, catalog, development=development)
    result = question.answer()
    result.referrers = referrers.find(catalog, result.path, work.config, progress)
    return result, catalog


class _Question:
    """One question, with all that its answer is made of."""

    def __init__(self, asked: Asked, work: Project, catalog: Catalog, *, development: bool) -> None:
        self.asked, self.catalog, self.development = asked, catalog, development
        self.config, self.target = work.config, work.target
        self.digests = Digests()
        self.result = Explanation(asked.text, policy=catalog.policy)
        self.lacking = ""  # why nothing is known to be published
        self.inventory = self._inventory()
        self.manifest = self._manifest()

    def answer(self) -> Explanation:
        result = self.result
        result.path = path = self._logical(self.asked.path)
        result.sources = self._hits(path)
        names = self._names(path)
        result.published = [self._published(name, path) for name in names]
        if names or path in self.catalog.winners:
            result.url = self._url(names[0] if names else path)
        if result.published:
            self._tell_of_published(path, result.published)
        elif path in self.catalog.winners:
            self._tell_of_unpublished(path)
        elif not result.problems:
            result.problems = self._why_missing(path)
        return result

    # What is published

    def _inventory(self) -> Inventory:
        try:
            return inventories.read(self.target, self.config)
        except ManifestError as error:
            self.lacking = f"{error.where}: {error.what} {error.remedy}"
            return Inventory()

    def _manifest(self) -> Manifest:
        """The published names. Of Django's own manifest these are all that there is."""
        place = os.path.join(self.target.root, self.config.manifest)
        try:
            with open(place, "rb") as file:
                loaded = manifests.loads(file.read(), where=place)
        except FileNotFoundError:
            if self.config.names == "hashed" and not self.lacking:
                self.lacking = (
                    f"{place}: The manifest is missing. Run collectstatic to write it again."
                )
        except (OSError, ManifestError) as error:
            if self.config.names == "hashed":
                self.lacking = str(error).replace("\n ", "")
        else:
            if self.config.names == "hashed" or not loaded.files:
                return loaded
        return Manifest({}, {})

    # Which file is meant

    def _logical(self, path: str) -> str:
        """The logical path of a path below the target; says what kind of name it is."""
        if path in self.catalog.winners or path in self.manifest.paths:
            return path
        if (found := self._by_published(path)) is not None:
            return found
        for coding, suffix in SUFFIXES.items():
            if path.endswith(suffix) and (bare := path.removesuffix(suffix)):
                logical = self._by_published(bare)
                if logical is None and bare in self.catalog.winners:
                    logical = bare
                if logical is not None:
                    self._tell_of_variant(path, bare, coding)
                    return logical
        if path in self.inventory.proofs:
            return path
        return self._outdated(path)

    def _by_published(self, path: str) -> str | None:
        """The logical path of a published name of any kept release."""
        for logical, name in self.manifest.paths.items():
            if name == path:
                return logical
        for number in reversed(self.inventory.manifests):
            for logical, name in self.inventory.manifests[number].paths.items():
                if name == path:
                    self.result.notes.append(
                        f"This is its name in release {number}, which is kept for pages that are open "
                        "still. New pages use another one."
                    )
                    return logical
        return path if path in self.manifest.paths else None

    def _tell_of_variant(self, path: str, original: str, coding: Coding) -> None:
        proof = self.inventory.proofs.get(path)
        if proof is not None and proof.coding is not None:
            self.result.notes.append(
                f"This is the {coding} variant of {original!r}, of {proof.size:,} bytes: browsers that "
                f"accept {coding} get it by asking for the file itself."
            )
            return
        packing = self.config.packing
        size = self.inventory.proofs[original].size if original in self.inventory.proofs else -1
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
        now = self.manifest.paths.get(bare)
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

    def _names(self, path: str) -> list[str]:
        """The names that it is published under, the one for pages first."""
        candidates = [self.manifest.paths.get(path, path), path, self.asked.path]
        known = {*self.inventory.proofs, *self.manifest.paths.values()}
        variants = {name for name in candidates if self._is_variant(name)}
        return [n for n in dict.fromkeys(candidates) if n in known and n not in variants]

    def _is_variant(self, path: str) -> bool:
        proof = self.inventory.proofs.get(path)
        return proof is not None and proof.coding is not None

    def _published(self, name: str, path: str) -> Published:
        proof = self.inventory.proofs.get(name)
        file = self._file(name, path)
        return Published(
            name,
            self._url(name),
            file.size,
            "" if proof is None or proof.sha256 == LINK else proof.sha256,
            file.immutable,
            dict(file.encodings),
            self.inventory.releases_with(name),
        )

    def _file(self, name: str, path: str) -> File:
        for manifest in (self.manifest, *reversed(self.inventory.manifests.values())):
            try:
                if name in manifest.files:
                    return manifest.files[name]
            except ManifestError:
                continue
        proof = self.inventory.proofs.get(name)
        size = proof.size if proof else _size(os.path.join(self.target.root, name))
        is_immutable = name != path and name in self.manifest.paths.values()
        encodings = sizes_of(self.inventory.proofs, name)
        sha256 = proof.sha256 if proof else ""
        return File(sha256, size, media_type(path), is_immutable, encodings)

    def _url(self, name: str) -> str:
        return self.config.static_url + quote(name)

    def _tell_of_published(self, path: str, published: list[Published]) -> None:
        result, asked = self.result, self.asked
        wanted = asked.path if asked.is_url or asked.is_published else published[0].path
        names = {one.path: one for one in published}
        if asked.is_url and wanted not in names and not self._is_variant(wanted):
            result.problems.append(
                f"Only its hashed name {published[0].path!r} is published, since the setting 'originals' is "
                "off."
            )
        shown = names.get(wanted, published[0])
        result.problems.extend(self._damages(shown))
        if self.lacking:
            self._complain(self.lacking)
        if path == self.config.manifest:
            result.notes.append("It is the manifest, which Lading reads and serves to nobody.")
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
        reason = self.lacking or "The file is newer than the last release. Run collectstatic."
        self._complain(f"It is not collected yet. {reason}")

    def _complain(self, problem: str) -> None:
        """What keeps it from being served in production."""
        where = self.result.notes if self.development else self.result.problems
        where.append(problem)

    def _headers(self, published: Published, path: str) -> Headers:
        file = self._file(published.path, path)
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
        paths = [published.path, *(published.path + SUFFIXES[c] for c in _codings(published))]
        for path in paths:
            proof = self.inventory.proofs.get(path)
            size = _size(os.path.join(self.target.root, path))
            if size < 0:
                yield f"The published file {path!r} is gone. Run lading verify --repair."
            elif proof is not None and proof.sha256 != LINK and size != proof.size:
                yield (
                    f"The published file {path!r} was changed: it has {size:,} bytes instead of "
                    f"{proof.size:,}. Run lading verify --repair."
                )

    def _changes(self, path: str, asset: Asset) -> Iterator[str]:
        """Whether the source is another now than when it was collected."""
        table = self.inventory.ledger.sources.get(asset.source.location, {})
        before = table.get(asset.relative, "")[:64]
        proof = self.inventory.proofs.get(path)
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
        if os.path.lexists(os.path.join(self.target.root, path)):
            reasons.append(
                "Something of that name lies in the target, and Lading did not publish it."
            )
        index = Nearest(self.catalog.winners)
        reasons.extend(why_missing(self.catalog, path, self.config.static_url, index))
        if self.lacking and not self.development:
            reasons.append(self.lacking)
        return reasons


def _codings(published: Published) -> list[Coding]:
    return [coding for coding in SUFFIXES if coding in published.encodings]


def _size(file: str) -> int:
    """The size of a file in bytes, -1 if there is none."""
    try:
        return os.stat(file).st_size if os.path.isfile(file) else -1
    except OSError:
        return -1
