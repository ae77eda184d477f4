"""Files in, smaller files out: what can be minified is, once for each content, and maps to its source."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from lading.blobs import Blob
from lading.cache import Cache
from lading.findings import Finding, Owner, Severity
from lading.minify import css, javascript, sourcemaps
from lading.minify.javascript import Failure, Script
from lading.minify.kinds import Kind, is_minified, kind_of

_LINK: Final[dict[Kind, str]] = {
    "css": "/*# sourceMappingURL={} */\n",
    "js": "//# sourceMappingURL={}\n",
}


@dataclass(frozen=True, slots=True)
class Original:
    """A file that may be minified: its logical path, content, the file a person knows it by, whose it
    is, and the source map it was made with, if it has one.
    """

    path: str
    content: bytes
    where: str = ""
    owner: Owner = "project"
    source_map: bytes | None = None


@dataclass(frozen=True, slots=True)
class Minified:
    """A minified content, and its source map, to which the content's last line points by the name of
    the file and ``.map``.
    """

    content: bytes
    source_map: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """By path what is minified. What is not in ``files`` is to be published as it is."""

    files: dict[str, Minified] = field(default_factory=dict[str, Minified])
    findings: list[Finding] = field(default_factory=list[Finding])


Outcomes = dict[str, "tuple[str, bytes] | Failure"]
"""By path the minified text with its map, or why there is none."""


def minify(
    originals: Iterable[Original], kinds: Collection[Kind], cache: Cache, *, folder: str = "."
) -> Result:
    """Minify what is of these kinds and is not minified yet, unless the cache has it.

    ``folder`` is where the search for esbuild's ``node_modules`` begins. A file that a tool cannot
    deal with is left out, with a finding. Raises ``MissingExtraError`` without rcssmin, and
    ``ConfigError`` without esbuild, if there is something for them to do.
    """
    result = Result()
    chosen: dict[Kind, list[Original]] = {"css": [], "js": []}
    for original in originals:
        kind = kind_of(original.path)
        if kind in kinds and kind is not None and not is_minified(original.path, original.content):
            chosen[kind].append(original)
    if chosen["css"]:
        _Run("css", css.version(), cache, result).minify(chosen["css"], _minify_css)
    if chosen["js"]:
        esbuild = javascript.find(folder)
        run = _Run("js", javascript.version(esbuild), cache, result)
        run.minify(chosen["js"], lambda texts: _minify_js(texts, esbuild))
    return result


class _Run:
    """One kind of file, the tool for it, and where the results go."""

    def __init__(self, kind: Kind, tool: str, cache: Cache, result: Result) -> None:
        self.kind: Kind = kind
        self.tool = tool
        self.cache = cache
        self.result = result

    def minify(
        self, originals: Iterable[Original], work: Callable[[dict[str, Script]], Outcomes]
    ) -> None:
        todo: dict[str, Original] = {}
        scripts: dict[str, Script] = {}
        for original in originals:
            if self._find(original):
                continue
            earlier = original.source_map
            if earlier is not None and not sourcemaps.is_readable(earlier):
                earlier = None  # it leads nowhere
            try:
                scripts[original.path] = Script(original.content.decode(), earlier)
            except UnicodeDecodeError:
                self._tell(original, Failure("it is not UTF-8"))
            else:
                todo[original.path] = original
        for path, outcome in work(scripts).items() if scripts else ():
            if isinstance(outcome, Failure):
                self._tell(todo[path], outcome)
            else:
                self._keep(todo[path], *outcome)

    def _find(self, original: Original) -> bool:
        """Whether the cache knows the result; then it is taken."""
        entry = self.cache.get(self._key(original))
        if isinstance(entry, Blob):
            with open(entry.path, "rb") as file:
                length = int(file.readline())
                self.result.files[original.path] = Minified(file.read(length), file.read())
        return entry is not None

    def _keep(self, original: Original, text: str, source_map: bytes) -> None:
        link = _LINK[self.kind].format(quote(f"{posixpath.basename(original.path)}.map"))
        content = f"{text.rstrip()}\n{link}".encode()
        if len(content) >= len(original.content):
            self.cache.drop(self._key(original), len(content))
            return
        parts = (f"{len(content)}\n".encode(), content, source_map)
        self.cache.put(self._key(original), lambda file: file.writelines(parts))
        self.result.files[original.path] = Minified(content, source_map)

    def _key(self, original: Original) -> str:
        text = f"lading minified 1\n{self.tool}\n{original.path}\n"
        digest = hashlib.sha256(text.encode("utf-8", "surrogateescape"))
        for part in (original.content, original.source_map or b""):
            digest.update(hashlib.sha256(part).digest())
        return digest.hexdigest()

    def _tell(self, original: Original, failure: Failure) -> None:
        place = original.where or original.path
        if failure.line:
            place += f":{failure.line}:{failure.column}"
        self.result.findings.append(
            Finding(
                "not-minified",
                Severity.WARNING if original.owner == "project" else Severity.NOTE,
                f"The file is published as it is: {self.tool} cannot minify it ({failure.message}).",
                path=original.path,
                where=place,
                owner=original.owner,
                hint="Mend the file, or leave it out of minification.",
            )
        )


def _minify_css(scripts: dict[str, Script]) -> Outcomes:
    made: Outcomes = {}
    for path, (text, earlier) in scripts.items():
        try:
            small, lines = css.minify(text)
        except ValueError as error:
            made[path] = Failure(str(error))
            continue
        if earlier is None:
            made[path] = small, sourcemaps.dump(lines, [_source(path)], [text])
        else:
            made[path] = small, sourcemaps.chain(lines, earlier)
    return made


def _minify_js(scripts: dict[str, Script], esbuild: str) -> Outcomes:
    made: Outcomes = {}
    for path, outcome in javascript.minify(scripts, esbuild).items():
        if isinstance(outcome, Failure):
            made[path] = outcome
            continue
        source_map = outcome.source_map
        if source_map["sources"] == [None]:
            source_map.update(sources=[_source(path)], sourcesContent=[scripts[path].text])
        made[path] = (
            outcome.text,
            json.dumps(source_map, ensure_ascii=False, separators=(",", ":")).encode(),
        )
    return made


def _source(path: str) -> str:
    """What a debugger calls the original: no address, for it is published nowhere but in the map."""
    return f"lading:///{quote(path)}"
